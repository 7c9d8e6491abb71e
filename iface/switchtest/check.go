package switchtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// memo is what cases of one run share.
type memo struct {
	sweep    sweep
	provider bridgeKind
	aged     aged
	last     uint32 // of the sequential addresses
	used     []MAC  // by cases before
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
	err := r.carry()
	if err == nil {
		err = r.calibrate()
	}
	hub := false
	if err == nil {
		hub, err = r.hub()
	}
	if errors.Is(err, errSilent) {
		return nil, fmt.Errorf("%w: %w; check cables, port isolation and VLANs, and wait for spanning tree", ErrNotConnected, err)
	}
	if card.ended(err, cfg.Cases) {
		return card, card.fatal(err)
	}
	if hub {
		cfg.Cases = card.withoutBridges(&cfg)
	}
	for i := range cfg.Cases {
		// A peer that is silent is a case's matter, and would hide that ctx ended.
		if err := ctx.Err(); card.ended(err, cfg.Cases[i:]) {
			return card, card.fatal(err)
		}
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

// longestDrain is the longest that a run waits for frames that are late, and
// lookBack how long it looks for them after a failure.
const (
	longestDrain = 300 * time.Millisecond
	lookBack     = time.Second
)

// run runs one case between two controls; again with more time if frames were
// late, from then on. Its error is what ends the run.
func (r *rig) run(c Case) (Result, error) {
	start := time.Now()
	for {
		result, late, err := r.once(c)
		if err != nil || late == 0 {
			result.Took = time.Since(start)
			return result, err
		}
		if r.cfg.Drain >= longestDrain {
			result = c.judge(Outcome{Why: fmt.Sprintf("%d of the frames took longer than %v", late, r.cfg.Drain)}, r.cfg.Expect)
			result.Late = true
			result.Took = time.Since(start)
			return result, nil
		}
		r.cfg.Drain = min(4*r.cfg.Drain, longestDrain)
		r.memo.sweep = sweep{}
	}
}

// once runs a case a single time, and says how many frames were late.
func (r *rig) once(c Case) (result Result, late uint64, err error) {
	lost, before, absent := r.hostLost(), r.account.lateSoFar(), r.account.absentSoFar()
	o, err := r.between(c)
	silent := errors.Is(err, errSilent)
	var refused *refusedError
	switch {
	case errors.As(err, &refused): // it is the port's matter, and only this case's
		o, err = Outcome{Why: refused.Error()}, nil
	case silent:
		o, err = Outcome{Why: "the link carries nothing: " + err.Error()}, nil
	case err != nil:
		return Result{}, 0, err
	}
	// Never more is put down to the host than did not come: what a NIC says that
	// it missed may be another's frames, and with some rises by itself.
	if n := min(r.hostLost()-lost, r.account.absentSoFar()-absent); n > 0 {
		r.lost += n
		o = Outcome{Why: fmt.Sprintf("this host lost %d frames: run it again on a less busy one", n)}
	}
	result = c.judge(o, r.cfg.Expect)
	result.Silent = silent
	if result.Verdict == Fail { // or are frames only late?
		err = r.sleep(lookBack)
	}
	return result, r.account.lateSoFar() - before, err
}

// calibrate sees how long flooded frames take, which some switches send by way
// of a processor, and makes the drain time three times that if it is more.
func (r *rig) calibrate() error {
	addrs := slices.Concat(toBroadcast(r), toNobody(r), toGroups(r))
	specs := r.towards(portA, addrs)
	for i := range specs {
		specs[i].tags = r.carrier[portA]
	}
	flights := r.account.launch(portA, specs)
	defer r.account.land(flights)
	if err := errors.Join(r.send(portA, flights), r.flush(portA)); err != nil {
		return err
	}
	start, last, before := time.Now(), time.Duration(0), 0
	_, err := r.await(longestDrain, func() bool {
		there := 0
		for _, f := range flights {
			if r.account.reached(f, portB) {
				there++
			}
		}
		if there > before {
			before, last = there, time.Since(start)
		}
		return there == len(flights)
	})
	r.cfg.Drain = min(max(r.cfg.Drain, 3*last), max(r.cfg.Drain, longestDrain))
	return err
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
			n += c.HostDropped()
		}
	}
	return n
}

// absentSoFar is how many test frames did not come to a port that could have
// received them.
func (l *account) absentSoFar() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.absent
}

// lateSoFar is how many test frames came after their exchange was over.
func (l *account) lateSoFar() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.late
}
