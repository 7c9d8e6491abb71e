package suite

import (
	"context"
	"errors"
	"time"
)

// rig is what a trial is made with: two ports here, or one and a peer's.
type rig interface {
	// learn has the receiving ends send from the addresses that they receive at.
	learn(ctx context.Context, s Spec) error
	// run offers a profile in all directions of s and accounts for it. load says
	// that it is the trial's load. An error that is an *invalid is about the trial
	// alone.
	run(ctx context.Context, s Spec, profile []Segment, load bool) ([]Account, error)
	// ends are the ports here.
	ends() []end
	// calm says whether the device is as it was when it was probed, with those
	// accounts.
	calm(ctx context.Context, s Spec, probed []Account) (bool, error)
}

// invalid is why a trial under way is one that cannot be believed.
type invalid struct{ Reason }

func (e *invalid) Error() string { return e.Text }

// makeTrial makes a trial: learn, wait, probe, run, wait, rest.
func makeTrial(ctx context.Context, r rig, s Spec, th Thresholds, usage func() Usage) (Trial, error) {
	t := Trial{Spec: s, Reasons: []Reason{}}
	began := time.Now()
	err := t.make(ctx, r, usage)
	if why := (*invalid)(nil); errors.As(err, &why) {
		t.Reasons = append(t.Reasons, why.Reason)
		err = pause(ctx, s.Waits.Rest)
	}
	if err != nil {
		return t, err
	}
	t.Took = time.Since(began).Seconds()
	if !t.NoWay {
		th.judge(&t)
	}
	return t, nil
}

func (t *Trial) make(ctx context.Context, r rig, usage func() Usage) error {
	s := t.Spec
	for _, e := range r.ends() {
		if err := e.ready(ctx); err != nil {
			return err
		}
	}
	if err := r.learn(ctx, s); err != nil {
		return err
	}
	if err := pause(ctx, s.Waits.Learn); err != nil {
		return err
	}
	probed, err := probe10(ctx, r, s)
	if err != nil {
		return err
	}
	for _, a := range probed {
		t.NoWay = t.NoWay || a.OnTheWay > 0
	}
	if t.NoWay {
		return nil
	}
	before := usage()
	if t.Accounts, err = r.run(ctx, s, s.Profile, true); err != nil {
		return err
	}
	t.CPU = usage().since(before)
	if err := drain(ctx, r, s, probed); err != nil {
		return err
	}
	return pause(ctx, s.Waits.Rest)
}

// pause waits so many seconds.
func pause(ctx context.Context, seconds float64) error {
	if seconds <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(time.Duration(seconds * 1e9))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Probing: ten frames at a hundred a second, all of which must arrive.
const (
	probeFrames = 10
	probeRate   = 100
	probeWait   = 1.0 // seconds for the last of them
)

// probe10 sees whether there is a way through.
func probe10(ctx context.Context, r rig, s Spec) ([]Account, error) {
	s.Waits.Residual = max(probeWait, s.Waits.Residual)
	s.Reset = ""
	return r.run(ctx, s, []Segment{{Frames: probeFrames, Rate: probeRate}}, false)
}

// drain waits until the device has nothing of the load any more, or four times
// the rest has passed.
func drain(ctx context.Context, r rig, s Spec, probed []Account) error {
	limit := time.Now().Add(time.Duration(4 * s.Waits.Rest * 1e9))
	for time.Now().Before(limit) {
		if calm, err := r.calm(ctx, s, probed); calm || err != nil {
			return err
		}
		if err := pause(ctx, 0.1); err != nil {
			return err
		}
	}
	return nil
}
