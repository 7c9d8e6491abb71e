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
	lanes  map[Direction]*lane // of the trial under way
	before map[Direction]iface.Counters
}

// counted is of trials that are over.
type counted struct{ offered, received, missing, bytes uint64 }

// begin takes the lanes of a trial.
func (f *followed) begin(lanes []*lane) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range lanes {
		f.lanes[l.direction] = l
	}
}

// end takes the account of a lane, if it was taken by begin.
func (f *followed) end(l *lane, a Account, bytes uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lanes[l.direction] != l {
		return
	}
	delete(f.lanes, l.direction)
	c := f.over[l.direction]
	f.over[l.direction] = counted{c.offered + a.Offered, c.received + a.Received, c.missing + a.Lost, c.bytes + bytes}
}

// Source tells how far the trials of a plan are, direction by direction. It is to
// be asked for after Open.
func (p *TwoPorts) Source(plan Plan) stats.Source {
	ways, _ := plan.ways()
	return func() (all []stats.SoFar) {
		for _, d := range ways {
			all = append(all, p.soFar(d))
		}
		return all
	}
}

func (p *TwoPorts) soFar(d Direction) stats.SoFar {
	f := &p.followed
	f.mu.Lock()
	defer f.mu.Unlock()
	c, l := f.over[d], f.lanes[d]
	s := stats.SoFar{Direction: string(d)}
	if l != nil {
		c.offered += l.sender.told.Load()
		l.receiver.mu.Lock()
		c.received += l.run.tally.Received()
		c.missing += l.run.tally.Missing()
		c.bytes += l.run.tally.Bytes()
		s.Delay = l.run.tally.RecentDelay()
		l.receiver.mu.Unlock()
	}
	s.Offered, s.Received, s.Missing, s.Bytes = &c.offered, &c.received, &c.missing, &c.bytes
	_, rx := p.ports(d)
	if n, err := rx.Counters(); err == nil {
		dropped := n.Sub(f.before[d]).HostDropped()
		s.HostDropped = &dropped
	}
	return s
}
