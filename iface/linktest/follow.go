package linktest

import (
	"encoding/json"
	"sync/atomic"
	"time"

	"eterm/frame/stats"
)

// SoFar is what was counted of a run up to now, and when that began. What was
// offered is known by the numbers of what came. ok says whether there is such a
// run.
func (r *Receiver) SoFar(session uint32) (s stats.SoFar, began time.Time, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run := r.runs[session]
	if run == nil {
		return s, began, false
	}
	s = r.soFar(run)
	numbered := run.tally.Numbered()
	if end, known := run.tally.Ended(); known && run.over {
		numbered = max(numbered, end.Offered)
	}
	s.Offered = &numbered
	return s, run.began, true
}

func (r *Receiver) soFar(run *Run) stats.SoFar {
	received, missing, bytes := run.tally.Received(), run.tally.Missing(), run.tally.Bytes()
	s := stats.SoFar{Received: &received, Missing: &missing, Bytes: &bytes, Delay: run.tally.RecentDelay()}
	after, known := run.after, run.over
	if !known {
		c, err := r.port.Counters()
		after, known = c, err == nil
	}
	if known {
		dropped := after.Sub(run.before).HostDropped()
		s.HostDropped = &dropped
	}
	return s
}

// following is a run between two ports of this machine, for who follows it.
type following struct {
	offered atomic.Uint64
	rx      *Receiver
	session uint32
	name    string
}

func (f *following) soFar() []stats.SoFar {
	offered := f.offered.Load()
	s, _, _ := f.rx.SoFar(f.session)
	s.Offered, s.Direction = &offered, f.name
	return []stats.SoFar{s}
}

// wireAsk is what an asker wants to know beside how far its peer is.
type wireAsk struct {
	Delay bool `json:"delay"` // of the frames received since it asked before
}

// delayEvery is how often a peer is asked for delays.
const delayEvery = time.Second

// question is what is asked of the peer now, and whether it is about delays.
func (p *pair) question(now time.Time) []byte {
	if p.PairOptions.Follow == nil || now.Sub(p.asked) < delayEvery {
		return nil
	}
	p.asked = now
	b, _ := json.Marshal(wireAsk{Delay: true}) // of a bool
	return b
}

// heard takes what the peer says of itself.
func (p *pair) heard(s wireState, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = err != nil
	if err != nil {
		return
	}
	if s.Delay == nil || s.Delay.P50 < 0 || s.Delay.P99 < s.Delay.P50 || s.Delay.Max < s.Delay.P99 {
		s.Delay = p.state.Delay
	}
	if s.Dropped == nil {
		s.Dropped = p.state.Dropped
	}
	p.state, p.offeredThen = s, p.offered
	p.receivedThen, _, _ = p.rx.Received(p.ReverseSession)
}

// ended takes what is known of both directions when all is over.
func (p *pair) ended(results []Result) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range results {
		switch {
		case r.Direction == Forward:
			p.offeredThen = r.Offered
			if r.Receiver != nil {
				p.state.Received, p.state.Bytes = r.Receiver.Report.Received, r.Receiver.Report.Bytes
			}
		case r.Sender != nil:
			p.state.Offered, p.receivedThen = r.Offered, r.Received
		}
	}
}

// soFar is what is known of a test with a peer, as of when it was heard last: at
// most 200 ms ago while it answers.
func (p *pair) soFar() (all []stats.SoFar) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Forward {
		offered, received, bytes := p.offeredThen, p.state.Received, p.state.Bytes
		s := stats.SoFar{Direction: Forward, Offered: &offered, Received: &received, Missing: p.state.Missing, HostDropped: p.state.Dropped, Delay: p.state.Delay}
		if bytes > 0 { // peers that do not say so are older
			s.Bytes = &bytes
		}
		p.state.Delay = nil
		all = append(all, s)
	}
	if p.Reverse {
		offered, received := p.state.Offered, p.receivedThen
		s, _, _ := p.rx.SoFar(p.ReverseSession)
		s.Direction, s.Offered, s.Received = Reverse, &offered, &received
		all = append(all, s)
	}
	return all
}

// state is what a peer says of a run of its asker's.
func (r *Receiver) state(session uint32, delay bool) (s wireState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run := r.runs[session]
	if run == nil {
		return s
	}
	missing := run.tally.Missing()
	s.Received, s.Missing, s.Bytes, s.Loop = run.tally.Received(), &missing, run.tally.Bytes(), run.looped != nil
	if !delay {
		return s
	}
	sum := r.soFar(run)
	s.Dropped = sum.HostDropped
	s.Delay = sum.Delay
	return s
}
