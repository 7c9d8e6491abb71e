package switchtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"eterm/frame/probe"
	"eterm/iface/talk"
)

// finish ends both streams, fetches the peer's account, and makes the report.
// What ended the watch early is known already.
func (w *pairWatch) finish(ctx context.Context, early error) error {
	sent := w.end.hush()
	w.end.mu.Lock()
	w.end.ending = true
	w.end.mu.Unlock()
	w.hushed = time.Now()
	w.report.Took = w.hushed.Sub(w.report.Started)
	drain := max(10*w.cfg.Interval, 100*time.Millisecond)
	time.Sleep(drain) // the last frames may be on their way
	w.ask.Patience = reunite
	if early != nil {
		w.ask.Patience = talk.Lease
	}
	account, err := w.fetch(ctx, sent)
	if err == nil {
		time.Sleep(drain)
	}
	w.end.stop()
	reverse := w.end.account(account.Reverse)
	for len(w.events) > 0 {
		w.note(<-w.events)
	}
	w.fromPeer(account.Moments)
	w.sum(account, reverse)
	return err
}

// sum makes the report of the accounts of both ends.
func (w *pairWatch) sum(account watchAccount, reverse probe.Report) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := &w.report
	r.Peer.Heard, r.Peer.Paused, r.Peer.ClockWithin = account.heard, account.Paused, w.clock.within(time.Now())
	dropped, downs := w.end.host()
	r.HostLost, r.SetDown = dropped+account.HostLost, [2]uint64{downs, account.Downs}
	r.Forged = w.end.forged + account.Forged
	r.Unlisted += account.Unlisted + int(w.unlisted.Load())
	r.Ways = [2]probe.Report{account.Forward, reverse}
	for i := range r.Ways[0].Loss.Outages {
		if o := &r.Ways[0].Loss.Outages[i]; o.Start != 0 {
			o.Start = w.clock.here(o.Start).UnixNano()
		}
	}
	r.outages(w.stalls)
}

// fetch asks for the peer's account. Where it does not come, what it told last
// stands for it, as far as it goes.
func (w *pairWatch) fetch(ctx context.Context, sent probe.SenderAccount) (watchAccount, error) {
	text, _ := json.Marshal(watchFinish{Sent: sent, Told: w.told}) // of numbers
	answer, err := w.ask.Ask(ctx, opFinish, text)
	if err == nil {
		var account watchAccount
		if account, err = parseAccount(answer, sent); err == nil {
			_ = w.ask.End(ctx) // nobody has to answer
			return account, nil
		}
	}
	got := min(w.state.Got, sent.Offered)
	return watchAccount{Forward: probe.Report{End: &sent, Expected: got, Received: got, NotKnown: sent.Offered - got}}, fmt.Errorf("the account of the peer did not come: %w", err)
}

// parseAccount reads the account of a peer that may say anything: it has to add up
// with what was sent.
func parseAccount(text []byte, sent probe.SenderAccount) (watchAccount, error) {
	var a watchAccount
	if json.Unmarshal(text, &a) != nil {
		return watchAccount{}, errors.New("the peer's account is none of this version")
	}
	f := &a.Forward
	l := &f.Loss
	if f.Expected != sent.Offered || f.Received > f.Expected || l.Lost != f.Expected-f.Received || f.NotKnown != 0 ||
		len(l.Outages) > probe.MaxOutages || l.Bursts > l.Lost || uint64(len(l.Outages)) > l.Bursts || len(a.Moments) > mostKept ||
		a.Reverse == nil || a.Unlisted < 0 || a.Unlisted > math.MaxInt32 {
		return watchAccount{}, errors.New("the peer's account does not add up")
	}
	for _, o := range l.Outages {
		if o.Frames > l.Lost || o.ByCount < 0 || o.ByTime < 0 || o.Start < 0 {
			return watchAccount{}, errors.New("the peer's account does not add up")
		}
	}
	a.heard = true
	return a, nil
}
