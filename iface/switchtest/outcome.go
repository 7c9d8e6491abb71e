package switchtest

import (
	"encoding/json"
	"time"
)

// Verdict is how a case ended.
type Verdict uint8

// Pass: as expected. Fail: not as expected. Note: not what the standard asks
// for, but common and harmless. Untestable: could not be found out here.
const (
	Pass Verdict = iota
	Fail
	Note
	Untestable
)

var verdictWords = [...]string{"pass", "fail", "note", "not testable here"}

// String is the verdict as the card has it.
func (v Verdict) String() string { return verdictWords[v] }

// MarshalJSON writes the verdict's word.
func (v Verdict) MarshalJSON() ([]byte, error) { return json.Marshal(v.String()) }

// Outcome is what a case found out.
type Outcome struct {
	// Value is what expectations are compared with.
	Value string
	// Seen says in a sentence what was seen.
	Seen string
	// Why, if set, says why the case could not be tested.
	Why string
	// Want, if set, takes the place of the case's: it is what the rule asks of
	// the kind of switch that this one turned out to be.
	Want string
	// Evidence is frames that show it.
	Evidence []Evidence
	// Curve is the measurements behind a number, in order.
	Curve []Point

	noPriority bool // every tag arrived with priority 0, and not drop eligible
}

// Point is one measurement: of Tried addresses or at Tried a second, or after
// Tried milliseconds, Missed were not known to the switch.
type Point struct {
	Tried  float64 `json:"tried"`
	Missed int     `json:"missed"`
}

// untestable is the outcome of a case that could not be tested.
func untestable(why string) (Outcome, error) { return Outcome{Why: why}, nil }

// Result is one row of the card.
type Result struct {
	Case     Case
	Expected string
	Verdict  Verdict
	Outcome
	Took time.Duration
	// Silent is set when the link carried nothing before, in or after it.
	Silent bool
	// Late is set when frames came after the longest drain time: with a longer
	// one the case could be told.
	Late bool
}

// judge compares an outcome with what was expected.
func (c Case) judge(o Outcome, expect Expectations) Result {
	r := Result{Case: c, Outcome: o, Expected: c.Want}
	if o.Want != "" {
		r.Expected = o.Want
	}
	want, tolerated := c.want(r.Expected), c.Tolerate
	if w, ok := expect.wants[c.Name]; ok {
		want, tolerated, r.Expected = w, "", w.String()
	}
	switch {
	case o.Why != "":
		r.Verdict = Untestable
	case want.accepts(c.measure, o.Value):
		r.Verdict = Pass
	case want.open(c.measure, o.Value):
		r.Verdict, r.Why = Untestable, o.Seen+", and no further was asked for"
	case tolerated != "" && c.want(tolerated).accepts(c.measure, o.Value):
		r.Verdict = Note
	default:
		r.Verdict = Fail
	}
	if r.Verdict == Pass {
		r.Evidence = nil
	}
	return r
}

// want parses an expectation of the table, which a test shows to be sound.
func (c Case) want(text string) Want {
	w, err := c.measure.parse(text)
	if err != nil {
		panic("case " + c.Name + ": " + err.Error())
	}
	return w
}
