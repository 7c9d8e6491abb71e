package suite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"eterm/frame/stats"
	"eterm/iface/talk"
)

// span is a load of a trial under way between two machines.
type span struct {
	p       *TwoMachines
	wire    wireTrial
	spec    Spec
	sender  *sender   // nil: nothing goes forward
	arrives *arriving // nil: nothing comes in reverse

	mu  sync.Mutex
	how wireHow // what the peer said last
}

// run offers a profile in all directions of s at once, and accounts for it.
func (p *TwoMachines) run(ctx context.Context, s Spec, profile []Segment, load bool) ([]Account, error) {
	l := &span{p: p, wire: p.wire(s, profile), spec: s}
	for _, d := range s.Directions {
		if err := l.prepare(d, profile); err != nil {
			return nil, err
		}
	}
	if err := p.begin(ctx, l.wire); err != nil {
		return nil, err
	}
	defer l.abandon()
	if err := l.ready(ctx); err != nil {
		return nil, err
	}
	if !load {
		if fastest, err := l.replies(ctx); err != nil {
			return nil, err
		} else if p.floor == 0 || fastest < p.floor {
			p.floor = fastest
		}
	}
	if load {
		for _, d := range s.Directions {
			p.followed.begin(d, func(now *stats.SoFar) counted { return l.soFar(d, now) })
			defer p.followed.end(d, nil, 0)
		}
		if s.Reset != "" && p.Reset != nil {
			defer resetAfter(ctx, s, p.Reset)()
		}
	}
	if err := l.offer(ctx); err != nil {
		return nil, err
	}
	accounts, bytes, err := l.account(ctx)
	if err != nil {
		return nil, err
	}
	for i := range accounts {
		if load {
			p.followed.end(accounts[i].Direction, &accounts[i], bytes[i])
		}
	}
	return accounts, p.ask.End(ctx)
}

// prepare makes what is here of one direction ready.
func (l *span) prepare(d Direction, profile []Segment) error {
	p, session := l.p, newSession(l.p.random)
	shape := l.spec.shape(p.Load, d, profile)
	pairs := p.addresses(l.spec.Addresses)
	shape.Dst, shape.Src = pairs[0].dst, pairs[0].src
	if err := shape.Check(p.Port.MTU()); err != nil {
		return err
	}
	if d == Reverse {
		l.wire.Reverse = session
		l.arrives = p.receiver.arriving(session, shape.Plan(), shape.Count)
		return nil
	}
	l.wire.Forward = session
	p.receiver.sends(session)
	f, _, err := newFrames(shape, pairs, l.spec.BroadcastEvery, session)
	if err != nil {
		return err
	}
	l.sender = newSender(p.Port, p.Clock(), f, profile)
	return nil
}

// abandon lets go of what was prepared, if nobody took it.
func (l *span) abandon() {
	if l.arrives != nil && !l.arrives.told {
		l.arrives.half(SentHalf{}.account(0))
	}
}

const (
	// howEvery is how often the peer is asked how far it is, in questions of
	// howSize bytes: as long as the answer.
	howEvery = 200 * time.Millisecond
	howSize  = 400
	// readySoon is how often it is asked whether it is ready, and readyIn how
	// long that may take.
	readySoon = 10 * time.Millisecond
	readyIn   = 5 * time.Second
)

// ready waits until the peer can send as much as the load needs.
func (l *span) ready(ctx context.Context) error {
	if l.arrives == nil {
		return nil
	}
	for limit := time.Now().Add(readyIn); ; {
		how, err := l.asks(ctx, talk.Lease)
		switch {
		case err != nil:
			return lostControl(err)
		case how.Failed != "":
			return &invalid{Reason{Control, "the other end cannot send: " + printable(how.Failed)}}
		case how.Ready:
			return nil
		case time.Now().After(limit):
			return &invalid{Reason{Control, "this end did not prove to the other in time that it receives"}}
		}
		if err := pause(ctx, readySoon.Seconds()); err != nil {
			return err
		}
	}
}

