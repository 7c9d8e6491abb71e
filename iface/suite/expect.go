package suite

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Expectation is a limit that a figure has to keep, such as
//
//	throughput.512.ndr   >= 98%
//	latency.*.p99        <= 50us at 90%
//	loss.64.100%         <= 0.1%
//	back-to-back.64.buffer_bytes >= 100k
//	recovery.64.time     <= 1s
//	reset.power.outage   <= 30s
type Expectation struct {
	Name  string
	parts []string
	op    string
	want  float64
	tol   float64 // of ~=
	unit  unit
	at    float64 // share of the load; 0 is not said
}

// unit is what a number counts.
type unit int

const (
	plain unit = iota
	percent
	rate    // frames/s
	bits    // bits/s
	seconds // as nanoseconds
)

// suffixes of numbers, the longest first among those that end alike.
var suffixes = []struct {
	text   string
	factor float64
	unit   unit
}{
	{"Gbit", 1e9, bits}, {"Mbit", 1e6, bits}, {"kbit", 1e3, bits}, {"bit", 1, bits},
	{"Mpps", 1e6, rate}, {"kpps", 1e3, rate}, {"pps", 1, rate}, {"Mfps", 1e6, rate}, {"kfps", 1e3, rate}, {"fps", 1, rate},
	{"ns", 1, seconds}, {"us", 1e3, seconds}, {"µs", 1e3, seconds}, {"ms", 1e6, seconds}, {"s", 1e9, seconds},
	{"%", 1, percent}, {"G", 1e9, plain}, {"M", 1e6, plain}, {"k", 1e3, plain}, {"", 1, plain},
}

// figureNames are the figures of each test; of throughput they are the goals, and
// of loss the loads.
var figureNames = map[string][]string{
	Latency:    {"min", "mean", "p50", "p99", "p99.9", "max"},
	BackToBack: {"frames", "buffer_frames", "buffer_bytes", "buffer_time"},
	Recovery:   {"time"},
	ResetTest:  {"outage"},
	Forwarding: {"frmol", "mfr"},
}

// ParseExpectation reads the name of a figure and the limit it has to keep.
func ParseExpectation(name, limit string) (e Expectation, err error) {
	e.Name = name + " " + limit
	if err := e.parseName(name); err != nil {
		return e, err
	}
	rest := strings.TrimSpace(limit)
	for _, op := range []string{">=", "<=", "==", "~="} {
		if after, ok := strings.CutPrefix(rest, op); ok {
			e.op, rest = op, strings.TrimSpace(after)
		}
	}
	if e.op == "" {
		return e, fmt.Errorf("%s: %q does not begin with >=, <=, == or ~=", name, limit)
	}
	if before, share, ok := strings.Cut(rest, " at "); ok {
		rest = strings.TrimSpace(before)
		if e.at, err = strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(share), "%"), 64); err != nil || e.parts[0] != Latency {
			return e, fmt.Errorf("%s: only latency has a load, in percent, such as \"at 90%%\"", name)
		}
		e.at /= 100
	}
	number, tolerance, ok := strings.Cut(rest, "±")
	if ok != (e.op == "~=") {
		return e, fmt.Errorf("%s: ~= needs a tolerance behind ±, and nothing else has one", name)
	}
	if e.want, e.unit, err = parseNumber(strings.TrimSpace(number)); err != nil {
		return e, fmt.Errorf("%s: %w", name, err)
	}
	if ok {
		var u unit
		if e.tol, u, err = parseNumber(strings.TrimSpace(tolerance)); err != nil {
			return e, fmt.Errorf("%s: %w", name, err)
		}
		if u == percent && e.unit != percent {
			e.tol *= e.want / 100
		} else if u != e.unit {
			return e, fmt.Errorf("%s: the tolerance has another unit", name)
		}
	}
	return e, nil
}

