package reach

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"eterm/frame/ether"
	"eterm/icmp"
	"eterm/iface"
)

// The smallest packets that every link must carry: RFC 791, 3.2 and RFC 8200, 5.
const (
	minMTU4 = 68
	minMTU6 = 1280
)

// MTUStep is one size that was asked.
type MTUStep struct {
	Bytes   int  // of the IP packet
	Passed  bool // an echo of that size came back
	Asked   int  // requests sent
	RTT     time.Duration
	Refused error       // this host's kernel did not send it
	Said    *MTUMessage // a router refused it
}

// MTUMessage is what a router, or the destination, said of a packet that it did
// not forward: RFC 792 type 3 code 4 with RFC 1191's field, or RFC 8201.
type MTUMessage struct {
	From netip.Addr
	MTU  int // of the next link, in bytes; 0: not told
}

// MTUResult is a path MTU and why it is thought to be that.
type MTUResult struct {
	// MTU is the largest packet that came back, in bytes; 0: none did.
	MTU int
	// Refused is the smallest above it that did not; 0: MTU is Limit.
	Refused int
	// Limit is the interface's own MTU: nothing above it was asked.
	Limit int
	// By is the message that named MTU, where there is one and sizes agree with it.
	By *MTUMessage
	// Untrue are messages that what came back contradicts.
	Untrue []MTUMessage
	Steps  []MTUStep
	Total  Stats // of all requests, without round trips
}

// MTUConfig says what PathMTU does.
type MTUConfig struct {
	// Config has one target of ICMP. Its sizes, count, interval, events and DF are
	// not used: they are PathMTU's.
	Config
	// Limit is the largest packet to ask, in bytes: the interface's MTU.
	Limit int
	// Tries is how many requests without a reply mean that a size does not pass.
	Tries int
	// Step is told of each size asked; it may be nil.
	Step func(MTUStep)
}

// PathMTU finds the largest packet that reaches a host whole and comes back, by
// echo requests that may not be fragmented: doubling, then bisecting. A router's
// word about the next link shortens the search, and is believed only as far as
// sizes just below pass and just above do not: anybody can make such a message. A
// size counts as too large when none of Tries requests is replied to. It returns
// early, with what it has, when ctx ends.
func PathMTU(ctx context.Context, port iface.Port, c MTUConfig) (MTUResult, error) {
	if len(c.Targets) != 1 || c.Protocol != ICMP {
		return MTUResult{}, errors.New("a path MTU is that to one IP address")
	}
	if c.Step == nil {
		c.Step = func(MTUStep) {}
	}
	s := &mtuSearch{MTUConfig: c, port: port, low: 0, high: c.Limit + 1}
	s.DF, s.Flood, s.Duration = true, false, 0
	err := s.search(ctx)
	return s.result(), err
}

type mtuSearch struct {
	MTUConfig
	port      iface.Port
	low, high int // what passed, and what did not
	hint      int // a router's word, not yet checked; 0: none
	longest   time.Duration
	messages  []MTUMessage
	steps     []MTUStep
	total     Stats
}

func (s *mtuSearch) least() int {
	if s.Targets[0].IP.Is4() {
		return minMTU4
	}
	return minMTU6
}

func (s *mtuSearch) search(ctx context.Context) error {
	size := min(s.least(), s.Limit)
	for s.high-s.low > 1 && ctx.Err() == nil {
		if err := s.ask(ctx, size); err != nil {
			return err
		}
		if s.low == 0 {
			return nil // not even the smallest
		}
		size = s.next()
	}
	return nil
}

// next is the size to ask: a router's word and one byte more, else twice as much
// while nothing failed, else the middle.
func (s *mtuSearch) next() int {
	switch {
	case s.hint >= s.low && s.hint < s.high && s.low > 0:
		if s.low == s.hint {
			s.hint = 0
			return s.low + 1
		}
		return s.hint
	case s.high > s.Limit:
		return min(2*s.low, s.Limit)
	}
	return s.low + (s.high-s.low)/2
}

