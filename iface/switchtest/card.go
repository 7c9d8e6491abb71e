package switchtest

import (
	"errors"
	"strings"
	"time"

	"eterm/frame/ether"
	"eterm/frame/ipv6"
	"eterm/iface/loop"
)

// Card is the result of a run.
type Card struct {
	A, B, Third string // names of the ports
	Seed        uint64
	Started     time.Time
	Took        time.Duration
	Results     []Result
	// Loop is set when the run was stopped because of a loop.
	Loop *loop.Error
	// HostLost is how many frames of cases this host may have had and lost: then
	// the verdicts cannot be trusted.
	HostLost uint64
	// Forged is how many frames had a mark of this run and not the seal of the
	// key. They are in no verdict; but who sends them may do more.
	Forged uint64

	rig *rig
}

func newCard(r *rig) *Card {
	c := &Card{Seed: r.cfg.Seed, Started: time.Now(), rig: r}
	names := [sides]*string{&c.A, &c.B, &c.Third}
	for s := range r.each() {
		*names[s] = r.ports[s].Name()
	}
	return c
}

func (c *Card) close() {
	c.Took = time.Since(c.Started)
	c.HostLost, c.Forged = c.rig.lost, c.rig.account.forgedSoFar()
}

// ended says whether err ends the run, and files the cases that are left.
func (c *Card) ended(err error, left []Case) bool {
	if err == nil {
		return false
	}
	why := "the run was stopped: " + err.Error()
	if errors.As(err, &c.Loop) {
		why = "the run was stopped because of a loop"
	}
	for _, k := range left {
		c.Results = append(c.Results, k.judge(Outcome{Why: why}, Expectations{}))
	}
	if c.Loop != nil {
		c.blame(c.Loop)
	}
	c.close()
	return true
}

// blame makes the case that a loop breaks a failure.
func (c *Card) blame(loop *loop.Error) {
	name, value := "flooding.once", stormed
	if loop.Returned {
		name, value = "flooding.not-back", returned
	}
	seen := Outcome{Value: value, Seen: loop.Error(), Evidence: []Evidence{{Sent: loop.Frame, Arrived: []Arrival{{Port: strings.TrimPrefix(loop.Port, portWord), Bytes: loop.Frame}}}}}
	for i := range c.Results {
		if k := c.Results[i].Case; k.Name == name {
			c.Results[i] = k.judge(seen, Expectations{})
			return
		}
	}
	for _, k := range cases {
		if k.Name == name {
			c.Results = append(c.Results, k.judge(seen, Expectations{}))
		}
	}
}

// fatal is err, unless it was a result.
func (c *Card) fatal(err error) error {
	if c.Loop != nil {
		return nil //nolint:nilerr // the card has it
	}
	return err
}

// Count is how many cases have a verdict.
func (c *Card) Count(v Verdict) int {
	n := 0
	for _, r := range c.Results {
		if r.Verdict == v {
			n++
		}
	}
	return n
}

// Trusted says whether this host and the link were sound all the time.
func (c *Card) Trusted() bool {
	for _, r := range c.Results {
		if r.Silent {
			return false
		}
	}
	return c.HostLost == 0 && c.Forged == 0
}

// IPSuffered says whether an IP packet is among the frames that show a failure or a
// note, which did not arrive, or shorter than it was sent.
func (c *Card) IPSuffered() bool {
	for _, r := range c.Results {
		if r.Verdict != Fail && r.Verdict != Note {
			continue
		}
		for _, e := range r.Evidence {
			if h, _, err := ether.Parse(e.Sent); err != nil || h.Type != 0x0800 && h.Type != ipv6.EtherType {
				continue
			}
			short := len(e.Arrived) == 0
			for _, a := range e.Arrived {
				short = short || len(a.Bytes) < len(e.Sent)
			}
			if short {
				return true
			}
		}
	}
	return false
}
