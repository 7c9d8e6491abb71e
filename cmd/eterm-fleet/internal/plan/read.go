package plan

import (
	"fmt"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"eterm/cmd/eterm-fleet/internal/slots"
	"eterm/iface/linktest"
	"eterm/iface/load"
	"eterm/iface/yamlfile"
)

// most is the size in bytes of the largest plan file.
const most = 1 << 20

// place is where something stands in a file.
type place struct{ line, column int }

// reader walks the nodes of a file.
type reader struct {
	source string
	file   *File
}

// Parse reads a plan file. An error about a place in it is an *Error.
func Parse(source []byte) (*File, error) {
	if len(source) > most {
		return nil, fmt.Errorf("longer than %d bytes", most)
	}
	parsed, err := parser.ParseBytes(source, 0)
	if err != nil {
		return nil, yamlfile.Syntax(string(source), err)
	}
	r := &reader{string(source), &File{Class: Load, Kind: slots.Mesh, Slot: 10 * time.Second, Seed: 1,
		Load: Offer{Rate: "1000pps", Sizes: []int{128}}, source: string(source), places: map[string]place{}}}
	if len(parsed.Docs) != 1 || parsed.Docs[0].Body == nil {
		return nil, yamlfile.At(r.source, nil, fmt.Sprintf("%d plans: want one, such as ports: [h1.eth1, h2.eth1]", len(parsed.Docs)))
	}
	body := parsed.Docs[0].Body
	// Ports come first, because pairs name them.
	if err := r.mapping(body, fields{"ports": r.ports}, true); err != nil {
		return nil, err
	}
	err = r.mapping(body, fields{"ports": func(ast.Node) error { return nil }, "pairs": r.pairs, "load": r.load, "limits": r.limits,
		"name": r.text(&r.file.Name), "class": r.class, "slot": r.duration(&r.file.Slot), "rounds": r.whole(func(n uint64) { r.file.Rounds = int(n) }, 10_000_000),
		"seed": r.whole(func(n uint64) { r.file.Seed = n }, 1<<63)}, false)
	if err != nil {
		return nil, err
	}
	return r.file, r.together(body)
}

// together checks what only several fields say.
func (r *reader) together(body ast.Node) error {
	f := r.file
	at := func(name string) ast.Node {
		if v := valueOf(body, name); v != nil {
			return v
		}
		return body
	}
	if f.Kind == slots.Racks && f.Racks == nil {
		return r.fail(at("pairs"), "pairs: racks needs ports by rack, such as ports: {r1: [h1.eth1, h2.eth1], r2: [h3.eth1]}")
	}
	if f.Load.Count == 0 && f.Load.Duration == 0 {
		return r.fail(at("load"), "load has neither count nor duration: give one, such as duration: 5s")
	}
	if err := f.Shape().Check(); err != nil {
		return r.fail(at("ports"), "%v", err)
	}
	if f.Slot < LeastSlot || f.Slot > MostSlot {
		return r.fail(at("slot"), "slot %v: want %v to %v", f.Slot, LeastSlot, MostSlot)
	}
	if err := f.Load.fits(f.Class, f.Slot); err != nil {
		return r.fail(at("load"), "%v", err)
	}
	return nil
}

func (r *reader) fail(n ast.Node, format string, args ...any) error {
	return yamlfile.At(r.source, first(n), fmt.Sprintf(format, args...))
}

// first is the node whose token stands first: a mapping's own is its colon.
func first(n ast.Node) ast.Node {
	switch m := n.(type) {
	case *ast.MappingNode:
		if len(m.Values) > 0 && !m.IsFlowStyle {
			return m.Values[0].Key
		}
	case *ast.MappingValueNode:
		return m.Key
	}
	return n
}

// fields are what a mapping may have, and who reads it.
type fields map[string]func(ast.Node) error

