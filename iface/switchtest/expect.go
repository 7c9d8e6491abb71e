package switchtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"eterm/iface/yamlfile"
)

// Expectations are what a particular switch is meant to do, by case. They take
// the place of the rule. The zero value has none.
type Expectations struct {
	wants  map[string]Want
	bridge string // the kind that it is; empty: to be found out
}

// with is the expectations and a set of VLANs, unless the case has one.
func (e Expectations) with(name string, ids IDs) Expectations {
	if _, ok := e.wants[name]; ok {
		return e
	}
	wants := map[string]Want{name: {text: ids.String(), ids: &ids}}
	maps.Copy(wants, e.wants)
	return Expectations{wants, e.bridge}
}

// Len is the number of cases that have an expectation.
func (e Expectations) Len() int { return len(e.wants) }

// ExpectError is what is wrong with a file of expectations, and where.
type ExpectError = yamlfile.Error

// most is the size in bytes of the largest file of expectations.
const most = 1 << 20

// ParseExpectations reads YAML: the names of cases, in groups or with a dot,
// each with a value as Case.Measure says, or any; and bridge, which says whether
// the switch is a customer or a provider bridge.
func ParseExpectations(source []byte) (Expectations, error) {
	if len(source) > most {
		return Expectations{}, fmt.Errorf("longer than %d bytes", most)
	}
	file, err := parser.ParseBytes(source, 0)
	if err != nil {
		return Expectations{}, yamlfile.Syntax(string(source), err)
	}
	r := reader{source: string(source), wants: map[string]Want{}}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if err := r.mapping("", doc.Body); err != nil {
			return Expectations{}, err
		}
	}
	return Expectations{r.wants, r.bridge}, nil
}

// reader walks a file's nodes.
type reader struct {
	source string
	wants  map[string]Want
	bridge string
}

func (r *reader) fail(n ast.Node, format string, args ...any) error {
	return yamlfile.At(r.source, n, fmt.Sprintf(format, args...))
}

// mapping reads the names and values under a group, or of the whole file.
func (r *reader) mapping(group string, n ast.Node) error {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		return r.fail(n, "want names of cases with their values, such as vlan.ids: 10,20")
	}
	for _, v := range values {
		if err := r.value(group, v); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) value(group string, v *ast.MappingValueNode) error {
	key := v.Key.GetToken().Value
	if group == "" && key == "bridge" {
		return r.kind(v.Value)
	}
	if group == "" && slices.Contains(Groups(), key) {
		return r.mapping(key, v.Value)
	}
	name := key
	if group != "" {
		name = group + "." + key
	}
	i := slices.IndexFunc(cases, func(c Case) bool { return c.Name == name })
	if i < 0 {
		return r.fail(v.Key, "there is no case %q: want one of %s", name, strings.Join(namesIn(group), ", "))
	}
	text, ok := scalar(v.Value)
	if !ok {
		return r.fail(v.Value, "%s needs one value: %s, or any", name, cases[i].Measure())
	}
	w, err := cases[i].measure.parse(text)
	if err != nil {
		return r.fail(v.Value, "%s: %v", name, err)
	}
	r.wants[name] = w
	return nil
}

// kind reads which kind of bridge the switch is.
func (r *reader) kind(n ast.Node) error {
	text, _ := scalar(n)
	if text != customerBridge && text != providerBridge {
		return r.fail(n, "bridge: want %s or %s", customerBridge, providerBridge)
	}
	r.bridge = text
	return nil
}

// scalar is a value as it stands in the file; a list of words or numbers is
// their alternatives or members.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.LiteralNode:
		return n.GetToken().Value, true
	case *ast.SequenceNode:
		var parts []string
		for _, v := range n.Values {
			part, ok := scalar(v)
			if !ok {
				return "", false
			}
			parts = append(parts, part)
		}
		return strings.Join(parts, ","), len(parts) > 0
	}
	return "", false
}

// namesIn are the names of cases in a group, or the groups.
func namesIn(group string) []string {
	if !slices.Contains(Groups(), group) {
		return Groups()
	}
	var names []string
	for _, c := range cases {
		if c.Group() == group {
			names = append(names, strings.TrimPrefix(c.Name, group+"."))
		}
	}
	return names
}
