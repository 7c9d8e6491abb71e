package suite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
	"eterm/iface/talk"
)

// Peer is the other end of trials between two machines: a service of a
// talk.Reflector. It accounts for what arrives on its port, and offers a load in
// reverse to the station that asks and to no other, as far as that proves to
// receive it.
type Peer struct {
	// Open opens the interface, all frames included, for as long as a trial takes.
	Open func() (iface.Port, error)
	// Key is what both ends share; the zero Key is everybody's.
	Key seal.Key
	// About is what the peer says it is. Its MaxRate bounds the loads it offers.
	About About
	// Clock makes the clock that paces a load; nil is pace.Precise.
	Clock func() pace.Clock
	// Began is called when a trial begins and Ended when it is over, with the
	// sessions of its frames.
	Began, Ended func(sessions ...uint32)

	last *peerTrial
}

// Begin takes on a trial: it is the talk.Server. One before that, which lapsed,
// gives the interface back and keeps its account.
func (p *Peer) Begin(s *talk.Session, text []byte, _ int) (talk.Test, []byte, error) {
	var w wireTrial
	if err := json.Unmarshal(text, &w); err != nil {
		return nil, nil, errors.New("not a trial of this version")
	}
	if w.About {
		about := p.About
		about.Version = version
		answer, err := json.Marshal(about)
		return asked{}, answer, err
	}
	if err := w.check(); err != nil {
		return nil, nil, err
	}
	if p.last != nil {
		p.last.End()
	}
	port, err := p.Open()
	if err != nil {
		return nil, nil, err
	}
	t := &peerTrial{p: p, wire: w, session: s, port: port, loaded: make(chan struct{}), begin: make(chan struct{})}
	if err := t.start(); err != nil {
		t.End()
		return nil, nil, err
	}
	p.last = t
	return t, nil, nil
}

// asked is the test of who wanted to know what the peer is.
type asked struct{}

func (asked) Do(talk.Op, []byte, int) ([]byte, error) {
	return nil, errors.New("not an operation of a trial")
}
func (asked) Lapse() {}
func (asked) End()   {}

// peerTrial is a trial at its peer.
type peerTrial struct {
	p       *Peer
	wire    wireTrial
	session *talk.Session
	port    iface.Port

	receiver *receiver
	arriving *arriving // nil: no load forward
	stop     context.CancelFunc
	served   sync.WaitGroup
	once     sync.Once

	// The load in reverse: it begins when begin is closed, and loaded is when it
	// is over.
	sender        *sender
	challenger    *linktest.Challenger
	begin, loaded chan struct{}
	going         bool

	end      *wireEnd // of the load forward, once that is over
	deadline time.Time
	halves   []byte // what was answered

	looped looped

	mu     sync.Mutex
	ready  bool
	failed error
}

// start lets the port receive, and makes the load in reverse ready.
func (t *peerTrial) start() error {
	ctx, cancel := context.WithCancel(context.Background())
	t.stop = cancel
	t.receiver = newReceiver(t.port, false, func(source []byte) bool { return string(source) == string(t.session.Peer[:]) })
	t.receiver.key = t.p.Key
	t.receiver.looped = t.looped.found
	if t.wire.Reverse != 0 {
		if err := t.reverse(ctx); err != nil {
			cancel()
			return err
		}
	}
	if t.wire.Forward != 0 {
		t.forward()
	}
	if t.p.Began != nil {
		t.p.Began(t.wire.Forward, t.wire.Learn)
	}
	t.served.Go(func() {
		if err := t.receiver.serve(ctx); err != nil {
			t.fail(err)
		}
	})
	return nil
}

// forward expects the load forward.
func (t *peerTrial) forward() {
	s := t.wire.spec()
	own := t.session.Own[:]
	mirrored := t.wire.Load.Load(t.session.Peer[:], own)
	shape := s.shape(mirrored, Reverse, t.wire.Profile) // the mirror's mirror
	shape.Key, shape.Streams = t.p.Key, len(flowsOf(t.wire.pairs(), s.BroadcastEvery))
	t.arriving = t.receiver.arriving(t.wire.Forward, shape.Plan(), shape.Count)
}

// reverse makes the load in reverse ready: from now on the asker proves that it
// receives.
func (t *peerTrial) reverse(ctx context.Context) error {
	s := t.wire.spec()
	shape := s.shape(t.wire.Load.Load(t.session.Peer[:], t.session.Own[:]), Forward, t.wire.Profile)
	shape.Key = t.p.Key
	if most := t.p.About.MaxRate; most > 0 {
		for _, p := range t.wire.Profile {
			if p.Rate == 0 || p.Rate > most {
				return fmt.Errorf("a load faster than %.0f frames/s: start the other end with a greater --max-rate", most)
			}
		}
	}
	if err := shape.Check(t.port.MTU()); err != nil {
		return err
	}
	f, _, err := newFrames(shape, []pair{{shape.Dst, shape.Src}}, 0, t.wire.Reverse)
	if err != nil {
		return err
	}
	clock := newClock(t.p.Clock)
	w := talk.NewWindow(t.session, ahead(shape, t.wire.Profile), 0)
	t.receiver.sends(t.wire.Reverse)
	if t.challenger, err = linktest.NewChallenger(ctx, t.port, shape, t.wire.Reverse, w, clock()); err != nil {
		return err
	}
	t.sender = newSender(t.challenger, clock(), f, t.wire.Profile)
	t.served.Go(func() { t.offer(ctx) })
	return nil
}

// mostAhead bounds a window in bytes, for loads without a rate.
const mostAhead = 64 << 20

// ahead is how many bytes a window needs so that a load is never held up while
// proofs come at all: those of a second, or of all of it.
func ahead(l linktest.Load, profile []Segment) uint64 {
	mean, fastest := 0.0, 0.0
	for _, s := range l.Sizes {
		mean += float64(s) / float64(len(l.Sizes))
	}
	most := 1.25 * mean * float64(Spec{Profile: profile}.Frames())
	for _, p := range profile {
		if p.Rate == 0 {
			return uint64(min(most, mostAhead)) + 1<<14
		}
		fastest = max(fastest, p.Rate)
	}
	return uint64(min(most, 1.25*mean*fastest*talk.ProofLease.Seconds())) + 1<<14
}

// offer offers the load in reverse when it is time.
func (t *peerTrial) offer(ctx context.Context) {
	defer close(t.loaded)
	if err := t.challenger.Prove(); err != nil {
		t.fail(err)
		return
	}
	t.mu.Lock()
	t.ready = true
	t.mu.Unlock()
	select {
	case <-t.begin:
		sending, stop := t.looped.stops(ctx)
		defer stop()
		t.sender.send(sending)
	case <-ctx.Done():
	}
}

func (t *peerTrial) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed == nil {
		t.failed = err
	}
}

// Lapse: who asks may be behind a device that loses all it is sent. The load is
// finite, and in reverse it ends when no proof comes.
func (t *peerTrial) Lapse() {}

// End ends all and gives the interface back. An account that was told stays.
func (t *peerTrial) End() {
	t.once.Do(func() {
		t.stop()
		t.served.Wait()
		t.port.Close()
		if t.p.Ended != nil {
			t.p.Ended(t.wire.Forward, t.wire.Learn)
		}
	})
}
