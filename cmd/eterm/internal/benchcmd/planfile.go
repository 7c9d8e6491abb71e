package benchcmd

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/suite"
	"eterm/iface/yamlfile"
)

// notInPlans are flags that name files or commands, or consent: those are of who
// runs a plan, not of who wrote it.
var notInPlans = []string{"isolated", "force", "expect", "calibration", "reset-command", "note"}

// planFile reads a plan: its keys are the long names of flags.
type planFile struct {
	source string
	set    *flag.FlagSet
	names  []string // keys that a plan may have
	given  []string

	suites []string
	expect map[string]string
	notes  map[string]string
}

// readPlan reads a file and sets the flags that it names.
func (b *bencher) readPlan(c *cli.Context, path string) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return exit.Usage("%w", err)
	}
	err = b.takePlan(string(source))
	var at *yamlfile.Error
	if errors.As(err, &at) {
		command.Messages(c).Lines("eterm: | ", at.Caret())
	}
	if err != nil {
		return exit.Usage("%s: %w", path, err)
	}
	return nil
}

// mostPlan is the length of the longest plan in bytes.
const mostPlan = 1 << 20

func (b *bencher) takePlan(source string) error {
	if len(source) > mostPlan {
		return fmt.Errorf("longer than %d bytes", mostPlan)
	}
	parsed, err := parser.ParseBytes([]byte(source), 0)
	if err != nil {
		return yamlfile.Syntax(source, err)
	}
	p := &planFile{source: source}
	if len(parsed.Docs) != 1 || parsed.Docs[0].Body == nil {
		return yamlfile.At(source, nil, "want one plan, such as tx: eth1, rx: eth2")
	}
	if n := aliasIn(parsed.Docs[0].Body); n != nil {
		return p.fail(n, "anchors and aliases are not read: write it out")
	}
	entries, ok := entriesOf(parsed.Docs[0].Body)
	if !ok {
		return p.fail(parsed.Docs[0].Body, "want names of flags with their values, such as size: [64, 1518]")
	}
	if err := p.suitesOf(entries); err != nil {
		return err
	}
	flags := append(b.flags.PortFlags(), b.flags.TestFlags(strings.Join(p.suites, "+"))...)
	if err := p.open(flags); err != nil {
		return err
	}
	for _, e := range entries {
		if err := p.entry(e); err != nil {
			return err
		}
	}
	if err := args.Broken("bench rfc2544", &cli.Command{Flags: flags}, p.given); err != nil {
		return p.fail(entries[0].Key, "%v", err)
	}
	b.expect, b.flags.Notes = p.expect, p.notes
	return nil
}

// suitesOf looks for the suites first: they say which tests there are.
func (p *planFile) suitesOf(entries []*ast.MappingValueNode) error {
	p.suites = []string{suite.RFC2544}
	for _, e := range entries {
		if e.Key.GetToken().Value != "suites" {
			continue
		}
		text, ok := textOf(e.Value)
		if p.suites = strings.Split(text, ","); !ok {
			p.suites = nil
		}
		known := slices.Sorted(maps.Keys(suite.SuiteTests))
		for i, s := range p.suites {
			if !slices.Contains(known, s) || slices.Contains(p.suites[:i], s) {
				ok = false
			}
		}
		if !ok {
			return p.fail(e.Value, "suites: want each of %s at most once", strings.Join(known, ", "))
		}
	}
	return nil
}

// open makes the set of flags that the plan may set.
func (p *planFile) open(flags []cli.Flag) error {
	p.set = flag.NewFlagSet("plan", flag.ContinueOnError)
	p.set.SetOutput(io.Discard)
	for _, f := range flags {
		if slices.Contains(notInPlans, f.Names()[0]) {
			continue
		}
		if err := f.Apply(p.set); err != nil {
			return err
		}
		p.names = append(p.names, f.Names()[0])
	}
	return nil
}

// entry takes one key and its value.
func (p *planFile) entry(e *ast.MappingValueNode) (err error) {
	key := e.Key.GetToken().Value
	switch {
	case key == "suites":
	case key == "expect":
		var tree map[string]any
		if err = yaml.NodeToValue(e.Value, &tree, yaml.Strict()); err == nil {
			p.expect, err = expectationsOf(tree)
		}
	case key == "notes":
		err = yaml.NodeToValue(e.Value, &p.notes, yaml.Strict())
	case slices.Contains(notInPlans, key):
		err = errors.New("is given with the command, not in a plan")
	case !slices.Contains(p.names, key):
		return p.fail(e.Key, "there is no key %q: want suites, expect, notes or the name of a flag: %s", key, strings.Join(p.names, ", "))
	case key == "goal":
		err = p.goals(e.Value)
	default:
		text, ok := textOf(e.Value)
		if !ok {
			return p.fail(e.Value, "%s: want one value, or a list", key)
		}
		err = p.set.Set(key, text)
	}
	if err != nil {
		return p.fail(e.Value, "%s: %s", key, strings.Split(err.Error(), "\n")[0])
	}
	p.given = append(p.given, key)
	return nil
}

// goals are given one by one: each has commas of its own.
func (p *planFile) goals(n ast.Node) error {
	list := []ast.Node{n}
	if s, ok := n.(*ast.SequenceNode); ok {
		list = s.Values
	}
	for _, v := range list {
		text, ok := textOf(v)
		if !ok {
			return errors.New("want a goal, or a list of them")
		}
		if err := p.set.Set("goal", text); err != nil {
			return err
		}
	}
	return nil
}

func (p *planFile) fail(n ast.Node, format string, a ...any) error {
	return yamlfile.At(p.source, n, fmt.Sprintf(format, a...))
}

// entriesOf are the keys and values of a mapping.
func entriesOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, len(n.Values) > 0
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// textOf is a value as it would stand on a command line; the members of a list
// have commas between them.
func textOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	case *ast.SequenceNode:
		var parts []string
		for _, v := range n.Values {
			part, ok := textOf(v)
			if !ok {
				return "", false
			}
			parts = append(parts, part)
		}
		return strings.Join(parts, ","), len(parts) > 0
	}
	return "", false
}

// aliases looks for anchors and aliases: a short file with them can stand for an
// endless one.
type aliases struct{ found ast.Node }

func (a *aliases) Visit(n ast.Node) ast.Visitor {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		a.found = n
		return nil
	}
	return a
}

// aliasIn is the first of them; nil if there is none.
func aliasIn(n ast.Node) ast.Node {
	var a aliases
	ast.Walk(&a, n)
	return a.found
}
