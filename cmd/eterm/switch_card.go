package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"eterm/frame"
	"eterm/iface/switchtest"
)

// cardPrinter shows the results of a switch test: a row as each case ends, and
// at the end what is behind every row that is no pass.
type cardPrinter struct {
	out                 io.Writer
	live                *liveLine
	json, detail, color bool
	err                 error
	began               bool
}

// progress prints what has just happened.
func (p *cardPrinter) progress(e switchtest.Event) {
	switch {
	case e.Result != nil:
		p.live.clear()
		p.result(*e.Result)
	case e.Case != nil:
		p.live.show(fmt.Sprintf("%d of %d: %s", e.Done+1, e.Total, e.Case.Name))
	case e.Waiting > 0:
		p.live.show(fmt.Sprintf("ageing: still known after %.1f s", e.Waiting.Seconds()))
	}
}

func (p *cardPrinter) result(r switchtest.Result) {
	if p.json {
		p.fail(printResultJSON(p.out, r))
		return
	}
	if !p.began {
		p.began = true
		p.printf("%-5s %-32s %-24s %-20s %s\n", "", "CASE", "RULE", "EXPECTED", "SEEN")
	}
	p.printf("%s %-32s %-24s %-20s %s\n", p.word(r.Verdict), r.Case.Name, clause(r.Case.Rule), clip(r.Expected, 20), seen(r))
}

// clause is the place of a rule: what stands before the first colon.
func clause(rule string) string {
	place, _, _ := strings.Cut(rule, ":")
	place, _, _ = strings.Cut(place, ";")
	return clip(place, 24)
}

func clip(s string, n int) string {
	if len(s) > n {
		return s[:n-2] + ".."
	}
	return s
}

func seen(r switchtest.Result) string {
	if r.Verdict == switchtest.Untestable {
		return "not testable here: " + r.Why
	}
	return r.Seen
}

// word is a verdict in a column of 5, coloured if asked for.
func (p *cardPrinter) word(v switchtest.Verdict) string {
	text, color := "-", "2"
	switch v {
	case switchtest.Pass:
		text, color = "pass", "32"
	case switchtest.Fail:
		text, color = "FAIL", "1;31"
	case switchtest.Note:
		text, color = "note", "33"
	}
	if !p.color {
		return fmt.Sprintf("%-5s", text)
	}
	return fmt.Sprintf("\x1b[%sm%-5s\x1b[0m", color, text)
}

// card prints what the rows have not said yet.
func (p *cardPrinter) card(c *switchtest.Card) error {
	if p.json {
		p.fail(printCardJSON(p.out, c))
		return p.err
	}
	for _, r := range c.Results {
		if r.Verdict == switchtest.Fail || r.Verdict == switchtest.Note || p.detail {
			p.behind(r)
		}
	}
	third := ""
	if c.Third != "" {
		third = " and " + c.Third
	}
	p.printf("\n%d pass, %d fail, %d note, %d not testable here; %s to %s%s in %.1f s, seed %d\n",
		c.Count(switchtest.Pass), c.Count(switchtest.Fail), c.Count(switchtest.Note), c.Count(switchtest.Untestable),
		c.A, c.B, third, c.Took.Round(100*time.Millisecond).Seconds(), c.Seed)
	return p.err
}

// behind prints the rule of a row and the frames that show what was seen.
func (p *cardPrinter) behind(r switchtest.Result) {
	p.printf("\n%s %s\n      rule      %s\n      asked     %s\n      expected  %s\n      seen      %s\n",
		p.word(r.Verdict), r.Case.Name, r.Case.Rule, r.Case.About, r.Expected, seen(r))
	for _, e := range r.Evidence {
		if e.From != "" {
			p.printf("      sent at %s  %s\n", e.From, notation(e.Sent))
		}
		if len(e.Arrived) == 0 {
			p.printf("      arrived    nowhere\n")
		}
		for _, a := range e.Arrived {
			p.printf("      came to %s  %s\n", a.Port, notation(a.Bytes))
		}
	}
}

// notation is a frame as text that builds it again.
func notation(b []byte) string {
	return string(frame.Decode(b).AppendNotation(nil))
}

func (p *cardPrinter) printf(format string, args ...any) {
	_, err := fmt.Fprintf(p.out, format, args...)
	p.fail(err)
}

func (p *cardPrinter) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// liveLine is one line on a terminal that is written over again and again; on
// anything else it is nothing.
type liveLine struct {
	out   io.Writer
	shown bool
}

func newLiveLine(out io.Writer) *liveLine {
	if !isTerminal(out) {
		out = nil
	}
	return &liveLine{out: out}
}

func (l *liveLine) show(text string) {
	if l.out != nil {
		fmt.Fprintf(l.out, "\r\x1b[K%s", oneLine(text))
		l.shown = true
	}
}

func (l *liveLine) clear() {
	if l.shown {
		fmt.Fprint(l.out, "\r\x1b[K")
		l.shown = false
	}
}
