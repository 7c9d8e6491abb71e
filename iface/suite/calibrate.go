package suite

import (
	"context"
	"slices"

	"eterm/iface/suite/mlr"
)

// CalibrateTest is the test that measures the tester itself, with a cable in the
// device's place.
const CalibrateTest = "calibrate"

// Calibration is what a tester can do by itself.
type Calibration struct {
	// Host is what the tester was; a calibration holds for no other.
	Host   map[string]string  `json:"host"`
	Made   string             `json:"made"`
	Points []CalibrationPoint `json:"points"`
}

// CalibrationPoint is that for one size and direction.
type CalibrationPoint struct {
	Sizes     []int  `json:"sizes"`
	Direction string `json:"direction"`
	// CeilingFPS is the greatest load kept for ten seconds with nothing lost
	// and no trial that was not valid.
	CeilingFPS float64 `json:"ceiling_fps"`
	// BurstFPS are the rates at which bursts left that last a millisecond, ten
	// and a second at the ceiling; 0 where that could not be seen.
	BurstFPS [3]float64 `json:"burst_fps"`
	// Floor are the tester's own delays at shares of the ceiling.
	Floor []Delays `json:"floor"`
	// StallsPerMin are times of more than a millisecond in which it did not
	// send, at nine tenths of the ceiling, and the longest of them.
	StallsPerMin float64 `json:"stalls_per_min"`
	LongestStall int64   `json:"longest_stall_ns"`
}

// CalibrationPlan is a plan that measures the tester with these sizes.
func CalibrationPlan(p Plan) Plan {
	p.Suite, p.Tests, p.Repeat = CalibrateTest, []string{CalibrateTest}, 1
	p.Goals = []mlr.Goal{{Name: "ceiling", Width: 0.01, Initial: 1, Final: 10, Sum: 10, Preceding: 2}}
	p.Waits, p.Search = Waits{0.1, 0.3, 0.1}, "mlr"
	return p
}

// calibrate measures the tester.
func (r *Runner) calibrate(ctx context.Context, t *Test) error {
	t.Clause = "the tester itself"
	point := &CalibrationPoint{Sizes: r.cell.sizes, Direction: r.cell.direction()}
	s := mlr.New(r.Plan.search(r.cell.sizes, r.Plan.Goals))
	for next, more := s.Next(); more; next, more = s.Next() {
		trial, err := r.trial(ctx, r.spec(0, Load(next.Load, next.Duration)))
		if err != nil {
			return err
		}
		if trial.NoWay {
			return errNoWay
		}
		s.Add(next, mlr.Outcome{Loss: max(trial.worst(), trial.shortfall()), Seconds: next.Duration, Undecidable: !trial.Valid})
	}
	lower := s.Results()[0].Lower
	if lower == nil {
		t.Note = "the tester keeps no load at all"
		return nil
	}
	point.CeilingFPS = lower.Load
	t.Calibration = point
	for i, seconds := range []float64{0.001, 0.01, 1} {
		spec := r.spec(1, Segment{Frames: max(2, uint64(lower.Load*seconds))})
		trial, err := r.trial(ctx, spec)
		if err != nil {
			return err
		}
		for _, a := range trial.Accounts {
			point.BurstFPS[i] = max(point.BurstFPS[i], a.OfferedFPS)
		}
	}
	return r.floor(ctx, point)
}

// floor measures the tester's own delays and stalls.
func (r *Runner) floor(ctx context.Context, point *CalibrationPoint) error {
	const seconds = 5
	for _, share := range []float64{0.01, 0.5, 0.9} {
		trial, err := r.trial(ctx, r.spec(1, Load(point.CeilingFPS*share, seconds)))
		if err != nil {
			return err
		}
		for _, a := range trial.Accounts {
			d := &delays{}
			d.add(a)
			point.Floor = append(point.Floor, d.row(Delays{Share: share, FPS: point.CeilingFPS * share, Direction: a.Direction}))
			if share == 0.9 {
				point.StallsPerMin += float64(uint64(len(a.Stalls))+a.MoreStalls) * 60 / seconds
				for _, s := range a.Stalls {
					point.LongestStall = max(point.LongestStall, s.Late)
				}
			}
		}
	}
	return nil
}

// CalibrationOf is what a run of a calibration plan found.
func CalibrationOf(r Result, host map[string]string, made string) Calibration {
	c := Calibration{Host: host, Made: made, Points: []CalibrationPoint{}}
	for _, t := range r.Tests {
		if t.Calibration != nil {
			c.Points = append(c.Points, *t.Calibration)
		}
	}
	return c
}

// Differs says how a host differs from the one that was calibrated; empty if it
// does not.
func (c Calibration) Differs(host map[string]string) string {
	var keys []string
	for k := range c.Host {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if host[k] != c.Host[k] {
			return k + " is " + host[k] + " and was " + c.Host[k]
		}
	}
	return ""
}

func (c *Calibration) point(in cell) *CalibrationPoint {
	if c == nil {
		return nil
	}
	for i := range c.Points {
		if p := &c.Points[i]; slices.Equal(p.Sizes, in.sizes) && p.Direction == in.direction() {
			return p
		}
	}
	return nil
}

// ceiling is the greatest load the tester keeps in a cell, if that is known.
func (c *Calibration) ceiling(in cell) (fps float64, known bool) {
	p := c.point(in)
	if p == nil {
		return 0, false
	}
	return p.CeilingFPS, true
}

// p50 is the middle of the tester's own delays at the load that is next to one;
// nil if that is not known.
func (c *Calibration) p50(in cell, d Direction, fps float64) *int64 {
	p := c.point(in)
	if p == nil {
		return nil
	}
	var best *Delays
	for i := range p.Floor {
		f := &p.Floor[i]
		if f.Direction == d && f.Kind == oneWay && (best == nil || distance(f.FPS, fps) < distance(best.FPS, fps)) {
			best = f
		}
	}
	if best == nil {
		return nil
	}
	return &best.P50
}

// distance of two rates, as a factor.
func distance(a, b float64) float64 { return max(a/b, b/a) }
