package linktest

import (
	"bytes"
	"context"
	"net"
	"sync"
	"time"

	"eterm/frame/probe"
	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/loop"
	"eterm/iface/talk"
)

// ReceiveOptions say what a receiver does. The zero value is right for most.
type ReceiveOptions struct {
	// SharedClock says that senders and this receiver read the same clock.
	SharedClock bool
	// Only takes the frames of one session; 0 takes all.
	Only uint32
	// From, if not nil, takes the runs of this station only.
	From net.HardwareAddr
	// Idle ends a run of which nothing comes any more and whose end was not
	// heard: 2 s if 0, and no less than ten of its frames take.
	Idle time.Duration
	// Drain is the time that frames get to come in after the end of a run was
	// heard: 300 ms if 0.
	Drain time.Duration
	// Ended is called for every run that is over.
	Ended func(*Run)
	// Key is what senders seal their marks with: those without its seal are in no
	// account. The zero Key takes those that have none.
	Key seal.Key
	// Wall is the host's clock of the day, without a monotonic reading; nil is the
	// real one. A run over which it was set is not trusted.
	Wall func() time.Time
	// Own is the session of frames sent over this port: one that comes back shows
	// a loop; 0 is none.
	Own uint32
	// Looped is called, once a run, when its frames are seen to go round in a
	// loop. It must not block, nor ask the receiver.
	Looped func(*loop.Error)
	// Challenge is called for every challenge of an expected run: its sender
	// wants to know whether it arrives. It must not block.
	Challenge func(session uint32, p talk.Proof)
}

// batch is how many frames are taken at a time.
const batch = 256

// Receiver accounts for the runs it hears on a port.
type Receiver struct {
	port iface.Port
	o    ReceiveOptions

	mu      sync.Mutex
	runs    map[uint32]*Run
	waiting map[uint32]uint64 // frames of sessions that have no place, while there is none
	full    uint64            // frames of sessions that had none
	others  uint64            // frames that began no run, as From is another station
	foreign uint64
	forged  uint64 // marks without the seal of the key, of no run
	ignored map[uint32]bool
	start   iface.Counters
	// listened is since when, by the clock of the day.
	listened time.Time
	poke     context.CancelFunc // ends the moment, so that runs are looked after
	earlier  bool               // a run may be over sooner than was thought
}

// NewReceiver makes a receiver; Serve lets it receive.
func NewReceiver(port iface.Port, o ReceiveOptions) *Receiver {
	if o.Idle == 0 {
		o.Idle = 2 * time.Second
	}
	if o.Drain == 0 {
		o.Drain = 300 * time.Millisecond
	}
	if o.Wall == nil {
		o.Wall = func() time.Time { return time.Now().Round(0) }
	}
	r := &Receiver{port: port, o: o, runs: map[uint32]*Run{}, waiting: map[uint32]uint64{}, ignored: map[uint32]bool{}, poke: func() {}}
	r.start, _ = port.Counters()
	r.listened = o.Wall()
	return r
}

// A receiver looks whether runs are over when the first of them might be, no
// sooner than the one and no later than the other from now.
const (
	tickSoonest = 50 * time.Millisecond
	tickLatest  = time.Second
)

// Serve receives until ctx ends, which is no error, or the port is gone. Runs
// that are not over then are ended as they are.
//
// A run is judged only after everything was read that the port had when it was
// over: a host that comes late to its frames does not lose them by that.
func (r *Receiver) Serve(ctx context.Context) error {
	rx := make([]iface.Received, batch)
	var err error
	for ctx.Err() == nil && err == nil {
		moment, until := r.moment(ctx)
		err = iface.Frames(moment, r.port, rx, r.take)
		ended := moment.Err() != nil
		r.mu.Lock()
		r.poke()
		again := r.earlier
		r.earlier = false
		r.mu.Unlock()
		if now := time.Now(); err == nil && ended && !again {
			r.judge(earliest(now, until))
		}
	}
	r.endAll(err == nil)
	return err
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// moment is how long to receive before looking whether runs are over.
func (r *Receiver) moment(ctx context.Context) (context.Context, time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	next := now.Add(tickLatest)
	for _, run := range r.runs {
		if at, known := run.overAt(r.o); known && !run.over {
			next = earliest(next, at)
		}
	}
	if soonest := now.Add(tickSoonest); next.Before(soonest) {
		next = soonest
	}
	moment, cancel := context.WithDeadline(ctx, next)
	r.poke = cancel
	return moment, next
}

func (r *Receiver) take(rx []iface.Received) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for i := range rx {
		f, ok := probe.Find(rx[i].Bytes)
		if ok && r.add(&rx[i], f, now) || !ok && talk.Is(rx[i].Bytes) {
			continue
		}
		r.foreign++
	}
	if r.earlier {
		return iface.ErrStop
	}
	return nil
}

