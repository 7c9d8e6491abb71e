// Package switchtest asks a switch between two ports whether it forwards,
// floods, learns, ages and isolates as IEEE 802.1Q says, and answers with a
// card of verdicts. It controls neither the switch nor anything on it: all it
// does is send frames from one port and look at what comes out of the other.
package switchtest

import (
	"errors"
	"math/rand/v2"
	"time"

	"eterm/frame/seal"
	"eterm/iface"
)

// Config says which ports to test between, and what to ask.
type Config struct {
	// A and B are the ports, which take all frames (promiscuous). Third is
	// another one, or nil.
	A, B, Third iface.Port
	// Cases are what to ask; all if nil.
	Cases []Case
	// Expect is what this switch is meant to do where that is not the rule.
	Expect Expectations
	// VLANs are those that must pass, and no others; nil makes no demand.
	VLANs *IDs
	// OwnFCS are further sockets at A and B, which send frames that end in their FCS
	// (iface.Options.OwnFCS); ErroredCases need both.
	OwnFCS [2]iface.Port
	// Asked are the VLANs that Cases are about, if those are VLANCases: frames that
	// show the link alive may be in one of them.
	Asked *IDs
	// Seed makes the addresses used; 0 draws one. It is on the card.
	Seed uint64
	// MaxMACs bounds the search for the table's capacity; 8192 if 0.
	MaxMACs int
	// Sequential makes the addresses of that search follow each other.
	Sequential bool
	// MaxAgeing is how long to wait for an address to be forgotten; 330 s
	// if 0.
	MaxAgeing time.Duration
	// LoadTime and LoadRate, in frames a second each way, are those of the
	// load; 3 s and 1000 if 0.
	LoadTime time.Duration
	LoadRate float64
	// Drain is how long to wait for frames that took a slower way through
	// the switch than the one behind them; 10 ms if 0, and 50 ms where B is on
	// another machine.
	Drain time.Duration
	// Timeout is how long a frame that must arrive may take; 1 s if 0.
	Timeout time.Duration
	// Key, if not zero, seals the test frames: others with marks of this run are
	// counted as forged, and are in no verdict.
	Key seal.Key
	// Progress, if set, is told what is going on. It must return soon.
	Progress func(Event)

	session uint32
}

// Event is something that happened during a run.
type Event struct {
	// Case is running; Result is set when it is over.
	Case   *Case
	Result *Result
	// Done of Total cases are over.
	Done, Total int
	// Waiting is how long the ageing of addresses has been watched.
	Waiting time.Duration
}

// ErrNotConnected means that the ports are not on the same network, so that there is
// nothing to test.
var ErrNotConnected = errors.New("the ports are not on the same network")

func orElse[T comparable](place *T, value T) {
	var zero T
	if *place == zero {
		*place = value
	}
}

// complete fills in what was left open.
func (c *Config) complete() {
	orElse(&c.Seed, rand.Uint64())
	orElse(&c.MaxMACs, 8192)
	orElse(&c.MaxAgeing, 330*time.Second)
	orElse(&c.LoadTime, 3*time.Second)
	orElse(&c.LoadRate, 1000)
	if r, ok := c.B.(*Remote); ok {
		c.session = uint32(r.session)
		orElse(&c.Drain, 50*time.Millisecond)
	}
	orElse(&c.Drain, 10*time.Millisecond)
	orElse(&c.Timeout, time.Second)
	if c.Cases == nil {
		c.Cases = Cases()
	}
	if c.VLANs != nil {
		c.Expect = c.Expect.with("vlan.ids", *c.VLANs)
	}
	orElse(&c.session, rand.Uint32()&0xffffff)
}

func (c *Config) tell(e Event) {
	if c.Progress != nil {
		c.Progress(e)
	}
}
