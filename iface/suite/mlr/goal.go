// Package mlr searches for the greatest loads at which a device loses no more
// than a goal allows: multiple loss ratio search (RFC 9971), and plain binary
// search with loss verification (ETSI GS NFV-TST 009). It is pure: it has no
// clock and no port, says which trial comes next and is told how it went. The
// same outcomes give the same next trial, so a search resumes by replaying them.
package mlr

import (
	"fmt"
	"math"
)

// Goal is what one figure of a search means (RFC 9971, search goal).
type Goal struct {
	Name string `json:"name"`
	// Loss is the greatest loss ratio of a good trial, 0 to below 1.
	Loss float64 `json:"loss"`
	// Exceed is the share of the trials' time that may be of bad trials at a
	// load that is still a lower bound, 0 to below 1.
	Exceed float64 `json:"exceed"`
	// Width is how close the bounds come, relative to the upper one.
	Width float64 `json:"width"`
	// Initial and Final are the first and the last trials' lengths, Sum how
	// long trials of one load last together before it is classified; seconds.
	Initial float64 `json:"initial_s"`
	Final   float64 `json:"trial_s"`
	Sum     float64 `json:"sum_s"`
	// Preceding is how many coarser targets come before the goal's own.
	Preceding int `json:"preceding"`
}

// NDR is the goal of no loss in short trials, half of which may lose: what a
// device can do, whatever stalls it or its tester now and then.
func NDR() Goal {
	return Goal{Name: "ndr", Exceed: 0.5, Width: 0.005, Initial: 1, Final: 1, Sum: 21, Preceding: 2}
}

// PDR is NDR with a loss of 0.5 %.
func PDR() Goal {
	g := NDR()
	g.Name, g.Loss = "pdr", 0.005
	return g
}

// Strict is the throughput of RFC 2544 (26.1): not one frame lost in a minute.
func Strict() Goal {
	return Goal{Name: "strict", Width: 0.005, Initial: 60, Final: 60, Sum: 60, Preceding: 2}
}

// Check says what is wrong with a goal.
func (g Goal) Check() error {
	switch {
	case !(g.Loss >= 0 && g.Loss < 1):
		return fmt.Errorf("goal %s: loss %v: want 0 to below 1", g.Name, g.Loss)
	case !(g.Exceed >= 0 && g.Exceed < 1):
		return fmt.Errorf("goal %s: exceed %v: want 0 to below 1", g.Name, g.Exceed)
	case !(g.Width > 0 && g.Width < 1):
		return fmt.Errorf("goal %s: width %v: want above 0 and below 1", g.Name, g.Width)
	case !(g.Initial > 0):
		return fmt.Errorf("goal %s: initial trial %v s: want above 0", g.Name, g.Initial)
	case !(g.Final >= g.Initial):
		return fmt.Errorf("goal %s: trial %v s is shorter than the initial one, %v s", g.Name, g.Final, g.Initial)
	case !(g.Sum >= g.Final) || math.IsInf(g.Sum, 0):
		return fmt.Errorf("goal %s: sum %v s is shorter than a trial, %v s", g.Name, g.Sum, g.Final)
	case g.Preceding < 0 || g.Preceding > 16:
		return fmt.Errorf("goal %s: %d preceding targets: want 0 to 16", g.Name, g.Preceding)
	case g.Preceding == 0 && g.Initial < g.Sum:
		return fmt.Errorf("goal %s: initial trials of %v s need preceding targets", g.Name, g.Initial)
	}
	return nil
}

// Config is a search.
type Config struct {
	// Min and Max bound every load, in any unit: 0 < Min < Max.
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Goals []Goal  `json:"goals"`
	// Warmup is the length of a first trial at Max that counts for nothing,
	// in seconds; 0 is none.
	Warmup float64 `json:"warmup_s"`
	// StartAt is a load near which the figure is expected; 0 finds one by up
	// to three trials.
	StartAt float64 `json:"start_at"`
	// MaxTrials ends a search that takes longer; 200 if 0.
	MaxTrials int `json:"max_trials"`
}

// Check says what is wrong with a search.
func (c Config) Check() error {
	switch {
	case !(c.Min > 0) || math.IsInf(c.Min, 0):
		return fmt.Errorf("least load %v: want above 0", c.Min)
	case !(c.Max > c.Min) || math.IsInf(c.Max, 0):
		return fmt.Errorf("greatest load %v is not above the least, %v", c.Max, c.Min)
	case len(c.Goals) == 0:
		return fmt.Errorf("a search needs a goal")
	case !(c.Warmup >= 0):
		return fmt.Errorf("warm-up of %v s: want 0 or more", c.Warmup)
	case c.StartAt != 0 && !(c.StartAt >= c.Min && c.StartAt <= c.Max):
		return fmt.Errorf("start at %v: want %v to %v", c.StartAt, c.Min, c.Max)
	}
	seen := map[string]bool{}
	for _, g := range c.Goals {
		if err := g.Check(); err != nil {
			return err
		}
		if seen[g.Name] {
			return fmt.Errorf("two goals are named %s", g.Name)
		}
		seen[g.Name] = true
	}
	return nil
}
