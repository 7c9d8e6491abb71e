package trial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"eterm/iface"
	"eterm/iface/pace"
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

// closing bounds the exchange of accounts after the run.
const closing = 30 * time.Second

// collect gets the partner's accounts, makes the result of both directions and
// tells it to the partner. What the partner does not tell stays unknown.
func (p *pair) collect(runErr error) (Total, error) {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	var results []Result
	var errs error
	lostPartner := runErr != nil
	if !lostPartner {
		_, _, err := p.ask.ask(ctx, message{Op: opStop, Session: p.Session})
		lostPartner, errs = err != nil, err
	}
	if p.Forth {
		r, err := p.forthResult(ctx, lostPartner)
		results, errs = append(results, r), errors.Join(errs, err)
		lostPartner = lostPartner || err != nil
	}
	if p.Back {
		r, err := p.backResult(ctx, lostPartner)
		results, errs = append(results, r), errors.Join(errs, err)
	}
	t := Sum(results)
	t.RTT = p.ask.times()
	if runErr == nil && errs == nil {
		errs = p.tell(ctx, t)
	}
	return t, errs
}

// forthResult is the account of the direction to the partner.
func (p *pair) forthResult(ctx context.Context, lost bool) (r Result, err error) {
	side := p.forth.Side(p.Load, p.sendErr)
	var far *ReceiverSide
	if !lost {
		_, _, err = p.ask.ask(ctx, message{Op: opConclude, Session: p.Session, Account: &p.forth.SenderAccount, Plan: &p.forth.Plan})
		if err == nil {
			far = &ReceiverSide{}
			err = p.fetch(ctx, "received", far)
		}
	}
	if lost || err != nil {
		r = SenderOnly(p.Session, side)
		r.Verdict.doubt("the other end did not tell what it received")
	} else {
		r = Account(side, far, p.Limits)
	}
	r.Direction = "forth"
	return r, err
}

// backResult is the account of the direction from the partner.
func (p *pair) backResult(ctx context.Context, lost bool) (r Result, err error) {
	var far told
	if !lost {
		err = p.fetch(ctx, "sent", &far)
	}
	if far.Side != nil {
		p.rx.Conclude(p.BackSession, far.Side.SenderAccount, far.Plan)
		select {
		case <-p.over:
		case <-ctx.Done():
		}
	}
	r = Account(far.Side, p.rx.Side(p.BackSession), p.Limits)
	if far.Side == nil {
		r.Verdict.doubt("the other end did not tell what it offered")
	}
	if p.rx.WentDown() {
		r.Verdict.doubt("%s went down while frames were awaited", p.port.Name())
	}
	r.Direction = "back"
	return r, err
}

// fetch gets one of the partner's accounts, piece by piece, once it is there.
func (p *pair) fetch(ctx context.Context, what string, into any) error {
	var whole []byte
	for {
		a, _, err := p.ask.ask(ctx, message{Op: opFetch, Session: p.Session, What: what, Offset: len(whole)})
		if err != nil {
			return err
		}
		if a.Total == 0 { // not yet
			wait := time.NewTimer(stateEvery / 4)
			select {
			case <-wait.C:
			case <-ctx.Done():
				wait.Stop()
				return ctx.Err()
			}
			continue
		}
		if a.Offset != len(whole) || len(a.Piece) == 0 || len(whole)+len(a.Piece) > maxPieces {
			return errors.New("the other end's account does not fit together")
		}
		if whole = append(whole, a.Piece...); len(whole) >= a.Total {
			return json.Unmarshal(whole, into)
		}
	}
}

// tell gives the partner the result and lets it go.
func (p *pair) tell(ctx context.Context, t Total) error {
	b, err := json.Marshal(t)
	if err != nil {
		return err
	}
	for at := 0; at < len(b); {
		a, _, err := p.ask.ask(ctx, message{Op: opResult, Session: p.Session, Offset: at, Total: len(b), Piece: b[at:min(at+pieceLen, len(b))]})
		if err != nil {
			return err
		}
		if a.Offset <= at {
			return errors.New("the other end does not take the result")
		}
		at = a.Offset
	}
	p.ask.patience = 3 * askEvery // it may be gone at once
	_, _, err = p.ask.ask(ctx, message{Op: opBye, Session: p.Session})
	if errors.Is(err, ErrNoPartner) {
		return nil
	}
	return err
}
