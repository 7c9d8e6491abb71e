package suite

import "context"

// Forwarded is what a device forwards when it is offered more than it can (RFC
// 2889, 5.1, 5.4 and 5.6). Rates are of all directions together, in frames/s.
type Forwarded struct {
	// Rows are from the maximum offered load (MOL) down to a load without loss.
	Rows []ForwardedRow `json:"rows"`
	// AtMaxLoad is the forwarding rate at the maximum offered load (FRMOL), and
	// MaxLoad what was offered then; nil if the tester could not offer it.
	AtMaxLoad *float64 `json:"at_max_load_fps"`
	MaxLoad   *float64 `json:"max_load_fps"`
	// Maximum is the maximum forwarding rate (MFR), and MaximumAt the offered
	// load (Oload) that it was seen at.
	Maximum   *float64 `json:"maximum_fps"`
	MaximumAt *float64 `json:"maximum_at_fps"`
}

// ForwardedRow is one load.
type ForwardedRow struct {
	Percent float64 `json:"percent"` // of the maximum offered load
	// Intended, offered and forwarded (Iload, Oload and FR).
	IntendedFPS  float64 `json:"intended_fps"`
	OfferedFPS   float64 `json:"offered_fps"`
	ForwardedFPS float64 `json:"forwarded_fps"`
	Lost         uint64  `json:"lost"`
	Ratio        float64 `json:"loss_ratio"`
	Flooded      uint64  `json:"flooded"`
	NotOffered   bool    `json:"not_offered,omitempty"`
	Trial        int     `json:"trial"`
}

// forwarding is RFC 2889, 5.1 (both directions at once) or 5.4 (one), with 5.6:
// how fast a device forwards at the greatest load and at a tenth less each time,
// until it loses nothing.
func (r *Runner) forwarding(ctx context.Context, t *Test) error {
	t.Clause = "RFC 2889 5.4, 5.6"
	if len(r.cell.ways) == 2 {
		t.Clause = "RFC 2889 5.1, 5.6"
	}
	f := &Forwarded{Rows: []ForwardedRow{}}
	t.Forwarding = f
	greatest := r.Plan.greatest(r.cell.sizes)
	for percent := 100; percent >= 10; percent -= 10 {
		load := greatest * float64(percent) / 100
		trial, decidable, err := r.valid(ctx, r.spec(0, Load(load, r.Plan.LossStep)))
		if err != nil {
			return err
		}
		row := ForwardedRow{Percent: float64(percent), IntendedFPS: load * float64(len(r.cell.ways)), NotOffered: !decidable, Ratio: trial.LossRatio(), Lost: trial.Lost(), Trial: trial.N}
		for _, a := range trial.Accounts {
			row.OfferedFPS += a.OfferedFPS
			row.ForwardedFPS += a.ForwardedFPS
			row.Flooded += a.Flooded
		}
		f.add(row)
		if decidable && row.Lost == 0 {
			return nil
		}
	}
	return nil
}

// add takes a row. What the tester could not offer is no figure of the device.
func (f *Forwarded) add(row ForwardedRow) {
	f.Rows = append(f.Rows, row)
	if row.NotOffered {
		return
	}
	if row.Percent == 100 {
		f.AtMaxLoad, f.MaxLoad = &row.ForwardedFPS, &row.OfferedFPS
	}
	if f.Maximum == nil || row.ForwardedFPS > *f.Maximum {
		f.Maximum, f.MaximumAt = &row.ForwardedFPS, &row.OfferedFPS
	}
}

// broadcast is RFC 2889, 5.10: the throughput of frames to everybody, and their
// delays at it.
func (r *Runner) broadcast(ctx context.Context, t *Test) error {
	r.cell.broadcast = true
	defer func() { r.cell.broadcast = false }()
	if err := r.throughput(ctx, t); err != nil {
		return err
	}
	err := r.latency(ctx, t)
	t.Clause = "RFC 2889 5.10"
	return err
}
