package linktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"eterm/frame/ether"
	"eterm/frame/seal"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/load/pace"
	"eterm/iface/loop"
	"eterm/iface/talk"
)

// PairOptions say how a link is tested together with a Peer at its other end.
type PairOptions struct {
	// To is the peer's address; a group address finds the only one there is.
	To net.HardwareAddr
	// Load goes forward, and its mirror image in reverse; Dst and Src are
	// filled in.
	Load             Load
	Forward, Reverse bool
	// Session is that of the frames forward, ReverseSession of those in reverse.
	Session, ReverseSession uint32
	SharedClock             bool
	Drain                   time.Duration
	Limits                  Limits
	// Key is what both ends share, for what they say and for the marks; the zero
	// Key is everybody's.
	Key seal.Key
	// Reunite is how long to wait, at the end, for a peer that does not answer
	// any more: 20 s if 0.
	Reunite time.Duration
	// Clock paces the frames; nil is pace.Precise.
	Clock pace.Clock
	// Follow, if not nil, is given what tells how far the test is, as far as both
	// ends know, and whether the peer does not answer at the moment.
	Follow func(so stats.Source, silent func() bool)
}

// mostSizes bounds what a peer is told and takes.
const mostSizes = 64

// stateEvery is how often the peer is asked how far it is, in questions of
// stateSize bytes: as long as the answer.
const (
	stateEvery = 200 * time.Millisecond
	stateSize  = 400
)

// pair is one test at the end that asks.
type pair struct {
	PairOptions
	port    iface.Port
	control iface.Port
	ask     *talk.Asker
	rtt     *rtt
	rx      *Receiver
	proofs  chan talk.Proof
	forward Sent
	sendErr error
	over    chan struct{} // the run in reverse is over
	looped  chan struct{} // frames go round in a loop

	asked time.Time // when the peer was asked for delays

	mu      sync.Mutex
	offered uint64
	state   wireState // what the peer said last
	// What was offered and received here when it said that.
	offeredThen, receivedThen uint64
	silent                    bool // it does not answer
}

// Pair tests a link in one or both directions with a Peer. Test frames go over
// port, questions over control: two ports of one interface, the second with
// talk.Filter. The total is valid also when there is an error, as far as it
// goes.
func Pair(ctx context.Context, port, control iface.Port, o PairOptions) (Total, error) {
	if len(o.Load.Sizes) > mostSizes {
		return Total{}, fmt.Errorf("%d frame sizes: want at most %d where the other end is told of them", len(o.Load.Sizes), mostSizes)
	}
	if o.Reunite == 0 {
		o.Reunite = 20 * time.Second
	}
	p := &pair{PairOptions: o, port: port, control: control, over: make(chan struct{}), looped: make(chan struct{}), proofs: make(chan talk.Proof, 64)}
	if err := p.find(ctx); err != nil {
		return Total{}, err
	}
	p.rx = NewReceiver(port, ReceiveOptions{SharedClock: o.SharedClock, Key: o.Key, Only: o.ReverseSession, Drain: o.Drain,
		Ended: func(*Run) { close(p.over) }, Challenge: p.challenged, Own: o.Session, Looped: func(*loop.Error) { close(p.looped) }})
	p.rx.Expect(o.ReverseSession, p.ask.Peer())
	serving, stop := context.WithCancel(context.Background())
	defer stop()
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	var served, listened error
	all.Go(func() { served = p.rx.Serve(serving) })
	all.Go(func() { listened = p.ask.Listen(serving, p.rtt.take) })
	if err := p.begin(ctx); err != nil {
		return Total{}, err
	}
	if o.Follow != nil {
		o.Follow(p.soFar, func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.silent
		})
	}
	all.Go(func() { p.prove(serving) })
	err := p.run(ctx)
	t, tellErr := p.collect(ctx, err)
	stop()
	all.Wait()
	return t, errors.Join(err, tellErr, served, listened)
}

