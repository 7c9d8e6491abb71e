package report

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"eterm/cmd/internal/result"
	"eterm/frame"
	"eterm/iface/switchtest"
)

// switchTest adds a switch test.
func (v *View) switchTest(s *result.Switch) {
	v.zero("Frames dropped by this host", s.HostLost)
	state := Sound
	if !s.Trusted {
		state = Doubtful
	}
	v.check("Link and host sound throughout", yesNo(s.Trusted), state)
	if s.Loop != "" {
		v.check("Loop", s.Loop, Doubtful)
	}
	v.Tables = append(v.Tables, Table{Title: "Verdicts", Head: []string{"pass", "fail", "note", "not testable here"},
		Rows: [][]string{{fmt.Sprint(s.Pass), fmt.Sprint(s.Fail), fmt.Sprint(s.Note), fmt.Sprint(s.Untested)}}, Note: fmt.Sprintf("Seed %d makes the same addresses again.", s.Seed)})
	cases := Table{Title: "Cases", Head: []string{"verdict", "case", "rule", "expected", "seen"}}
	for _, c := range s.Cases {
		cases.Rows = append(cases.Rows, []string{clean(c.Verdict), clean(c.Case), clean(c.Rule), clean(c.Expected), clean(seen(c))})
		v.switchCase(c)
	}
	v.Tables = append(v.Tables, cases)
}

// switchCase adds one case.
func (v *View) switchCase(c result.Case) {
	v.word(c.Case, "verdict", c.Verdict, 0)
	if c.Value != "" {
		v.word(c.Case, "value", c.Value, 0)
	}
	v.Cases = append(v.Cases, Case{
		Name: clean(c.Case), Rule: clean(c.Rule), Seconds: seconds(c.TookNS), Text: fmt.Sprintf("expected %s, seen: %s", clean(c.Expected), clean(seen(c))),
		Result: map[string]CaseResult{"pass": CasePassed, "note": CasePassed, "fail": CaseFailed}[c.Verdict],
	})
	last := &v.Cases[len(v.Cases)-1]
	if last.Result == "" {
		last.Result = CaseSkipped
	}
	from := len(v.Evidence)
	for _, e := range c.Evidence {
		v.evidence(clean(c.Case)+", sent at "+clean(or(e.SentAt, "a port")), e.Hex)
		if len(e.Arrived) == 0 {
			v.Evidence = append(v.Evidence, Evidence{Title: clean(c.Case) + ": arrived nowhere"})
		}
		for _, a := range e.Arrived {
			v.evidence(clean(c.Case)+", came to "+clean(a.Port), a.Hex)
		}
	}
	for _, e := range v.Evidence[min(from, len(v.Evidence)):] {
		last.Evidence += e.Title + "\n" + e.Notation + "\n"
	}
	v.curve(c)
	if c.Case == "vlan.ids" {
		v.vlans(c)
	}
}

