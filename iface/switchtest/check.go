package switchtest

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// memo is what cases of one run share.
type memo struct {
	sweep sweep
	aged  aged
	last  uint32 // of the sequential addresses
	used  []MAC  // by cases before
}

// Check runs the cases one after the other, each between two controls that
// show the link alive. It fails with ErrNotConnected, and without a card, if
// no frame arrives at all; with what ended it early and the card so far, if
// ctx or a port did. A loop ends the run too, but is a result: see Card.Loop.
func Check(ctx context.Context, cfg Config) (*Card, error) {
	cfg.complete()
	r := newRig(ctx, &cfg)
	r.start()
	defer r.stop()
	card := newCard(r)
	err := r.control()
	if errors.Is(err, errSilent) {
		return nil, fmt.Errorf("%w: %w; check cables, port isolation and VLANs, and wait for spanning tree", ErrNotConnected, err)
	}
	if card.ended(err, cfg.Cases) {
		return card, card.fatal(err)
	}
	for i := range cfg.Cases {
		c := cfg.Cases[i]
		cfg.tell(Event{Case: &c, Done: i, Total: len(cfg.Cases)})
		result, err := r.run(c)
		if card.ended(err, cfg.Cases[i:]) {
			return card, card.fatal(err)
		}
		card.Results = append(card.Results, result)
		cfg.tell(Event{Case: &c, Result: &result, Done: i + 1, Total: len(cfg.Cases)})
	}
	card.close()
	return card, nil
}

// run runs one case between two controls. Its error is what ends the run.
func (r *rig) run(c Case) (Result, error) {
	start, before, late := time.Now(), r.hostLost(), r.ledger.lateSoFar()
	o, err := r.between(c)
	var silent bool
	switch {
	case errors.Is(err, errSilent):
		silent = true
		o = Outcome{Why: "the link carries nothing: " + err.Error()}
	case err != nil:
		return Result{}, err
	}
	if n := r.hostLost() - before; n > 0 {
		o = Outcome{Why: fmt.Sprintf("this host lost %d frames: run it again on a less busy one", n)}
	} else if n := r.ledger.lateSoFar() - late; n > 0 {
		o = Outcome{Why: fmt.Sprintf("%d frames took longer than %v: raise --settle", n, r.cfg.Settle)}
	}
	result := c.judge(o, r.cfg.Expect)
	result.Took, result.Silent = time.Since(start), silent
	return result, nil
}

// between runs a case between its controls.
func (r *rig) between(c Case) (Outcome, error) {
	if err := r.control(); err != nil {
		return Outcome{}, fmt.Errorf("before the case: %w", err)
	}
	o, err := c.run(r)
	if err != nil {
		return o, err
	}
	if err := r.control(); err != nil {
		return Outcome{}, fmt.Errorf("after the case: %w", err)
	}
	return o, nil
}

// hostLost is how many frames this host had and lost.
func (r *rig) hostLost() uint64 {
	var n uint64
	for s := range r.each() {
		if c, err := r.ports[s].Counters(); err == nil {
			n += c.SocketDropped + c.Interface.RxMissed
		}
	}
	return n
}

// lateSoFar is how many test frames came after their exchange was over.
func (l *ledger) lateSoFar() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.late
}
