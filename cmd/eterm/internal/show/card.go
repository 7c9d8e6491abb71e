package show

import (
	"fmt"
	"strings"
	"time"

	"eterm/cmd/internal/result"
	"eterm/frame"
	"eterm/iface/switchtest"
)

// Card shows the results of a switch test: a row as each case ends, and at the
// end what is behind every row that is no pass. The error of writing is the
// Output's.
type Card struct {
	Out      *Output
	Messages *Messages
	JSON     bool
	Detail   bool // what is behind rows that pass, too
	Color    bool
	Plots    bool // draw the measurements behind numbers
	// Cases are all that there will be rows of.
	Cases []switchtest.Case

	table *Table
}

// Progress prints what has just happened.
func (p *Card) Progress(e switchtest.Event) {
	switch {
	case e.Result != nil:
		p.Messages.Clear()
		p.result(*e.Result)
	case e.Case != nil:
		p.Messages.Live("%d of %d: %s", e.Done+1, e.Total, e.Case.Name)
	case e.Waiting > 0:
		p.Messages.Live("ageing: still known after %.1f s", e.Waiting.Seconds())
	}
}

func (p *Card) result(r switchtest.Result) {
	if p.JSON {
		_ = p.Out.JSON(result.CaseResult(r))
		return
	}
	if p.table == nil {
		p.table = &Table{Heads: []string{"", "CASE", "RULE", "EXPECTED", "SEEN"}, Color: p.color}
		for _, c := range p.Cases {
			p.table.Rows = append(p.table.Rows, []string{"pass", c.Name, clause(c.Rule), c.Want, strings.Repeat("-- ", 10)})
		}
		_ = p.table.Begin(p.Out)
	}
	_ = p.table.Row(p.Out, word(r.Verdict), r.Case.Name, clause(r.Case.Rule), r.Expected, seen(r))
}

// clause is the place of a rule: what stands before the first colon.
func clause(rule string) string {
	place, _, _ := strings.Cut(rule, ":")
	place, _, _ = strings.Cut(place, ";")
	return place
}

func seen(r switchtest.Result) string {
	if r.Verdict == switchtest.Untestable {
		text := "not testable here: " + r.Why
		if r.Late {
			text += ": raise --drain"
		}
		return text
	}
	return r.Seen
}

// word is a verdict in a column.
func word(v switchtest.Verdict) string {
	switch v {
	case switchtest.Pass:
		return "pass"
	case switchtest.Fail:
		return "FAIL"
	case switchtest.Note:
		return "note"
	}
	return "-"
}

// color is how a verdict's word is shown, if colours were asked for.
func (p *Card) color(word string) (before, after string) {
	code := map[string]string{"pass": "32", "FAIL": "1;31", "note": "33", "-": "2"}[word]
	if !p.Color || code == "" {
		return "", ""
	}
	return "\x1b[" + code + "m", "\x1b[0m"
}

// End prints what the rows have not said yet.
func (p *Card) End(c *switchtest.Card) {
	if p.JSON {
		return
	}
	for _, r := range c.Results {
		if p.Plots {
			p.plot(r)
		}
	}
	for _, r := range c.Results {
		if r.Verdict == switchtest.Fail || r.Verdict == switchtest.Note || p.Detail {
			p.behind(r)
		}
	}
	third := ""
	if c.Third != "" {
		third = " and " + c.Third
	}
	p.line("")
	_ = p.Out.Item("", 0, "", fmt.Sprintf("%d pass, %d fail, %d note, %d not testable here; %s to %s%s in %.1f s, seed %d",
		c.Count(switchtest.Pass), c.Count(switchtest.Fail), c.Count(switchtest.Note), c.Count(switchtest.Untestable),
		c.A, c.B, third, c.Took.Round(100*time.Millisecond).Seconds(), c.Seed))
}

// behind prints the rule of a row and the frames that show what was seen.
func (p *Card) behind(r switchtest.Result) {
	before, after := p.color(word(r.Verdict))
	p.line("")
	_, _ = fmt.Fprintf(p.Out, "%s%-5s%s %s\n", before, word(r.Verdict), after, Text(r.Case.Name))
	p.item("rule", r.Case.Rule)
	p.item("asked", r.Case.About)
	p.item("expected", r.Expected)
	p.item("seen", seen(r))
	for _, e := range r.Evidence {
		if e.From != "" {
			p.whole("      sent at %s  %s", e.From, notation(e.Sent))
		}
		if len(e.Arrived) == 0 {
			p.line("      arrived    nowhere")
		}
		for _, a := range e.Arrived {
			p.whole("      came to %s  %s", a.Port, notation(a.Bytes))
		}
	}
}

func (p *Card) line(format string, args ...any) { _ = p.Out.Line(format, args...) }

func (p *Card) whole(format string, args ...any) { _ = p.Out.Whole(format, args...) }

func (p *Card) item(key, text string) { _ = p.Out.Item("      ", 10, key, text) }

// notation is a frame as text that builds it again. It is not folded, so that it
// can be pasted.
func notation(b []byte) string { return string(frame.Decode(b).AppendNotation(nil)) }

// Cases prints what there is to ask.
func (o *Output) Cases(cases []switchtest.Case, asJSON bool) error {
	for _, c := range cases {
		if asJSON {
			if err := o.JSON(result.CaseOf(c)); err != nil {
				return err
			}
			continue
		}
		expected := c.Want
		if c.Tolerate != "" {
			expected += ", with a note " + c.Tolerate
		}
		if err := o.Line("%s", c.Name); err != nil {
			return err
		}
		_ = o.Item("    ", 0, "", c.Rule)
		_ = o.Item("    ", 0, "", "how: "+c.About)
		_ = o.Item("    ", 0, "", fmt.Sprintf("expected: %s (can be: %s)", expected, c.Measure()))
	}
	if asJSON {
		return o.JSON(CasesSummary{"summary", len(cases)})
	}
	return o.Err()
}
