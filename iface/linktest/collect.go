package linktest

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"eterm/iface"
	"eterm/iface/talk"
)

// passing says whether a refusal to send may pass if one waits.
func passing(err error) bool {
	return errors.Is(err, iface.ErrQueueFull) || errors.Is(err, iface.ErrDown)
}

// stopped is how long the exchange of accounts may take when the user has
// ended the test.
const stopped = 5 * time.Second

// collect gets the peer's accounts, makes the result of both directions and
// tells it to the peer. What the peer does not tell stays unknown. A peer that
// was cut off keeps its account for a while: it is waited for.
func (p *pair) collect(asked context.Context, runErr error) (Total, error) {
	p.ask.Patience = p.Reunite
	if asked.Err() != nil {
		p.ask.Patience = min(p.Reunite, stopped)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if asked.Err() == nil { // from now on an interrupt ends the waiting
		defer context.AfterFunc(asked, cancel)()
	}
	var results []Result
	lost := runErr
	if lost == nil {
		_, lost = p.ask.AskIn(ctx, opStop, nil, 0)
	}
	p.ask.Patience = min(p.Reunite, 2*talk.Lease)
	if p.Forward {
		var r Result
		r, lost = p.forwardResult(ctx, lost)
		results = append(results, r)
	}
	if p.Reverse {
		var r Result
		r, lost = p.reverseResult(ctx, lost)
		results = append(results, r)
	}
	p.ended(results)
	t := Sum(results)
	t.RTT = p.rtt.times()
	if lost == nil {
		lost = p.tell(ctx, t)
	}
	switch {
	case runErr != nil:
		return t, nil // it was said
	case errors.Is(lost, context.Canceled):
		return t, errors.New("interrupted before the other end had told what it knows")
	}
	return t, lost
}

// forwardResult is the account of the direction to the peer; lost is why that
// is not asked, or was asked in vain.
func (p *pair) forwardResult(ctx context.Context, lost error) (Result, error) {
	side := p.forward.Side(p.Load, p.sendErr)
	var there *ReceiverSide
	if lost == nil {
		var text []byte
		if text, lost = json.Marshal(wireEnd{p.forward.SenderAccount, p.forward.Plan}); lost == nil {
			_, lost = p.ask.Ask(ctx, opConclude, text)
		}
	}
	if lost == nil {
		there = &ReceiverSide{}
		lost = p.fetch(ctx, opReceived, there)
	}
	var r Result
	if lost != nil {
		r = SenderOnly(p.Session, side)
		r.Verdict.doubt("the other end did not tell what it received")
	} else {
		r = Account(side, there, p.Limits)
	}
	r.Direction = Forward
	return r, lost
}

// reverseResult is the account of the direction from the peer.
func (p *pair) reverseResult(ctx context.Context, lost error) (Result, error) {
	var there told
	if lost == nil {
		lost = p.fetch(ctx, opSent, &there)
	}
	if there.Side != nil {
		p.rx.Conclude(p.ReverseSession, there.Side.SenderAccount, there.Plan)
		select {
		case <-p.over:
		case <-ctx.Done():
		}
	}
	r := Account(there.Side, p.rx.Side(p.ReverseSession), p.Limits)
	if there.Side == nil {
		r.Verdict.doubt("the other end did not tell what it offered")
	}
	r.Direction = Reverse
	return r, lost
}

// The directions of a test, as its end that asks has them.
const (
	Forward = "forward"
	Reverse = "reverse"
)

// fetch gets one of the peer's accounts, once it is there.
func (p *pair) fetch(ctx context.Context, op talk.Op, into any) error {
	for {
		text, err := p.ask.Ask(ctx, op, nil)
		if err != nil {
			return err
		}
		if len(text) > 0 {
			return json.Unmarshal(text, into)
		}
		wait := time.NewTimer(stateEvery / 4)
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		}
	}
}

// tell gives the peer the result and lets it go.
func (p *pair) tell(ctx context.Context, t Total) error {
	b, err := json.Marshal(t)
	if err != nil {
		return err
	}
	if _, err := p.ask.Ask(ctx, opResult, b); err != nil {
		return err
	}
	return p.ask.End(ctx)
}
