package pairing

import (
	"slices"

	"eterm/frame"
)

// mostValues is up to how many pairs of values of one field are told apart.
const mostValues = 8

// field is one field that changes, of which there are groups by value.
type field struct {
	layer frame.Layer
	name  string
}

// group is the pairs in which a field changes in one way.
type group struct {
	a, b    string
	pairs   int
	example Pair
}

// changes groups what differs in pairs: by field and values, or by field alone where
// its values differ from pair to pair, as checksums do.
func changes(a, b []Frame, pairs []Pair) (all []Change) {
	groups := map[field][]group{}
	var order []field
	for _, p := range pairs {
		x, y := a[p.A].Bytes, b[p.B].Bytes
		if string(x) == string(y) {
			continue
		}
		for _, d := range frame.Diff(frame.Decode(x), frame.Decode(y)) {
			f := field{d.Layer, d.Field}
			if groups[f] == nil {
				order = append(order, f)
			}
			groups[f] = count(groups[f], d, p)
		}
	}
	for _, f := range order {
		of := groups[f]
		if len(of) > mostValues {
			sum := Change{Layer: f.layer, Field: f.name, A: of[0].a, B: of[0].b, Varied: len(of), Example: of[0].example}
			for _, g := range of {
				sum.Pairs += g.pairs
			}
			all = append(all, sum)
			continue
		}
		for _, g := range of {
			all = append(all, Change{Layer: f.layer, Field: f.name, A: g.a, B: g.b, Varied: 1, Pairs: g.pairs, Example: g.example})
		}
	}
	return all
}

// count puts a difference into its group. Beyond mostValues all others are one.
func count(groups []group, d frame.Difference, p Pair) []group {
	i := slices.IndexFunc(groups, func(g group) bool { return g.a == d.A && g.b == d.B })
	if i < 0 && len(groups) > mostValues {
		i = mostValues
	}
	if i < 0 {
		return append(groups, group{d.A, d.B, 1, p})
	}
	groups[i].pairs++
	return groups
}
