package show

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"eterm/cmd/internal/golden"
	"eterm/cmd/internal/result"
	"eterm/frame"
	"eterm/iface/linktest"
)

// documented are all JSON objects, by who prints them. Where there is a Document,
// it is the last object, and what follows it here is its result.
var documented = []struct {
	commands string
	objects  []any
}{
	{"exchange, broadcast, listen", []any{Frame{}, Interval{}, Summary{}}},
	{"interfaces", []any{Interface{}, Ability{}, InterfacesSummary{}}},
	{"send", []any{Frame{}, result.Document{}, result.Send{}}},
	{"decode", []any{Frame{}, DecodeSummary{}}},
	{"diff", []any{Difference{}, DiffSummary{}, FieldChange{}, CaptureSummary{}}},
	{"ping", []any{PingEvent{}, result.MTUStep{}, result.Document{}, result.Ping{}}},
	{"arp", []any{result.Address{}, result.Document{}, result.ARP{}}},
	{"scan", []any{result.Station{}, result.Document{}, result.Scan{}}},
	{"respond", []any{result.Document{}, linktest.Total{}, Responded{}}},
	{"link", []any{LinkInterval{}, result.Document{}, linktest.Total{}}},
	{"switch check, switch macs", []any{result.Case{}, CasesSummary{}, result.Document{}, result.Switch{}}},
	{"switch outage", []any{Moment{}, result.Document{}, result.Outage{}}},
	{"lab", []any{HostLine{}, Wire{}}},
	{"version", []any{Version{}}},
}

// TestObjects: one of each object, with every name it can have, is as it was.
func TestObjects(t *testing.T) {
	var out bytes.Buffer
	seen := map[reflect.Type]bool{}
	for _, d := range documented {
		for _, o := range d.objects {
			v := reflect.New(reflect.TypeOf(o)).Elem()
			if seen[v.Type()] {
				continue
			}
			seen[v.Type()] = true
			fill(v, 0)
			must(t, NewOutput(&out).JSON(v.Interface()))
		}
	}
	golden.Check(t, "objects.json", out.String())
}

// fill gives every field a value that is not left out.
func fill(v reflect.Value, depth int) {
	if depth > 8 {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), depth+1)
			}
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			v.SetBytes([]byte("{}"))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, depth+1)
		fill(value, depth+1)
		v.SetMapIndex(key, value)
	case reflect.Interface:
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(1.5)
	default:
		if v.CanInt() {
			v.SetInt(1)
		} else if v.CanUint() {
			v.SetUint(1)
		}
	}
}

// TestFrameIsFrame: what is written by hand is what Frame says.
func TestFrameIsFrame(t *testing.T) {
	due := 5 * time.Second
	for name, b := range shown(t) {
		f := frameObject{number: 3, direction: "received", at: time.Unix(1, 5), due: &due, length: len(b) + 1, bytes: b,
			name: "eth0", dropped: 7, comments: []string{"a \u202e comment"}, decoded: frame.Decode(b)}
		var object Frame
		d := json.NewDecoder(bytes.NewReader(f.append(nil)))
		d.DisallowUnknownFields()
		if err := d.Decode(&object); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if object.Type != "frame" || object.Number != 3 || *object.DueNS != 5e9 || object.Captured != len(b) || object.DroppedBefore != 7 ||
			object.Comments[0] != f.comments[0] || object.Notation == "" || (len(b) >= 14) != (object.EtherType != "") {
			t.Errorf("%s: %+v", name, object)
		}
	}
}

const reference = "../../../../docs/reference/json.md"

// TestDocsJSON: docs/reference/json.md says what the types say. go test
// ./cmd/eterm/internal/show -run Docs -update writes it anew.
func TestDocsJSON(t *testing.T) {
	page, err := os.ReadFile(reference)
	must(t, err)
	const begin, end = "<!-- generated: -->\n", "<!-- generated. -->\n"
	before, rest, found := strings.Cut(string(page), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no %q and %q", reference, begin, end)
	}
	want := before + begin + "\n" + newManual(t).text() + "\n" + end + after
	if golden.Updating() {
		must(t, os.WriteFile(reference, []byte(want), 0o644))
	} else if want != string(page) {
		t.Errorf("%s is not what the code says: go test ./cmd/eterm/internal/show -run Docs -update", reference)
	}
}

