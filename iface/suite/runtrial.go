package suite

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
)

// spec is a trial of the present cell.
func (r *Runner) spec(loss float64, profile ...Segment) Spec {
	every := r.Plan.BroadcastEvery
	if r.cell.broadcast {
		every = 1
	}
	return Spec{
		Sizes: r.cell.sizes, Directions: r.cell.ways, Profile: profile, Loss: loss, Addresses: r.Plan.Addresses,
		BroadcastEvery: every, Waits: r.Plan.Waits,
	}
}

// mostInvalid is how often an invalid trial is repeated.
const mostInvalid = 5

// valid makes a trial until it is valid. If it never is, the load is one that
// the tester cannot measure at, and the last trial says why.
func (r *Runner) valid(ctx context.Context, s Spec) (t Trial, decidable bool, err error) {
	for range 1 + mostInvalid {
		if t, err = r.trial(ctx, s); err != nil {
			return t, false, err
		}
		if t.NoWay {
			return t, false, errNoWay
		}
		if t.Valid {
			r.linkLost = 0
			r.lastLoss = t.LossRatio()
			return t, true, nil
		}
		if r.linkLost++; !t.has(LinkLost) {
			r.linkLost = 0
		}
		if r.linkLost >= 3 {
			return t, false, ErrLink
		}
	}
	return t, false, nil
}

// has says whether a trial is invalid for a reason.
func (t Trial) has(code string) bool {
	for _, r := range t.Reasons {
		if r.Code == code {
			return true
		}
	}
	return false
}

// trial is the next trial: one that was made before the run was interrupted, or
// a new one, which is in the journal when this returns.
func (r *Runner) trial(ctx context.Context, s Spec) (Trial, error) {
	if r.Plan.MaxTime > 0 && r.result.ObservedS >= r.Plan.MaxTime {
		return Trial{}, errTime
	}
	if r.replayed < len(r.Replay) {
		t := r.Replay[r.replayed]
		if t.Test != r.cell.test || !same(t.Spec, s) {
			return Trial{}, fmt.Errorf("trial %d: %w", r.replayed, ErrJournal)
		}
		r.replayed++
		r.keep(t)
		return t, nil
	}
	if err := r.anchor(ctx); err != nil {
		return Trial{}, err
	}
	if r.Progress != nil && !r.reckoning {
		r.Progress(r.progress(s))
	}
	t, err := r.Trialler.Measure(ctx, s)
	if err != nil {
		return t, err
	}
	t.N, t.Test = len(r.result.Trials), r.cell.test
	if err := r.log("trial", t); err != nil {
		return t, err
	}
	r.keep(t)
	return t, nil
}

func (r *Runner) keep(t Trial) {
	r.result.Trials = append(r.result.Trials, t)
	r.result.ObservedS += t.Took
}

func (r *Runner) log(kind string, data any) error {
	if r.Log == nil {
		return nil
	}
	return r.Log.Add(kind, data)
}

// same says whether two specs are written the same: that is what the journal has.
func same(a, b Spec) bool {
	x, _ := json.Marshal(a) // numbers and strings alone
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}
