package result

import (
	"encoding/hex"
	"time"

	"eterm/frame/probe"
	"eterm/iface/switchtest"
)

// Switch is the result of a switch test (switch check, switch macs).
type Switch struct {
	// interface at one port of the switch
	A string `json:"a"`
	// interface at another
	B string `json:"b"`
	// interface at a third
	Third string `json:"third,omitempty"`
	// --seed makes the same addresses again
	Seed uint64 `json:"seed"`
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
	// frames with marks of this run that had not the seal of the key
	Forged uint64 `json:"forged"`
	// the loop that stopped the run
	Loop string `json:"loop,omitempty"`
	// all cases
	Cases []Case `json:"cases"`
}

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
	Verdict string `json:"verdict,omitempty"`
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
				arrival.Time = a.At.UTC().Format(time.RFC3339Nano)
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
		Trusted: c.Trusted(), HostLost: c.HostLost, Forged: c.Forged, Cases: []Case{},
	}
	if c.Loop != nil {
		s.Loop = c.Loop.Error()
	}
	for _, r := range c.Results {
		s.Cases = append(s.Cases, CaseResult(r))
	}
	return s
}

// Outage is the result of a watch for times without forwarding (switch outage).
type Outage struct {
	// between frames each way
	IntervalNS int64 `json:"interval_ns"`
	// what happened, in order
	Timeline []switchtest.Moment `json:"timeline"`
	// what found no room there
	Unlisted int `json:"unlisted"`
	// the accounts of A to B and of B to A
	Ways []probe.Report `json:"ways"`
	// frames that this host lost
	HostLost uint64 `json:"dropped_by_host"`
	// frames with marks of this watch that had not the seal of the key
	Forged uint64 `json:"forged"`
	// how often the interfaces of A and of B were set down on this host: what was
	// lost then is not the switch's
	SetDown [2]uint64 `json:"set_down"`
	// how often a host was so late that frames were not sent in time, or the peer
	// sent nothing
	Stalls int `json:"stalls"`
	// outages that have such a time in them: what they measure is not the switch
	// alone
	Touched int `json:"outages_touched_by_stalls"`
	// of a watch between two machines: the other one
	Peer *switchtest.OutagePeer `json:"peer,omitempty"`
}

// OutageOf is the result of a watch.
func OutageOf(r *switchtest.OutageReport) *Outage {
	return &Outage{
		IntervalNS: r.Interval.Nanoseconds(), Timeline: append([]switchtest.Moment{}, r.Timeline...), Unlisted: r.Unlisted,
		Ways: r.Ways[:], HostLost: r.HostLost, Forged: r.Forged, SetDown: r.SetDown,
		Stalls: r.Stalls, Touched: r.Touched, Peer: r.Peer,
	}
}
