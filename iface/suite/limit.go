package suite

import (
	"fmt"

	"eterm/iface/suite/mlr"
)

// clearOf is the share of the tester's ceiling up to which what loses is the
// device: closer to it, nobody can tell.
const clearOf = 0.95

// limit says what kept a throughput from being greater.
func (r *Runner) limit(m mlr.Result, from int) (Limit, string) {
	line := r.Plan.Theoretical(r.cell.sizes)
	ceiling, known := r.Calibration.ceiling(r.cell)
	switch {
	case m.Irregular == mlr.Unfinished:
		return Unclear, "the search was ended before it was over"
	case m.Upper == nil && line > 0 && m.Lower.Load >= line*(1-1e-9):
		return ByLine, "the line carries no more"
	case m.Upper == nil && known && m.Lower.Load >= ceiling*(1-1e-9):
		return ByTester, fmt.Sprintf("its ceiling is %.0f frames/s", ceiling)
	case m.Upper == nil:
		return Unclear, fmt.Sprintf("no more than %.0f frames/s was to be offered", m.Lower.Load)
	case m.Upper.Tester:
		return ByTester, r.why(m.Upper.Load, from)
	case !r.lostOnTheWay(m.Upper.Load, from):
		return Unclear, "no trial at the upper bound lost frames on the way"
	case !known:
		return Unclear, "frames were lost on the way, but the tester's own ceiling is not known: calibrate it"
	case m.Upper.Load <= clearOf*ceiling:
		return ByDevice, fmt.Sprintf("it loses frames at %.0f frames/s, and the tester can do %.0f", m.Upper.Load, ceiling)
	}
	return Unclear, fmt.Sprintf("frames were lost on the way at %.0f frames/s, which is near the tester's own ceiling of %.0f", m.Upper.Load, ceiling)
}

// why is what was wrong with the trials at a load.
func (r *Runner) why(load float64, from int) string {
	for i := len(r.result.Trials) - 1; i >= from; i-- {
		t := r.result.Trials[i]
		if !t.Valid && len(t.Reasons) > 0 && t.Spec.Profile[0] == Load(load, t.Spec.Seconds()) {
			return t.Reasons[0].Text
		}
	}
	return "its trials are not valid"
}

// lostOnTheWay says whether a valid trial at a load lost frames on the way.
func (r *Runner) lostOnTheWay(load float64, from int) bool {
	for _, t := range r.result.Trials[from:] {
		if !t.Valid || t.Spec.Profile[0] != Load(load, t.Spec.Seconds()) {
			continue
		}
		for _, a := range t.Accounts {
			if a.OnTheWay > 0 {
				return true
			}
		}
	}
	return false
}
