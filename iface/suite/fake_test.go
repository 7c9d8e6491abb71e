package suite

import (
	"context"
	"time"

	"eterm/frame/probe"
	"eterm/iface/ifacetest"
)

// fake makes trials by working out what a model of a device does with each
// frame: no ports, no time.
type fake struct {
	forward, reverse ifacetest.Path
	ceiling          float64 // frames/s that this tester can offer; 0 is any
	made             int
	before           func(n int, s *Spec) // called before a trial
	after            func(n int, t *Trial)
	resetFor         time.Duration
	stop             error
}

func (f *fake) OneClock() bool { return true }

func (f *fake) Measure(ctx context.Context, s Spec) (Trial, error) {
	if err := ctx.Err(); err != nil {
		return Trial{}, err
	}
	if f.before != nil {
		f.before(f.made, &s)
	}
	f.made++
	t := Trial{Spec: s, Reasons: []Reason{}, Took: s.Seconds() + 0.3}
	for _, d := range s.Directions {
		path := f.forward
		if d == Reverse {
			path = f.reverse
		}
		path.Seed += uint64(f.made)
		t.Accounts = append(t.Accounts, f.account(d, path, s))
	}
	Thresholds{}.judge(&t)
	if f.after != nil {
		f.after(f.made-1, &t)
	}
	return t, f.stop
}

// account is what becomes of a trial's frames in one direction.
func (f *fake) account(d Direction, path ifacetest.Path, s Spec) Account {
	m, due := ifacetest.NewModel(path), schedule(s.Profile)
	total, slow := s.Frames(), 1.0
	if f.ceiling > 0 && s.Rate() > f.ceiling {
		slow = s.Rate() / f.ceiling
	}
	a := Account{Direction: d, Intended: total, Offered: total, IntendedFPS: s.Rate(), Span: s.Seconds() * slow, Stalls: []Stall{}, Series: newSeries(total)}
	highest, any := uint64(0), false
	var last time.Duration
	for i := range total {
		at := time.Duration(float64(due(i)) * slow)
		if s.Reset != "" && i == total/5 {
			m.Reset(at, f.resetFor)
		}
		fate := m.Offer(at, s.Sizes[int(i)%len(s.Sizes)]-4, false)
		if !fate.Passed {
			continue
		}
		delay := int64(fate.Out - at)
		a.Received++
		a.Series.add(i, delay)
		if i > highest+1 || !any && i > 0 {
			a.LastGap = &Gap{First: highest + 1, Last: i - 1, Before: last.Seconds(), After: at.Seconds()}
			o := probe.Outage{Frames: i - 1 - highest, ByCount: int64(due(i) - due(highest+1)), ByTime: int64(at - last)}
			if len(a.Outages) < probe.MaxOutages {
				a.Outages = append(a.Outages, o)
			} else { // the longest are kept, as the tally does
				shortest := 0
				for k := range a.Outages {
					if a.Outages[k].Frames < a.Outages[shortest].Frames {
						shortest = k
					}
				}
				if o.Frames > a.Outages[shortest].Frames {
					a.Outages[shortest] = o
				}
			}
		}
		highest, any, last = i, true, at
		a.Delay.Min, a.Delay.Max = min64(a.Delay.Min, delay, a.Received == 1), max(a.Delay.Max, delay)
		a.Delay.Mean += (delay - a.Delay.Mean) / int64(a.Received)
		if i == total/2 {
			a.Tagged = &delay
		}
	}
	if any && highest < total-1 {
		a.LastGap = &Gap{First: highest + 1, Last: total - 1, Before: last.Seconds(), After: due(total - 1).Seconds()}
	}
	for _, p := range begin(s.Profile) {
		a.Steps = append(a.Steps, due(p).Seconds()*slow)
	}
	a.Delay.Kind, a.Delay.P50, a.Delay.P99, a.Delay.P999 = "one_way", a.Delay.Mean, a.Delay.Max, a.Delay.Max
	a.Lost = a.Offered - a.Received
	a.OnTheWay = a.Lost
	a.Series.finish()
	if a.Span > 0 {
		a.OfferedFPS = float64(a.Offered) / a.Span
		a.ForwardedFPS = float64(a.Received) / a.Span
	}
	return a
}

func begin(profile []Segment) (list []uint64) {
	for i := range profile {
		list = append(list, begins(profile, i))
	}
	return list
}

func min64(a, b int64, first bool) int64 {
	if first {
		return b
	}
	return min(a, b)
}
