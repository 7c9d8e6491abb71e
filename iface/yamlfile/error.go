// Package yamlfile says where in a YAML file something is wrong, in the form in
// which eterm says it of notation: line, column, problem, and a caret.
package yamlfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Error is what is wrong with a file, and where.
type Error struct {
	Line, Column int // from 1
	Source       string
	Problem      string
}

// At is an error at the token of a node, or at the beginning of the file where
// the node has none.
func At(source string, n ast.Node, problem string) *Error {
	e := &Error{Line: 1, Column: 1, Source: source, Problem: problem}
	if n != nil {
		e.place(n.GetToken())
	}
	return e
}

// Syntax gives an error of the YAML parser the form of ours.
func Syntax(source string, err error) *Error {
	e := &Error{Line: 1, Column: 1, Source: source, Problem: err.Error()}
	var y yaml.Error
	if errors.As(err, &y) {
		e.Problem = "this is not YAML: " + y.GetMessage()
		e.place(y.GetToken())
	}
	e.Problem, _, _ = strings.Cut(e.Problem, "\n")
	return e
}

func (e *Error) place(t *token.Token) {
	if t != nil && t.Position != nil {
		e.Line, e.Column = t.Position.Line, t.Position.Column
	}
}

// Error is the place and the problem in one line.
func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

// Caret is the line of the file and a caret under the place, or nothing.
func (e *Error) Caret() string {
	lines := strings.Split(e.Source, "\n")
	if e.Line < 1 || e.Line > len(lines) {
		return ""
	}
	line := strings.ReplaceAll(strings.TrimRight(lines[e.Line-1], "\r"), "\t", " ")
	return line + "\n" + strings.Repeat(" ", max(e.Column-1, 0)) + "^"
}