// find finds the peer.
func (p *pair) find(ctx context.Context) error {
	tags, err := p.Load.Tags()
	if err != nil {
		return err
	}
	if ether.IsGroup(p.To) {
		found, err := talk.Find(ctx, p.control, tags, p.Key)
		if err != nil {
			return err
		}
		if len(found) > 1 {
			return fmt.Errorf("%d peers reply: name one: %v", len(found), found)
		}
		p.To = found[0]
	}
	p.ask = talk.NewAsker(p.control, p.To, tags, p.Key)
	p.rtt = newRTT(p.ask, p.control.HardwareAddr(), tags)
	p.Load.Dst, p.Load.Src, p.Load.Key = p.To, p.port.HardwareAddr(), p.Key
	return p.Load.Check(p.port.MTU())
}

// challenged passes a challenge on, to be answered.
func (p *pair) challenged(_ uint32, proof talk.Proof) {
	select {
	case p.proofs <- proof:
	default: // another will come
	}
}

// prove tells the peer what its challenges said.
func (p *pair) prove(ctx context.Context) {
	for {
		select {
		case proof := <-p.proofs:
			_ = p.ask.Prove(proof) // one that is lost is like any other
		case <-ctx.Done():
			return
		}
	}
}

// begin makes the peer ready, and has it send if asked to.
func (p *pair) begin(ctx context.Context) error {
	b := wireBegin{Forward: p.Session, Reverse: p.ReverseSession}
	if p.Reverse {
		b.Load = p.Load.Mirror()
	}
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	_, err = p.ask.Begin(ctx, talk.Link, text, ether.MaxFrame(min(p.port.MTU(), 1500), false))
	return err
}

// run sends, and meanwhile keeps the peer at work and measures round trips,
// until both ends have sent all.
func (p *pair) run(ctx context.Context) error {
	sending, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if p.Forward {
			p.forward, p.sendErr = Send(sending, p.port, p.Load, SendOptions{Session: p.Session, Clock: p.Clock, Offered: func(n uint64) {
				p.mu.Lock()
				p.offered = n
				p.mu.Unlock()
			}})
		}
	}()
	err := p.watch(ctx, done)
	cancel()
	<-done
	return err
}

// watch returns when both ends have sent all, or ctx ends, or the ports do. A
// peer that does not answer may come back: what is left of the load goes on.
func (p *pair) watch(ctx context.Context, sent <-chan struct{}) error {
	var last wireState
	answered := time.Now()
	for {
		silent, err := p.look(ctx, &last)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // what was measured so far is a result
		}
		if err != nil {
			return err
		}
		if last.Loop {
			return nil // sending ends, here and there
		}
		if !silent {
			answered = time.Now()
		}
		if err := p.rtt.echo(ctx, silent); err != nil {
			return err
		}
		wait := time.NewTimer(stateEvery)
		select {
		case <-sent:
			// One that is silent for a lease sends no more; sooner it may just not
			// have been heard.
			if !p.Reverse || last.Sent || silent && time.Since(answered) >= talk.Lease {
				wait.Stop()
				return nil
			}
			<-wait.C
		case <-p.looped:
			wait.Stop()
			return nil
		case <-wait.C:
		case <-ctx.Done():
		}
		wait.Stop()
	}
}

// look asks how far the peer is, and whether it answers at all.
func (p *pair) look(ctx context.Context, last *wireState) (silent bool, err error) {
	p.ask.Patience = talk.Lease / 4
	defer func() { p.ask.Patience = talk.Lease }()
	text, err := p.ask.AskIn(ctx, opState, p.question(time.Now()), stateSize)
	switch {
	case errors.Is(err, talk.ErrNoPeer), errors.Is(err, talk.ErrLapsed):
		p.heard(*last, err)
		return true, nil
	case err != nil:
		return false, err
	}
	var now wireState
	if err := json.Unmarshal(text, &now); err != nil {
		return false, fmt.Errorf("the other end says nothing of use: %w", err)
	}
	*last = now
	p.heard(now, nil)
	return false, nil
}
