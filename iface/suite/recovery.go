package suite

import (
	"context"
	"math"
)

// recovery is RFC 2544, 26.5: how long after a device was overloaded it loses
// frames still, at half its throughput.
func (r *Runner) recovery(ctx context.Context, t *Test) error {
	t.Clause = "RFC 2544 26.5"
	base, _, err := r.base(ctx)
	if err != nil {
		return err
	}
	over := min(1.1*base, r.Plan.greatest(r.cell.sizes))
	if base == 0 || over <= base {
		t.Note = "not measurable: no more than the throughput can be offered"
		return nil
	}
	row := &Recovered{OverFPS: over, UnderFPS: base / 2}
	t.Recovery = row
	// Longer each time, until the last frames of the trial are not lost.
	for after := 2 * r.Plan.Recovery.Calm; after <= 16*r.Plan.Recovery.Calm; after *= 2 {
		trial, decidable, err := r.valid(ctx, r.spec(1, Load(over, r.Plan.Recovery.Over), Load(base/2, after)))
		if err != nil {
			return err
		}
		if !decidable {
			t.Note = "not measurable: " + r.lastReason()
			t.Recovery = nil
			return nil
		}
		if row.from(trial, r.Plan.Recovery.Calm) {
			return nil
		}
	}
	return nil
}

// from reads the figures off a trial, and says whether it was long enough.
func (row *Recovered) from(t Trial, calm float64) bool {
	step := begins(t.Spec.Profile, 1)
	due := schedule(t.Spec.Profile)
	row.Overloaded, row.Recovered, row.ByCountS, row.ByTimeS = false, true, 0, 0
	for _, a := range t.Accounts {
		if a.LastGap == nil {
			continue
		}
		row.Overloaded = row.Overloaded || a.lostBefore(step)
		if a.LastGap.Last >= step && len(a.Steps) == 2 {
			row.ByCountS = math.Max(row.ByCountS, (due(a.LastGap.Last) - due(step)).Seconds())
			row.ByTimeS = math.Max(row.ByTimeS, a.LastGap.After-a.Steps[1])
		}
		if t.Spec.Seconds()-due(a.LastGap.Last).Seconds() < calm {
			row.Recovered = false
		}
	}
	return row.Recovered
}

// lostBefore says whether frames before a number were lost.
func (a Account) lostBefore(number uint64) bool {
	parts := uint64(len(a.Series.Received))
	for i, n := range a.Series.Received {
		first, next := uint64(i)*a.Intended/parts, uint64(i+1)*a.Intended/parts
		if next <= number && n < next-first {
			return true
		}
	}
	return false
}

// reset is RFC 6201: how long a device is out when it is reset under a load at
// its throughput, of the least size.
func (r *Runner) reset(ctx context.Context, t *Test) error {
	t.Clause = "RFC 6201"
	base, _, err := r.base(ctx)
	if err != nil {
		return err
	}
	if base == 0 {
		t.Note = "not measured: there is no throughput to measure at"
		return nil
	}
	for _, kind := range r.Plan.Resets {
		spec := r.spec(1, Load(base, max(60, 6*r.Plan.Recovery.Calm)))
		spec.Reset = kind
		trial, decidable, err := r.valid(ctx, spec)
		if err != nil {
			return err
		}
		if !decidable && !trial.has(LinkLost) {
			t.Note = "not measurable: " + r.lastReason()
			continue
		}
		row := ResetRow{Kind: kind, Repeat: r.cell.repeat, Lost: trial.Lost(), Returned: true}
		for _, a := range trial.Accounts {
			row.Outages = append(row.Outages, a.Outages...)
			for _, o := range a.Outages {
				row.ByCountS = max(row.ByCountS, float64(o.ByCount)/1e9)
				row.ByTimeS = max(row.ByTimeS, float64(o.ByTime)/1e9)
			}
			row.Returned = row.Returned && (a.LastGap == nil || a.LastGap.Last < a.Offered-1)
		}
		t.Resets = append(t.Resets, row)
	}
	return nil
}
