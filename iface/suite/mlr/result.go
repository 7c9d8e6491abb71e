package mlr

import "sort"

// Irregular says why a goal has no pair of bounds.
const (
	BelowMin   = "below_min"  // even the least load is an upper bound
	AtMax      = "at_max"     // even the greatest load is a lower bound
	Unfinished = "unfinished" // the search was ended before the goal was reached
)

// Bound is a load that was classified.
type Bound struct {
	Load float64 `json:"load"`
	// Tester says that the load is an upper bound only because its trials
	// cannot be trusted: the limit is the tester's.
	Tester bool `json:"tester"`
}

// Result is what a search found for a goal. Lower or Upper is nil if Irregular
// says so.
type Result struct {
	Goal  Goal   `json:"goal"`
	Lower *Bound `json:"lower"`
	Upper *Bound `json:"upper"`
	// Conditional is the conditional throughput at Lower (RFC 9971).
	Conditional float64 `json:"conditional"`
	// Width is how far apart the bounds are, relative to the upper one; 0 if
	// one is missing.
	Width     float64 `json:"width"`
	Irregular string  `json:"irregular,omitempty"`
}

// Results is what is known so far, in the order of the goals. It may be asked
// at any time.
func (s *Search) Results() []Result {
	list := make([]Result, len(s.goals))
	for i, g := range s.goals {
		list[i] = s.result(s.config.Goals[i], g)
	}
	return list
}

func (s *Search) result(goal Goal, g *selector) Result {
	r := Result{Goal: goal}
	t := g.targets[len(g.targets)-1]
	if !g.reached {
		t, r.Irregular = g.target(), Unfinished
	}
	b := s.bounds(t)
	if b.lo != none {
		r.Lower = &Bound{Load: s.grid.load(b.lo)}
		r.Conditional = r.Lower.Load * (1 - t.quantile(s.trials[b.lo]))
	}
	if b.hi != none {
		r.Upper = &Bound{Load: s.grid.load(b.hi), Tester: undecidable(s.trials[b.hi])}
	}
	switch {
	case r.Lower != nil && r.Upper != nil:
		r.Width = (r.Upper.Load - r.Lower.Load) / r.Upper.Load
	case r.Irregular != "":
	case r.Lower == nil:
		r.Irregular = BelowMin
	default:
		r.Irregular = AtMax
	}
	return r
}

func undecidable(trials []measured) bool {
	for _, m := range trials {
		if m.Undecidable {
			return true
		}
	}
	return false
}

// quantile is the loss ratio that the good part of the trials' time does not
// exceed, counting trials that are still owed as lost.
func (t target) quantile(trials []measured) float64 {
	var long []measured
	whole := 0.0
	for _, m := range trials {
		if m.duration >= t.trial {
			long = append(long, m)
			whole += m.Seconds
		}
	}
	sort.SliceStable(long, func(i, j int) bool { return long[i].Loss < long[j].Loss })
	left := max(t.sum, whole) * (1 - t.exceed)
	q := 1.0
	for _, m := range long {
		if left <= 0 {
			return q
		}
		q = m.Loss
		left -= m.Seconds
	}
	if left > 0 {
		return 1
	}
	return q
}