// manual makes the reference of the objects.
type manual struct {
	t        *testing.T
	comments map[string]string // by package.Type and package.Type.Field
	nested   []reflect.Type
	named    map[reflect.Type]bool
	b        strings.Builder
}

func newManual(t *testing.T) *manual {
	return &manual{t: t, comments: map[string]string{}, named: map[reflect.Type]bool{}}
}

func (m *manual) text() string {
	for _, d := range documented {
		fmt.Fprintf(&m.b, "## %s\n\n", d.commands)
		for _, o := range d.objects {
			typ := reflect.TypeOf(o)
			if m.named[typ] {
				fmt.Fprintf(&m.b, "A `%s` object as above.\n\n", typeName(typ))
				continue
			}
			m.named[typ] = true
			m.object("###", typ)
		}
	}
	fmt.Fprintf(&m.b, "## Objects within objects\n\n")
	for i := 0; i < len(m.nested); i++ { // it grows meanwhile
		m.object("###", m.nested[i])
	}
	return strings.TrimRight(m.b.String(), "\n") + "\n"
}

func typeName(t reflect.Type) string { return t.Name() }

func (m *manual) object(heading string, t reflect.Type) {
	fmt.Fprintf(&m.b, "%s %s\n\n", heading, typeName(t))
	if about := m.comment(t, ""); about != "" {
		fmt.Fprintf(&m.b, "%s\n\n", about)
	}
	fmt.Fprintf(&m.b, "| name | type | meaning |\n|---|---|---|\n")
	m.fields(t)
	m.b.WriteString("\n")
}

func (m *manual) fields(t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			m.fields(deref(f.Type))
			continue
		}
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			m.t.Errorf("%s.%s has no name for JSON", t, f.Name)
		}
		about := m.comment(t, f.Name)
		if about == "" && t.PkgPath() == reflect.TypeFor[Frame]().PkgPath() {
			m.t.Errorf("%s.%s does not say what it means", t, f.Name)
		}
		if strings.Contains(options, "omitempty") {
			about = strings.TrimPrefix(about+" (may be absent)", " ")
		}
		fmt.Fprintf(&m.b, "| `%s` | %s | %s |\n", name, m.kind(f.Type), strings.ReplaceAll(about, "|", "\\|"))
	}
}

func deref(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// kind is a type in words.
func (m *manual) kind(t reflect.Type) string {
	switch t = deref(t); {
	case t == reflect.TypeFor[json.RawMessage]():
		return "object"
	case t == reflect.TypeFor[time.Time](), t.Implements(reflect.TypeFor[interface{ MarshalText() ([]byte, error) }]()):
		return "string"
	}
	switch t.Kind() {
	case reflect.Interface:
		return "object"
	case reflect.Struct:
		if !m.named[t] {
			m.named[t] = true
			m.nested = append(m.nested, t)
		}
		return typeName(t)
	case reflect.Slice, reflect.Array:
		return "array of " + m.kind(t.Elem())
	case reflect.Map:
		if t.Elem().Kind() == reflect.Interface {
			return "object"
		}
		return "object, each " + m.kind(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Float64:
		return "number"
	}
	return "integer"
}

// comment is what the source says of a type or field.
func (m *manual) comment(t reflect.Type, field string) string {
	pkg := t.PkgPath()
	if _, read := m.comments[pkg]; !read {
		m.comments[pkg] = ""
		m.read(pkg)
	}
	key := pkg + "." + t.Name()
	if field != "" {
		key += "." + field
	}
	return m.comments[key]
}

// read collects the comments of a package.
func (m *manual) read(pkg string) {
	dir := filepath.Join("../../../..", strings.TrimPrefix(pkg, "eterm/"))
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	must(m.t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		must(m.t, err)
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.TYPE {
				m.types(pkg, d)
			}
		}
	}
}

func (m *manual) types(pkg string, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		s := spec.(*ast.TypeSpec)
		key := pkg + "." + s.Name.Name
		m.comments[key] = oneParagraph(d.Doc, s.Doc)
		body, ok := s.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range body.Fields.List {
			for _, name := range f.Names {
				m.comments[key+"."+name.Name] = oneParagraph(f.Doc, f.Comment)
			}
		}
	}
}

func oneParagraph(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if text := strings.Join(strings.Fields(g.Text()), " "); text != "" {
			return text
		}
	}
	return ""
}