func (e *Expectation) parseName(name string) error {
	e.parts = strings.SplitN(name, ".", 3)
	if len(e.parts) != 3 || e.parts[2] == "" {
		return fmt.Errorf("%q: want TEST.SIZE.FIGURE, such as throughput.512.ndr", name)
	}
	test, figure := e.parts[0], e.parts[2]
	names, known := figureNames[test]
	switch {
	case test == Throughput, test == Broadcast:
	case test == Loss:
		if n, err := strconv.ParseFloat(strings.TrimSuffix(figure, "%"), 64); err != nil || n <= 0 || n > 100 {
			return fmt.Errorf("%q: the figures of loss are loads, 10%% to 100%%", name)
		}
	case !known:
		return fmt.Errorf("%q: no figure of %q can be expected", name, test)
	case !contains(names, figure):
		return fmt.Errorf("%q: the figures of %s are %s", name, test, strings.Join(names, ", "))
	}
	if _, err := strconv.Atoi(e.parts[1]); err != nil && e.parts[1] != "*" && e.parts[1] != "mix" && test != ResetTest {
		return fmt.Errorf("%q: want a size, mix or * in the middle", name)
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// parseNumber reads 98%, 500kpps, 50us, 100k.
func parseNumber(s string) (float64, unit, error) {
	for _, f := range suffixes {
		digits, ok := strings.CutSuffix(s, f.text)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || n < 0 {
			return 0, plain, fmt.Errorf("%q is no number with a unit such as %%, kpps, Mbit, us or k", s)
		}
		return n * f.factor, f.unit, nil
	}
	return 0, plain, errors.New("want a number")
}

// between is what is known of a figure: it is no less than low and no more than
// high.
type between struct{ low, high float64 }

func exactly(v float64) between { return between{v, v} }

// judge says whether a figure keeps a limit: yes, no, or not to be told.
func (e Expectation) judge(f between) (passed, failed bool) {
	switch e.op {
	case ">=":
		return f.low >= e.want, f.high < e.want
	case "<=":
		return f.high <= e.want, f.low > e.want
	case "==":
		return f.low == e.want && f.high == e.want, f.high < e.want || f.low > e.want
	}
	return f.low >= e.want-e.tol && f.high <= e.want+e.tol, f.high < e.want-e.tol || f.low > e.want+e.tol
}

// of are the figures of a test that an expectation is about.
func (e Expectation) of(t Test) (list []between) {
	if t.Test != e.parts[0] || e.parts[0] != ResetTest && !sizeIs(t, e.parts[1]) {
		return nil
	}
	figure := e.parts[2]
	switch {
	case t.Test == Throughput, t.Test == Broadcast:
		return e.ofThroughput(t)
	case t.Forwarding != nil:
		for name, fps := range map[string]*float64{"frmol": t.Forwarding.AtMaxLoad, "mfr": t.Forwarding.Maximum} {
			if name == figure && fps != nil {
				list = append(list, exactly(*fps))
			}
		}
	case t.Test == Loss:
		for _, row := range t.Loss {
			if strconv.FormatFloat(row.Percent, 'g', -1, 64)+"%" == figure && !row.NotOffered {
				list = append(list, exactly(100*row.Ratio))
			}
		}
	case t.Test == Latency:
		for _, row := range t.Latency {
			if row.Trials > 0 && (e.at == 0 && row.Share == 1 || row.Share == e.at) {
				v := exactly(map[string]float64{"min": float64(row.Min), "mean": float64(row.Mean), "p50": float64(row.P50),
					"p99": float64(row.P99), "p99.9": float64(row.P999), "max": float64(row.Max)}[figure])
				if row.Kind != oneWay {
					v.high = math.Inf(1) // variation: the delay of the fastest frame is not known
				}
				list = append(list, v)
			}
		}
	case t.BackToBack != nil:
		b := t.BackToBack
		v := exactly(map[string]float64{"frames": b.Frames.Mean, "buffer_frames": b.BufferFrames, "buffer_bytes": b.BufferBytes, "buffer_time": b.CorrectedS * 1e9}[figure])
		if b.AtLeast {
			v.high = math.Inf(1)
		}
		list = append(list, v)
	case t.Recovery != nil && t.Recovery.Overloaded && t.Recovery.Recovered:
		list = append(list, exactly(max(t.Recovery.ByCountS, t.Recovery.ByTimeS)*1e9))
	case t.Test == ResetTest:
		for _, row := range t.Resets {
			if row.Kind == e.parts[1] && row.Returned {
				list = append(list, exactly(max(row.ByCountS, row.ByTimeS)*1e9))
			}
		}
	}
	return list
}

func sizeIs(t Test, want string) bool {
	return want == "*" || want == "mix" && t.Size == 0 || want == strconv.Itoa(t.Size)
}

// ofThroughput is a goal's figure, in percent of the line, bits/s or frames/s.
// What the tester limited has no upper end.
func (e Expectation) ofThroughput(t Test) (list []between) {
	for _, f := range t.Goals {
		if f.Name != e.parts[2] || f.Limit == ByTester && f.LowerFPS == nil {
			continue
		}
		v := between{0, math.Inf(1)}
		if f.ThroughputFPS != nil {
			v.low = *f.ThroughputFPS
		}
		switch {
		case f.Limit == ByLine:
			v.high = v.low
		case f.UpperFPS != nil && f.Limit != ByTester:
			v.high = *f.UpperFPS
		}
		scale := 1.0
		switch {
		case e.unit == percent && t.TheoreticalFPS > 0:
			scale = 100 / t.TheoreticalFPS
		case e.unit == percent:
			continue
		case e.unit == bits && f.BitsPerS != nil && v.low > 0:
			scale = *f.BitsPerS / v.low
		}
		list = append(list, between{v.low * scale, v.high * scale})
	}
	return list
}
