package main

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"time"

	"eterm/iface/switchtest"
)

// caseJSON is one case of a switch test, and its result when there is one.
type caseJSON struct {
	Type     string              `json:"type"`
	Case     string              `json:"case"`
	Rule     string              `json:"rule"`
	About    string              `json:"about"`
	Expected string              `json:"expected"`
	Can      string              `json:"can_be"`
	Verdict  *switchtest.Verdict `json:"verdict,omitempty"`
	Value    string              `json:"value,omitempty"`
	Seen     string              `json:"seen,omitempty"`
	Why      string              `json:"not_testable_why,omitempty"`
	TookNS   int64               `json:"took_ns,omitempty"`
	Evidence []evidenceJSON      `json:"evidence,omitempty"`
	Curve    []switchtest.Point  `json:"curve,omitempty"`
}

// evidenceJSON is a frame that was sent and what arrived of it.
type evidenceJSON struct {
	SentAt  string        `json:"sent_at,omitempty"`
	Hex     string        `json:"hex"`
	Arrived []arrivalJSON `json:"arrived"`
}

type arrivalJSON struct {
	Port string     `json:"port"`
	Time *time.Time `json:"time,omitempty"`
	Hex  string     `json:"hex"`
}

func printCasesJSON(w io.Writer, cases []switchtest.Case) error {
	out := json.NewEncoder(w)
	for _, c := range cases {
		if err := out.Encode(caseAsJSON(c)); err != nil {
			return err
		}
	}
	return out.Encode(struct {
		Type  string `json:"type"`
		Cases int    `json:"cases"`
	}{"summary", len(cases)})
}

func caseAsJSON(c switchtest.Case) caseJSON {
	return caseJSON{Type: "case", Case: c.Name, Rule: c.Rule, About: c.About, Expected: c.Want, Can: c.Measure()}
}

func resultAsJSON(r switchtest.Result) caseJSON {
	j := caseAsJSON(r.Case)
	j.Expected, j.Verdict, j.Value, j.Seen, j.Why = r.Expected, &r.Verdict, r.Value, r.Seen, r.Why
	j.TookNS, j.Curve = r.Took.Nanoseconds(), r.Curve
	for _, e := range r.Evidence {
		x := evidenceJSON{SentAt: e.From, Hex: hex.EncodeToString(e.Sent), Arrived: []arrivalJSON{}}
		for _, a := range e.Arrived {
			arrival := arrivalJSON{Port: a.Port, Hex: hex.EncodeToString(a.Bytes)}
			if !a.At.IsZero() {
				at := a.At.UTC()
				arrival.Time = &at
			}
			x.Arrived = append(x.Arrived, arrival)
		}
		j.Evidence = append(j.Evidence, x)
	}
	return j
}

func printResultJSON(w io.Writer, r switchtest.Result) error {
	return json.NewEncoder(w).Encode(resultAsJSON(r))
}

// cardJSON is the whole result of a switch test.
type cardJSON struct {
	Type     string     `json:"type"`
	A        string     `json:"a"`
	B        string     `json:"b"`
	Third    string     `json:"third,omitempty"`
	Seed     uint64     `json:"seed"`
	Started  time.Time  `json:"started"`
	TookNS   int64      `json:"took_ns"`
	Pass     int        `json:"pass"`
	Fail     int        `json:"fail"`
	Note     int        `json:"note"`
	Untested int        `json:"not_testable_here"`
	Trusted  bool       `json:"trusted"`
	HostLost uint64     `json:"dropped_by_host"`
	Loop     string     `json:"loop,omitempty"`
	Cases    []caseJSON `json:"cases"`
}

func printCardJSON(w io.Writer, c *switchtest.Card) error {
	j := cardJSON{
		Type: "result", A: c.A, B: c.B, Third: c.Third, Seed: c.Seed, Started: c.Started.UTC(), TookNS: c.Took.Nanoseconds(),
		Pass: c.Count(switchtest.Pass), Fail: c.Count(switchtest.Fail), Note: c.Count(switchtest.Note), Untested: c.Count(switchtest.Untestable),
		Trusted: c.Trusted(), HostLost: c.HostLost, Cases: []caseJSON{},
	}
	if c.Loop != nil {
		j.Loop = c.Loop.Error()
	}
	for _, r := range c.Results {
		j.Cases = append(j.Cases, resultAsJSON(r))
	}
	return json.NewEncoder(w).Encode(j)
}