// add gives a frame to its run.
func (r *Receiver) add(rx *iface.Received, f probe.Found, now time.Time) bool {
	if r.ignored[f.Session] {
		return true
	}
	run := r.runs[f.Session]
	if f.Sealed || !r.o.Key.IsZero() {
		if right, known := r.sealed(run, rx.Bytes, &f); !right {
			return known
		}
	}
	if r.o.Own != 0 && f.Session == r.o.Own && rx.To != iface.Outgoing {
		r.loops(r.runs[r.o.Only], &loop.Error{Returned: true})
	}
	if r.o.Only != 0 && f.Session != r.o.Only {
		return false
	}
	if run == nil {
		if r.o.From != nil && !bytes.Equal(r.o.From, rx.Bytes[6:12]) {
			r.others++
			return false
		}
		if run = r.seat(f); run == nil {
			return false
		}
	}
	switch {
	case run.over:
		return false
	case run.elsewhere(rx.Bytes[6:12], f.Balanced):
		run.otherSource++
		return true
	}
	if !run.tally.Add(rx.Bytes, rx.Length, f, rx.At.UnixNano()) {
		return false
	}
	if run.frames++; run.frames == 1 {
		run.inIP = carriedByIP(rx.Bytes)
	}
	if f.Kind == probe.KindMark || f.Kind == probe.KindMarkPlan {
		if rx.To == iface.ToOtherHost {
			run.otherHost++
		}
		r.loops(run, run.guard.Copy(uint64(f.Stream)<<32|uint64(f.Seq), now))
	}
	if f.Kind == probe.KindEnd && run.endHeard.IsZero() {
		run.endHeard, r.earlier = now, true
	}
	if nonce := probe.NonceOf(rx.Bytes, f); nonce != 0 && run.expected && r.o.Challenge != nil {
		r.o.Challenge(f.Session, talk.Proof{Seq: f.Seq, Time: f.Time, Nonce: nonce})
	}
	run.heard, run.clock = now, rx.Clock
	return true
}

// judge ends the runs that were over at a time up to which all was read.
func (r *Receiver) judge(at time.Time) {
	r.mu.Lock()
	var ended []*Run
	for _, run := range r.runs {
		if over, known := run.overAt(r.o); known && !run.over && !over.After(at) {
			r.end(run)
			ended = append(ended, run)
		}
	}
	r.mu.Unlock()
	r.tell(ended)
}

// tell passes runs on that are over.
func (r *Receiver) tell(ended []*Run) {
	for _, run := range ended {
		if r.o.Ended != nil {
			r.o.Ended(run)
		}
	}
}

func (r *Receiver) end(run *Run) {
	run.over = true
	run.after, _ = r.port.Counters()
	run.foreign = r.foreign - run.foreignAtStart
	run.full = r.full - run.fullAtStart
	run.clockSet = stepOf(time.Since(run.began), r.o.Wall().Sub(run.beganWall))
}

// endAll ends all runs; stopped says that this is because nobody wants to
// receive any more.
func (r *Receiver) endAll(stopped bool) {
	r.mu.Lock()
	var ended []*Run
	for _, run := range r.runs {
		if !run.over {
			run.stopped = stopped
			r.end(run)
			ended = append(ended, run)
		}
	}
	r.mu.Unlock()
	r.tell(ended)
}

// Ignore has frames of sessions belong to somebody else, until Heed.
func (r *Receiver) Ignore(sessions ...uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range sessions {
		r.ignored[s] = true
	}
}

// Heed ends what Ignore began.
func (r *Receiver) Heed(sessions ...uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range sessions {
		delete(r.ignored, s)
	}
}

// Finish ends an expected run as it is: nobody will say any more how it ended.
func (r *Receiver) Finish(session uint32) {
	r.mu.Lock()
	var ended []*Run
	if run := r.runs[session]; run != nil && !run.over {
		r.end(run)
		ended = append(ended, run)
	}
	r.mu.Unlock()
	r.tell(ended)
}
