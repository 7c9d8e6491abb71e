package mlr

import "math"

// target is one step on the way to a goal: the last is the goal itself, those
// before it are wider and cost less time.
type target struct {
	loss, exceed float64
	width        int     // steps of the grid
	trial        float64 // seconds of a trial
	sum          float64 // seconds of all trials of a load
}

// targets are those of a goal, the coarsest first. Widths double from one to the
// one before, and sums shrink evenly in the logarithm down to one initial trial.
func (g Goal) targets(on grid) []target {
	list := make([]target, g.Preceding+1)
	width := on.steps(g.Width)
	list[g.Preceding] = target{g.Loss, g.Exceed, width, g.Final, g.Sum}
	for i := 1; i <= g.Preceding; i++ {
		width *= 2
		sum := g.Initial
		if i < g.Preceding {
			shrink := math.Pow(g.Initial/g.Sum, 1/float64(g.Preceding))
			sum = g.Sum * math.Pow(shrink, float64(i))
		}
		list[g.Preceding-i] = target{g.Loss, g.Exceed, width, math.Min(g.Final, sum), sum}
	}
	return list
}

// Class says what is known of a load for a goal.
type Class int

// The classes of RFC 9971's load classification.
const (
	Undecided Class = iota
	LowerBound
	UpperBound
)

// classify sums up the trials of one load for a target: seconds of good and bad
// trials, whole ones and those shorter than the target's. Short bad ones count
// as far as short good ones do not make up for them.
func (t target) classify(trials []measured) Class {
	var good, bad, shortGood, shortBad float64
	for _, m := range trials {
		switch {
		case m.Undecidable:
			return UpperBound // nobody can say more of this load
		case m.duration >= t.trial && m.Loss <= t.loss:
			good += m.Seconds
		case m.duration >= t.trial:
			bad += m.Seconds
		case m.Loss <= t.loss:
			shortGood += m.Seconds
		default:
			shortBad += m.Seconds
		}
	}
	excess := bad + math.Max(0, shortBad-shortGood*(t.exceed/(1-t.exceed)))
	whole := math.Max(good+excess, t.sum)
	optimistic := excess <= t.exceed*whole
	pessimistic := whole-good <= t.exceed*whole
	switch {
	case optimistic && pessimistic:
		return LowerBound
	case !optimistic && !pessimistic:
		return UpperBound
	}
	return Undecided
}
