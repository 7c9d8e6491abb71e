package show

import (
	"fmt"
	"slices"
	"strings"

	"eterm/iface/suite"
)

// BenchProgress is where a benchmark is.
type BenchProgress struct {
	Type string `json:"type"` // "progress"
	suite.Progress
}

// BenchLine is where a benchmark is, for the live line.
func BenchLine(p suite.Progress) string {
	size := fmt.Sprintf("%d bytes", p.Size)
	if p.Size == 0 {
		size = "mix"
	}
	return fmt.Sprintf("%s %s %s: trial %d, %s frames/s for %.3g s, last loss %.3g %%, about %s left",
		p.Test, size, p.Direction, p.Done+1, spaced(p.Load), p.Seconds, 100*p.LastLoss, inShort(p.LeftS))
}

// inShort is a time in seconds, minutes or hours.
func inShort(seconds float64) string {
	switch {
	case seconds < 120:
		return fmt.Sprintf("%.0f s", seconds)
	case seconds < 7200:
		return fmt.Sprintf("%.0f min", seconds/60)
	}
	return fmt.Sprintf("%.1f h", seconds/3600)
}

// spaced is a whole number with its digits in groups of three.
func spaced(v float64) string {
	s := fmt.Sprintf("%.0f", v)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// BenchPlanObject is a plan that was only looked at.
type BenchPlanObject struct {
	Type      string           `json:"type"` // "plan"
	Plan      suite.Plan       `json:"plan"`
	SHA256    string           `json:"plan_sha256"`
	Estimates []suite.Estimate `json:"estimates"`
}

// BenchPlan shows what a benchmark would do.
func BenchPlan(o *Output, p suite.Plan, asJSON bool) error {
	if asJSON {
		return o.JSON(BenchPlanObject{"plan", p, p.Hash(), p.Estimates()})
	}
	if err := o.Line("%-14s %14s %22s", "test", "trials", "time"); err != nil {
		return err
	}
	for _, e := range p.Estimates() {
		trials, time := fmt.Sprintf("%d to %d", e.LeastTrials, e.MostTrials), inShort(e.LeastSeconds)+" to "+inShort(e.MostSeconds)
		if e.LeastTrials == e.MostTrials {
			trials = fmt.Sprint(e.LeastTrials)
		}
		if err := o.Line("%-14s %14s %22s", e.Test, trials, time); err != nil {
			return err
		}
	}
	if p.Hops == 0 {
		return nil
	}
	return snakePlan(o, p.Hops)
}

// snakePlan says what to configure, and where cables go.
func snakePlan(o *Output, hops int) error {
	from := "--tx"
	for _, s := range suite.SnakePairs(hops) {
		if err := o.Line("a cable from %s to port %d; %s", from, s.In, s); err != nil {
			return err
		}
		from = fmt.Sprintf("port %d", s.Out)
	}
	return o.Line("a cable from %s to --rx", from)
}

// Bench shows what a benchmark has found: a card of a hundred columns.
func Bench(o *Output, r suite.Result, color bool) error {
	b := &benchCard{o: o, r: r}
	b.line("%s, %s, %d trials, %s%s", benchTitle(r), r.Plan.Direction, len(r.Trials), inShort(r.ObservedS), stateText(r.State))
	for _, name := range []string{suite.Throughput, suite.Broadcast} {
		b.throughput(name)
		b.latency(name)
	}
	b.latency(suite.Latency)
	b.snake()
	b.loss()
	b.rest()
	for _, d := range r.Deviations {
		b.line("deviation      %s", d)
	}
	word := map[int]string{0: "passed", 1: "failed", 3: "cannot be told"}[r.Verdict.Status]
	if color {
		word = map[int]string{0: "\x1b[32m", 1: "\x1b[31m", 3: "\x1b[33m"}[r.Verdict.Status] + word + "\x1b[0m"
	}
	if b.err == nil {
		_, b.err = o.Write([]byte(word + ": "))
	}
	b.line("%s", r.Verdict.Why)
	return b.err
}

func benchTitle(r suite.Result) string {
	title := map[string]string{suite.RFC2544: "RFC 2544", suite.RFC2889: "RFC 2889", suite.Snake: "Snake (RFC 8239)", suite.RFC2544 + "+" + suite.RFC2889: "RFC 2544 and RFC 2889",
		suite.RFC2889 + "+" + suite.RFC2544: "RFC 2889 and RFC 2544", suite.CalibrateTest: "Calibration of the tester"}[r.Suite]
	if title == "" {
		title = r.Suite
	}
	if device := r.Plan.Notes["device"]; device != "" {
		title += fmt.Sprintf(" of %q", device)
	}
	return title
}

func stateText(state string) string {
	if state == "done" {
		return ""
	}
	return ", " + state
}

// benchCard writes the parts of a card.
type benchCard struct {
	o   *Output
	r   suite.Result
	err error
}

func (b *benchCard) line(format string, args ...any) {
	if b.err == nil {
		b.err = b.o.Line("%s", strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
}

// size of a test's frames.
func sizeOf(t suite.Test) string {
	if t.Size == 0 {
		return "mix"
	}
	return fmt.Sprint(t.Size)
}

// tests of one name, of all repetitions.
func (b *benchCard) tests(name string) (list []suite.Test) {
	for _, t := range b.r.Tests {
		if t.Test == name {
			list = append(list, t)
		}
	}
	return list
}

// note says why a test has no figures, if it says so.
func (b *benchCard) note(t suite.Test) {
	if t.Note != "" {
		b.line("%-14s %5s  %s", t.Test, sizeOf(t), t.Note)
	}
}

// throughput shows a test that searches for one.
func (b *benchCard) throughput(name string) {
	tests := b.tests(name)
	if len(tests) == 0 {
		return
	}
	var names []string
	for _, g := range b.r.Plan.Goals {
		names = append(names, fmt.Sprintf("%13s", g.Name))
	}
	b.line("%-14s  size  theoretical %s   limit", name, strings.Join(names, ""))
	for _, t := range tests {
		if t.NoWay {
			b.note(t)
			continue
		}
		theoretical := "not known"
		if t.TheoreticalFPS > 0 {
			theoretical = spaced(t.TheoreticalFPS)
		}
		cells, why := "", ""
		for _, g := range b.r.Plan.Goals {
			i := slices.IndexFunc(t.Goals, func(f suite.Figure) bool { return f.Name == g.Name })
			if i < 0 {
				cells += fmt.Sprintf("%13s", "-")
				continue
			}
			cells += fmt.Sprintf("%13s", figureText(t.Goals[i]))
			why = string(t.Goals[i].Limit)
			if t.Goals[i].Limit != suite.ByLine {
				why += ": " + t.Goals[i].Why
			}
		}
		b.line("%20s %12s %s   %s", sizeOf(t), theoretical, cells, why)
	}
}

// figureText is a throughput; one that the tester limited is "at least".
func figureText(f suite.Figure) string {
	switch {
	case f.ThroughputFPS == nil:
		return "none"
	case f.Limit == suite.ByTester || f.Irregular != "" && f.Limit != suite.ByLine:
		return "≥ " + spaced(*f.ThroughputFPS)
	}
	return spaced(*f.ThroughputFPS)
}

// latency shows the delays of a test.
func (b *benchCard) latency(name string) {
	for _, t := range b.tests(name) {
		for _, d := range t.Latency {
			if d.Trials == 0 {
				b.line("latency        %5s  at %3.0f %%%s  not measurable", sizeOf(t), 100*d.Share, way(t, d))
				continue
			}
			own := ""
			if d.TesterP50 != nil {
				own = "  tester's share p50 " + micro(*d.TesterP50)
			}
			what := "latency"
			if d.Kind == "variation" {
				what = "variation"
			}
			b.line("%-14s %5s  at %3.0f %%%s  min %s  p50 %s  p99 %s  p99.9 %s  max %s%s",
				what, sizeOf(t), 100*d.Share, way(t, d), micro(d.Min), micro(d.P50), micro(d.P99), micro(d.P999), micro(d.Max), own)
		}
		if len(t.Latency) == 0 && name == suite.Latency {
			b.note(t)
		}
	}
}

// way is a row's direction where a test has two.
func way(t suite.Test, d suite.Delays) string {
	if t.Direction != "both" {
		return ""
	}
	return "  " + string(d.Direction)
}

// micro is a time in microseconds.
func micro(ns int64) string { return fmt.Sprintf("%.4g µs", float64(ns)/1e3) }

func (b *benchCard) loss() {
	for _, t := range b.tests(suite.Loss) {
		var cells []string
		for _, row := range t.Loss {
			cell := fmt.Sprintf("%.0f %%: %.3g %%", row.Percent, 100*row.Ratio)
			if row.NotOffered {
				cell = fmt.Sprintf("%.0f %%: not offered", row.Percent)
			}
			cells = append(cells, cell)
		}
		if len(cells) > 0 {
			b.line("loss           %5s  at %s", sizeOf(t), strings.Join(cells, ", "))
		}
		b.note(t)
	}
}
