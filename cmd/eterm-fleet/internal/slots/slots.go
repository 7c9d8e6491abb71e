// Package slots says which ports are tested with which, and when: rounds of
// disjoint pairs, so that no port is in two tests at once, and a slot of time
// for each round. Everything is worked out from a few numbers, so that a plan
// for half a million pairs is short and every agent comes to the same rounds.
package slots

import (
	"fmt"
	"slices"
)

// Pair is the numbers of two ports: the first asks, the second reflects.
type Pair struct{ Ask, Reflect int }

// Kind is how ports are paired.
type Kind string

// The kinds of pairs.
const (
	Mesh  Kind = "mesh"  // each port with each
	Ring  Kind = "ring"  // each port with the next, the last with the first
	List  Kind = "list"  // the pairs named
	Racks Kind = "racks" // each port with each of its rack, then one port a rack with one of each other rack
)

// Shape is what pairs there are, of Ports ports numbered from 0.
type Shape struct {
	Kind  Kind `json:"kind"`
	Ports int  `json:"ports"`
	// Sizes of the racks; the ports of a rack follow each other.
	Sizes []int `json:"racks,omitempty"`
	// Pairs of a list.
	Pairs []Pair `json:"pairs,omitempty"`
}

// Bounds of what a shape may ask an agent to work out.
const (
	mostPorts = 100_000
	mostPairs = 100_000 // of a list
)

// Check says what is wrong with a shape.
func (s Shape) Check() error {
	if s.Ports < 2 || s.Ports > mostPorts {
		return fmt.Errorf("%d ports: want 2 to %d", s.Ports, mostPorts)
	}
	switch s.Kind {
	case Mesh, Ring:
	case Racks:
		sum := 0
		for _, n := range s.Sizes {
			if n < 1 || n > mostPorts {
				return fmt.Errorf("a rack of %d ports: want at least 1", n)
			}
			sum += n
		}
		if sum != s.Ports {
			return fmt.Errorf("racks of %d ports in all, and there are %d ports", sum, s.Ports)
		}
	case List:
		if len(s.Pairs) == 0 || len(s.Pairs) > mostPairs {
			return fmt.Errorf("%d pairs: want 1 to %d", len(s.Pairs), mostPairs)
		}
		for _, p := range s.Pairs {
			if p.Ask == p.Reflect || min(p.Ask, p.Reflect) < 0 || max(p.Ask, p.Reflect) >= s.Ports {
				return fmt.Errorf("pair %d and %d of %d ports", p.Ask, p.Reflect, s.Ports)
			}
		}
	default:
		return fmt.Errorf("pairs %q: want mesh, ring, racks or a list of pairs", s.Kind)
	}
	return nil
}

// Rounds are the rounds of a shape that passes Check.
type Rounds struct {
	shape  Shape
	packed [][]Pair // of rings and lists
	within int      // of racks: the rounds inside of them
}

// Of works out the rounds of a shape that passes Check.
func Of(s Shape) Rounds {
	r := Rounds{shape: s}
	switch s.Kind {
	case Ring:
		r.packed = ring(s.Ports)
	case List:
		r.packed = pack(s.Pairs)
	case Racks:
		for _, n := range s.Sizes {
			r.within = max(r.within, circleRounds(n))
		}
	}
	return r
}

// Len is how many rounds there are until all pairs had their turn.
func (r Rounds) Len() int {
	switch r.shape.Kind {
	case Mesh:
		return circleRounds(r.shape.Ports)
	case Racks:
		return r.within + circleRounds(len(r.shape.Sizes))
	}
	return len(r.packed)
}

// Round is the pairs of one round; rounds come again and again.
func (r Rounds) Round(n int) []Pair {
	n %= max(r.Len(), 1)
	switch r.shape.Kind {
	case Mesh:
		return circle(r.shape.Ports, n)
	case Racks:
		return r.racks(n)
	}
	return r.packed[n]
}

// racks is a round inside of all racks at once, or between them.
func (r Rounds) racks(n int) (pairs []Pair) {
	first := 0
	if n < r.within {
		for _, size := range r.shape.Sizes {
			if n < circleRounds(size) {
				for _, p := range circle(size, n) {
					pairs = append(pairs, Pair{first + p.Ask, first + p.Reflect})
				}
			}
			first += size
		}
		return pairs
	}
	var heads []int
	for _, size := range r.shape.Sizes {
		heads = append(heads, first)
		first += size
	}
	for _, p := range circle(len(heads), n-r.within) {
		pairs = append(pairs, Pair{heads[p.Ask], heads[p.Reflect]})
	}
	return pairs
}

// circleRounds is how many rounds the circle method takes for n ports: n-1, or
// n where one port has to rest in each.
func circleRounds(n int) int {
	if n < 2 {
		return 0
	}
	return n - 1 + n%2
}

// circle is one round of the circle method: one port stays, the others go round
// by a place a round, and who sits opposite is tested. Who asks changes from
// round to round.
func circle(n, round int) []Pair {
	even := n + n%2
	at := func(place int) int {
		if place == 0 {
			return even - 1
		}
		return (place - 1 + round) % (even - 1)
	}
	pairs := make([]Pair, 0, even/2)
	for i := range even / 2 {
		a, b := at(i), at(even-1-i)
		if a >= n || b >= n {
			continue // opposite of nobody
		}
		if round%2 == 1 {
			a, b = b, a
		}
		pairs = append(pairs, Pair{a, b})
	}
	return pairs
}

// ring is each port with the next, in two rounds, or three if their number is
// odd; of two ports there is one pair.
func ring(n int) [][]Pair {
	var pairs []Pair
	for i := range n {
		if n == 2 && i == 1 {
			break
		}
		pairs = append(pairs, Pair{i, (i + 1) % n})
	}
	if n%2 == 0 || n < 3 {
		return pack(everyOther(pairs))
	}
	last := pairs[n-1:]
	return append(pack(everyOther(pairs[:n-1])), last)
}

// everyOther puts the even ones of a list before the odd ones.
func everyOther(pairs []Pair) (sorted []Pair) {
	for from := range 2 {
		for i := from; i < len(pairs); i += 2 {
			sorted = append(sorted, pairs[i])
		}
	}
	return sorted
}

// pack puts each pair into the first round in which both its ports are free.
func pack(pairs []Pair) (rounds [][]Pair) {
	busy := map[int][]int{} // the rounds a port is in
	for _, p := range pairs {
		n := 0
		for slices.Contains(busy[p.Ask], n) || slices.Contains(busy[p.Reflect], n) {
			n++
		}
		if n == len(rounds) {
			rounds = append(rounds, nil)
		}
		rounds[n] = append(rounds[n], p)
		busy[p.Ask], busy[p.Reflect] = append(busy[p.Ask], n), append(busy[p.Reflect], n)
	}
	return rounds
}
