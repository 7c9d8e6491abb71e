package suite

import (
	"context"
	"fmt"

	"eterm/iface/suite/mlr"
	"eterm/iface/suite/stat"
)

// fasterThan is how much faster than the device's throughput bursts have to be
// sent for its buffer to be seen.
const fasterThan = 1.2

// backToBack is RFC 2544, 26.4, as RFC 9004 has it now: the longest burst that
// loses nothing, and the buffer that it tells of.
func (r *Runner) backToBack(ctx context.Context, t *Test) error {
	t.Clause = "RFC 2544 26.4, RFC 9004"
	base, _, err := r.base(ctx)
	if err != nil {
		return err
	}
	burst := r.Plan.greatest(r.cell.sizes)
	if base == 0 || burst < fasterThan*base {
		t.Note = fmt.Sprintf("not measurable: bursts of %.0f frames/s are not faster than the device by a fifth, at %.0f", burst, base)
		return nil
	}
	row := &BufferRow{Step: 1, BurstFPS: burst, ThroughputFPS: base}
	most := max(2, int(burst*r.Plan.BackToBack.MaxSeconds))
	start := min(most, 64)
	var lengths []float64
	for range max(1, r.Plan.BackToBack.Repeat) {
		n, more, decidable, err := r.longestBurst(ctx, burst, start, most)
		if err != nil {
			return err
		}
		if !decidable {
			t.Note = "not measurable: " + r.lastReason()
			return nil
		}
		row.AtLeast = row.AtLeast || more
		lengths = append(lengths, float64(n))
		start = min(max(n, 1), most)
	}
	row.Frames = stat.Summarize(lengths)
	share := 1 - base/burst
	row.ImpliedS = row.Frames.Mean / burst
	row.CorrectedS = row.ImpliedS * share
	row.BufferFrames = row.Frames.Mean * share
	row.BufferBytes = row.BufferFrames * r.cell.mean()
	t.BackToBack = row
	return nil
}

// longestBurst finds the most frames at a rate that lose nothing. More says that
// not even the longest burst lost any.
func (r *Runner) longestBurst(ctx context.Context, rate float64, start, most int) (n int, more, decidable bool, err error) {
	s := mlr.NewBinary(mlr.BinaryConfig{Least: 1, Most: most, Step: 1, Again: 1, StartAt: start})
	for {
		n, going := s.Next()
		if !going {
			good, bad := s.Bounds()
			return good, bad > most, true, nil
		}
		spec := r.spec(0, Segment{Frames: uint64(n), Rate: rate})
		spec.Burst = true
		t, decidable, err := r.valid(ctx, spec)
		if err != nil || !decidable {
			return 0, false, decidable, err
		}
		s.Add(t.LossRatio())
	}
}

// lastReason is why the last trial is not valid.
func (r *Runner) lastReason() string {
	t := r.result.Trials[len(r.result.Trials)-1]
	if len(t.Reasons) == 0 {
		return "the trials are not valid"
	}
	return t.Reasons[0].Text
}
