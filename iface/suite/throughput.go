package suite

import (
	"context"
	"slices"

	"eterm/frame/ether"
	"eterm/iface/suite/mlr"
)

// throughput is RFC 2544, 26.1: the greatest loads that meet the goals. Goals
// that allow no bad trial are searched for after the others, from where those
// ended, so that chance cannot lead them astray far from the truth.
func (r *Runner) throughput(ctx context.Context, t *Test) error {
	t.Clause = "RFC 2544 26.1"
	r.figures[r.key("tried")] = 1
	var short, strict []mlr.Goal
	for _, g := range r.Plan.Goals {
		if isStrict(g) {
			strict = append(strict, g)
		} else {
			short = append(short, g)
		}
	}
	startAt := 0.0
	for _, goals := range [][]mlr.Goal{short, strict} {
		if len(goals) == 0 {
			continue
		}
		c := r.Plan.search(r.cell.sizes, goals)
		if startAt > 0 {
			c.StartAt, c.Warmup = max(startAt, c.Min), 0
		}
		figures, err := r.find(ctx, c)
		t.Goals = append(t.Goals, figures...)
		if err != nil {
			return err
		}
		if figures[0].LowerFPS != nil {
			startAt = *figures[0].LowerFPS
		}
	}
	r.remember(t.Goals)
	slices.SortStableFunc(t.Goals, func(a, b Figure) int { return r.place(a.Name) - r.place(b.Name) })
	return nil
}

// remember keeps throughputs for the tests that refer to them.
func (r *Runner) remember(figures []Figure) {
	for _, f := range figures {
		if f.ThroughputFPS != nil && *f.ThroughputFPS > 0 {
			r.figures[r.key(f.Name)] = *f.ThroughputFPS
		}
	}
}

// place of a goal in the plan.
func (r *Runner) place(name string) int {
	return slices.IndexFunc(r.Plan.Goals, func(g mlr.Goal) bool { return g.Name == name })
}

// find searches for some goals at once. The figures are valid as far as they go
// also when there is an error.
func (r *Runner) find(ctx context.Context, c mlr.Config) ([]Figure, error) {
	if r.Plan.Search == "binary" {
		return r.findBinary(ctx, c)
	}
	s, loss := mlr.New(c), c.Goals[0].Loss
	for _, g := range c.Goals {
		loss = min(loss, g.Loss)
	}
	from := len(r.result.Trials)
	var err error
	for {
		next, more := s.Next()
		if !more {
			break
		}
		var o mlr.Outcome
		if o, err = r.outcome(ctx, next, loss); err != nil {
			break
		}
		s.Add(next, o)
	}
	var figures []Figure
	for _, result := range s.Results() {
		figures = append(figures, r.figure(result, from))
	}
	return figures, err
}

// outcome makes the trial that a search wants.
func (r *Runner) outcome(ctx context.Context, next mlr.Trial, loss float64) (mlr.Outcome, error) {
	t, decidable, err := r.valid(ctx, r.spec(loss, Load(next.Load, next.Duration)))
	o := mlr.Outcome{Loss: t.worst(), Seconds: next.Duration}
	if err == nil && !decidable {
		o.Undecidable, o.Loss = true, t.shortfall()
	}
	return o, err
}

// worst is the loss ratio of the direction that lost most: with both loaded at
// once, each has to meet a goal.
func (t Trial) worst() (ratio float64) {
	for _, a := range t.Accounts {
		ratio = max(ratio, a.LossRatio())
	}
	return ratio
}

// findBinary searches by plain binary search with loss verification, goal by
// goal, as ETSI GS NFV-TST 009, 12.3.3, has it.
func (r *Runner) findBinary(ctx context.Context, c mlr.Config) (figures []Figure, err error) {
	for _, g := range c.Goals {
		load, top := mlr.Grid(c.Min, c.Max, g.Width)
		from := len(r.result.Trials)
		s := mlr.NewBinary(mlr.BinaryConfig{Least: 1, Most: top + 1, Step: 1, Loss: g.Loss, Again: 1})
		var tester []int
		for k, more := s.Next(); more; k, more = s.Next() {
			var o mlr.Outcome
			if o, err = r.outcome(ctx, mlr.Trial{Load: load(k - 1), Duration: g.Final}, g.Loss); err != nil {
				break
			}
			if o.Undecidable {
				tester, o.Loss = append(tester, k), 1
			}
			s.Add(o.Loss)
		}
		result := mlr.Result{Goal: g}
		good, bad := s.Bounds()
		if good >= 1 {
			result.Lower = &mlr.Bound{Load: load(good - 1)}
			result.Conditional = result.Lower.Load
		}
		if bad <= top+1 {
			result.Upper = &mlr.Bound{Load: load(bad - 1), Tester: slices.Contains(tester, bad)}
		}
		result.Irregular = irregular(result, err != nil)
		figures = append(figures, r.figure(result, from))
		if err != nil {
			return figures, err
		}
	}
	return figures, nil
}

// irregular says why bounds are missing.
func irregular(r mlr.Result, ended bool) string {
	switch {
	case ended:
		return mlr.Unfinished
	case r.Lower == nil:
		return mlr.BelowMin
	case r.Upper == nil:
		return mlr.AtMax
	}
	return ""
}

// figure is a goal's result, with the trials made from number from on.
func (r *Runner) figure(m mlr.Result, from int) Figure {
	f := Figure{Name: m.Goal.Name, Goal: m.Goal, Irregular: m.Irregular, Trials: []int{}}
	for n := from; n < len(r.result.Trials); n++ {
		f.Trials = append(f.Trials, n)
	}
	if m.Upper != nil {
		f.UpperFPS = &m.Upper.Load
	}
	if m.Lower != nil {
		f.LowerFPS, f.ThroughputFPS = &m.Lower.Load, &m.Conditional
		bits := m.Conditional * (r.cell.mean() + float64(ether.Preamble+ether.Gap)) * 8
		f.BitsPerS = &bits
		if line := r.Plan.Theoretical(r.cell.sizes); line > 0 {
			percent := 100 * m.Conditional / line
			f.Percent = &percent
		}
		r.bias(&f, m.Lower.Load, from)
	}
	f.Limit, f.Why = r.limit(m, from)
	return f
}

// bias looks at the last trial without loss at the lower bound, whether it
// filled a buffer, and by how much buffers may flatter the figure: what was held
// at the end, for the length of the trial.
func (r *Runner) bias(f *Figure, lower float64, from int) {
	if !r.result.OneClock {
		return
	}
	for i := len(r.result.Trials) - 1; i >= from; i-- {
		t := r.result.Trials[i]
		if !t.Valid || t.Lost() > 0 || t.Spec.Profile[0] != Load(lower, t.Spec.Seconds()) {
			continue
		}
		bound := 0.0
		for _, a := range t.Accounts {
			bound = max(bound, BiasBound(float64(a.Delay.Max-a.Delay.Min)/1e9*a.OfferedFPS, a.OfferedFPS, a.Span))
			if rate, filling := a.Filling(); filling && (f.FillingFPS == nil || rate < *f.FillingFPS) {
				f.Filling, f.FillingFPS = true, &rate
			}
		}
		f.BiasBound = &bound
		return
	}
}
