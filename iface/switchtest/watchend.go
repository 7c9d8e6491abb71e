package switchtest

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"eterm/frame/probe"
	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/load/pace"
	"eterm/iface/loop"
)

// endConfig is what one end of a watch between two machines is told.
type endConfig struct {
	port       iface.Port
	own, peer  MAC
	sends      uint32 // session of the stream it sends
	hears      uint32 // and of the one it counts
	interval   time.Duration
	key        seal.Key
	clock      pace.Clock
	maySend    func(bytes int) bool // nil: always
	tell       func(Moment)         // is called with the end's lock held
	looped     func(error)          // likewise
	at         side                 // which port it is, for a loop's sentence
	ready      func() bool          // nil: sends at once; else when it is true
	unsendable error                // why it sends no more; under mu
}

// end is one end of a watch between two machines, the same on both: it sends one
// stream, counts the other, and looks after its link.
type end struct {
	endConfig
	cancel  context.CancelFunc // of everything
	quiet   context.CancelFunc // of sending alone
	sending sync.WaitGroup
	over    sync.WaitGroup
	started time.Time
	before  iface.Counters

	mu      sync.Mutex
	tally   *probe.Tally
	guard   loop.Guard
	stream  []byte
	writer  probe.Writer
	sent    probe.SenderAccount
	lastOut time.Time
	paused  time.Time // since when nothing is sent by rule; zero: it is sent
	pauses  uint64    // frames that were not sent for that
	last    time.Time // of the last frame that came; zero: none yet
	silent  bool
	ending  bool // silence is no news any more
	links   uint64
	lost    bool // the link is
	forged  uint64
}

// newEnd begins to count, and to send with start.
func newEnd(c endConfig) *end {
	e := &end{endConfig: c, started: time.Now()}
	plan := probe.Plan{Length: shortest - headerLen, TCI: probe.Untagged, Interval: uint64(c.interval.Nanoseconds()) * 1000}
	e.tally = probe.NewTally(c.hears, true)
	e.tally.Planned(plan)
	e.stream = append(append(e.stream, c.peer[:]...), c.own[:]...)
	e.stream = append(e.stream, probe.EtherType>>8, probe.EtherType&0xff)
	var kind probe.Kind
	if c.key.IsZero() {
		e.stream, kind = plan.AppendPayload(e.stream)
	} else {
		e.tally.Sealed(c.key)
		e.stream, kind = plan.AppendSealedPayload(e.stream)
	}
	e.writer = probe.NewSealedWriter(e.stream, headerLen, kind, 0, c.sends, c.key)
	e.before, _ = c.port.Counters()
	e.links = e.before.CarrierChanges
	ctx, cancel := context.WithCancel(context.Background())
	e.cancel = cancel
	e.over.Go(func() { e.receive(ctx) })
	e.over.Go(func() { e.lookAfter(ctx) })
	return e
}

// start begins to send.
func (e *end) start() {
	ctx, cancel := context.WithCancel(context.Background())
	e.quiet = cancel
	e.sending.Go(func() { e.send(ctx) })
}

// hush ends sending, and returns what was sent.
func (e *end) hush() probe.SenderAccount {
	e.quiet()
	e.sending.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.resume(time.Now())
	if e.sent.Elapsed == 0 {
		e.sent.Elapsed = uint64(time.Since(e.started))
	}
	return e.sent
}

// stop ends the rest too, when what has come is read.
func (e *end) stop() {
	e.cancel()
	e.over.Wait()
}

// account is what became of the stream that is counted, whose sender says what
// it sent; nil: it did not.
func (e *end) account(sent *probe.SenderAccount) probe.Report {
	e.mu.Lock()
	defer e.mu.Unlock()
	if sent != nil {
		e.tally.End(*sent)
	}
	return e.tally.Report()
}

