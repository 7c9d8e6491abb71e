package suite

import (
	"fmt"
	"slices"
)

// Estimate is how long a test will take.
type Estimate struct {
	Test string `json:"test"`
	// Trials at least and at most, and seconds.
	LeastTrials  int     `json:"least_trials"`
	MostTrials   int     `json:"most_trials"`
	LeastSeconds float64 `json:"least_s"`
	MostSeconds  float64 `json:"most_s"`
}

// fixed is what a trial takes besides its load: learning, probing, draining.
func (p Plan) fixed() float64 {
	ways, _ := p.ways()
	learning := float64(learnTimes*len(ways)*max(1, p.Addresses)) * learnEvery.Seconds()
	return p.Waits.Learn + learning + float64(probeFrames)/probeRate + 2*0.01 + p.Waits.Rest
}

// Estimates are how long each test of a plan will take, without waiting for what
// is lost. A search for two goals takes 27 to 37 trials, most of them short.
func (p Plan) Estimates() (list []Estimate) {
	for _, name := range p.Tests {
		e := Estimate{Test: name}
		add := func(least, most int, seconds float64) {
			e.LeastTrials += least
			e.MostTrials += most
			e.LeastSeconds += float64(least) * (seconds + p.fixed())
			e.MostSeconds += float64(most) * (seconds + p.fixed() + p.Waits.Residual)
		}
		for range p.loads() {
			if name == Throughput || name == Broadcast {
				for _, g := range p.Goals {
					sums := int(g.Sum / g.Final)
					add(4+2*sums/3, 12+2*sums, g.Final)
				}
			}
			if name == Latency || name == Broadcast {
				n := p.Latency.Trials * len(p.Latency.Shares)
				add(n, n, p.Latency.Seconds)
			}
			switch name {
			case Loss:
				add(2, 10, p.LossStep)
			case Forwarding:
				add(1, 10, p.LossStep)
			case BackToBack:
				add(8*p.BackToBack.Repeat, 25*p.BackToBack.Repeat, 0.1)
			case Recovery:
				add(1, 4, p.Recovery.Over+2*p.Recovery.Calm)
			case ResetTest:
				add(len(p.Resets), len(p.Resets), max(60, 6*p.Recovery.Calm))
			case Bursts:
				n, g := len(p.Bursts), p.Goals[0]
				add(8*n, 40*n, g.Final)
			case CalibrateTest:
				add(10, 25, 5)
			}
		}
		n := max(1, p.Repeat)
		e.LeastTrials, e.MostTrials = n*e.LeastTrials, n*e.MostTrials
		e.LeastSeconds, e.MostSeconds = float64(n)*e.LeastSeconds, float64(n)*e.MostSeconds
		list = append(list, e)
	}
	return list
}

// progress is where the run is as a trial begins.
func (r *Runner) progress(s Spec) Progress {
	p := Progress{
		Test: r.cell.test, Size: r.cell.size(), Direction: r.cell.direction(), Repeat: r.cell.repeat, Done: len(r.result.Trials),
		Load: s.Rate(), Seconds: s.Seconds(), LastLoss: r.lastLoss,
	}
	p.LeftS = r.left()
	return p
}

// left is how long the run will take still: what the tests that are over took,
// against what they were to take, for those to come.
func (r *Runner) left() float64 {
	planned := 0.0
	for _, e := range r.Plan.Estimates() {
		planned += (e.LeastSeconds + e.MostSeconds) / 2
	}
	cells := float64(max(1, len(r.Plan.Tests)*max(1, r.Plan.Repeat)*len(r.Plan.loads())))
	done := float64(len(r.result.Tests))
	if done < 1 {
		return max(0, planned-r.result.ObservedS)
	}
	share := min(1, done/cells)
	mean := r.result.ObservedS / share
	return max(0, share*mean+(1-share)*planned-r.result.ObservedS)
}

// deviations are where a plan is not what RFC 2544 asks for, by name and value
// (RFC 9971 demands that they are told).
func (p Plan) deviations() []string {
	list := []string{}
	less := func(is, want float64, what, unit, clause string) {
		if is < want {
			list = append(list, fmt.Sprintf("%s %.3g%s (%s: %.3g%s)", what, is, unit, clause, want, unit))
		}
	}
	tell := func(is, want float64, what, clause string) { less(is, want, what, " s", clause) }
	if p.has(RFC2889) && slices.Contains(p.Tests, Forwarding) {
		tell(p.LossStep, 30, "forwarding trial", "RFC 2889 5.1.2")
	}
	if !p.has(RFC2544) {
		return list
	}
	tell(p.Waits.Learn, 2, "wait after learning", "RFC 2544 23 b")
	tell(p.Waits.Residual, 2, "wait for frames on the way", "RFC 2544 23 d")
	tell(p.Waits.Rest, 5, "rest", "RFC 2544 23 e")
	for _, g := range p.Goals {
		if isStrict(g) {
			tell(g.Final, 60, "trial of goal "+g.Name, "RFC 2544 24")
			continue
		}
		list = append(list, fmt.Sprintf("goal %s: trials of %.3g s, %.3g s in all, %.3g %% of which may lose more than %.3g %% (RFC 9971)", g.Name, g.Final, g.Sum, 100*g.Exceed, 100*g.Loss))
	}
	if slices.Contains(p.Tests, Latency) {
		tell(p.Latency.Seconds, 120, "latency trial", "RFC 2544 26.2")
		less(float64(p.Latency.Trials), 20, "latency repetitions", "", "RFC 2544 26.2")
	}
	if slices.Contains(p.Tests, Loss) {
		tell(p.LossStep, 60, "loss trial", "RFC 2544 24")
	}
	if slices.Contains(p.Tests, BackToBack) {
		less(float64(p.BackToBack.Repeat), 50, "back-to-back repetitions", "", "RFC 2544 26.4")
	}
	if slices.Contains(p.Tests, Recovery) {
		tell(p.Recovery.Over, 60, "overload before recovery", "RFC 2544 26.5")
	}
	return list
}
