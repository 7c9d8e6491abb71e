package linktest

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

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
