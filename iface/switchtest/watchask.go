package switchtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"eterm/frame/ether"
	"eterm/frame/stats"
	"eterm/iface/loop"
	"eterm/iface/talk"
)

// pairWatch is a watch between two machines at the end that asks: A is here, B
// there.
type pairWatch struct {
	cfg    OutageConfig
	ask    *talk.Asker
	end    *end
	cancel context.CancelCauseFunc
	// events are moments of this end; unlisted found no room there.
	events   chan Moment
	unlisted atomic.Int64

	mu     sync.Mutex
	report OutageReport
	clock  peerClock
	state  watchState
	told   int       // moments of the peer that are known
	hushed time.Time // when the forward stream ended; zero: it goes on
	stalls []Moment
}

// How the peer is asked.
const (
	// stateEvery is how often, if its stream is not so fast that it has to be paid
	// for more often.
	stateEvery = 100 * time.Millisecond
	// firstArrival is how long frames may take to arrive at first.
	firstArrival = 2 * time.Second
	// reunite is how long the peer's account is asked for at the end.
	reunite = 20 * time.Second
	// stateLength is about as long as an answer is, with its header.
	stateLength = 200
)

// outageBetween watches between two machines.
func outageBetween(ctx context.Context, cfg OutageConfig) (*OutageReport, error) {
	if cfg.Interval < LeastPairInterval || cfg.Interval > MostPairInterval {
		return nil, fmt.Errorf("an interval of %v: want %v to %v between two machines", cfg.Interval, LeastPairInterval, MostPairInterval)
	}
	w := &pairWatch{cfg: cfg, ask: talk.NewAsker(cfg.Control, cfg.To, nil, cfg.Key), events: make(chan Moment, 256)}
	w.report = OutageReport{Interval: cfg.Interval, Peer: &OutagePeer{MAC: cfg.To.String()}}
	ctx, w.cancel = context.WithCancelCause(ctx)
	defer w.cancel(nil)
	listening, deaf := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	all.Go(func() {
		if err := w.ask.Listen(listening, nil); err != nil {
			w.cancel(err)
		}
	})
	all.Go(w.tell)
	defer all.Wait()
	defer deaf()
	defer close(w.events)
	if err := w.begin(ctx); err != nil {
		return nil, err
	}
	ctx, stop := cfg.until(ctx)
	defer stop()
	if cfg.Follow != nil {
		cfg.Follow(w.soFar)
	}
	err := w.follow(ctx)
	if unheard := w.finish(context.WithoutCancel(ctx), err); err == nil {
		err = unheard
	}
	return &w.report, err
}

// begin finds the peer, lets both streams begin, and waits until frames of both
// arrive.
func (w *pairWatch) begin(ctx context.Context) error {
	first := rand.Uint32() & 0xfffffe
	b, _ := json.Marshal(watchBegin{Forward: first, Reverse: first + 1, Interval: w.cfg.Interval}) // of numbers
	w.end = newEnd(endConfig{port: w.cfg.A, own: MAC(w.cfg.A.HardwareAddr()), peer: MAC(w.cfg.To), sends: first, hears: first + 1, interval: w.cfg.Interval,
		key: w.cfg.Key, clock: w.cfg.Clock, at: portA, tell: w.happened, looped: func(e error) { w.cancel(e) }})
	w.report.Started = time.Now()
	if _, err := w.ask.Begin(ctx, talk.Watch, b, headerLen+w.cfg.A.MTU()); err != nil {
		w.end.stop()
		return err
	}
	w.end.start()
	w.ask.Patience = time.Second
	for end := time.Now().Add(firstArrival); ; {
		err := w.question(ctx)
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		so := w.soFar()
		switch {
		case err == nil && *so[0].Received > 0 && *so[1].Received > 0:
			return nil
		case err == nil && time.Now().Before(end):
			continue
		case err == nil:
			err = fmt.Errorf("%w: of the frames to the peer %d arrived, of those from it %d", ErrNotConnected, *so[0].Received, *so[1].Received)
		}
		w.end.hush()
		w.end.stop()
		_ = w.ask.End(context.WithoutCancel(ctx)) // nobody has to answer
		return err
	}
}

