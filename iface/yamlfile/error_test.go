package yamlfile

import (
	"errors"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

func TestPlaces(t *testing.T) {
	const source = "a: 1\r\n\tb: 2\nlist: [x, y]\n"
	for _, c := range []struct {
		line, column int
		caret        string
	}{
		{1, 4, "a: 1\n   ^"},
		{2, 2, " b: 2\n ^"}, // a tab is one column, and so is what stands for it
		{3, 1, "list: [x, y]\n^"},
		{4, 1, "\n^"},
		{2, 0, " b: 2\n^"},
		{0, 1, ""},
		{5, 1, ""},
	} {
		e := &Error{c.line, c.column, source, "no"}
		if got := e.Caret(); got != c.caret {
			t.Errorf("line %d, column %d: %q, want %q", c.line, c.column, got, c.caret)
		}
	}
	if got := (&Error{3, 7, source, "too long"}).Error(); got != "line 3, column 7: too long" {
		t.Error(got)
	}
}

func TestAt(t *testing.T) {
	const source = "a: 1\nlist:\n  - x\n  - yes it is\n"
	file, err := parser.ParseBytes([]byte(source), 0)
	if err != nil {
		t.Fatal(err)
	}
	list := file.Docs[0].Body.(*ast.MappingNode).Values[1].Value.(*ast.SequenceNode)
	if e := At(source, list.Values[1], "no"); e.Line != 4 || e.Column != 5 || e.Caret() != "  - yes it is\n    ^" {
		t.Errorf("%+v", e)
	}
	if e := At(source, nil, "no"); e.Line != 1 || e.Column != 1 {
		t.Errorf("without a node: %+v", e)
	}
}

func TestSyntax(t *testing.T) {
	const source = "a: 1\nb: [1, 2\n"
	_, err := parser.ParseBytes([]byte(source), 0)
	if err == nil {
		t.Fatal("the parser takes an open list")
	}
	e := Syntax(source, err)
	if e.Line != 2 || !strings.HasPrefix(e.Problem, "this is not YAML: ") || strings.Contains(e.Problem, "\n") {
		t.Errorf("%+v", e)
	}
	if e := Syntax(source, errors.New("a\nb")); e.Problem != "a" || e.Line != 1 || e.Column != 1 {
		t.Errorf("an error without a place: %+v", e)
	}
}
