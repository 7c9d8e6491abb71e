package suite

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// noisy is a result of five repetitions of a device of a rate, with so much
// noise from one to the next.
func noisy(rate, noise float64, random *rand.Rand) Result {
	r := Result{Plan: small(Throughput)}
	for i := range 5 {
		fps := rate * (1 + noise*random.NormFloat64())
		upper := fps * 1.005
		r.Tests = append(r.Tests, Test{Test: Throughput, Size: 64, Direction: "forward", Repeat: i + 1, Goals: []Figure{{Name: "ndr", LowerFPS: &fps, UpperFPS: &upper, ThroughputFPS: &fps, Limit: ByDevice}}})
	}
	return r
}

// TestCompareKnowsChance: two equal devices differ significantly in no more than
// 5 of 100 comparisons, and 3 % less is found in 95 of 100, with 0.5 % noise.
func TestCompareKnowsChance(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	wrong, found := 0, 0
	const pairs = 2000
	for range pairs {
		if d := compareOne(t, noisy(5000, 0.005, random), noisy(5000, 0.005, random)); d.Verdict != NoDifference {
			wrong++
		}
		if d := compareOne(t, noisy(5000, 0.005, random), noisy(4850, 0.005, random)); d.Verdict == IsWorse {
			found++
		}
	}
	if wrong > pairs*5/100 || found < pairs*95/100 {
		t.Errorf("of %d pairs, %d equal ones differ and %d of 3 %% less are found", pairs, wrong, found)
	}
}

func compareOne(t *testing.T, a, b Result) Difference {
	t.Helper()
	list, err := Compare(a, b, 0)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return list[0]
}

// TestCompareDevices: equal devices show no difference in 20 of 20, and one of 2
// % less throughput is found in 20 of 20, as whole runs find them.
func TestCompareDevices(t *testing.T) {
	measured := func(rate float64, seed uint64) Result {
		p := small(Throughput)
		p.Repeat, p.Goals[0].Width = 5, 0.002
		random := rand.New(rand.NewPCG(seed, 7))
		f := &fake{}
		f.before = func(n int, _ *Spec) {
			// Every trial meets the device in another mood.
			f.forward.Rate, f.forward.Queue = rate*(1+0.002*random.NormFloat64()), 10
		}
		return runPlan(t, p, f, fast())
	}
	for seed := range uint64(20) {
		a := measured(2000, 3*seed)
		if d := compareOne(t, a, measured(2000, 3*seed+1)); d.Verdict != NoDifference {
			t.Errorf("pair %d, equal: %s", seed, d.Words)
		}
		if d := compareOne(t, a, measured(1960, 3*seed+2)); d.Verdict != IsWorse {
			t.Errorf("pair %d, 2 %% less: %s", seed, d.Words)
		}
		if d := compareOne(t, a, a); d.Verdict != NoDifference {
			t.Errorf("with itself: %s", d.Words)
		}
	}
}

func TestCompareWords(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	d := compareOne(t, noisy(5000, 0.001, random), noisy(4900, 0.001, random))
	if !strings.HasPrefix(d.Words, "worse by 2.") || !strings.Contains(d.Words, "p 0.008") {
		t.Errorf("2 %% less: %s", d.Words)
	}
	once := func(rate float64) Result {
		r := noisy(rate, 0, random)
		r.Tests = r.Tests[:1]
		return r
	}
	if d := compareOne(t, once(5000), once(4900)); d.Verdict != IsWorse || !strings.Contains(d.Words, "repeatability is not known") {
		t.Errorf("once each: %s", d.Words)
	}
	if d := compareOne(t, once(5000), once(4990)); d.Verdict != NoDifference {
		t.Errorf("once each, within the width: %s", d.Words)
	}
	limited := once(5000)
	limited.Tests[0].Goals[0].Limit = ByTester
	if d := compareOne(t, limited, once(4000)); d.Verdict != CannotCompare {
		t.Errorf("limited by the tester: %s", d.Words)
	}
	other := once(5000)
	other.Plan.Goals = slices.Clone(other.Plan.Goals)
	other.Plan.Goals[0].Loss = 0.01
	if _, err := Compare(once(5000), other, 0); err == nil {
		t.Error("other goals are compared")
	}
}