// host is what this machine did: frames it dropped, and how often the interface
// was set down.
func (e *end) host() (dropped, downs uint64) {
	c, err := e.port.Counters()
	if err != nil {
		return 0, 0
	}
	c = c.Sub(e.before)
	return c.HostDropped(), c.Downs
}

// receive counts the stream that comes.
func (e *end) receive(ctx context.Context) {
	err := iface.Frames(ctx, e.port, make([]iface.Received, burst), func(rx []iface.Received) error {
		e.mu.Lock()
		defer e.mu.Unlock()
		for i := range rx {
			e.take(&rx[i])
		}
		return nil
	})
	if err != nil && !errors.Is(err, net.ErrClosed) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.unsendable = err
	}
}

func (e *end) take(rx *iface.Received) {
	f, ok := probe.Find(rx.Bytes)
	if !ok || f.Session != e.hears && f.Session != e.sends {
		return
	}
	if !e.key.IsZero() && probe.Verify(e.key, rx.Bytes, &f) != probe.SealRight {
		e.forged++
		return
	}
	from := opposite(e.at)
	if f.Session == e.sends {
		from = e.at
	}
	if err := loops(&e.guard, mark{seq: f.Seq, from: from}, e.at, rx.Bytes); err != nil {
		e.looped(err)
		return
	}
	e.tally.Add(rx.Bytes, rx.Length, f, rx.At.UnixNano())
	e.last = rx.At
	if e.silent {
		e.silent = false
		e.tell(Moment{At: rx.At, What: Speaking})
	}
}

// send sends the stream. What may not be sent gets no number: it is never lost.
func (e *end) send(ctx context.Context) {
	pacer := pace.New(func(n uint64) time.Duration { return time.Duration(n) * e.interval }, e.clock)
	for due := pacer.Next(mostAtOnce, ctx.Done()); due > 0; due = pacer.Next(mostAtOnce, ctx.Done()) {
		e.mu.Lock()
		if now := time.Now(); e.ready == nil || e.ready() {
			e.ready = nil
			if d := now.Sub(e.lastOut); !e.lastOut.IsZero() && e.paused.IsZero() && d > patienceOf(e.interval) {
				e.tell(Moment{At: e.lastOut, What: Stalled, For: d})
			}
			for range due {
				e.sendOne(now)
			}
			e.lastOut = now
		}
		e.mu.Unlock()
	}
}

func (e *end) sendOne(now time.Time) {
	if e.maySend != nil && !e.maySend(len(e.stream)) {
		if e.paused.IsZero() {
			e.paused = now
		}
		e.pauses++
		return
	}
	e.resume(now)
	e.writer.Write(uint32(e.sent.Offered), probe.Ticks(now.UnixNano()))
	e.sent.Offered++
	n, err := e.port.Send([][]byte{e.stream})
	if n <= 0 {
		e.sent.Refused++ // a full queue or a link that is down is part of an outage
	}
	if errors.Is(err, iface.ErrGone) {
		e.unsendable = err
	}
}

// resume notes that a pause is over.
func (e *end) resume(now time.Time) {
	if !e.paused.IsZero() {
		e.tell(Moment{At: e.paused, What: Paused, For: now.Sub(e.paused)})
		e.paused = time.Time{}
	}
}

// broken is why the port is of no use any more; nil while it is.
func (e *end) broken() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.unsendable
}

// lookAfter looks after silence and the link.
func (e *end) lookAfter(ctx context.Context) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			e.look(now)
		case <-ctx.Done():
			return
		}
	}
}

func (e *end) look(now time.Time) {
	c, err := e.port.Counters()
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.silent && !e.ending && !e.last.IsZero() && now.Sub(e.last) > patienceOf(e.interval) {
		e.silent = true
		e.tell(Moment{At: e.last, What: Silent})
	}
	for err == nil && e.links < c.CarrierChanges {
		e.links++
		e.lost = !e.lost
		what := LinkBack
		if e.lost {
			what = LinkLost
		}
		e.tell(Moment{At: now, What: what})
	}
}
