package suite

import (
	"context"
	"encoding/json"
	"time"
)

// account puts the halves of both ends together.
func (l *span) account(ctx context.Context) (accounts []Account, bytes []uint64, err error) {
	var end wireEnd
	if l.sender != nil {
		end = wireEnd{l.sender.half(0), l.sender.result.Sent}
	}
	there, err := l.fetch(ctx, end)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range l.spec.Directions {
		sent, arrived, err := l.halves(ctx, d, end, there)
		if err != nil {
			return nil, nil, err
		}
		accounts, bytes = append(accounts, join(d, l.wire.Profile, sent, arrived)), append(bytes, arrived.Bytes)
	}
	return accounts, bytes, nil
}

// halves are those of one direction: one is of this end, and one is the peer's
// word.
func (l *span) halves(ctx context.Context, d Direction, end wireEnd, there wireHalves) (sent SentHalf, arrived ArrivedHalf, err error) {
	if d == Forward {
		if there.Arrived == nil {
			return sent, arrived, &invalid{Reason{Control, "the other end does not say what it received"}}
		}
		if err := there.Arrived.adds(end.Sent.Offered); err != nil {
			return sent, arrived, &invalid{Reason{Control, err.Error()}}
		}
		return end.Sent, *there.Arrived, nil
	}
	if there.Sent == nil {
		return sent, arrived, &invalid{Reason{Control, "the other end does not say what it sent"}}
	}
	if err := there.Sent.adds(Spec{Profile: l.wire.Profile}.Frames()); err != nil {
		return sent, arrived, &invalid{Reason{Control, err.Error()}}
	}
	arrived, err = l.arrived(ctx, *there.Sent)
	return *there.Sent, arrived, err
}

// arrived waits for what is on the way of so much that was sent in reverse.
func (l *span) arrived(ctx context.Context, sent SentHalf) (ArrivedHalf, error) {
	took := sent.Offered - sent.Refused
	l.p.receiver.await(l.arrives.run, took)
	limit := time.NewTimer(time.Duration(l.spec.Waits.Residual * 1e9))
	defer limit.Stop()
	if took > 0 {
		select {
		case <-l.arrives.run.complete:
		case <-limit.C:
		case <-ctx.Done():
			return ArrivedHalf{}, ctx.Err()
		case err := <-l.p.gone:
			return ArrivedHalf{}, err
		}
	}
	return l.arrives.half(sent.account((Spec{Profile: l.wire.Profile}).Frames())), nil
}

// fetchEvery is how often the peer is asked for its account.
const fetchEvery = 20 * time.Millisecond

// fetch tells the peer what was offered, and gets its halves.
func (l *span) fetch(ctx context.Context, end wireEnd) (h wireHalves, err error) {
	text, err := json.Marshal(end)
	if err != nil {
		return h, err
	}
	l.p.ask.Patience = l.p.Fetch
	if _, err := l.p.ask.Ask(ctx, opConclude, text); err != nil {
		return h, lostControl(err)
	}
	limit := time.Now().Add(time.Duration(l.spec.Waits.Residual*1e9) + l.p.Fetch)
	for {
		text, err := l.p.ask.Ask(ctx, opHalves, nil)
		switch {
		case err != nil:
			return h, lostControl(err)
		case len(text) > 0:
			if err := json.Unmarshal(text, &h); err != nil {
				return h, &invalid{Reason{Control, "the account of the other end cannot be read"}}
			}
			return h, nil
		case time.Now().After(limit):
			return h, &invalid{Reason{Control, "the other end does not come to the end of the trial"}}
		}
		if err := pause(ctx, fetchEvery.Seconds()); err != nil {
			return h, err
		}
	}
}
