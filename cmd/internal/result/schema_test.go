package result

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write the schema and missing test data anew")

const schemaFile = "../../../docs/reference/eterm.result.schema.json"

// generator makes a JSON Schema of Go types, each struct a definition.
type generator struct {
	defs map[string]any
}

type object = map[string]any

// schemaOf is the schema of documents: the envelope, and by its kind what the
// result is.
func schemaOf() []byte {
	g := generator{defs: object{}}
	root := g.fields(reflect.TypeFor[Document]())
	props := root["properties"].(object)
	props["type"] = object{"const": "result"}
	props["schema"] = object{"const": Schema}
	var kinds, rules []any
	for _, k := range Kinds() {
		kinds = append(kinds, string(k))
		rules = append(rules, object{
			"if":   object{"properties": object{"kind": object{"const": string(k)}}},
			"then": object{"properties": object{"result": object{"anyOf": []any{g.of(bodies[k]), object{"type": "null"}}}}},
		})
	}
	props["kind"] = object{"enum": kinds}
	props["state"] = object{"enum": []any{string(Complete), string(Interrupted), string(Running)}}
	props["result"] = object{}
	root["allOf"] = rules
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = Schema
	root["$defs"] = g.defs
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(root); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// of is the schema of a type.
func (g *generator) of(t reflect.Type) object {
	if t == reflect.TypeFor[time.Time]() {
		return object{"type": "string", "format": "date-time"}
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return object{"type": "integer", "minimum": 0}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Pointer:
		return object{"anyOf": []any{g.of(t.Elem()), object{"type": "null"}}}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{"type": []any{"string", "null"}}
		}
		return object{"type": []any{"array", "null"}, "items": g.of(t.Elem())}
	case reflect.Map:
		return object{"type": []any{"object", "null"}, "additionalProperties": g.of(t.Elem())}
	case reflect.Struct:
		name := strings.TrimPrefix(t.String(), "result.")
		if _, ok := g.defs[name]; !ok {
			g.defs[name] = true // ends recursion
			g.defs[name] = g.fields(t)
		}
		return object{"$ref": "#/$defs/" + name}
	}
	panic("no schema for " + t.String())
}

// fields are the members of a struct as package json writes them.
func (g *generator) fields(t reflect.Type) object {
	props, required := object{}, []any{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for i := range t.NumField() {
			f := t.Field(i)
			tag := f.Tag.Get("json")
			name, options, _ := strings.Cut(tag, ",")
			switch {
			case f.Anonymous && name == "":
				walk(f.Type)
			case !f.IsExported() || name == "-":
			case name == "":
				panic(t.String() + "." + f.Name + " has no name in JSON")
			default:
				if f.Type.Kind() == reflect.Interface {
					props[name] = object{}
				} else {
					props[name] = g.of(f.Type)
				}
				if !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero") {
					required = append(required, name)
				}
			}
		}
	}
	walk(t)
	return object{"type": "object", "properties": props, "required": required}
}

// The schema in the documentation is that of the Go types.
func TestSchemaIsThatOfTheTypes(t *testing.T) {
	want := schemaOf()
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the types say: run go test -run Schema ./cmd/internal/result -update, and see that fields were only added", schemaFile)
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tolerant is the schema for documents of programs before this one, which lack
// the members that were added since: whatever is there must be as the schema
// says, and nothing need be.
func tolerant(t *testing.T) *jsonschema.Schema {
	t.Helper()
	var v any
	if err := json.Unmarshal(schemaOf(), &v); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("tolerant.json", unrequired(v)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("tolerant.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// unrequired takes the lists of required members out of a schema. A list is
// told from a member of that name by what it is.
func unrequired(v any) any {
	switch v := v.(type) {
	case object:
		if _, list := v["required"].([]any); list {
			delete(v, "required")
		}
		for k := range v {
			v[k] = unrequired(v[k])
		}
	case []any:
		for i := range v {
			v[i] = unrequired(v[i])
		}
	}
	return v
}

// One document of each kind and version is kept: it is read, its members are
// still what the schema says, and written anew it keeps to the schema.
func TestKeptDocumentsStayReadable(t *testing.T) {
	old, now := tolerant(t), compiled(t)
	for _, k := range Kinds() {
		name := filepath.Join("testdata", "v1", string(k)+".json")
		if *update {
			keep(t, name, k)
		}
		docs, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(docs) != 1 || docs[0].Kind != k || docs[0].Result == nil || docs[0].State != Complete {
			t.Errorf("%s: read %+v", name, docs)
		}
		again, err := docs[0].Encode()
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			text   []byte
			schema *jsonschema.Schema
		}{{docs[0].Source(), old}, {again, now}} {
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(x.text))
			if err != nil {
				t.Fatal(err)
			}
			if err := x.schema.Validate(v); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// keep writes the sample of a kind, unless there is one: what was kept once
// stays as it was.
func keep(t *testing.T, name string, k Kind) {
	if _, err := os.Stat(name); err == nil {
		return
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	b, err := sample(k).Encode()
	if err == nil {
		err = os.WriteFile(name, b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The schema refuses what is no document.
func TestSchemaRefuses(t *testing.T) {
	schema := compiled(t)
	for what, change := range map[string]func(object){
		"no kind":             func(o object) { delete(o, "kind") },
		"an unknown kind":     func(o object) { o["kind"] = "poem" },
		"a text for a time":   func(o object) { o["took_ns"] = "long" },
		"a result half there": func(o object) { delete(o["result"].(object), "lost") },
		"a negative count":    func(o object) { o["result"].(object)["lost"] = -1 },
		"a state of its own":  func(o object) { o["state"] = "fine" },
	} {
		b, err := sample(KindLink).Encode()
		if err != nil {
			t.Fatal(err)
		}
		var v object
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		change(v)
		if schema.Validate(v) == nil {
			t.Errorf("%s is let pass", what)
		}
	}
}