// ask asks one size.
func (s *mtuSearch) ask(ctx context.Context, size int) error {
	step, err := s.try(ctx, size)
	if ctx.Err() != nil && !step.Passed || err != nil {
		return err // stopped: nothing is known of this size
	}
	if step.Passed {
		s.low = max(s.low, size)
		s.longest = max(s.longest, step.RTT)
	} else {
		s.high = size
	}
	if s.hint >= s.high || s.hint < s.low {
		s.hint = 0
	}
	if m := step.Said; m != nil {
		s.messages = append(s.messages, *m)
		if m.MTU >= s.least() && m.MTU < size {
			s.hint = m.MTU
		}
	}
	s.steps = append(s.steps, step)
	s.Step(step)
	return nil
}

// try sends requests of one size until one is replied to, or a router refuses, or
// all were in vain.
func (s *mtuSearch) try(ctx context.Context, size int) (MTUStep, error) {
	ctx, done := context.WithCancel(ctx)
	defer done()
	step := MTUStep{Bytes: size}
	c := s.Config
	c.ID += uint16(len(s.steps)) // what comes late is about another size
	c.First, c.Last, c.Step = ether.HeaderLen+len(c.Tags)+size, 0, 0
	c.Count = uint64(s.Tries)
	if s.low > 0 {
		// Ten of the longest round trips and a tenth of a second are long for
		// the next; never longer than was asked.
		c.Timeout = min(c.Timeout, 10*s.longest+100*time.Millisecond)
	}
	c.Interval = max(c.Timeout, time.Millisecond)
	var unresolved bool
	c.Event = func(e Event) {
		switch {
		case e.Kind == Answered && e.Damage == nil:
			step.Passed, step.RTT = true, e.RTT
		case e.Kind == Complained && tooBig(e.Complaint):
			step.Said = &MTUMessage{From: e.From, MTU: e.Complaint.MTU}
		case e.Kind == Complained && final(e.Complaint):
		case e.Kind == Refused:
			step.Refused = e.Err
		case e.Kind == Unresolved:
			unresolved = true
			return
		default:
			return
		}
		done()
	}
	r, err := Ping(ctx, s.port, c)
	s.total.add(&r.Total)
	step.Asked = int(r.Total.Sent)
	if err == nil && unresolved && r.Total.Sent == 0 {
		err = fmt.Errorf("%w for %s", ErrUnresolved, s.Targets[0].Name)
	}
	return step, err
}

// ErrUnresolved means that nobody told the MAC address of the next hop.
var ErrUnresolved = errors.New("no reply to ARP or neighbour discovery")

// tooBig says whether a message is about the size.
func tooBig(c Complaint) bool {
	if c.IPv6 {
		return c.Type == 2 // Packet Too Big, RFC 4443, 3.2
	}
	return icmp.Type(c.Type) == icmp.DestinationUnreachable && c.Code == icmp.FragmentationNeeded
}

// final says whether more requests of that size are in vain: the host cannot be
// reached.
func final(c Complaint) bool {
	if c.IPv6 {
		return c.Type == 1
	}
	return icmp.Type(c.Type) == icmp.DestinationUnreachable
}

func (s *mtuSearch) result() MTUResult {
	r := MTUResult{MTU: s.low, Limit: s.Limit, Steps: s.steps, Total: s.total}
	if s.high <= s.Limit {
		r.Refused = s.high
	}
	for i, m := range s.messages {
		switch {
		case m.MTU == 0:
		case m.MTU == s.low && r.Refused != 0:
			r.By = &s.messages[i]
		case m.MTU < s.low || m.MTU >= s.high:
			r.Untrue = append(r.Untrue, m)
		}
	}
	return r
}

// Confirmed says whether the size one byte above MTU was tried too, so that MTU is
// the number and not only a bound; a stopped search is not.
func (r *MTUResult) Confirmed() bool {
	return r.MTU == r.Limit || r.MTU > 0 && r.Refused == r.MTU+1
}
