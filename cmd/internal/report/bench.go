package report

import (
	"fmt"
	"slices"
	"strings"

	"eterm/frame/ether"
	"eterm/iface/suite"
)

// bench adds a benchmark.
func (v *View) bench(r *suite.Result) {
	for _, d := range r.Deviations {
		v.Tested = append(v.Tested, Fact{"Deviation", clean(d)})
	}
	if r.Consent != "" {
		v.Tested = append(v.Tested, Fact{"Isolated network (RFC 6815)", clean(r.Consent)})
	}
	v.benchChecks(r)
	v.throughput(r)
	v.snake(r)
	v.broadcast(r)
	v.forwarding(r)
	v.benchDelay(r)
	v.lossRate(r)
	v.benchOthers(r)
	v.benchCases(r)
	v.trials(r)
}

// benchChecks says what speaks for the figures.
func (v *View) benchChecks(r *suite.Result) {
	invalid := map[string]int{}
	for _, t := range r.Trials {
		for _, reason := range t.Reasons {
			invalid[reason.Code]++
		}
	}
	v.check("Trials", fmt.Sprintf("%d, in %s", len(r.Trials), duration(int64(r.ObservedS*1e9))), Sound)
	codes := make([]string, 0, len(invalid))
	for code := range invalid {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		v.check("Trials that say nothing of the device: "+code, fmt.Sprint(invalid[code])+", repeated and not counted", Sound)
	}
	state := Sound
	text := "the tester was calibrated: its own share is known"
	if r.Calibration == nil {
		state, text = Unknown, "none: what the tester itself can do is known only from this run"
	}
	v.check("Calibration", text, state)
	if !r.OneClock {
		v.check("Clocks", "two: delay is variation, and whether a buffer was filling is not known", Unknown)
	}
	for _, t := range r.Verdict.TesterLimited {
		v.check("Limited by the tester", t+": at least that", Doubtful)
	}
	for _, e := range r.Events {
		v.check("At "+e.At, e.Text, Doubtful)
	}
}

// testName names what a test was of.
func testName(t suite.Test) string {
	size := fmt.Sprint(t.Size)
	if t.Size == 0 {
		size = "mix"
	}
	return clean(t.Test) + "." + size + "." + clean(t.Direction)
}

func sizeName(t suite.Test) string {
	if t.Size == 0 {
		return "mix"
	}
	return fmt.Sprint(t.Size)
}

// throughput adds the figures of RFC 2544, 26.1: a table, bars with the line's
// maximum, and lines over frame size.
func (v *View) throughput(r *suite.Result) {
	t := Table{Title: "Throughput (RFC 2544, 26.1)", Head: figureHead}
	bars := Bars{Title: "Throughput by frame size", Desc: "Bars of each goal's throughput; the mark is the theoretical maximum of the line", X: Axis{Title: "frame size, bytes with FCS"}, Y: Axis{Title: "frames/s"}}
	plot := Plot{Title: "Throughput over frame size", Desc: "A line for each goal, and the theoretical maximum of the line", X: Axis{Title: "frame size, bytes with FCS", FromData: true, Name: plain}, Y: Axis{Title: "frames/s", Log: true}}
	marked := false
	for _, x := range r.Tests {
		if len(x.Goals) == 0 || x.Test != suite.Throughput {
			continue
		}
		g := BarGroup{Name: strings.TrimSpace(sizeName(x)), Most: x.TheoreticalFPS}
		marked = marked || x.TheoreticalFPS > 0
		for _, f := range x.Goals {
			t.Rows = append(t.Rows, figureRow(x, f))
			v.figure(x, f)
			if !slices.Contains(bars.Names, clean(f.Name)) && len(bars.Names) < 6 {
				bars.Names = append(bars.Names, clean(f.Name))
			}
			value := orZero(f.ThroughputFPS)
			g.Values = append(g.Values, value)
			plot.add(clean(f.Name)+" "+clean(x.Direction), x.Size, value)
		}
		plot.add("theoretical maximum", x.Size, x.TheoreticalFPS)
		g.Values = g.Values[:min(len(g.Values), 6)]
		bars.Groups = append(bars.Groups, g)
	}
	if len(t.Rows) == 0 {
		return
	}
	v.Tables = append(v.Tables, t)
	for _, g := range bars.Groups {
		if len(g.Values) > len(bars.Names) {
			return // goals differ from size to size
		}
	}
	mark := ""
	if marked {
		mark = "line rate"
	}
	v.Figures = append(v.Figures, bars.figure(mark))
	if len(bars.Groups) > 1 {
		v.Figures = append(v.Figures, plot.figure())
	}
}

func plain(f float64) string { return digits(f) }

func orZero(f *float64) float64 {
	if f == nil {
		return 0
	}
	return *f
}

// add adds a point to a plot's line of that name, if it has a place.
func (p *Plot) add(name string, size int, y float64) {
	if size <= 0 || y <= 0 {
		return
	}
	for i := range p.Lines {
		if p.Lines[i].Name == name {
			p.Lines[i].Points = append(p.Lines[i].Points, Point{float64(size), y})
			return
		}
	}
	if len(p.Lines) < 6 {
		p.Lines = append(p.Lines, Series{name, []Point{{float64(size), y}}})
	}
}

