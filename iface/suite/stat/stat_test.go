package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func near(a, b, within float64) bool { return math.Abs(a-b) <= within }

// TestMannWhitneyTables holds the test against published critical values:
// scipy.stats.mannwhitneyu(method="exact") and wilcox.test of R give the same.
func TestMannWhitneyTables(t *testing.T) {
	for _, c := range []struct {
		a, b []float64
		p    float64
	}{
		{[]float64{1, 2, 3, 4, 5}, []float64{6, 7, 8, 9, 10}, 2.0 / 252},
		{[]float64{1, 2, 3, 4}, []float64{5, 6, 7, 8}, 2.0 / 70},
		{[]float64{1, 2, 3}, []float64{4, 5, 6}, 0.1},
		{[]float64{1, 3, 5}, []float64{2, 4, 6}, 0.7},
		{[]float64{1}, []float64{2}, 1},
		{[]float64{1, 1, 1}, []float64{1, 1, 1}, 1},
		// Hollander and Wolfe, permeability of the chorioamnion: W = 35, one-sided 0.1272.
		{[]float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}, []float64{1.15, 0.88, 0.90, 0.74, 1.21}, 0.2544},
	} {
		if p := MannWhitney(c.a, c.b); !near(p, c.p, 5e-5) {
			t.Errorf("%v and %v: %v, want %v", c.a, c.b, p, c.p)
		}
		if p, q := MannWhitney(c.a, c.b), MannWhitney(c.b, c.a); !near(p, q, 1e-12) {
			t.Errorf("%v and %v: %v one way, %v the other", c.a, c.b, p, q)
		}
	}
}

// bruteForce counts all divisions, ties and all.
func bruteForce(a, b []float64) float64 {
	all := append(slices.Clone(a), b...)
	u := func(in []bool) (s float64) {
		for i := range all {
			for j := range all {
				switch {
				case !in[i] || in[j]:
				case all[i] > all[j]:
					s++
				case all[i] == all[j]:
					s += 0.5
				}
			}
		}
		return math.Abs(s - float64(len(a)*len(b))/2)
	}
	in := make([]bool, len(all))
	for i := range a {
		in[i] = true
	}
	seen, hits, ways := u(in), 0, 0
	for set := range 1 << len(all) {
		n := 0
		for i := range all {
			in[i] = set>>i&1 == 1
			if in[i] {
				n++
			}
		}
		if n == len(a) {
			ways++
			if u(in) >= seen {
				hits++
			}
		}
	}
	return float64(hits) / float64(ways)
}

func TestMannWhitneyWithTies(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 2))
	for range 60 {
		var a, b []float64
		for range 1 + random.IntN(5) {
			a = append(a, float64(random.IntN(4)))
		}
		for range 1 + random.IntN(5) {
			b = append(b, float64(random.IntN(4)))
		}
		if got, want := MannWhitney(a, b), bruteForce(a, b); !near(got, want, 1e-9) {
			t.Errorf("%v and %v: %v, want %v", a, b, got, want)
		}
	}
}

func TestNormalAndExactMeet(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 3))
	var a, b []float64
	for range 20 {
		a, b = append(a, random.NormFloat64()), append(b, random.NormFloat64()+0.7)
	}
	exact := MannWhitney(a, b)
	ranks, inA := midranks(a, b)
	approximate := normalTail(ranks, 20, math.Abs(float64(inA)-20*41))
	if !near(exact, approximate, 0.005) {
		t.Errorf("exact %v, approximately %v", exact, approximate)
	}
}

func TestHodgesLehmann(t *testing.T) {
	s := HodgesLehmann([]float64{1, 2, 3, 4}, []float64{11, 12, 13, 14})
	if s.By != 10 || s.Low != 7 || s.High != 13 {
		t.Errorf("a shift of 10: %+v", s)
	}
	if s := HodgesLehmann([]float64{1, 2, 3}, []float64{1, 2, 3}); !math.IsInf(s.Low, -1) || !math.IsInf(s.High, 1) || s.By != 0 {
		t.Errorf("three values have no interval: %+v", s)
	}
	// R: wilcox.test(a, b, conf.int=TRUE): estimate 0.305, interval -0.15 to 0.76.
	a := []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}
	b := []float64{1.15, 0.88, 0.90, 0.74, 1.21}
	if s := HodgesLehmann(b, a); !near(s.By, 0.305, 1e-9) || !near(s.Low, -0.15, 1e-9) || !near(s.High, 0.76, 1e-9) {
		t.Errorf("the example of R: %+v", s)
	}
}

// TestCoverage: the interval holds the truth in 95 of 100 comparisons, and tests
// of equal sets are significant in no more than 5.
func TestCoverage(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	const comparisons = 2000
	held, significant := 0, 0
	for range comparisons {
		var a, b []float64
		for range 6 {
			a, b = append(a, random.ExpFloat64()), append(b, random.ExpFloat64())
		}
		if s := HodgesLehmann(a, b); s.Low <= 0 && 0 <= s.High {
			held++
		}
		if MannWhitney(a, b) <= significance {
			significant++
		}
	}
	if held < comparisons*94/100 || significant > comparisons*6/100 {
		t.Errorf("of %d, %d hold the truth and %d are significant", comparisons, held, significant)
	}
}

func TestHolm(t *testing.T) {
	// R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
	got := Holm([]float64{0.01, 0.04, 0.03, 0.005})
	for i, want := range []float64{0.03, 0.06, 0.06, 0.02} {
		if !near(got[i], want, 1e-12) {
			t.Errorf("corrected %v", got)
		}
	}
	if len(Holm(nil)) != 0 {
		t.Error("of nothing comes nothing")
	}
}

func TestSummarize(t *testing.T) {
	if s := Summarize([]float64{2, 4, 4, 4, 5, 5, 7, 9}); s.N != 8 || s.Mean != 5 || s.Min != 2 || s.Max != 9 || !near(s.SD, 2.13809, 1e-5) {
		t.Errorf("%+v", s)
	}
	if s := Summarize(nil); s != (Summary{}) {
		t.Errorf("of nothing: %+v", s)
	}
}
