package linktest

import (
	"math/bits"
	"net"
	"time"

	"eterm/frame/probe"
	"eterm/iface"
	"eterm/iface/loop"
)

// Run is one run as its receiver sees it.
type Run struct {
	Session uint32
	// From is the address the run's frames come from: the first one's, or that
	// of the peer it was expected of. Frames of the session from another address
	// are none of the run.
	From  net.HardwareAddr
	tally *probe.Tally
	// before and after are what the port had counted when the run began and
	// when it was over; foreign the other frames seen until then.
	before, after   iface.Counters
	began           time.Time
	beganWall       time.Time // by the clock of the day
	listened        time.Time // since when its receiver listens, by the same
	foreignAtStart  uint64
	foreign         uint64
	fullAtStart     uint64
	full            uint64 // frames of other sessions that had no place
	late            uint64 // frames of this one that had none
	otherSource     uint64
	unsealed        uint64 // marks of the session without the seal of the key
	otherHost       uint64
	frames          uint64
	heard, endHeard time.Time
	expected        bool // it was agreed on, and ends when its sender says so
	concluded       bool // it has
	over            bool
	guard           loop.Guard
	looped          *loop.Error
	stopped         bool // its receiver did not want to go on
	clockSet        time.Duration
	clock           iface.Clock // that took its last timestamp
	takesTags       bool        // the port's NIC does
	inIP            bool        // its frames are IP packets
}

// Bounds on what a receiver keeps.
const (
	// maxRuns bounds the runs that are accounted for at a time. Those that were
	// agreed on have places besides.
	maxRuns = 16
	// maxWaiting bounds the sessions counted that have no place.
	maxWaiting = 256
	// keepOver is how long the frames of a run that is over are still known to
	// be no new run.
	keepOver = 5 * time.Second
)

func (r *Receiver) newRun(session uint32) *Run {
	c, _ := r.port.Counters()
	run := &Run{Session: session, listened: r.listened, before: c, began: time.Now(), beganWall: r.o.Wall(), heard: time.Now(), foreignAtStart: r.foreign, fullAtStart: r.full,
		tally: probe.NewTally(session, r.o.SharedClock)}
	if t, ok := iface.As[iface.TagTaker](r.port); ok {
		run.takesTags = t.TakesTags()
	}
	run.tally.Sealed(r.o.Key)
	r.runs[session] = run
	return run
}

// Expect keeps a place for the run of a session, from one address if that is
// given. It is over only when Conclude or Finish says so.
func (r *Receiver) Expect(session uint32, from net.HardwareAddr) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run := r.newRun(session)
	run.expected = true
	run.From = append(net.HardwareAddr(nil), from...)
}

// Agreed says whether the run was agreed on with its sender beforehand.
func (run *Run) Agreed() bool { return run.expected }

// seat finds a place for the run a frame is of, or returns nil. When all places
// are taken the busiest runs keep theirs: a session that sent more frames than
// some run gets its place, so that a few made-up sessions shut nobody out.
func (r *Receiver) seat(f probe.Found) *Run {
	if f.Kind == probe.KindEnd {
		return nil
	}
	least, taken := r.places(time.Now())
	if taken < maxRuns {
		return r.newRun(f.Session)
	}
	if len(r.waiting) >= maxWaiting {
		clear(r.waiting)
	}
	r.waiting[f.Session]++
	r.full++
	n := r.waiting[f.Session]
	if least == nil || n <= least.frames {
		return nil
	}
	delete(r.runs, least.Session)
	delete(r.waiting, f.Session)
	run := r.newRun(f.Session)
	run.late = n - 1
	return run
}

// places counts the places that are taken by runs nobody agreed on, after those
// that were over long ago have left, and finds the one with the fewest frames.
func (r *Receiver) places(now time.Time) (least *Run, taken int) {
	for id, run := range r.runs {
		switch {
		case run.over && now.Sub(run.heard) > keepOver:
			delete(r.runs, id)
		case run.expected:
		default:
			taken++
			if least == nil || run.frames < least.frames {
				least = run
			}
		}
	}
	return least, taken
}

// mostFlipped is how many bits of an address a link may flip until the frame is
// taken to be another station's.
const mostFlipped = 3

// elsewhere says whether a frame comes from another station than the run does.
// The first that is whole says where that is: a mark is balanced with the
// addresses of its frame.
func (run *Run) elsewhere(source []byte, balanced bool) bool {
	if run.From == nil {
		if balanced {
			run.From = append(net.HardwareAddr{}, source...)
		}
		return false
	}
	differ := 0
	for i, b := range run.From {
		differ += bits.OnesCount8(b ^ source[i])
	}
	return differ > mostFlipped || differ > 0 && balanced
}

// overAt is when a run is over if nothing more of it comes, if that is known.
func (run *Run) overAt(o ReceiveOptions) (at time.Time, known bool) {
	switch {
	case run.expected && !run.concluded:
		return time.Time{}, false
	case !run.endHeard.IsZero() && run.looped != nil:
		return run.endHeard.Add(o.Drain), true // its frames never end
	case !run.endHeard.IsZero() && run.tally.Complete():
		return run.heard.Add(ends * endEvery), true
	case !run.endHeard.IsZero():
		return run.heard.Add(o.Drain), true
	}
	idle := o.Idle
	if p, ok := run.tally.Plan(); ok {
		idle = max(idle, 10*time.Duration(p.Interval/1000))
	}
	return run.heard.Add(idle), true
}
