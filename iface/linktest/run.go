package linktest

import (
	"net"
	"time"

	"eterm/frame/probe"
	"eterm/iface"
)

// Run is one run as its receiver sees it.
type Run struct {
	Session uint32
	// From is the address the run's frames came from.
	From  net.HardwareAddr
	tally *probe.Tally
	// before and after are what the port had counted when the run began and
	// when it was over; foreign the other frames seen until then.
	before, after   iface.Counters
	foreignAtStart  uint64
	foreign         uint64
	heard, endHeard time.Time
	over            bool
	clock           iface.Clock // that stamped its last frame
}

func (r *Receiver) newRun(session uint32, from []byte) *Run {
	c, _ := r.port.Counters()
	return &Run{Session: session, From: append(net.HardwareAddr{}, from...), before: c, foreignAtStart: r.foreign,
		tally: probe.NewTally(session, r.o.SharedClock)}
}

// overAt is when a run is over if nothing more of it comes.
func (run *Run) overAt(o ReceiveOptions) time.Time {
	switch {
	case !run.endHeard.IsZero() && run.tally.Complete():
		return run.heard.Add(ends * endEvery)
	case !run.endHeard.IsZero():
		return run.heard.Add(o.Settle)
	}
	idle := o.Idle
	if p, ok := run.tally.Plan(); ok {
		idle = max(idle, 10*time.Duration(p.Interval/1000))
	}
	return run.heard.Add(idle)
}

// keepOver is how long the frames of a run that is over are still known to be
// no new run.
const keepOver = 5 * time.Second

// forget makes room by dropping a run that is over and was reported.
func (r *Receiver) forget(now time.Time) bool {
	for id, run := range r.runs {
		if run.over && now.Sub(run.heard) > keepOver {
			delete(r.runs, id)
			return true
		}
	}
	return false
}
