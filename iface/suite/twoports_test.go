package suite

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface/ifacetest"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
)

// bench is a device in memory with a tester at its ports.
func bench(t *testing.T, paths []ifacetest.Path, opts ...ifacetest.Option) (*TwoPorts, *ifacetest.Device) {
	t.Helper()
	d := ifacetest.NewDevice(paths, append(opts, ifacetest.Buffer(1<<17))...)
	p := &TwoPorts{TX: d.Port(0), RX: d.Port(1), Load: linktest.Load{}, Clock: pace.Timers, Usage: func() Usage { return Usage{} }, Seed: 1}
	if len(paths) > 2 {
		p.Watch = d.Port(2)
	}
	p.Open()
	t.Cleanup(p.Close)
	return p, d
}

// quick are waits that cost little.
var quick = Waits{Learn: 0.1, Residual: 0.5, Rest: 0.1}

func measure(t *testing.T, p *TwoPorts, s Spec) Trial {
	t.Helper()
	if s.Waits == (Waits{}) {
		s.Waits = quick
	}
	if s.Sizes == nil {
		s.Sizes = []int{64}
	}
	if s.Directions == nil {
		s.Directions = []Direction{Forward}
	}
	trial, err := p.Measure(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range trial.Accounts {
		if err := a.Check(); err != nil {
			t.Error(err)
		}
	}
	return trial
}

func TestTrialIsTheDevicesAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d := bench(t, []ifacetest.Path{{}, {Rate: 2000, Queue: 50, Delay: 30 * time.Microsecond}})
		trial := measure(t, p, Spec{Profile: []Segment{Load(1500, 2)}})
		a := trial.Account(Forward)
		if !trial.Valid || trial.NoWay || a.Lost != 0 || a.Offered != 3000 {
			t.Errorf("below the rate: %+v", trial)
		}
		if low, high := slices.Min(a.Series.Min), slices.Max(a.Series.Max); low < 530_000-16 || high > 530_000+16 {
			t.Errorf("delays of 530 µs are %d to %d ns", low, high)
		}
		if a.Delay.P50 < 529_000 || a.Delay.P50 > 531_000 {
			t.Errorf("delays of 530 µs: %+v", a.Delay)
		}
		if a.OfferedFPS < 1499 || a.OfferedFPS > 1501 || a.ForwardedFPS < 1499 || a.ForwardedFPS > 1501 {
			t.Errorf("rates %v and %v", a.OfferedFPS, a.ForwardedFPS)
		}
		before := d.Account(1)
		trial = measure(t, p, Spec{Profile: []Segment{Load(2500, 2)}})
		a, after := trial.Account(Forward), d.Account(1)
		if !trial.Valid || a.Lost == 0 || a.Lost != after.Overflowed-before.Overflowed || a.OnTheWay != a.Lost {
			t.Errorf("above the rate: lost %d, the device %d, %v", a.Lost, after.Overflowed-before.Overflowed, trial.Reasons)
		}
		if a.ForwardedFPS < 1990 || a.ForwardedFPS > 2010 {
			t.Errorf("forwarded at %v", a.ForwardedFPS)
		}
	})
}

func TestTrialBothWaysAndFlooding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := bench(t, []ifacetest.Path{{}, {}, {}})
		both := []Direction{Forward, Reverse}
		trial := measure(t, p, Spec{Profile: []Segment{Load(1000, 1)}, Directions: both, Addresses: 4})
		for _, d := range both {
			if a := trial.Account(d); a.Received != 1000 || a.Flooded != 0 || a.Corrupted != 0 {
				t.Errorf("%s: %d received, %d flooded, %d corrupted", d, a.Received, a.Flooded, a.Corrupted)
			}
		}
		trial = measure(t, p, Spec{Profile: []Segment{Load(1000, 1)}, BroadcastEvery: 100})
		if a := trial.Account(Forward); a.Received != 1000 || a.Flooded != 10 || a.Corrupted != 0 {
			t.Errorf("one in 100 to all: %d received, %d flooded, %d corrupted", a.Received, a.Flooded, a.Corrupted)
		}
	})
}

func TestTrialFillsABuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := bench(t, []ifacetest.Path{{}, {Rate: 2000, Queue: 500}})
		trial := measure(t, p, Spec{Profile: []Segment{Load(2100, 2)}, Waits: Waits{Residual: 1}})
		a := trial.Account(Forward)
		rate, filling := a.Filling()
		if a.Lost != 0 || !filling || rate < 1995 || rate > 2005 {
			t.Errorf("a buffer that fills: lost %d, filling %v at %v", a.Lost, filling, rate)
		}
		trial = measure(t, p, Spec{Profile: []Segment{Load(1990, 2)}})
		if _, filling := trial.Account(Forward).Filling(); filling {
			t.Error("a buffer that does not fill is said to")
		}
	})
}

func TestNoWayThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := bench(t, []ifacetest.Path{{}, {Loss: 1}})
		if trial := measure(t, p, Spec{Profile: []Segment{Load(1000, 1)}}); !trial.NoWay || trial.Valid || len(trial.Accounts) != 0 {
			t.Errorf("no way through: %+v", trial)
		}
	})
}

func TestBurstAndSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := bench(t, []ifacetest.Path{{}, {Rate: 1000, Queue: 100}})
		trial := measure(t, p, Spec{Profile: []Segment{{Frames: 101}}, Burst: true, Waits: Waits{Residual: 1}})
		if a := trial.Account(Forward); a.Lost != 0 || !trial.Valid {
			t.Errorf("a burst that fits: lost %d, %v", a.Lost, trial.Reasons)
		}
		trial = measure(t, p, Spec{Profile: []Segment{{Frames: 102}}, Burst: true, Waits: Waits{Residual: 1}})
		if a := trial.Account(Forward); a.Lost != 1 || !trial.Valid {
			t.Errorf("a burst that does not: lost %d, %v", a.Lost, trial.Reasons)
		}
		// Overloaded for 2 s, then relieved: the last frame is lost when the
		// step comes.
		trial = measure(t, p, Spec{Profile: []Segment{Load(1100, 2), Load(500, 2)}, Waits: Waits{Residual: 1}})
		a := trial.Account(Forward)
		if a.LastGap == nil || len(a.Steps) != 2 || a.Steps[1] < 1.999 || a.Steps[1] > 2.001 {
			t.Fatalf("steps %v, last gap %+v", a.Steps, a.LastGap)
		}
		if a.LastGap.After < 1.99 || a.LastGap.After > 2.01 {
			t.Errorf("the last gap ends at %v s", a.LastGap.After)
		}
	})
}
