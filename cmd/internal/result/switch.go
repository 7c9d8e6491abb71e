package result

import (
	"encoding/hex"
	"time"

	"eterm/frame/probe"
	"eterm/iface/switchtest"
)

// Switch is the result of a switch test.
type Switch struct {
	A     string `json:"a"`
	B     string `json:"b"`
	Third string `json:"third,omitempty"`
	// Seed makes the same addresses again.
	Seed     uint64 `json:"seed"`
	Pass     int    `json:"pass"`
	Fail     int    `json:"fail"`
	Note     int    `json:"note"`
	Untested int    `json:"not_testable_here"`
	Trusted  bool   `json:"trusted"`
	HostLost uint64 `json:"dropped_by_host"`
	// Loop says what stopped the run.
	Loop  string `json:"loop,omitempty"`
	Cases []Case `json:"cases"`
}

// Case is one case of a switch test, and its result when there is one.
type Case struct {
	Type     string `json:"type"` // "case"
	Case     string `json:"case"`
	Rule     string `json:"rule"`
	About    string `json:"about"`
	Expected string `json:"expected"`
	Can      string `json:"can_be"`
	// Verdict is pass, fail, note or "not testable here".
	Verdict  string             `json:"verdict,omitempty"`
	Value    string             `json:"value,omitempty"`
	Seen     string             `json:"seen,omitempty"`
	Why      string             `json:"not_testable_why,omitempty"`
	TookNS   int64              `json:"took_ns,omitempty"`
	Evidence []Evidence         `json:"evidence,omitempty"`
	Curve    []switchtest.Point `json:"curve,omitempty"`
}

// Evidence is a frame that was sent and what arrived of it.
type Evidence struct {
	SentAt  string    `json:"sent_at,omitempty"`
	Hex     string    `json:"hex"`
	Arrived []Arrival `json:"arrived"`
}

// Arrival is a frame that came to a port.
type Arrival struct {
	Port string     `json:"port"`
	Time *time.Time `json:"time,omitempty"`
	Hex  string     `json:"hex"`
}

// CaseOf is a case without a result.
func CaseOf(c switchtest.Case) Case {
	return Case{Type: "case", Case: c.Name, Rule: c.Rule, About: c.About, Expected: c.Want, Can: c.Measure()}
}

// CaseResult is a case with its result.
func CaseResult(r switchtest.Result) Case {
	j := CaseOf(r.Case)
	j.Expected, j.Verdict, j.Value, j.Seen, j.Why = r.Expected, r.Verdict.String(), r.Value, r.Seen, r.Why
	j.TookNS, j.Curve = r.Took.Nanoseconds(), r.Curve
	for _, e := range r.Evidence {
		x := Evidence{SentAt: e.From, Hex: hex.EncodeToString(e.Sent), Arrived: []Arrival{}}
		for _, a := range e.Arrived {
			arrival := Arrival{Port: a.Port, Hex: hex.EncodeToString(a.Bytes)}
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

// SwitchOf is the result of a card.
func SwitchOf(c *switchtest.Card) *Switch {
	s := &Switch{
		A: c.A, B: c.B, Third: c.Third, Seed: c.Seed,
		Pass: c.Count(switchtest.Pass), Fail: c.Count(switchtest.Fail), Note: c.Count(switchtest.Note), Untested: c.Count(switchtest.Untestable),
		Trusted: c.Trusted(), HostLost: c.HostLost, Cases: []Case{},
	}
	if c.Loop != nil {
		s.Loop = c.Loop.Error()
	}
	for _, r := range c.Results {
		s.Cases = append(s.Cases, CaseResult(r))
	}
	return s
}

// Outage is the result of a watch for times without forwarding.
type Outage struct {
	// IntervalNS is between frames each way.
	IntervalNS int64               `json:"interval_ns"`
	Timeline   []switchtest.Moment `json:"timeline"`
	// Unlisted moments found no room in the timeline.
	Unlisted int `json:"unlisted"`
	// Ways are the accounts of A to B and of B to A.
	Ways     []probe.Report `json:"ways"`
	HostLost uint64         `json:"dropped_by_host"`
}

// OutageOf is the result of a watch.
func OutageOf(r *switchtest.OutageReport) *Outage {
	return &Outage{
		IntervalNS: r.Interval.Nanoseconds(), Timeline: append([]switchtest.Moment{}, r.Timeline...), Unlisted: r.Unlisted,
		Ways: r.Ways[:], HostLost: r.HostLost,
	}
}
