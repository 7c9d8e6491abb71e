package suite

import (
	"sync"

	"eterm/frame/stats"
	"eterm/iface"
)

// followed is what the loads of all trials have counted, without the frames that
// go ahead of them or after.
type followed struct {
	mu     sync.Mutex
	over   map[Direction]counted
	now    map[Direction]func(*stats.SoFar) counted // of the trial under way
	before map[Direction]iface.Counters
}

// counted is of trials that are over, or of one as far as it is.
type counted struct{ offered, received, missing, bytes uint64 }

func (c counted) and(o counted) counted {
	return counted{c.offered + o.offered, c.received + o.received, c.missing + o.missing, c.bytes + o.bytes}
}

func newFollowed() followed {
	return followed{over: map[Direction]counted{}, now: map[Direction]func(*stats.SoFar) counted{}, before: map[Direction]iface.Counters{}}
}

// begin takes what tells how far a direction of a trial's load is.
func (f *followed) begin(d Direction, now func(*stats.SoFar) counted) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now[d] = now
}

// end takes the account of a direction of a trial's load; nil if there is none.
func (f *followed) end(d Direction, a *Account, bytes uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.now, d)
	if a != nil {
		f.over[d] = f.over[d].and(counted{a.Offered, a.Received, a.Lost, bytes})
	}
}

// soFar is how far a direction is, whose frames come in by rx; nil if that is a
// peer's.
func (f *followed) soFar(d Direction, rx iface.Port) stats.SoFar {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.over[d]
	s := stats.SoFar{Direction: string(d)}
	if now := f.now[d]; now != nil {
		c = c.and(now(&s))
	}
	s.Offered, s.Received, s.Missing, s.Bytes = &c.offered, &c.received, &c.missing, &c.bytes
	if rx == nil {
		return s
	}
	if n, err := rx.Counters(); err == nil {
		dropped := n.Sub(f.before[d]).HostDropped()
		s.HostDropped = &dropped
	}
	return s
}

// counted is how far a load is that arrives here.
func (a *arriving) counted(s *stats.SoFar) counted {
	a.receiver.mu.Lock()
	defer a.receiver.mu.Unlock()
	t := a.run.tally
	s.Delay = t.RecentDelay()
	return counted{received: t.Received(), missing: t.Missing(), bytes: t.Bytes()}
}

// Source tells how far the trials of a plan are, direction by direction. It is to
// be asked for after Open.
func (p *TwoPorts) Source(plan Plan) stats.Source {
	ways, _ := plan.ways()
	return func() (all []stats.SoFar) {
		for _, d := range ways {
			_, rx := p.ports(d)
			all = append(all, p.followed.soFar(d, rx))
		}
		return all
	}
}
