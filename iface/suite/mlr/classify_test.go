package mlr

import (
	"math"
	"testing"
)

// The vectors of the example search in the appendix of the MLRsearch draft 15,
// which became RFC 9971: one load, four goals, six points in time. The draft's
// tables call the last two points of goal "20% exceed" lower bounds although
// they have its exceed ratio at 42.857 % and 27.273 %; its code, the reference
// library and this test call them upper bounds.
var exampleGoals = []Goal{
	{Name: "RFC2544", Final: 60, Sum: 60},
	{Name: "TST009", Final: 60, Sum: 120, Exceed: 0.5},
	{Name: "1s final", Final: 1, Sum: 120, Loss: 0.005, Exceed: 0.5},
	{Name: "20% exceed", Final: 60, Sum: 60, Loss: 0.005, Exceed: 0.2},
}

var examplePoints = []struct {
	count        int
	seconds      float64
	loss         float64
	want         [4]Class
	whatIsInside string
}{
	{59, 1, 0, [4]Class{Undecided, Undecided, Undecided, Undecided}, "first short good"},
	{1, 1, 0.01, [4]Class{UpperBound, Undecided, Undecided, Undecided}, "first short bad"},
	{59, 1, 0.01, [4]Class{UpperBound, Undecided, Undecided, UpperBound}, "last short bad"},
	{1, 1, 0, [4]Class{UpperBound, Undecided, LowerBound, UpperBound}, "last short good"},
	{1, 60, 0.001, [4]Class{UpperBound, Undecided, LowerBound, UpperBound}, "first long bad"},
	{1, 60, 0, [4]Class{UpperBound, LowerBound, LowerBound, UpperBound}, "first long good"},
}

func TestClassificationExample(t *testing.T) {
	var trials []measured
	for _, p := range examplePoints {
		for range p.count {
			trials = append(trials, measured{p.seconds, Outcome{Loss: p.loss, Seconds: p.seconds}})
		}
		for i, g := range exampleGoals {
			if got := g.target().classify(trials); got != p.want[i] {
				t.Errorf("%s, goal %s: class %d, want %d", p.whatIsInside, g.Name, got, p.want[i])
			}
		}
	}
	for i, want := range []float64{1e6, 1e6, 999e3} {
		if got := 1e6 * (1 - exampleGoals[i+1].target().quantile(trials)); math.Abs(got-want) > 1e-6 {
			t.Errorf("conditional throughput of %s: %v, want %v", exampleGoals[i+1].Name, got, want)
		}
	}
}

func TestClassificationIsMonotone(t *testing.T) {
	// One more good trial never turns a lower bound into an upper one, one
	// more bad trial never the other way.
	for _, g := range exampleGoals {
		for good := range 40 {
			for bad := range 40 {
				was := classOf(g, good, bad)
				if more := classOf(g, good+1, bad); was == LowerBound && more == UpperBound {
					t.Errorf("%s: %d good and %d bad are a lower bound, one more good makes it an upper one", g.Name, good, bad)
				}
				if more := classOf(g, good, bad+1); was == UpperBound && more == LowerBound {
					t.Errorf("%s: %d good and %d bad are an upper bound, one more bad makes it a lower one", g.Name, good, bad)
				}
			}
		}
	}
}

func classOf(g Goal, good, bad int) Class {
	var trials []measured
	for i := range good + bad {
		o := Outcome{Seconds: 10 * g.Final / 2}
		if i >= good {
			o.Loss = 0.5
		}
		trials = append(trials, measured{o.Seconds, o})
	}
	return g.target().classify(trials)
}

// target is a goal itself, without the steps on the way to it.
func (g Goal) target() target {
	return target{loss: g.Loss, exceed: g.Exceed, trial: g.Final, sum: g.Sum}
}
