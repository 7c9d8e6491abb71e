package linktest

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"eterm/frame/probe"
	"eterm/iface"
)

// ReceiveOptions say what a receiver does. The zero value is right for most.
type ReceiveOptions struct {
	// SharedClock says that senders and this receiver read the same clock.
	SharedClock bool
	// Only takes the frames of one session; 0 takes all.
	Only uint32
	// Idle ends a run of which nothing comes any more and whose end was not
	// heard: 2 s if 0, and no less than ten of its frames take.
	Idle time.Duration
	// Settle is the time that frames get to come in after the end of a run
	// was heard: 300 ms if 0.
	Settle time.Duration
	// Ended is called for every run that is over.
	Ended func(*Run)
	// Control is called for every frame without a mark. It does not keep it.
	Control func(r iface.Received)
}

// maxRuns bounds the runs that are accounted for at a time.
const maxRuns = 16

// batch is how many frames are taken at a time.
const batch = 256

// Receiver accounts for the runs it hears on a port.
type Receiver struct {
	port iface.Port
	o    ReceiveOptions

	mu      sync.Mutex
	runs    map[uint32]*Run
	foreign uint64
	down    bool
	start   iface.Counters
	next    time.Time // to look whether runs are over; Serve's
	poked   atomic.Bool
}

// NewReceiver makes a receiver; Serve lets it receive.
func NewReceiver(port iface.Port, o ReceiveOptions) *Receiver {
	if o.Idle == 0 {
		o.Idle = 2 * time.Second
	}
	if o.Settle == 0 {
		o.Settle = 300 * time.Millisecond
	}
	r := &Receiver{port: port, o: o, runs: map[uint32]*Run{}}
	r.start, _ = port.Counters()
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
func (r *Receiver) Serve(ctx context.Context) error {
	defer iface.Interrupt(ctx, r.port)()
	rx := make([]iface.Received, batch)
	var err error
	for ctx.Err() == nil && err == nil {
		if now := time.Now(); r.poked.Swap(false) || !now.Before(r.next) {
			r.next = r.tick(now)
			err = r.port.SetReadDeadline(r.next)
			if ctx.Err() != nil {
				break
			}
		}
		var n int
		if err == nil {
			n, err = r.port.Receive(rx)
		}
		r.take(rx[:max(n, 0)])
		err = r.pass(err)
	}
	r.endAll()
	return err
}

// pass lets errors pass that are none: a deadline, an interface that is down
// for now.
func (r *Receiver) pass(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil
	case errors.Is(err, iface.ErrDown):
		r.mu.Lock()
		r.down = true
		r.mu.Unlock()
		return nil
	}
	return err
}

func (r *Receiver) take(rx []iface.Received) {
	if len(rx) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for i := range rx {
		f, ok := probe.Find(rx[i].Bytes)
		if ok && r.add(&rx[i], f, now) {
			continue
		}
		r.foreign++
		if !ok && r.o.Control != nil {
			r.o.Control(rx[i])
		}
	}
}

// add gives a frame to its run.
func (r *Receiver) add(rx *iface.Received, f probe.Found, now time.Time) bool {
	if r.o.Only != 0 && f.Session != r.o.Only {
		return false
	}
	run := r.runs[f.Session]
	if run == nil {
		if f.Kind == probe.KindEnd || len(r.runs) >= maxRuns && !r.forget(now) {
			return false
		}
		run = r.newRun(f.Session, rx.Bytes[6:12])
		r.runs[f.Session] = run
	}
	if run.over || !run.tally.Add(rx.Bytes, rx.Length, f, rx.At.UnixNano()) {
		return false
	}
	if f.Kind == probe.KindEnd && run.endHeard.IsZero() {
		run.endHeard = now
		r.next = now
	}
	run.heard, run.clock = now, rx.Clock
	return true
}

// tick ends the runs that are over, and says when to look again.
func (r *Receiver) tick(now time.Time) (next time.Time) {
	next = now.Add(tickLatest)
	r.mu.Lock()
	var ended []*Run
	for _, run := range r.runs {
		if run.over {
			continue
		}
		if end := run.overAt(r.o); !end.After(now) {
			r.end(run)
			ended = append(ended, run)
		} else if end.Before(next) {
			next = end
		}
	}
	r.mu.Unlock()
	for _, run := range ended {
		if r.o.Ended != nil {
			r.o.Ended(run)
		}
	}
	if soonest := now.Add(tickSoonest); next.Before(soonest) {
		return soonest
	}
	return next
}

func (r *Receiver) end(run *Run) {
	run.over = true
	run.after, _ = r.port.Counters()
	run.foreign = r.foreign - run.foreignAtStart
}

func (r *Receiver) endAll() {
	r.mu.Lock()
	var ended []*Run
	for _, run := range r.runs {
		if !run.over {
			r.end(run)
			ended = append(ended, run)
		}
	}
	r.mu.Unlock()
	for _, run := range ended {
		if r.o.Ended != nil {
			r.o.Ended(run)
		}
	}
}

// Received is how many frames of a run have come so far, each counted once,
// and how many it is known to have.
func (r *Receiver) Received(session uint32) (received, expected uint64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run := r.runs[session]
	if run == nil {
		return 0, 0, false
	}
	if p, planned := run.tally.Plan(); planned {
		expected = p.Total
	}
	return run.tally.Received(), expected, true
}

// WentDown says whether the interface was down at some time.
func (r *Receiver) WentDown() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.down
}

// Live returns the sessions of runs that are not over.
func (r *Receiver) Live() (sessions []uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, run := range r.runs {
		if !run.over {
			sessions = append(sessions, id)
		}
	}
	return sessions
}
