package report

import "testing"

// TestVerdictIsTheWorst: one that is worse counts, wherever it is, and nothing
// does where a side cannot be trusted.
func TestVerdictIsTheWorst(t *testing.T) {
	of := func(all ...Difference) (cs []*Comparison) {
		for _, d := range all {
			cs = append(cs, &Comparison{Verdict: d})
		}
		return cs
	}
	for _, c := range []struct {
		all  []*Comparison
		want Difference
	}{
		{of(Same, Better), Same},
		{of(Same, CannotTell, Better), CannotTell},
		{of(Worse, CannotTell), Worse},
		{of(CannotTell, Worse, Same), Worse},
	} {
		if got, why := Verdict(c.all); got != c.want || why != "" {
			t.Errorf("%q, %q: want %q", got, why, c.want)
		}
	}
	doubtful := append(of(Worse), &Comparison{Verdict: CannotTell, Untrusted: []string{"its host dropped frames"}})
	if got, why := Verdict(doubtful); got != "" || why != "its host dropped frames" {
		t.Errorf("%q, %q", got, why)
	}
}
