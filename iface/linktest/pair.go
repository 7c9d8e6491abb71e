package linktest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"eterm/iface"
	"eterm/iface/load/pace"
)

// PairOptions say how a link is tested together with a Partner at its far end.
type PairOptions struct {
	// To is the partner's address; the broadcast address finds one.
	To net.HardwareAddr
	// Load goes forth, and its mirror image back; Dst and Src are filled in.
	Load        Load
	Forth, Back bool
	// Session is that of the frames forth, BackSession of those back.
	Session, BackSession uint32
	SharedClock          bool
	Settle               time.Duration
	Limits               Limits
	// Clock paces the frames; nil is pace.Precise.
	Clock pace.Clock
	// Progress, if not nil, is called every 200 ms.
	Progress func(forthOffered, forthReceived, backOffered, backReceived uint64)
}

// mostSizes bounds what a partner is told and takes.
const mostSizes = 64

// stateEvery is how often the partner is asked how far it is.
const stateEvery = 200 * time.Millisecond

// pair is one test at the end that asks.
type pair struct {
	PairOptions
	port    iface.Port
	ask     *asker
	rx      *Receiver
	forth   Sent
	sendErr error
	over    chan struct{} // the run back is over

	mu      sync.Mutex
	offered uint64
}

// Pair tests a link in one or both directions with a Partner. Test frames go
// over port, questions over control: two ports of one interface, the second
// with ControlFilter. The total is valid also when there is an error, as far as
// it goes.
func Pair(ctx context.Context, port, control iface.Port, o PairOptions) (Total, error) {
	if len(o.Load.Sizes) > mostSizes {
		return Total{}, fmt.Errorf("%d frame sizes: want at most %d where the other end is told of them", len(o.Load.Sizes), mostSizes)
	}
	p := &pair{PairOptions: o, port: port, ask: newAsker(control, o), over: make(chan struct{})}
	if err := p.hello(ctx); err != nil {
		return Total{}, err
	}
	p.rx = NewReceiver(port, ReceiveOptions{SharedClock: o.SharedClock, Only: o.BackSession, Settle: o.Settle, Ended: func(*Run) { close(p.over) }})
	serving, stop := context.WithCancel(context.Background())
	defer stop()
	served := make(chan error, 1)
	go func() { served <- p.rx.Serve(serving) }()
	if err := p.begin(ctx); err != nil {
		return Total{}, err
	}
	err := p.run(ctx)
	t, tellErr := p.collect(err)
	stop()
	return t, errors.Join(err, tellErr, <-served)
}

// hello finds the partner.
func (p *pair) hello(ctx context.Context) error {
	a, from, err := p.ask.ask(ctx, message{Op: opHello})
	if err != nil {
		return err
	}
	if len(a.MAC) != 6 || a.MAC[0]&1 != 0 {
		return fmt.Errorf("the other end, %v, says nothing of use", from)
	}
	p.ask.token, p.ask.to = a.Token, from
	p.Load.Dst, p.Load.Src = net.HardwareAddr(a.MAC), p.port.HardwareAddr()
	return p.Load.Check(p.port.MTU())
}

// begin makes the partner ready, and has it send if asked to.
func (p *pair) begin(ctx context.Context) error {
	m := message{Op: opBegin, Session: p.Session, Back: p.BackSession, MAC: hexMAC(p.port.HardwareAddr())}
	if p.Back {
		m.Load = p.Load.mirror()
	}
	_, _, err := p.ask.ask(ctx, m)
	return err
}

// run sends, and meanwhile keeps the partner at work and measures round trips,
// until both ends have sent all.
func (p *pair) run(ctx context.Context) error {
	sending, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if p.Forth {
			p.forth, p.sendErr = Send(sending, p.port, p.Load, SendOptions{Session: p.Session, Clock: p.Clock, Offered: func(n uint64) {
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

// watch returns when both ends have sent all, or ctx ends, or the partner does
// not answer any more.
func (p *pair) watch(ctx context.Context, sent <-chan struct{}) error {
	for {
		a, _, err := p.ask.ask(ctx, message{Op: opState, Session: p.Session})
		if ctx.Err() != nil {
			return nil // what was measured so far is a result
		}
		if err != nil {
			return err
		}
		p.progress(a)
		if err := p.ask.echo(ctx); err != nil {
			return err
		}
		wait := time.NewTimer(stateEvery)
		select {
		case <-sent:
			if !p.Back || a.Sent {
				wait.Stop()
				return nil
			}
			<-wait.C
		case <-wait.C:
		case <-ctx.Done():
		}
		wait.Stop()
	}
}

func (p *pair) progress(a message) {
	if p.Progress == nil {
		return
	}
	p.mu.Lock()
	offered := p.offered
	p.mu.Unlock()
	got, _, _ := p.rx.Received(p.BackSession)
	p.Progress(offered, a.Received, a.Offered, got)
}
