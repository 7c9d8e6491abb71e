package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"eterm/cmd/eterm-fleet/internal/slots"
)

func (f fields) names() string {
	return strings.Join(slices.Sorted(maps.Keys(f)), ", ")
}

// ports reads labels, or racks with labels.
func (r *reader) ports(n ast.Node) error {
	if list, ok := n.(*ast.SequenceNode); ok {
		return r.labels(list)
	}
	racks, ok := entries(n)
	if !ok {
		return r.fail(n, "want a list of ports, such as [h1.eth1, h2.eth1], or racks with lists")
	}
	for _, rack := range racks {
		list, ok := rack.Value.(*ast.SequenceNode)
		if !ok {
			return r.fail(rack.Value, "want the list of the ports of rack %s", rack.Key.GetToken().Value)
		}
		before := len(r.file.Ports)
		if err := r.labels(list); err != nil {
			return err
		}
		if len(r.file.Ports) == before {
			return r.fail(list, "rack %s has no ports", rack.Key.GetToken().Value)
		}
		r.file.Racks = append(r.file.Racks, len(r.file.Ports)-before)
	}
	return nil
}

func (r *reader) labels(list *ast.SequenceNode) error {
	for _, n := range list.Values {
		s, err := r.scalar(n)
		switch {
		case err != nil:
			return err
		case !GoodLabel(s):
			return r.fail(n, "port %q: want HOST.PORT in letters, digits, - and _", s)
		}
		if _, twice := r.file.places[s]; twice {
			return r.fail(n, "port %s stands here twice", s)
		}
		at := n.GetToken().Position
		r.file.places[s] = place{at.Line, at.Column}
		r.file.Ports = append(r.file.Ports, s)
	}
	return nil
}

// pairs reads a word, or a list of two ports each.
func (r *reader) pairs(n ast.Node) error {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		s, err := r.scalar(n)
		if err != nil {
			return err
		}
		r.file.Kind = slots.Kind(s)
		if !slices.Contains([]slots.Kind{slots.Mesh, slots.Ring, slots.Racks}, r.file.Kind) {
			return r.fail(n, "pairs %q: want mesh, ring, racks, or a list such as [[h1.eth1, h2.eth1]]", s)
		}
		return nil
	}
	r.file.Kind = slots.List
	index := map[string]int{}
	for i, label := range r.file.Ports {
		index[label] = i
	}
	for _, one := range list.Values {
		two, ok := one.(*ast.SequenceNode)
		if !ok || len(two.Values) != 2 {
			return r.fail(one, "want two ports, such as [h1.eth1, h2.eth1]")
		}
		var at [2]int
		for i, n := range two.Values {
			s, err := r.scalar(n)
			if err != nil {
				return err
			}
			if at[i], ok = index[s]; !ok {
				return r.fail(n, "port %s is not among the ports of this plan", s)
			}
		}
		if at[0] == at[1] {
			return r.fail(one, "a pair of a port with itself")
		}
		r.file.Pairs = append(r.file.Pairs, slots.Pair{Ask: at[0], Reflect: at[1]})
	}
	return nil
}