// follow asks the peer until ctx ends. One that does not answer is asked again:
// that is what an outage looks like.
func (w *pairWatch) follow(ctx context.Context) error {
	for ctx.Err() == nil {
		err := w.question(ctx)
		if err == nil {
			err = w.end.broken()
		}
		switch {
		case ctx.Err() != nil:
		case errors.Is(err, talk.ErrNoPeer):
		case err != nil:
			return err
		}
		t := time.NewTimer(w.pause())
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
		}
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) && !errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	return nil
}

// most is the length of the longest question.
func (w *pairWatch) most() int { return w.ask.Room() + talk.Overhead }

// pause is the time to the next question: soon if the peer's stream is not paid
// for ahead.
func (w *pairWatch) pause() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state.Paid < paidFor(2*time.Second, w.cfg.Interval) {
		return w.cfg.Interval
	}
	gain := time.Duration(max(w.most()-stateLength, 1)) * w.cfg.Interval / max(shortest, ether.MinFrame)
	return min(stateEvery, gain/3)
}

// size is how long the next question is: as long as can be while the reserve is
// not full, else as long as pays for what was sent meanwhile.
func (w *pairWatch) size() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state.Paid < min(paidFor(reserveFor, w.cfg.Interval), talk.MostReserve)*9/10 {
		return w.most()
	}
	return stateLength + paidFor(stateEvery, w.cfg.Interval)
}

// question asks the peer how it is.
func (w *pairWatch) question(ctx context.Context) error {
	text, _ := json.Marshal(watchAsk{Told: w.told}) // of a number
	asked := time.Now()
	answer, err := w.ask.AskIn(ctx, opState, text, w.size())
	if err != nil {
		return err
	}
	answered := time.Now()
	var s watchState
	if err := json.Unmarshal(answer, &s); err != nil {
		return errors.New("the peer's answer is none of this version")
	}
	w.mu.Lock()
	w.clock.note(asked, answered, s.Now)
	w.state = s
	w.mu.Unlock()
	if s.Looped {
		w.cancel(&loop.Error{Port: portWord + portB.String(), Returned: true})
	}
	w.fromPeer(s.Moments)
	return nil
}

// fromPeer takes moments of the peer.
func (w *pairWatch) fromPeer(moments []watchMoment) {
	for _, f := range moments {
		if w.told++; w.told > mostKept || !peerWords[f.What] {
			continue // it keeps no more, and knows no others
		}
		w.mu.Lock()
		m := Moment{At: w.clock.here(f.At), What: f.What, For: max(f.For, 0), Within: w.clock.within(time.Now())}
		w.mu.Unlock()
		if f.What == Silent && !w.hushed.IsZero() && m.At.Add(m.Within+2*w.cfg.Interval).After(w.hushed) {
			continue // nothing is sent any more
		}
		switch f.What {
		case Silent, Speaking:
			m.Way = directions[0]
		case Paused:
			m.Way = directions[1]
		case Stalled:
			m.What = PeerStalled
		default:
			m.Port = portB.String()
		}
		w.note(m)
	}
}

// happened takes a moment of this end.
func (w *pairWatch) happened(m Moment) {
	switch m.What {
	case Silent, Speaking:
		m.Way = directions[1]
	case LinkLost, LinkBack:
		m.Port = portA.String()
	}
	select {
	case w.events <- m:
	default:
		w.unlisted.Add(1)
	}
}

// tell notes what happens here until events is closed.
func (w *pairWatch) tell() {
	for m := range w.events {
		w.note(m)
	}
}

// note keeps a moment and tells of it.
func (w *pairWatch) note(m Moment) {
	if w.cfg.Progress != nil {
		w.cfg.Progress(m)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch m.What {
	case Silent, Speaking:
		return // the outage itself stands for them
	case Stalled, PeerStalled, Paused:
		w.stalls = append(w.stalls, m)
	}
	w.report.list(m)
}

// soFar is what was counted each way up to now, as far as the peer has told.
func (w *pairWatch) soFar() []stats.SoFar {
	e := w.end
	e.mu.Lock()
	offered, received, missing := e.sent.Offered, e.tally.Received(), e.tally.Missing()
	e.mu.Unlock()
	dropped, _ := e.host()
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.state
	return []stats.SoFar{
		{Direction: directions[0], Offered: &offered, Received: &s.Got, Missing: &s.Missing},
		{Direction: directions[1], Offered: &s.Sent, Received: &received, Missing: &missing, HostDropped: &dropped},
	}
}
