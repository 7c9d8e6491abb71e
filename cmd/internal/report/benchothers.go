package report

import (
	"fmt"
	"strings"

	"eterm/iface/suite"
)

// benchOthers adds buffers, recovery, resets and bursts.
func (v *View) benchOthers(r *suite.Result) {
	buffers := Table{Title: "Back-to-back frames (RFC 9004)", Head: []string{"size", "direction", "mean", "least", "most", "n", "burst, frames/s", "buffer, frames", "buffer, bytes", "buffer, time"}}
	recovery := Table{Title: "System recovery (RFC 2544, 26.5)", Head: []string{"size", "direction", "overload", "then", "by count", "by time"}}
	resets := Table{Title: "Resets (RFC 6201)", Head: []string{"size", "reset", "repetition", "lost", "by count", "by time"}}
	bursts := Table{Title: "Bursts (RFC 2544, 21)", Head: []string{"size", "direction", "burst", "least gap", "mean, frames/s", "limit", "why"}}
	notes := Table{Title: "Not measured, or not whole", Head: []string{"test", "size", "direction", "why"}}
	for _, x := range r.Tests {
		if b := x.BackToBack; b != nil {
			atLeast := ""
			if b.AtLeast {
				atLeast = "≥ "
			}
			buffers.Rows = append(buffers.Rows, []string{sizeName(x), clean(x.Direction), atLeast + grouped(signif(b.Frames.Mean, 6)), grouped(b.Frames.Min), grouped(b.Frames.Max), fmt.Sprint(b.Frames.N),
				grouped(signif(b.BurstFPS, 6)), atLeast + digits(b.BufferFrames), atLeast + digits(b.BufferBytes), fromSeconds(b.CorrectedS)})
			v.rate(testName(x), "buffer_frames", "frames", b.BufferFrames, 1)
		}
		if w := x.Recovery; w != nil {
			recovery.Rows = append(recovery.Rows, append([]string{sizeName(x), clean(x.Direction), si(w.OverFPS) + "frames/s", si(w.UnderFPS) + "frames/s"}, recovered(w)...))
		}
		for _, w := range x.Resets {
			back := []string{fromSeconds(w.ByCountS), fromSeconds(w.ByTimeS)}
			if !w.Returned {
				back = []string{"no frame came after it", ""}
			}
			resets.Rows = append(resets.Rows, append([]string{sizeName(x), clean(w.Kind), fmt.Sprint(w.Repeat), number(w.Lost)}, back...))
		}
		for _, b := range x.Bursts {
			bursts.Rows = append(bursts.Rows, []string{sizeName(x), clean(x.Direction), fmt.Sprint(b.Burst), secondsOrNone(b.GapS), bound2(b.MeanFPS), clean(string(b.Limit)), clean(b.Why)})
		}
		if x.Note != "" {
			notes.Rows = append(notes.Rows, []string{clean(x.Test), sizeName(x), clean(x.Direction), clean(x.Note)})
		}
	}
	for _, t := range []Table{buffers, recovery, resets, bursts, notes} {
		if len(t.Rows) > 0 {
			v.Tables = append(v.Tables, t)
		}
	}
}

func recovered(w *suite.Recovered) []string {
	switch {
	case !w.Overloaded:
		return []string{"it was not overloaded", ""}
	case !w.Recovered:
		return []string{"it did not recover", ""}
	}
	return []string{fromSeconds(w.ByCountS), fromSeconds(w.ByTimeS)}
}

func fromSeconds(s float64) string { return duration(int64(min(max(s, -9e9), 9e9) * 1e9)) }

func secondsOrNone(s *float64) string {
	if s == nil {
		return "none"
	}
	return fromSeconds(*s)
}

// benchCases are the expectations, or the tests where there are none.
func (v *View) benchCases(r *suite.Result) {
	for _, p := range r.Verdict.Passed {
		v.Cases = append(v.Cases, Case{Name: clean(p), Result: CasePassed})
	}
	for _, f := range r.Verdict.Failed {
		v.Cases = append(v.Cases, Case{Name: clean(f), Result: CaseFailed, Text: clean(f)})
	}
	for _, u := range r.Verdict.Untrusted {
		v.Cases = append(v.Cases, Case{Name: clean(u), Result: CaseDoubtful, Text: clean(u)})
	}
	if r.Verdict.Why != "" && v.Doc.Verdict.Status == 0 {
		v.Why = sentence([]string{r.Verdict.Why})
	}
}

// trials lists every trial of every search, and draws each search.
func (v *View) trials(r *suite.Result) {
	const most = 400
	t := Table{Title: fmt.Sprintf("%d trials", len(r.Trials)), Head: []string{"n", "test", "sizes", "valid", "offered, frames/s", "on the wire", "offered", "lost", "took"}}
	search := Plot{Title: "Search for throughput", Desc: "The load of each trial, in order: those that lost nothing, those that lost, those that say nothing", X: Axis{Title: "trial", FromData: true, Name: plain}, Y: Axis{Title: "frames/s"}}
	kinds := []Series{{Name: "nothing lost"}, {Name: "some lost"}, {Name: "not valid"}}
	for n, x := range r.Trials {
		var fps float64
		var offered uint64
		for _, a := range x.Accounts {
			fps, offered = fps+a.OfferedFPS, offered+a.Offered
		}
		kind := 0
		switch {
		case !x.Valid:
			kind = 2
		case x.Lost() > 0:
			kind = 1
		}
		if x.Test == "throughput" && n < most {
			kinds[kind].Points = append(kinds[kind].Points, Point{float64(x.N), fps})
		}
		if n >= most {
			continue
		}
		wire := ""
		if len(x.Spec.Sizes) == 1 {
			wire = si(wireBits(x.Spec.Sizes[0], fps)) + "bit/s"
		}
		t.Rows = append(t.Rows, []string{fmt.Sprint(x.N), clean(x.Test), sizesText(x.Spec.Sizes), reasons(x), grouped(signif(fps, 6)), wire, number(offered), number(x.Lost()), fromSeconds(x.Took)})
	}
	if len(r.Trials) > most {
		t.Note = fmt.Sprintf("The first %d.", most)
	}
	if len(t.Rows) > 0 {
		v.Trials = append(v.Trials, t)
	}
	v.search(search, kinds)
}

// search draws the trials as markers: a line would join what has no order.
func (v *View) search(p Plot, kinds []Series) {
	p.Scatter = true
	for _, k := range kinds {
		if len(k.Points) > 0 {
			p.Lines = append(p.Lines, k)
		}
	}
	if len(p.Lines) > 0 {
		v.Figures = append(v.Figures, p.figure())
	}
}

func reasons(t suite.Trial) string {
	if t.Valid {
		return "yes"
	}
	var codes []string
	for _, r := range t.Reasons {
		codes = append(codes, clean(r.Code))
	}
	return strings.TrimSpace("no: " + strings.Join(codes, ", "))
}