func seen(c result.Case) string {
	if c.Why != "" {
		return "not testable here: " + c.Why
	}
	return c.Seen
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// What a page shows of evidence at most.
const (
	mostEvidence  = 40
	evidenceBytes = 256
	frameBytes    = 10000
)

// evidence adds a frame given in hexadecimal.
func (v *View) evidence(title, text string) {
	if len(v.Evidence) >= mostEvidence {
		return
	}
	b, err := hex.DecodeString(text)
	if err != nil || len(b) > frameBytes {
		v.Evidence = append(v.Evidence, Evidence{Title: title + ": not a frame"})
		return
	}
	d := frame.Decode(b)
	notation := string(d.AppendNotation(nil))
	if len(notation) > 2000 {
		notation = notation[:2000] + "…"
	}
	v.Evidence = append(v.Evidence, Evidence{Title: title, Notation: notation, Dump: string(d.AppendDump(nil, frame.DumpOptions{Snap: evidenceBytes}))})
}

// curve draws what a switch knew of what was tried.
func (v *View) curve(c result.Case) {
	if len(c.Curve) < 2 {
		return
	}
	p := Plot{Title: c.Case + ": share known", Desc: "Of the addresses tried, the share that the switch knew", X: Axis{Title: "addresses", Log: true}, Y: Axis{Title: "known, percent", To: 100}}
	of := func(pt switchtest.Point) float64 { return pt.Tried }
	switch c.Case {
	case "ageing.time":
		p.X = Axis{Title: "idle for", Name: func(ms float64) string { return durationTick(ms * 1e6) }}
		of = func(switchtest.Point) float64 { return 1 }
	case "learning.rate":
		p.X.Title = "addresses a second"
		of = func(switchtest.Point) float64 { return switchtest.RateBatch }
	}
	p.Title = clean(p.Title)
	points := slices.Clone(c.Curve[:min(len(c.Curve), mostPoints)])
	slices.SortFunc(points, func(a, b switchtest.Point) int { return cmp.Compare(a.Tried, b.Tried) })
	line := Series{}
	for _, pt := range points {
		if n := of(pt); n > 0 {
			line.Points = append(line.Points, Point{pt.Tried, 100 * max(0, 1-float64(pt.Missed)/n)})
		}
	}
	p.Lines = []Series{line}
	v.Figures = append(v.Figures, p.figure())
}

// vlans draws which VIDs pass with their tag.
func (v *View) vlans(c result.Case) {
	ab, ba := c.Value, c.Value
	if one, two, ok := strings.Cut(c.Value, ", B to A "); ok {
		ab, ba = strings.TrimPrefix(one, "A to B "), two
	}
	a, errA := switchtest.ParseIDs(ab)
	b, errB := switchtest.ParseIDs(ba)
	if errA != nil || errB != nil || len(c.Value) > 20000 {
		return
	}
	const cols = 64
	cell := func(r, col int) int {
		vid := uint16(r*cols + col)
		switch there, back := a.Has(vid), b.Has(vid); {
		case there && back:
			return 1
		case there || back:
			return 2
		}
		return 0
	}
	v.Figures = append(v.Figures, Matrix{
		Title: "VIDs that pass with their tag", Desc: "4,096 cells, 64 a row, each a VID: " + clean(c.Value),
		Rows: gridNames(4096/cols, cols), Cols: gridNames(cols, 1), Cell: cell,
		Tip:    func(r, col int) string { return "from VID " + strconv.Itoa(r*cols+col) },
		States: [4]string{"", "both ways", "one way only", ""},
		Table:  Table{Head: []string{"direction", "VIDs"}, Rows: [][]string{{"A to B", clean(ab)}, {"B to A", clean(ba)}}},
	}.figure())
}

// outage adds a watch of a switch.
func (v *View) outage(r *result.Outage) {
	t := Table{Title: "Frames", Head: []string{"", "sent", "received", "lost", "outages", "longest", "duplicated", "reordered"}, Note: "One frame each " + duration(r.IntervalNS) + "."}
	var rows [][]string
	for n, w := range r.Ways[:min(len(r.Ways), 2)] {
		way := []string{"A to B", "B to A"}[n]
		var longest int64
		for _, o := range w.Loss.Outages {
			longest = max(longest, o.ByTime, o.ByCount)
		}
		t.Rows = append(t.Rows, []string{way, number(w.Expected), number(w.Received), number(w.Loss.Lost), number(w.Loss.Bursts), duration(longest), number(w.Duplicated), number(w.Reordered)})
		v.count(way, "lost", w.Loss.Lost, -1)
		v.count(way, "outages", w.Loss.Bursts, -1)
		v.count(way, "duplicated", w.Duplicated, -1)
		v.count(way, "reordered", w.Reordered, -1)
		v.delay(way, "longest_outage", longest, float64(r.IntervalNS))
		rows = append(rows, outageRows(way, w.Loss)...)
	}
	v.Tables = append(v.Tables, t)
	v.outageTable(rows)
	v.zero("Frames dropped by this host", r.HostLost)
	moments := Table{Title: "What happened", Head: []string{"at", "what", "where", "by count", "by time"}}
	for n, m := range r.Timeline {
		if n == mostOutages {
			moments.Note = fmt.Sprintf("The first %d of %d.", n, len(r.Timeline)+max(r.Unlisted, 0))
			break
		}
		moments.Rows = append(moments.Rows, []string{m.At.UTC().Format("15:04:05.000"), clean(m.What), clean(or(m.Way, "port "+m.Port)), lasted(m.ByCount), lasted(m.ByTime)})
	}
	if len(moments.Rows) > 0 {
		v.Tables = append(v.Tables, moments)
	}
	if len(v.Doc.Intervals) == 0 {
		v.strip()
	}
}

func lasted(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return duration(d.Nanoseconds())
}

// strip draws what happened along time where no rates are known.
func (v *View) strip() {
	p := Plot{Title: "Outages over time", Desc: "Each bar is an outage or a change of the link", X: timeAxis(), Y: Axis{Title: "forwarding", To: 1, Name: func(f float64) string {
		return map[float64]string{0: "no", 1: "yes"}[f]
	}}, Events: v.events()}
	p.X.To = seconds(v.Doc.TookNS)
	if len(p.Events) > 0 && p.X.To > 0 {
		v.Figures = append(v.Figures, p.figure())
	}
}
