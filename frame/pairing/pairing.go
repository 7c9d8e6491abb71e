// Package pairing says what became of the frames of one capture on the way to
// another: which frame of the one is which of the other, and what was changed.
package pairing

import (
	"slices"
	"time"

	"eterm/frame"
)

// Frame is one frame of a capture.
type Frame struct {
	Bytes []byte // without FCS, whole
	At    time.Time
}

// Pair is the places of a frame in both captures.
type Pair struct {
	A, B int
	By   Way
}

// Way is by what two frames were taken for one.
type Way uint8

// The ways, the surest first.
const (
	ByMark    Way = iota // of a test frame: session, stream and number
	ByBytes              // they are the same, byte for byte
	ByPacket             // but for what switches and routers rewrite: addresses and tags of the frame, TTL, class, checksums
	ByContent            // but for what translators rewrite too: addresses and ports
)

// Result is the comparison of two captures.
type Result struct {
	Pairs []Pair // in order of A
	// Missing are the frames of A that B does not have, Extra those of B that A
	// does not have, by their places.
	Missing, Extra []int
	// Reordered pairs came in B after one that is behind them in A (RFC 4737, 3).
	Reordered int
	Changes   []Change
}

// Change is one thing that differs in pairs, with how many it is in.
type Change struct {
	Layer frame.Layer
	Field string // "" if one frame has the layer and the other has not
	// A and B are the values, where they are the same in all these pairs; else
	// Example's.
	A, B    string
	Varied  int // how many different pairs of values there are
	Pairs   int
	Example Pair
}

// Compare pairs the frames of two captures: by mark where test frames have one, and
// else by content that boxes do not rewrite, the surest way first; frames that are
// alike in order, nearest in time where one capture has more of them.
func Compare(a, b []Frame) Result {
	p := pairer{a: a, b: b, freeA: make([]bool, len(a)), freeB: make([]bool, len(b))}
	for i := range p.freeA {
		p.freeA[i] = true
	}
	for i := range p.freeB {
		p.freeB[i] = true
	}
	for way := ByMark; way <= ByContent; way++ {
		p.pair(way)
	}
	slices.SortFunc(p.pairs, func(x, y Pair) int { return x.A - y.A })
	r := Result{Pairs: p.pairs}
	for i, free := range p.freeA {
		if free {
			r.Missing = append(r.Missing, i)
		}
	}
	for i, free := range p.freeB {
		if free {
			r.Extra = append(r.Extra, i)
		}
	}
	last := -1
	for _, m := range r.Pairs {
		if m.B < last {
			r.Reordered++
		}
		last = max(last, m.B)
	}
	r.Changes = changes(a, b, r.Pairs)
	return r
}

type pairer struct {
	a, b         []Frame
	freeA, freeB []bool
	pairs        []Pair
	shifts       []time.Duration // of the pairs so far, from A to B
}

// pair pairs what is left in one way.
func (p *pairer) pair(way Way) {
	places := func(frames []Frame, free []bool) (keys []string, by map[string][]int) {
		by = map[string][]int{}
		for i, f := range frames {
			if !free[i] {
				continue
			}
			key, ok := way.key(f.Bytes)
			if !ok {
				continue
			}
			if by[key] == nil {
				keys = append(keys, key)
			}
			by[key] = append(by[key], i)
		}
		return keys, by
	}
	keys, inA := places(p.a, p.freeA)
	_, inB := places(p.b, p.freeB)
	// Those there is one of on either side tell how far the clocks are apart.
	for _, alone := range []bool{true, false} {
		shift := p.shift()
		for _, key := range keys {
			x, y := inA[key], inB[key]
			if (len(x) == 1 && len(y) == 1) != alone || len(y) == 0 {
				continue
			}
			p.match(way, x, y, shift)
		}
	}
}

// shift is the median time from A to B of the pairs so far.
func (p *pairer) shift() time.Duration {
	if len(p.shifts) == 0 {
		return 0
	}
	slices.Sort(p.shifts)
	return p.shifts[len(p.shifts)/2]
}

// lookAhead bounds how many frames that are alike are looked at for the nearest: a
// capture of nothing else must not take for ever.
const lookAhead = 4096

// match pairs frames that are alike, in order. Where one side has more, each of the
// fewer takes the one nearest in time that leaves enough for those behind it.
func (p *pairer) match(way Way, x, y []int, shift time.Duration) {
	few, many, swapped := x, y, false
	if len(x) > len(y) {
		few, many, swapped = y, x, true
	}
	apart := func(f, m int) time.Duration {
		if swapped {
			f, m = m, f
		}
		return (p.b[m].At.Sub(p.a[f].At) - shift).Abs()
	}
	next := 0
	for i, f := range few {
		last := min(len(many)-(len(few)-i), next+lookAhead)
		best := next
		for m := next + 1; m <= last && apart(f, many[m]) < apart(f, many[best]); m++ {
			best = m
		}
		pair := Pair{A: f, B: many[best], By: way}
		if swapped {
			pair.A, pair.B = pair.B, pair.A
		}
		p.freeA[pair.A], p.freeB[pair.B] = false, false
		p.pairs = append(p.pairs, pair)
		p.shifts = append(p.shifts, p.b[pair.B].At.Sub(p.a[pair.A].At))
		next = best + 1
	}
}