// asks asks how far the peer is.
func (l *span) asks(ctx context.Context, patience time.Duration) (how wireHow, err error) {
	l.p.ask.Patience = patience
	text, err := l.p.ask.AskIn(ctx, opHow, nil, howSize)
	if err == nil {
		err = json.Unmarshal(text, &how)
	}
	if err != nil {
		return how, err
	}
	l.mu.Lock()
	l.how = how
	l.mu.Unlock()
	return how, nil
}

// offer has both ends send, and waits until both have. Of the peer that is
// known when it says so, or when it was not heard for longer than its load takes.
func (l *span) offer(ctx context.Context) error {
	if l.arrives != nil {
		l.p.ask.Patience = talk.Lease
		if _, err := l.p.ask.AskIn(ctx, opGo, nil, 0); err != nil {
			return lostControl(err)
		}
	}
	over := time.Now().Add(time.Duration((Spec{Profile: l.wire.Profile}.Seconds())*1e9) + talk.Lease)
	sending, stop := l.p.looped.stops(ctx)
	defer stop()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		if l.sender != nil {
			l.sender.send(sending)
		}
	}()
	err := l.keep(ctx, over, sent)
	stop()
	<-sent
	if err == nil {
		err = l.p.looped.err()
	}
	if err == nil && l.sender != nil {
		err = gone(l.sender.err)
	}
	return err
}

// errLoop is a loop that the peer sees.
var errLoop = errors.New("the other end sees a loop")

// keep asks how far the peer is, so that it goes on, until both ends have sent
// all. Under a load that the device cannot forward it may not be heard.
func (l *span) keep(ctx context.Context, over time.Time, sent <-chan struct{}) error {
	tick := time.NewTicker(howEvery)
	defer tick.Stop()
	for here := sent; ; {
		how, err := l.asks(ctx, howEvery)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch {
		case err == nil && how.Loop != "":
			return fmt.Errorf("%v: %w: %s", l.p.To, errLoop, printable(how.Loop))
		case err == nil && how.Failed != "":
			return nil // its account says what it sent
		}
		if here == nil && (l.arrives == nil || err == nil && how.Sent || time.Now().After(over)) {
			return nil
		}
		select {
		case <-here:
			here = nil
		case <-tick.C:
		case <-ctx.Done():
		case err := <-l.p.gone:
			return err
		}
	}
}

// soFar is how far one direction is, as far as both ends know.
func (l *span) soFar(d Direction, now *stats.SoFar) (c counted) {
	l.mu.Lock()
	how := l.how
	l.mu.Unlock()
	if d == Reverse {
		c = l.arrives.counted(now)
		c.offered = max(how.Offered, c.received)
		return c
	}
	return counted{l.sender.port.told.Load(), how.Received, how.Missing, how.Bytes}
}

// calmReplies is how many replies are timed, and calmSlack by how much the
// fastest may be slower than before: the other end is a program, which is not
// always as fast.
const (
	calmReplies = 3
	calmSlack   = 200 * time.Microsecond
)

// calm times replies of the peer, which go through the device like all else:
// where nothing is queued they take no longer than they did.
func (p *TwoMachines) calm(ctx context.Context, s Spec, _ []Account) (bool, error) {
	l := &span{p: p, wire: p.wire(s, nil), spec: s}
	if err := p.begin(ctx, l.wire); err != nil {
		return false, err
	}
	fastest, err := l.replies(ctx)
	if err != nil {
		return false, err
	}
	return fastest <= p.floor+p.floor/10+calmSlack, p.ask.End(ctx)
}

// replies times some replies and gives the fastest.
func (l *span) replies(ctx context.Context) (fastest time.Duration, err error) {
	for i := range calmReplies {
		began := time.Now()
		if _, err := l.asks(ctx, talk.Lease); err != nil {
			return 0, lostControl(err)
		}
		if took := time.Since(began); i == 0 || took < fastest {
			fastest = took
		}
	}
	return fastest, nil
}

// printable is what a peer says, with nothing in it that moves a terminal.
func printable(s string) string { return fmt.Sprintf("%.200q", s) }
