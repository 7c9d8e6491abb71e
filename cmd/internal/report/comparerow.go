package report

import (
	"fmt"
	"math"

	"eterm/iface/suite/stat"
)

// enough is how many repetitions of each side statistics need at least: with
// three the rarest order of six values is one in ten.
const enough = 4

// compareOne compares one measurement; either side may have none.
func compareOne(a, b []Measurement, minEffect float64) Row {
	some := a
	if len(some) == 0 {
		some = b
	}
	m := some[0]
	r := Row{Subject: m.Subject, Name: m.Name, Unit: m.Unit, Class: m.Class, A: middleText(a), B: middleText(b)}
	if len(a) == 0 || len(b) == 0 {
		r.Is, r.Why = OnlyOne, "measured on one side only"
		return r
	}
	if m.Class == Word {
		r.words(a, b)
		return r
	}
	r.valueA, r.valueB = stat.Median(values(a)), stat.Median(values(b))
	r.Relative = relative(r.valueA, r.valueB)
	if m.Class == Count {
		r.counts(m, a, b)
		return r
	}
	r.figures(m, a, b, minEffect)
	return r
}

// words compares what is the same or is not.
func (r *Row) words(a, b []Measurement) {
	for _, x := range a {
		for _, y := range b {
			if x.Text == y.Text {
				continue
			}
			r.Is, r.Why = Changed, "differs"
			if x.Name == "verdict" {
				switch {
				case y.Text == "fail":
					r.Is = Worse
				case x.Text == "fail":
					r.Is = Better
				}
			}
			r.A, r.B = x.Text, y.Text
			return
		}
	}
	r.Is = Same
}

// counts compares exact counts: any change of their sums is one.
func (r *Row) counts(m Measurement, a, b []Measurement) {
	sumA, sumB := sum(a), sum(b)
	r.valueA, r.valueB = sumA, sumB
	r.A, r.B = grouped(sumA), grouped(sumB)
	r.Relative = relative(sumA, sumB)
	if len(a) != len(b) {
		r.Why = fmt.Sprintf("sums of %d and of %d runs", len(a), len(b))
		sumA, sumB = sumA/float64(len(a)), sumB/float64(len(b))
	}
	switch {
	case sumA == sumB:
		r.Is = Same
	case m.Better == 0:
		r.Is = NotJudged // how many were sent is no quality
	default:
		r.Is = direction(m.Better, sumB-sumA)
		r.Why = join(r.Why, "counts are exact")
	}
}

// figures compares rates and delays.
func (r *Row) figures(m Measurement, a, b []Measurement, minEffect float64) {
	resolution := 0.0
	for _, x := range append(append([]Measurement{}, a...), b...) {
		resolution = max(resolution, x.Resolution)
	}
	by := r.valueB - r.valueA
	switch {
	case math.Abs(by) <= resolution:
		r.Is, r.Why = Same, "within what the measurement can tell apart"
	case r.Relative != nil && math.Abs(*r.Relative) < minEffect:
		r.Is, r.Why = Same, "within what matters"
	case !judged(m):
		r.Is = NotJudged
	case len(a) < enough || len(b) < enough:
		r.Is, r.Why = CannotTell, "repeatability not known"
	default:
		r.repeated(m, a, b, resolution)
	}
}

// judged says whether a figure is tested. Of a distribution those are p50 and
// p99: each further test of the same delays would cost certainty and tell
// little.
func judged(m Measurement) bool {
	switch m.Name {
	case "min", "p90", "p999", "max":
		return false
	}
	return m.Better != 0
}

// repeated compares repetitions; correct has the last word.
func (r *Row) repeated(m Measurement, a, b []Measurement, resolution float64) {
	s := stat.HodgesLehmann(values(a), values(b))
	if math.Abs(s.By) <= resolution {
		r.Is, r.Why = Same, "within what the measurement can tell apart"
		return
	}
	r.Is = direction(m.Better, s.By)
	unit := Measurement{Unit: m.Unit, Class: m.Class}
	text := func(f float64) string { unit.Value = f; return unit.String() }
	r.Why = fmt.Sprintf("by %s (%s to %s)", text(s.By), text(s.Low), text(s.High))
	if math.IsInf(s.Low, 0) || math.IsInf(s.High, 0) {
		r.Why = "by " + text(s.By)
	}
}

// level is the probability below which a difference of so many repetitions a side
// is no chance. At one in twenty, one of twenty comparisons of equal devices claims
// a difference; few repetitions cannot show more. With many it is one in a thousand:
// eight on each side can show it, in six figures at once, where all of one side lie
// above all of the other (2/12870 each).
func level(repetitions int) float64 {
	if repetitions >= many {
		return 0.001
	}
	return 0.05
}

const many = 8

// correct takes back differences of repetitions that may be chance, by the
// exact Mann-Whitney test with Holm's correction over all figures that were
// tested.
func correct(rows []Row, one, two map[string][]Measurement, order []string) {
	var tested, repetitions []int
	var p []float64
	for n, k := range order {
		a, b := one[k], two[k]
		if c := rows[n].Class; c != Count && c != Word && len(a) >= enough && len(b) >= enough && judged(a[0]) {
			tested, repetitions = append(tested, n), append(repetitions, min(len(a), len(b)))
			p = append(p, stat.MannWhitney(values(a), values(b)))
		}
	}
	for i, corrected := range stat.Holm(p) {
		r := &rows[tested[i]]
		if r.Is == Same {
			continue
		}
		if corrected >= level(repetitions[i]) {
			r.Is = Same
			s := stat.HodgesLehmann(values(one[order[tested[i]]]), values(two[order[tested[i]]]))
			r.unseen = (s.High - s.Low) / 2 / max(math.Abs(r.valueA), 1e-300)
			r.Why = fmt.Sprintf("no difference shown, p %.2g; one of %.2g %% would have been seen", corrected, 100*r.unseen)
			if math.IsInf(r.unseen, 0) {
				r.Why = fmt.Sprintf("no difference shown, p %.2g; too few repetitions to show any", corrected)
			}
			continue
		}
		r.Why = join(r.Why, fmt.Sprintf("p %.2g", corrected))
	}
}

// direction is what a change means where more is better (1) or worse (-1).
func direction(better int, by float64) Difference {
	if (by > 0) == (better > 0) {
		return Better
	}
	return Worse
}

func values(list []Measurement) []float64 {
	v := make([]float64, len(list))
	for i, m := range list {
		v[i] = m.Value
	}
	return v
}

func sum(list []Measurement) (total float64) {
	for _, m := range list {
		total += m.Value
	}
	return total
}

// middleText is the median of a side in words.
func middleText(list []Measurement) string {
	if len(list) == 0 {
		return ""
	}
	m := list[0]
	if m.Class != Word {
		m.Value = stat.Median(values(list))
	}
	return m.String()
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}
