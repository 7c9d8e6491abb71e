package suite

import (
	"fmt"
	"maps"
	"slices"

	"eterm/iface/suite/mlr"
)

// Verdict is what a result means. Status is the exit status: 0 measured, and all
// that was expected is so; 1 something is not; 3 something cannot be told.
type Verdict struct {
	Status int `json:"status"`
	// Failed expectations, and those that Passed.
	Failed []string `json:"failed"`
	Passed []string `json:"passed"`
	// TesterLimited figures are "at least"; Untrusted is what cannot be told.
	TesterLimited []string `json:"tester_limited"`
	Untrusted     []string `json:"untrusted"`
	// Why is the status in words.
	Why string `json:"why"`
}

// judge fills in the verdict of what was measured.
func (r *Result) judge() {
	v := Verdict{Failed: []string{}, Passed: []string{}, TesterLimited: []string{}, Untrusted: []string{}}
	for _, t := range r.Tests {
		name := fmt.Sprintf("%s %s %s", t.Test, t.sizeText(), t.Direction)
		if t.NoWay {
			v.Failed = append(v.Failed, name+": no frame comes through")
		}
		for _, f := range t.Goals {
			switch {
			case f.Limit == ByTester:
				v.TesterLimited = append(v.TesterLimited, name+" "+f.Name+": "+f.Why)
			case f.Irregular == mlr.Unfinished:
				v.Untrusted = append(v.Untrusted, name+" "+f.Name+": the search did not come to its end")
			}
		}
		if f := t.Forwarding; f != nil && f.AtMaxLoad == nil && len(f.Rows) > 0 {
			v.TesterLimited = append(v.TesterLimited, name+": the tester cannot offer the greatest load")
		}
		for _, row := range t.Loss {
			if row.NotOffered {
				v.TesterLimited = append(v.TesterLimited, fmt.Sprintf("%s at %.0f %%: the tester cannot offer it", name, row.Percent))
			}
		}
		if t.Note != "" && !t.NoWay && len(t.Latency) == 0 {
			v.Untrusted = append(v.Untrusted, name+": "+t.Note)
		}
	}
	if r.TimeUp {
		v.Untrusted = append(v.Untrusted, "the time given was up before all trials were made")
	}
	expected := r.expect(&v)
	v.decide(expected, r.State)
	r.Verdict = v
}

func (t Test) sizeText() string {
	if t.Size == 0 {
		return "mix"
	}
	return fmt.Sprint(t.Size)
}

// expect holds the figures against what was expected, and says whether anything
// was.
func (r *Result) expect(v *Verdict) bool {
	for _, name := range slices.Sorted(maps.Keys(r.Plan.Expect)) {
		e, err := ParseExpectation(name, r.Plan.Expect[name])
		if err != nil {
			v.Untrusted = append(v.Untrusted, err.Error())
			continue
		}
		found := false
		for _, t := range r.Tests {
			for _, f := range e.of(t) {
				found = true
				where := fmt.Sprintf("%s (%s %s, repetition %d)", e.Name, t.sizeText(), t.Direction, t.Repeat)
				switch passed, failed := e.judge(f); {
				case passed:
					v.Passed = append(v.Passed, where)
				case failed:
					v.Failed = append(v.Failed, where)
				default:
					v.Untrusted = append(v.Untrusted, where+": cannot be told, the figure is only known to lie between bounds on both sides of the limit")
				}
			}
		}
		if !found {
			v.Failed = append(v.Failed, e.Name+": not measured")
		}
	}
	return len(r.Plan.Expect) > 0
}

// decide is the status. What the tester limited matters only where nothing was
// expected: an expectation that it meets all the same is met.
func (v *Verdict) decide(expected bool, state string) {
	switch {
	case len(v.Failed) > 0:
		v.Status, v.Why = 1, v.Failed[0]
	case len(v.Untrusted) > 0:
		v.Status, v.Why = 3, v.Untrusted[0]
	case state != "done":
		v.Status, v.Why = 3, "the run was not made to its end"
	case !expected && len(v.TesterLimited) > 0:
		v.Status, v.Why = 3, "the tester was the limit of "+v.TesterLimited[0]
	case expected && len(v.Passed) == 1:
		v.Why = "the expectation is met"
	case expected:
		v.Why = fmt.Sprintf("all %d expectations are met", len(v.Passed))
	default:
		v.Why = "all was measured"
	}
}
