package args

import (
	"errors"
	"math"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/load"
	"eterm/iface/load/pace"
)

// Pacing are the flags that say when frames are sent, and how many.
type Pacing struct {
	count    Count
	duration Duration
	rate     Rate
	burst    uint64
	gap      Duration
	speed    float64
	file     bool // the frames are those of a file
	once     bool // not looped
}

// ErrNoTimes means that a file does not say when its frames were captured.
var ErrNoTimes = errors.New("says nothing of times")

// Flags are the flags of it.
func (p *Pacing) Flags() []cli.Flag {
	p.speed = 1
	return []cli.Flag{
		&cli.GenericFlag{Name: "count", Aliases: []string{"c"}, Value: &p.count, DefaultText: "10, or the file once, if no duration is given", Usage: "send exactly `N` frames, 0 for until stopped"},
		DurationFlag(&p.duration),
		&cli.GenericFlag{Name: "rate", Aliases: []string{"b"}, Value: &p.rate, DefaultText: "1pps", Usage: "send at `RATE`: 1000pps, 100Mbit, 10%, max, or the ramp 1kpps..10kpps"},
		&cli.GenericFlag{Name: "burst", Value: (*whole)(&p.burst), DefaultText: "none", Usage: "send bursts of `N` frames, at the rate if one is given"},
		&cli.GenericFlag{Name: "gap", Value: &p.gap, Usage: "leave `TIME` between bursts", DefaultText: "none"},
		FactorFlag("speed", &p.speed, "send a file `FACTOR` times as fast as it was captured"),
	}
}

// Check refuses what has no end or no sense; file says that the frames come
// from one.
func (p *Pacing) Check(c *cli.Context, file bool) error {
	p.file = file
	endless := p.Endless(c)
	switch {
	case c.IsSet("burst") && (p.burst == 0 || p.gap == 0):
		return exit.Usage("--burst %d --gap %v: want both above zero, such as --burst 64 --gap 1ms", p.burst, time.Duration(p.gap))
	case p.rate.From.IsMax() && p.burst == 0 && endless:
		return exit.Usage("--rate max needs an end: give -c or -d")
	case p.rate.Ramps() && p.burst > 0:
		return exit.Usage("--burst does not go with a ramp: give one rate")
	case p.rate.Ramps() && endless:
		return exit.Usage("a ramp needs an end: give -c or -d")
	case !(p.speed > 0) || math.IsInf(p.speed, 0):
		return exit.Usage("speed %v: want above zero, such as 2 for twice as fast", p.speed)
	}
	paced := !p.rate.From.IsZero() || p.burst > 0
	p.once = file && !c.IsSet("count") && p.duration == 0
	if !c.IsSet("count") && p.duration == 0 && !paced && !p.once {
		p.count = 10
	}
	return nil
}

// Endless says whether nothing ends the run but the user.
func (p *Pacing) Endless(c *cli.Context) bool {
	return p.duration == 0 && p.count == 0 && (!p.file || c.IsSet("count"))
}

// Plan says when the frames are due, how many there are, and how many a second
// at the most. The line's speed is in bits a second, 0 if it is not known.
func (p *Pacing) Plan(f *Prepared, lineSpeed float64) (load.Plan, float64, error) {
	plan := load.Plan{Count: uint64(p.count), Duration: time.Duration(p.duration)}
	if p.once {
		plan.Count = f.Count
	}
	from, err := p.rate.From.Frames(f.MeanWire, lineSpeed)
	if err != nil {
		return plan, 0, exit.Usage("rate %s: %w", p.rate.String(), err)
	}
	to, err := p.rate.To.Frames(f.MeanWire, lineSpeed)
	if err != nil {
		return plan, 0, exit.Usage("rate %s: %w", p.rate.String(), err)
	}
	switch {
	case p.burst > 0:
		plan.Schedule = pace.Bursts(p.burst, time.Duration(p.gap), from)
		return plan, float64(p.burst) / plan.Schedule(p.burst).Seconds(), nil
	case p.rate.Ramps():
		in := time.Duration(p.duration)
		if in == 0 {
			in = time.Duration(float64(plan.Count) / ((from + to) / 2) * float64(time.Second))
		}
		plan.Schedule = pace.Ramp(from, to, in)
		return plan, max(from, to), nil
	case p.rate.From.IsMax():
		return plan, math.Inf(1), nil
	case !p.rate.From.IsZero():
		plan.Schedule = pace.Rate(from)
		return plan, from, nil
	case f.Times != nil:
		plan.Schedule = pace.Times(f.Times, f.Period, p.speed)
		return plan, float64(len(f.Times)) / (f.Period.Seconds() / p.speed), nil
	case p.file && plan.Count != 1: // one goes at once
		return plan, 0, ErrNoTimes
	}
	plan.Schedule = pace.Rate(1)
	return plan, 1, nil
}
