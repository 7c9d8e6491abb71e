package show

import (
	"encoding/hex"
	"time"

	"eterm/iface/switchtest"
)

// Case is one case of a switch test (switch check, switch macs), and its result
// when there is one.
type Case struct {
	Type string `json:"type"` // "case"
	// its name
	Case string `json:"case"`
	// the rule, with its clause
	Rule string `json:"rule"`
	// how it is found out
	About string `json:"about"`
	// what is expected
	Expected string `json:"expected"`
	// what there can be
	Can string `json:"can_be"`
	// "pass", "fail", "note", "not testable here"
	Verdict *switchtest.Verdict `json:"verdict,omitempty"`
	// what it came to, in a form to compare
	Value string `json:"value,omitempty"`
	// what it came to, in words
	Seen string `json:"seen,omitempty"`
	// why it could not be tested
	Why string `json:"not_testable_why,omitempty"`
	// how long it took
	TookNS int64 `json:"took_ns,omitempty"`
	// frames that show it
	Evidence []Evidence `json:"evidence,omitempty"`
	// measurements behind a number
	Curve []switchtest.Point `json:"curve,omitempty"`
}

// Evidence is a frame that was sent and what arrived of it.
type Evidence struct {
	// port that it was sent at
	SentAt string `json:"sent_at,omitempty"`
	// its bytes
	Hex string `json:"hex"`
	// where it came to
	Arrived []Arrival `json:"arrived"`
}

// Arrival is a frame that came.
type Arrival struct {
	// where
	Port string `json:"port"`
	// RFC 3339 with nanoseconds, UTC
	Time string `json:"time,omitempty"`
	// its bytes
	Hex string `json:"hex"`
}

// CasesSummary is the last object of switch check --list.
type CasesSummary struct {
	Type string `json:"type"` // "summary"
	// how many there are
	Cases int `json:"cases"`
}

func caseObject(c switchtest.Case) Case {
	return Case{Type: "case", Case: c.Name, Rule: c.Rule, About: c.About, Expected: c.Want, Can: c.Measure()}
}

func caseResult(r switchtest.Result) Case {
	j := caseObject(r.Case)
	j.Expected, j.Verdict, j.Value, j.Seen, j.Why = r.Expected, &r.Verdict, r.Value, r.Seen, r.Why
	j.TookNS, j.Curve = r.Took.Nanoseconds(), r.Curve
	for _, e := range r.Evidence {
		x := Evidence{SentAt: e.From, Hex: hex.EncodeToString(e.Sent), Arrived: []Arrival{}}
		for _, a := range e.Arrived {
			arrival := Arrival{Port: a.Port, Hex: hex.EncodeToString(a.Bytes)}
			if !a.At.IsZero() {
				arrival.Time = jsonTime(a.At)
			}
			x.Arrived = append(x.Arrived, arrival)
		}
		j.Evidence = append(j.Evidence, x)
	}
	return j
}

// CardResult is the whole result of a switch test: the last object of switch
// check and switch macs.
type CardResult struct {
	Type string `json:"type"` // "result"
	// interface at one port of the switch
	A string `json:"a"`
	// interface at another
	B string `json:"b"`
	// interface at a third
	Third string `json:"third,omitempty"`
	// --seed makes the same addresses again
	Seed uint64 `json:"seed"`
	// RFC 3339 with nanoseconds, UTC
	Started time.Time `json:"started"`
	// how long it took
	TookNS int64 `json:"took_ns"`
	// cases that passed
	Pass int `json:"pass"`
	// that failed
	Fail int `json:"fail"`
	// to be noted
	Note int `json:"note"`
	// that could not be tested here
	Untested int `json:"not_testable_here"`
	// whether this host and the link were sound
	Trusted bool `json:"trusted"`
	// frames that this host lost
	HostLost uint64 `json:"dropped_by_host"`
	// the loop that stopped the run
	Loop string `json:"loop,omitempty"`
	// all cases
	Cases []Case `json:"cases"`
}

func cardObject(c *switchtest.Card) CardResult {
	j := CardResult{
		Type: "result", A: c.A, B: c.B, Third: c.Third, Seed: c.Seed, Started: c.Started.UTC(), TookNS: c.Took.Nanoseconds(),
		Pass: c.Count(switchtest.Pass), Fail: c.Count(switchtest.Fail), Note: c.Count(switchtest.Note), Untested: c.Count(switchtest.Untestable),
		Trusted: c.Trusted(), HostLost: c.HostLost, Cases: []Case{},
	}
	if c.Loop != nil {
		j.Loop = c.Loop.Error()
	}
	for _, r := range c.Results {
		j.Cases = append(j.Cases, caseResult(r))
	}
	return j
}
