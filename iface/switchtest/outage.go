package switchtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"time"

	"eterm/frame/seal"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/load/pace"
)

// OutageConfig says how to watch a switch for times when it does not forward.
type OutageConfig struct {
	A, B iface.Port
	// Control and To are of a watch between two machines, where B is nil: another
	// port of A's interface, with talk.Filter, and the address of the other, where
	// a talk.Reflector has a WatchPeer. The interval is at least LeastPairInterval.
	Control iface.Port
	To      net.HardwareAddr
	// Interval is between frames each way; 10 ms if 0.
	Interval time.Duration
	// Duration ends the watch; 0 leaves that to the context.
	Duration time.Duration
	// Progress, if set, is told what happens when it happens.
	Progress func(Moment)
	// Follow, if set, is given what tells how far the watch is, each way.
	Follow func(stats.Source)
	// Key, if not zero, seals the frames: others with marks of this watch are
	// counted as forged, and are in no account.
	Key seal.Key
	// Clock paces the frames; nil is pace.Timers.
	Clock pace.Clock
}

// Moment is something that happened while a switch was watched.
type Moment struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`
	// Port is A or B; of an outage, Way is the direction.
	Port string `json:"port,omitempty"`
	Way  string `json:"way,omitempty"`
	// Of an outage: frames lost and its length in both ways of RFC 6201.
	Frames  uint64        `json:"frames,omitempty"`
	ByCount time.Duration `json:"by_count_ns,omitempty"`
	ByTime  time.Duration `json:"by_time_ns,omitempty"`
	// For is how long a host stalled, or the peer sent nothing.
	For time.Duration `json:"for_ns,omitempty"`
	// Within is how far off the time may be: it is of the peer's clock.
	Within time.Duration `json:"within_ns,omitempty"`
}

// What can happen. Silent and Speaking are told at once; the outage between
// them is exact, but known only when the watch is over.
const (
	Silent    = "nothing arrives"
	Speaking  = "frames arrive again"
	LinkLost  = "link lost"
	LinkBack  = "link back"
	Forgotten = "addresses forgotten"
	AnOutage  = "outage"
	// Stalled: this host did not send for a while, whatever the switch did.
	Stalled = "this host stalled"
	// PeerStalled: the host at the other end did.
	PeerStalled = "the peer stalled"
	// Paused: the peer sent nothing of the reverse stream, for it had heard no
	// question for longer than was paid for.
	Paused = "the peer sent nothing: it was not asked"
)

// Outage sends a small stream both ways until it is time, and reports when
// frames did not arrive, on one timeline with losses of the link and with the
// moments at which the switch forgot the addresses on a port. It fails with
// ErrNotConnected if nothing arrives at first, and with a *loop.Error.
func Outage(ctx context.Context, cfg OutageConfig) (*OutageReport, error) {
	orElse(&cfg.Interval, 10*time.Millisecond)
	if cfg.Clock == nil {
		cfg.Clock = pace.Timers()
	}
	if cfg.B == nil {
		return outageBetween(ctx, cfg)
	}
	check := Config{A: cfg.A, B: cfg.B, Key: cfg.Key}
	check.complete()
	r := newRig(ctx, &check)
	r.start()
	err := r.control()
	r.stop()
	switch {
	case errors.Is(err, errSilent):
		return nil, fmt.Errorf("%w: %w", ErrNotConnected, err)
	case err != nil:
		return nil, err
	}
	ctx, cancel := cfg.until(ctx)
	defer cancel()
	return newWatch(cfg, r).run(ctx)
}

// until is ctx, ended after the duration if there is one.
func (c *OutageConfig) until(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.Duration > 0 {
		return context.WithTimeout(ctx, c.Duration)
	}
	return context.WithCancel(ctx)
}

// watch is a watch under way.
type watch struct {
	cfg    OutageConfig
	rig    *rig
	report OutageReport
	began  uint64    // frames the host had lost before
	downs  [2]uint64 // how often the interfaces had been set down before
	ways   [2]*way
	cancel context.CancelCauseFunc
	events chan Moment
	sent   atomic.Int64 // when frames were sent last, Unix nanoseconds
	stalls []Moment
	forged atomic.Uint64 // frames of no one with the key
}

func newWatch(cfg OutageConfig, r *rig) *watch {
	w := &watch{cfg: cfg, rig: r, began: r.hostLost(), events: make(chan Moment, 256)}
	w.report.Interval = cfg.Interval
	w.downs = r.downs()
	first := rand.Uint32() & 0xfffff0
	for i := range w.ways {
		w.ways[i] = newWay(side(i), first+uint32(i)*4, r, cfg.Interval)
	}
	return w
}

// run watches until ctx ends.
func (w *watch) run(ctx context.Context) (*OutageReport, error) {
	w.report.Started = time.Now()
	ctx, w.cancel = context.WithCancelCause(ctx)
	defer w.cancel(nil)
	done := make(chan error, len(w.ways))
	receiving, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	for _, y := range w.ways {
		go y.receive(receiving, w, done)
	}
	sent := make(chan error, 1)
	go func() { sent <- w.send(ctx) }()
	if w.cfg.Follow != nil {
		w.cfg.Follow(w.soFar)
	}
	err := w.follow(ctx)
	if e := <-sent; err == nil {
		err = e
	}
	time.Sleep(max(10*w.cfg.Interval, 100*time.Millisecond)) // the last frames may be on their way
	end()
	for range w.ways {
		if e := <-done; err == nil {
			err = e
		}
	}
	w.finish()
	return &w.report, err
}

// follow notes what happens, and looks after silence and the links.
func (w *watch) follow(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case m := <-w.events:
			w.note(m)
		case now := <-tick.C:
			for _, y := range w.ways {
				y.look(w, now)
			}
		case <-ctx.Done():
			if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) && !errors.Is(cause, context.DeadlineExceeded) {
				return cause
			}
			return nil
		}
	}
}

// note keeps a moment and tells of it.
func (w *watch) note(m Moment) {
	if w.cfg.Progress != nil {
		w.cfg.Progress(m)
	}
	if m.What == Silent || m.What == Speaking {
		return // the outage itself stands for them
	}
	w.report.list(m)
}

// mostAtOnce bounds the frames each way that are sent at once after a stall.
const mostAtOnce = 32

// send keeps both streams going. Every frame that is due is sent, late where
// this host was late, so that numbers missing at the other port are the
// switch's.
func (w *watch) send(ctx context.Context) error {
	interval := w.cfg.Interval
	pacer := pace.New(func(n uint64) time.Duration { return time.Duration(n) * interval }, w.cfg.Clock)
	n := 0
	for due := pacer.Next(mostAtOnce, ctx.Done()); due > 0; due = pacer.Next(mostAtOnce, ctx.Done()) {
		w.noteStall(time.Now())
		for range due {
			for _, y := range w.ways {
				if err := y.send(n); err != nil {
					w.cancel(err)
					return err
				}
			}
			n++
		}
	}
	return nil
}

// noteStall notes that nothing was sent for too long, if that is so.
func (w *watch) noteStall(now time.Time) {
	last := time.Unix(0, w.sent.Swap(now.UnixNano()))
	if d := now.Sub(last); last.UnixNano() != 0 && d > patienceOf(w.cfg.Interval) {
		m := Moment{At: last, What: Stalled, For: d}
		w.stalls = append(w.stalls, m)
		w.tell(m)
	}
}

// patienceOf is for how long nothing may come, or be sent, without being told of.
func patienceOf(interval time.Duration) time.Duration { return max(3*interval, 50*time.Millisecond) }

// finish puts the outages on the timeline.
func (w *watch) finish() {
	for len(w.events) > 0 {
		w.note(<-w.events)
	}
	w.report.Took = time.Since(w.report.Started)
	w.report.HostLost = w.rig.hostLost() - w.began
	w.report.Forged = w.rig.account.forgedSoFar() + w.forged.Load()
	for i, now := range w.rig.downs() {
		w.report.SetDown[i] = now - min(now, w.downs[i])
	}
	for i, y := range w.ways {
		w.report.Ways[i] = y.account()
	}
	w.report.outages(w.stalls)
}