// entries are the keys and values of a mapping.
func entries(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func valueOf(n ast.Node, name string) ast.Node {
	all, _ := entries(n)
	for _, v := range all {
		if v.Key.GetToken().Value == name {
			return v.Value
		}
	}
	return nil
}

// mapping reads the fields of a mapping; some reads only those it knows.
func (r *reader) mapping(n ast.Node, read fields, some bool) error {
	all, ok := entries(n)
	if !ok {
		return r.fail(n, "want names with values: %s", read.names())
	}
	for _, v := range all {
		name := v.Key.GetToken().Value
		do := read[name]
		if do == nil && some {
			continue
		}
		if do == nil {
			return r.fail(v.Key, "there is no %q here: want one of %s", name, read.names())
		}
		if err := do(v.Value); err != nil {
			return err
		}
	}
	return nil
}

// scalar is a value as it stands in the file.
func (r *reader) scalar(n ast.Node) (string, error) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.LiteralNode:
		return n.GetToken().Value, nil
	}
	return "", r.fail(n, "want one value here")
}

func (r *reader) text(dst *string) func(ast.Node) error {
	return func(n ast.Node) (err error) {
		*dst, err = r.scalar(n)
		return err
	}
}

func (r *reader) duration(dst *time.Duration) func(ast.Node) error {
	return func(n ast.Node) error {
		s, err := r.scalar(n)
		if err != nil {
			return err
		}
		d, err := time.ParseDuration(s)
		if seconds, e := strconv.ParseFloat(s, 64); e == nil && seconds < 1e9 {
			d, err = time.Duration(seconds*1e9), nil
		}
		if err != nil || d <= 0 {
			return r.fail(n, "%q: want a time above 0, such as 10s or 500ms", s)
		}
		*dst = d
		return nil
	}
}

func (r *reader) whole(set func(uint64), most uint64) func(ast.Node) error {
	return func(n ast.Node) error {
		s, err := r.scalar(n)
		if err != nil {
			return err
		}
		v, err := strconv.ParseUint(s, 10, 64)
		if err != nil || v > most {
			return r.fail(n, "%q: want a whole number up to %d", s, most)
		}
		set(v)
		return nil
	}
}

func (r *reader) class(n ast.Node) error {
	s, err := r.scalar(n)
	if err == nil && Class(s) != Load && Class(s) != Watch {
		return r.fail(n, "class %q: want load or watch", s)
	}
	r.file.Class = Class(s)
	return err
}

func (r *reader) load(n ast.Node) error {
	o := &r.file.Load
	return r.mapping(n, fields{"rate": r.parsed(&o.Rate, func(s string) error { _, err := load.ParseRate(s); return err }),
		"size": func(n ast.Node) error {
			s, err := r.scalar(n)
			if err == nil {
				if o.Sizes, err = load.ParseSizes(s); err != nil {
					return r.fail(n, "%v", err)
				}
			}
			return err
		},
		"count":   r.whole(func(v uint64) { o.Count = v }, 1<<40),
		"streams": r.whole(func(v uint64) { o.Streams = int(v) }, 256),
		"vlan": func(n ast.Node) error {
			return r.whole(func(v uint64) { o.VLANs = []uint16{uint16(v)} }, 4094)(n)
		},
		"duration": r.duration(&o.Duration)}, false)
}

func (r *reader) limits(n ast.Node) error {
	l := &r.file.Limits
	return r.mapping(n, fields{"loss": r.parsed(&l.Loss, func(s string) error { _, err := linktest.ParseLimit(s); return err }),
		"p99": r.duration(&l.P99), "outage": r.duration(&l.Outage)}, false)
}

// parsed keeps a word that somebody else can read.
func (r *reader) parsed(dst *string, check func(string) error) func(ast.Node) error {
	return func(n ast.Node) error {
		s, err := r.scalar(n)
		if err != nil {
			return err
		}
		if err := check(s); err != nil {
			return r.fail(n, "%v", err)
		}
		*dst = s
		return nil
	}
}
