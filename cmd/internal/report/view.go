// Package report makes what people look at of result documents: a page with
// plots, Markdown, CSV and JUnit, and the comparison of several. It asks
// nothing of the network or of other files, and shows nothing that a document
// says as anything but text.
package report

import (
	"fmt"
	"strings"

	"eterm/cmd/internal/result"
	"eterm/frame/probe"
	"eterm/iface/linktest"
	"eterm/iface/suite"
)

// View is a document prepared to be looked at, in the order it is shown.
type View struct {
	Doc *result.Document
	// Word is the verdict, Why the sentence that goes with it, Class one of
	// passed, failed, untrusted and unmeasured.
	Word, Why, Class string
	Marks            []string // what is to be known before all else
	Tested           []Fact
	Wiring           *Figure
	Checks           []Check // whether it can be believed
	Tables           []Table // the numbers
	Figures          []*Figure
	Trials           []Table
	Evidence         []Evidence

	Cases        []Case
	Measurements []Measurement
}

// Fact is a name and what it is.
type Fact struct{ Name, Value string }

// Check is one reason to believe a result, or not to.
type Check struct {
	Name, Value string
	State       CheckState
}

// CheckState is how a check came out.
type CheckState string

// The states of a check.
const (
	Sound    CheckState = "sound"
	Doubtful CheckState = "doubtful"
	Unknown  CheckState = "not known"
)

// Table is rows of text below a head.
type Table struct {
	Title string
	Head  []string
	Rows  [][]string
	Note  string
}

// Evidence is a frame that shows something, as text that builds it again and
// as a dump with its layers marked.
type Evidence struct{ Title, Notation, Dump string }

// Case is one thing that could pass or fail.
type Case struct {
	Name, Rule string
	Result     CaseResult
	Text       string // why it is not a pass
	Evidence   string
	Seconds    float64
}

// CaseResult is how a case ended.
type CaseResult string

// The results of a case. A doubtful one was measured and cannot be trusted.
const (
	CasePassed   CaseResult = "pass"
	CaseFailed   CaseResult = "fail"
	CaseSkipped  CaseResult = "not tested"
	CaseDoubtful CaseResult = "cannot be trusted"
)

// Of prepares a document.
func Of(d *result.Document) *View {
	v := &View{Doc: d}
	v.verdict()
	v.tested()
	v.wiring()
	v.checks()
	switch r := d.Result.(type) {
	case *linktest.Total:
		v.link(r)
	case *result.Switch:
		v.switchTest(r)
	case *result.Outage:
		v.outage(r)
	case *result.Ping:
		v.ping(r)
	case *result.ARP:
		v.arp(r)
	case *result.Scan:
		v.scan(r)
	case *result.Send:
		v.send(r)
	case *suite.Result:
		v.bench(r)
	case *result.Fleet:
		v.fleet(r)
	}
	v.overTime()
	if len(v.Cases) == 0 {
		v.cases()
	}
	return v
}

// verdict puts the verdict into words.
func (v *View) verdict() {
	d := v.Doc
	v.Word = d.Verdict.Word()
	v.Class = map[int]string{0: "passed", 1: "failed", 3: "untrusted"}[d.Verdict.Status]
	if v.Class == "" {
		v.Class = "unmeasured"
	}
	switch {
	case d.State == result.Running:
		v.Word, v.Class = "never ended", "untrusted"
		v.Why = "The program was ended before its run was over, so there is no result."
		return
	case len(d.Verdict.Untrusted) > 0:
		v.Why = sentence(d.Verdict.Untrusted)
	case len(d.Verdict.Exceeded) > 0:
		v.Why = sentence(d.Verdict.Exceeded)
	case d.Verdict.Status == 0:
		v.Why = "Everything that was asked for was met, and nothing speaks against the measurement."
	default:
		v.Why = fmt.Sprintf("The exit status is %d; the document does not say why.", d.Verdict.Status)
	}
	if len(d.Verdict.Untrusted) > 0 && len(d.Verdict.Exceeded) > 0 {
		v.Marks = append(v.Marks, "Also not as asked: "+sentence(d.Verdict.Exceeded))
	}
	if d.State == result.Interrupted {
		v.Marks = append(v.Marks, "The run was interrupted: what follows is of the part before.")
	}
}

// sentence joins reasons; of many it shows the first.
func sentence(reasons []string) string {
	const most = 5
	shown := make([]string, 0, most)
	for _, r := range reasons[:min(most, len(reasons))] {
		shown = append(shown, clean(r))
	}
	text := strings.Join(shown, "; ")
	if more := len(reasons) - most; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// cases is the one case that a run is where it has none of its own.
func (v *View) cases() {
	c := Case{Name: string(v.Doc.Kind), Seconds: float64(v.Doc.TookNS) / 1e9, Text: v.Why}
	switch v.Class {
	case "passed":
		c.Result, c.Text = CasePassed, ""
	case "failed":
		c.Result = CaseFailed
	default:
		c.Result = CaseDoubtful
	}
	v.Cases = []Case{c}
}

// count adds a count; better says whether fewer (-1) or more (1) are better.
func (v *View) count(subject, name string, n uint64, better int) {
	v.Measurements = append(v.Measurements, Measurement{Subject: clean(subject), Name: name, Unit: "", Value: float64(n), Class: Count, Better: better})
}

// rate adds a rate or a share.
func (v *View) rate(subject, name, unit string, value float64, better int) {
	v.Measurements = append(v.Measurements, Measurement{Subject: clean(subject), Name: name, Unit: unit, Value: value, Class: Rate, Better: better, Resolution: value * 1e-4})
}

// delay adds a time of nanoseconds, known to so many.
func (v *View) delay(subject, name string, ns int64, resolution float64) {
	v.Measurements = append(v.Measurements, Measurement{Subject: clean(subject), Name: name, Unit: "ns", Value: float64(ns), Class: Delay, Better: -1, Resolution: resolution})
}

// word adds something that is the same or is not.
func (v *View) word(subject, name, text string, better int) {
	v.Measurements = append(v.Measurements, Measurement{Subject: clean(subject), Name: name, Text: clean(text), Class: Word, Better: better})
}

// delays adds a distribution as a table's row and as measurements.
func (v *View) delays(subject string, d probe.Delay) {
	if d.Kind != "one_way" && d.Kind != "variation" {
		return
	}
	// The histogram has three digits, and a sender's timestamp ticks.
	known := func(ns int64) float64 { return float64(ns)*1e-3 + probe.Tick + float64(d.Uncertainty) }
	for _, x := range []struct {
		name string
		ns   int64
	}{{"min", d.Min}, {"p50", d.P50}, {"p90", d.P90}, {"p99", d.P99}, {"p999", d.P999}, {"max", d.Max}} {
		v.delay(subject, x.name, x.ns, known(x.ns))
	}
}
