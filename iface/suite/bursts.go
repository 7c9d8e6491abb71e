package suite

import (
	"context"

	"eterm/iface/suite/mlr"
)

// bursts is RFC 2544, 21: the least gap between bursts of so many frames, sent
// as fast as the load may be, that loses nothing. The search is over how many
// bursts there are a second.
func (r *Runner) bursts(ctx context.Context, t *Test) error {
	t.Clause = "RFC 2544 21"
	rate := r.Plan.greatest(r.cell.sizes)
	goal := r.Plan.Goals[0]
	for _, n := range r.Plan.Bursts {
		lasts := float64(n) / rate
		c := mlr.Config{Max: 1 / lasts, Goals: []mlr.Goal{goal}, Warmup: 0}
		c.Min = min(1/goal.Initial, c.Max/2)
		s, from := mlr.New(c), len(r.result.Trials)
		for next, more := s.Next(); more; next, more = s.Next() {
			o, err := r.burstOutcome(ctx, n, rate, next, goal.Loss)
			if err != nil {
				return err
			}
			s.Add(next, o)
		}
		m := s.Results()[0]
		row := BurstRow{Burst: n}
		if m.Lower != nil {
			gap, mean := max(0, 1/m.Lower.Load-lasts), m.Lower.Load*float64(n)
			row.GapS, row.MeanFPS = &gap, &mean
		}
		row.Limit, row.Why = r.burstLimit(m, from)
		t.Bursts = append(t.Bursts, row)
	}
	return nil
}

// burstOutcome makes a trial of so many bursts a second.
func (r *Runner) burstOutcome(ctx context.Context, n int, rate float64, next mlr.Trial, loss float64) (mlr.Outcome, error) {
	times := max(1, uint64(next.Load*next.Duration))
	gap := max(0, 1/next.Load-float64(n)/rate)
	trial, decidable, err := r.valid(ctx, r.spec(loss, Segment{Frames: uint64(n), Rate: rate, Gap: gap, Times: times}))
	o := mlr.Outcome{Loss: trial.worst(), Seconds: next.Duration}
	if err == nil && !decidable {
		o.Undecidable, o.Loss = true, trial.shortfall()
	}
	return o, err
}

func (r *Runner) burstLimit(m mlr.Result, from int) (Limit, string) {
	switch {
	case m.Irregular == mlr.AtMax:
		return ByLine, "bursts without a gap lose nothing"
	case m.Irregular == mlr.BelowMin:
		return Unclear, "even single bursts lose frames"
	case m.Irregular != "":
		return Unclear, "the search was ended before it was over"
	case m.Upper.Tester:
		return ByTester, r.lastReason()
	}
	for _, t := range r.result.Trials[from:] {
		for _, a := range t.Accounts {
			if t.Valid && a.OnTheWay > 0 {
				return ByDevice, "it loses frames of bursts that are closer"
			}
		}
	}
	return Unclear, "no trial lost frames on the way"
}