var figureHead = []string{"size", "direction", "goal", "frames/s", "bounds", "of the line", "on the wire", "limit", "why"}

func figureRow(x suite.Test, f suite.Figure) []string {
	value, bounds := "none", "none"
	if f.ThroughputFPS != nil {
		value = grouped(signif(*f.ThroughputFPS, 6))
		if f.Limit == suite.ByTester {
			value = "≥ " + value
		}
	}
	if f.LowerFPS != nil || f.UpperFPS != nil {
		bounds = bound2(f.LowerFPS) + " to " + bound2(f.UpperFPS)
	}
	percent, bits := "not known", ""
	if f.Percent != nil {
		percent = digits(*f.Percent) + " %"
	}
	if f.BitsPerS != nil {
		bits = si(*f.BitsPerS) + "bit/s"
	}
	return []string{sizeName(x), clean(x.Direction), clean(f.Name), value, bounds, percent, bits, clean(string(f.Limit)), clean(f.Why)}
}

func bound2(f *float64) string {
	if f == nil {
		return "none"
	}
	return grouped(signif(*f, 6))
}

// figure adds a throughput as a measurement, known as well as its bounds.
func (v *View) figure(x suite.Test, f suite.Figure) {
	if f.ThroughputFPS == nil {
		return
	}
	width := *f.ThroughputFPS * 1e-4
	if f.LowerFPS != nil && f.UpperFPS != nil {
		width = max(width, *f.UpperFPS-*f.LowerFPS)
	}
	v.Measurements = append(v.Measurements, Measurement{Subject: testName(x), Name: clean(f.Name), Unit: "frames/s", Value: *f.ThroughputFPS, Class: Rate, Better: 1, Resolution: width})
	if f.Limit == suite.ByTester {
		v.word(testName(x)+"."+f.Name, "limit", string(f.Limit), 0)
	}
}

// lossRate adds the loss rates of RFC 2544, 26.3.
func (v *View) lossRate(r *suite.Result) {
	t := Table{Title: "Frame loss rate (RFC 2544, 26.3)", Head: []string{"size", "direction", "load", "frames/s", "offered", "lost", "loss"}}
	p := Plot{Title: "Frame loss rate over load", Desc: "A line for each frame size", X: Axis{Title: "load, percent of the greatest", To: 100, Name: plain}, Y: Axis{Title: "lost, percent", To: 100, Name: plain}}
	for _, x := range r.Tests {
		line := Series{Name: sizeName(x) + " " + clean(x.Direction)}
		for _, row := range x.Loss {
			lost, share := number(row.Lost), digits(100*row.Ratio)+" %"
			if row.NotOffered {
				lost, share = "", "not offered: the tester cannot"
			} else {
				line.Points = append(line.Points, Point{row.Percent, 100 * row.Ratio})
				v.count(testName(x)+fmt.Sprintf(".%s%%", digits(row.Percent)), "lost", row.Lost, -1)
			}
			t.Rows = append(t.Rows, []string{sizeName(x), clean(x.Direction), digits(row.Percent) + " %", grouped(signif(row.FPS, 6)), number(row.Offered), lost, share})
		}
		if len(line.Points) > 0 && len(p.Lines) < 6 {
			p.Lines = append(p.Lines, line)
		}
	}
	if len(t.Rows) > 0 {
		v.Tables = append(v.Tables, t)
	}
	if len(p.Lines) > 0 {
		v.Figures = append(v.Figures, p.figure())
	}
}

// benchDelay adds the delays of RFC 2544, 26.2.
func (v *View) benchDelay(r *suite.Result) {
	t := Table{Title: "Latency (RFC 2544, 26.2; of broadcast frames RFC 2889, 5.10)", Head: []string{"test", "size", "direction", "load", "frames/s", "kind", "min", "p50", "p99", "p99.9", "max", "tester's p50", "lost"}}
	var curves []namedHistogram
	for _, x := range r.Tests {
		for _, d := range x.Latency {
			tester := "not known"
			if d.TesterP50 != nil {
				tester = duration(*d.TesterP50)
			}
			load := digits(100*d.Share) + " %"
			t.Rows = append(t.Rows, []string{clean(x.Test), sizeName(x), clean(string(d.Direction)), load, grouped(signif(d.FPS, 6)), or(delayKinds[d.Kind], clean(d.Kind)),
				duration(d.Min), duration(d.P50), duration(d.P99), duration(d.P999), duration(d.Max), tester, number(d.Lost)})
			subject := testName(x) + "." + strings.ReplaceAll(load, " ", "")
			v.delay(subject, "p50", d.P50, float64(d.P50)*1e-3)
			v.delay(subject, "p99", d.P99, float64(d.P99)*1e-3)
			v.count(subject, "lost", d.Lost, -1)
			if d.Histogram != "" && len(curves) < 6 {
				curves = append(curves, namedHistogram{sizeName(x) + " at " + load, d.Histogram})
			}
		}
	}
	if len(t.Rows) > 0 {
		v.Tables = append(v.Tables, t)
	}
	v.tail(curves)
}

// wireBits is the rate of a load on the wire.
func wireBits(size int, fps float64) float64 {
	return fps * 8 * float64(ether.WireLen(max(0, min(size, 1<<20)-ether.FCSLen)))
}
