package suite

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"eterm/iface/suite/stat"
)

// Difference is one row of a comparison of two devices.
type Difference struct {
	// Row is what is compared: test, size, direction and figure.
	Row string `json:"row"`
	// A and B are the medians, in Unit; Count of the repetitions of each.
	A      float64 `json:"a"`
	B      float64 `json:"b"`
	Unit   string  `json:"unit"`
	CountA int     `json:"count_a"`
	CountB int     `json:"count_b"`
	// Shift is by how much B is greater, relative to A, with the ends of the
	// interval that holds it in 95 of 100 comparisons; nil where there are too
	// few repetitions for one.
	Shift *float64 `json:"shift"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	// P is the probability of such a difference by chance, corrected for how
	// many rows there are (Holm); nil where it was not tested.
	P *float64 `json:"p"`
	// Verdict is "better", "worse", "no difference shown" or "cannot compare".
	Verdict string `json:"verdict"`
	// Words are all of this in a sentence.
	Words string `json:"words"`
}

// The verdicts of a difference.
const (
	IsBetter      = "better"
	IsWorse       = "worse"
	NoDifference  = "no difference shown"
	CannotCompare = "cannot compare"
)

// fewest repetitions of each side that a test can be made of.
const fewest = 4

// values of one row on one side.
type values struct {
	name    string
	unit    string
	more    bool // more is better
	list    []float64
	low     float64 // bounds, of a search
	high    float64
	tester  bool
	bounded bool
}

// Compare says by what b differs from a. The unit is the repetition. Differences
// of less than minEffect, a share, are none.
func Compare(a, b Result, minEffect float64) ([]Difference, error) {
	if err := alike(a.Plan, b.Plan); err != nil {
		return nil, err
	}
	rowsA, rowsB := rowsOf(a), rowsOf(b)
	var list []Difference
	var tested []int
	var p []float64
	for _, va := range rowsA {
		i := slices.IndexFunc(rowsB, func(v *values) bool { return v.name == va.name })
		if i < 0 {
			continue
		}
		d := difference(va, rowsB[i])
		if d.P != nil {
			tested, p = append(tested, len(list)), append(p, *d.P)
		}
		list = append(list, d)
	}
	for i, corrected := range stat.Holm(p) {
		d := &list[tested[i]]
		d.P = &corrected
		d.decide(minEffect, rowsA[slices.IndexFunc(rowsA, func(v *values) bool { return v.name == d.Row })].more)
	}
	return list, nil
}

// alike refuses runs that were not made alike.
func alike(a, b Plan) error {
	switch {
	case a.Direction != b.Direction:
		return fmt.Errorf("the directions are %s and %s", a.Direction, b.Direction)
	case !slices.Equal(a.Goals, b.Goals):
		return errors.New("the goals are others")
	case !slices.ContainsFunc(a.Sizes, func(s int) bool { return slices.Contains(b.Sizes, s) }) && !slices.Equal(a.Mix, b.Mix):
		return fmt.Errorf("the sizes are %v and %v", a.Sizes, b.Sizes)
	case a.Addresses != b.Addresses || a.BroadcastEvery != b.BroadcastEvery:
		return errors.New("the addresses or the share of broadcast frames are others")
	}
	return nil
}

// rowsOf are what can be compared of a result, each with its repetitions.
func rowsOf(r Result) (rows []*values) {
	at := func(t Test, figure, unit string, more bool) *values {
		name := fmt.Sprintf("%s %s %s %s", t.Test, t.sizeText(), t.Direction, figure)
		for _, v := range rows {
			if v.name == name {
				return v
			}
		}
		v := &values{name: name, unit: unit, more: more, high: math.Inf(1)}
		rows = append(rows, v)
		return v
	}
	for _, t := range r.Tests {
		for _, f := range t.Goals {
			if f.ThroughputFPS == nil {
				continue
			}
			v := at(t, f.Name, "frames/s", true)
			v.list, v.bounded, v.low = append(v.list, *f.ThroughputFPS), true, max(v.low, *f.LowerFPS)
			if f.UpperFPS != nil {
				v.high = min(v.high, *f.UpperFPS)
			}
			v.tester = v.tester || f.Limit == ByTester
		}
		for _, d := range t.Latency {
			if d.Trials == 0 {
				continue
			}
			load := fmt.Sprintf("%s at %.0f%% ", d.Direction, 100*d.Share)
			v := at(t, load+"p50", "ns", false)
			v.list = append(v.list, float64(d.P50))
			v = at(t, load+"p99", "ns", false)
			v.list = append(v.list, float64(d.P99))
		}
		for _, l := range t.Loss {
			if !l.NotOffered {
				v := at(t, fmt.Sprintf("%.0f%%", l.Percent), "share", false)
				v.list = append(v.list, l.Ratio)
			}
		}
		if f := t.Forwarding; f != nil && f.AtMaxLoad != nil {
			v := at(t, "frmol", "frames/s", true)
			v.list = append(v.list, *f.AtMaxLoad)
			v = at(t, "mfr", "frames/s", true)
			v.list = append(v.list, *f.Maximum)
		}
		if t.BackToBack != nil {
			v := at(t, "buffer", "frames", true)
			v.list = append(v.list, t.BackToBack.BufferFrames)
		}
	}
	return rows
}

// difference compares one row, before the number of rows is accounted for.
func difference(a, b *values) Difference {
	d := Difference{Row: a.name, Unit: a.unit, CountA: len(a.list), CountB: len(b.list), Verdict: NoDifference}
	d.A, d.B = stat.Median(slices.Clone(a.list)), stat.Median(slices.Clone(b.list))
	switch {
	case a.tester || b.tester:
		d.Verdict, d.Words = CannotCompare, "cannot compare: the tester was the limit"
	case len(a.list) < fewest || len(b.list) < fewest:
		d.few(a, b)
	default:
		p := stat.MannWhitney(a.list, b.list)
		s := stat.HodgesLehmann(a.list, b.list)
		d.P = &p
		if d.A != 0 {
			shift, low, high := s.By/d.A, s.Low/d.A, s.High/d.A
			d.Shift, d.Low, d.High = &shift, &low, &high
		}
	}
	return d
}

// few compares what was not repeated often enough for a test: by the bounds of
// the search, if there are such.
func (d *Difference) few(a, b *values) {
	if d.A != 0 {
		shift := d.B/d.A - 1
		d.Shift = &shift
	}
	switch {
	case !a.bounded:
		d.Words = fmt.Sprintf("%s and %s; repeat each four times to know whether they differ by chance", number(d.A), number(d.B))
	case a.high <= b.low:
		d.Verdict = IsBetter
	case b.high <= a.low:
		d.Verdict = IsWorse
	default:
		d.Words = "no difference shown: the bounds overlap"
	}
	if d.Verdict == IsBetter || d.Verdict == IsWorse {
		d.Words = fmt.Sprintf("%s by %.1f %%: more than the search's width; repeatability is not known", d.Verdict, 100*math.Abs(*d.Shift))
	}
}

func number(v float64) string { return fmt.Sprintf("%.4g", v) }

// decide is the verdict of a row that was tested.
func (d *Difference) decide(minEffect float64, more bool) {
	if d.Shift == nil {
		d.Words = "no difference shown: there is nothing to be relative to"
		return
	}
	half := (*d.High - *d.Low) / 2
	if *d.P > 0.05 || math.Abs(*d.Shift) < minEffect {
		d.Words = fmt.Sprintf("no difference shown; one of %.1f %% would have been seen", 100*max(half, minEffect))
		return
	}
	d.Verdict = IsWorse
	if (*d.Shift > 0) == more {
		d.Verdict = IsBetter
	}
	low, high := math.Abs(*d.Low), math.Abs(*d.High)
	d.Words = fmt.Sprintf("%s by %.1f %% (%.1f to %.1f), p %.3f", d.Verdict, 100*math.Abs(*d.Shift), 100*min(low, high), 100*max(low, high), *d.P)
}
