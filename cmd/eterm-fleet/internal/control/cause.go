package control

import (
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/internal/result"
)

// What makes a place a cause: most of its directions lose frames, there are
// several of them, and they are not a trifle of all that was lost.
const (
	mostOf         = 0.9
	leastDirection = 2
	leastShare     = 0.05
	mostCauses     = 20
)

// place is a part of the network that a cause can be in.
type place struct {
	what, name string
	in         func(from, to int) bool
}

// causes finds the places that explain the loss: the one that explains most
// comes first, and what it explains is out of account for the next.
func causes(p *plan.Plan, pairs []result.Pair) (found []result.Cause) {
	index := map[string]int{}
	for i, port := range p.Ports {
		index[port.Label] = i
	}
	left, all := make([]uint64, len(pairs)), uint64(0)
	for i, pair := range pairs {
		left[i] = pair.Lost - min(pair.LostLocal, pair.Lost)
		all += left[i]
	}
	if all == 0 {
		return nil
	}
	places := placesOf(p)
	for len(found) < mostCauses {
		best, at := result.Cause{}, place{}
		for _, pl := range places {
			c := weigh(pl, pairs, left, index)
			if c.Lost > best.Lost || c.Lost == best.Lost && c.Lost > 0 && c.Directions < best.Directions {
				best, at = c, pl
			}
		}
		if best.Share = float64(best.Lost) / float64(all); best.Share < leastShare {
			return found
		}
		found = append(found, best)
		for i, pair := range pairs {
			if at.in(index[pair.From], index[pair.To]) {
				left[i] = 0
			}
		}
	}
	return found
}

// weigh says how much of what is left a place explains; nothing unless nearly
// all of its directions suffer.
func weigh(pl place, pairs []result.Pair, left []uint64, index map[string]int) result.Cause {
	c := result.Cause{What: pl.what, Name: pl.name}
	open := 0 // directions that no cause explains yet
	for i, pair := range pairs {
		if pair.Offered == 0 || !pl.in(index[pair.From], index[pair.To]) {
			continue
		}
		c.Directions++
		if pair.Lost > pair.LostLocal {
			c.Suffering++
		}
		if left[i] > 0 {
			open++
		}
		c.Lost += left[i]
	}
	if c.Directions < leastDirection || open < leastDirection || float64(c.Suffering) < mostOf*float64(c.Directions) {
		c.Lost = 0
	}
	return c
}

// placesOf are the ports of a plan, each way, and the uplinks of its racks.
func placesOf(p *plan.Plan) (all []place) {
	for i, port := range p.Ports {
		all = append(all,
			place{"port sends", port.Label, func(from, _ int) bool { return from == i }},
			place{"port receives", port.Label, func(_, to int) bool { return to == i }},
			place{"port", port.Label, func(from, to int) bool { return from == i || to == i }})
	}
	first := 0
	for n, size := range p.Shape.Sizes {
		low, high := first, first+size
		first = high
		if len(p.Shape.Sizes) == 2 && n == 1 {
			break // of two racks there is one link
		}
		inside := func(i int) bool { return i >= low && i < high }
		name := p.Ports[low].Label
		all = append(all,
			place{"uplink sends", name, func(from, to int) bool { return inside(from) && !inside(to) }},
			place{"uplink receives", name, func(from, to int) bool { return !inside(from) && inside(to) }},
			place{"uplink", name, func(from, to int) bool { return inside(from) != inside(to) }})
	}
	return all
}
