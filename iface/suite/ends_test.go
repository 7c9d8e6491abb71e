package suite

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/seal"
	"eterm/iface/ifacetest"
	"eterm/iface/linktest"
	"eterm/iface/loop"
)

// TestCarrierIsWaitedFor: a trial begins when the link is back, and ends the run
// if it is not within a minute.
func TestCarrierIsWaitedFor(t *testing.T) {
	for _, away := range []time.Duration{20 * time.Second, 2 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			p, d := bench(t, []ifacetest.Path{{}, {}})
			near := d.Port(0)
			near.Habits(ifacetest.SlowLink(away))
			near.SetUp(false)
			near.SetUp(true)
			began := time.Now()
			trial, err := p.Measure(context.Background(), Spec{Sizes: []int{64}, Profile: []Segment{Load(1000, 1)}, Directions: bothWays, Waits: quick})
			switch {
			case away > carrierWait:
				if !errors.Is(err, ErrLink) || !strings.Contains(err.Error(), near.Name()) || time.Since(began) > carrierWait+time.Second {
					t.Errorf("a link that does not come back: %v after %v", err, time.Since(began))
				}
			case err != nil || !trial.Valid || time.Since(began) < away:
				t.Errorf("a link that comes back: %v, %+v after %v", err, trial.Reasons, time.Since(began))
			}
		})
	}
}

// TestPortThatChanges ends a run: what follows would be of another tester.
func TestPortThatChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d := bench(t, []ifacetest.Path{{}, {}})
		d.Port(1).SetMTU(9000)
		_, err := p.Measure(context.Background(), Spec{Sizes: []int{64}, Profile: []Segment{Load(1000, 1)}, Directions: bothWays, Waits: quick})
		if !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), "9000") {
			t.Error(err)
		}
	})
}

// TestLoopEndsARun: who benchmarks a network with a loop in it stops at once, on
// one machine or two.
func TestLoopEndsARun(t *testing.T) {
	spec := Spec{Sizes: []int{128}, Profile: []Segment{Load(1000, 60)}, Directions: []Direction{Forward}, Waits: quick}
	storm := func(start time.Time) ifacetest.Option {
		copies := ifacetest.Duplicate(func(_ uint64, f []byte, _ *rand.Rand) bool {
			return linktest.IsTestFrame(f) && time.Since(start) > 2*time.Second
		})
		return ifacetest.Faults(copies, copies, copies, copies)
	}
	for _, returned := range []bool{false, true} {
		loops := func() ifacetest.Option {
			if returned {
				return ifacetest.Defective(ifacetest.Reflects())
			}
			return storm(time.Now())
		}
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			p, _ := bench(t, []ifacetest.Path{{}, {}}, loops())
			_, err := p.Measure(context.Background(), spec)
			var looped *loop.Error
			if !errors.As(err, &looped) || looped.Returned != returned || time.Since(start) > 4*time.Second {
				t.Errorf("between two ports: %v after %v", err, time.Since(start))
			}
		})
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			a := newApart(t, seal.Key{}, About{}, []ifacetest.Path{{}, {}}, loops())
			_, err := a.Measure(context.Background(), spec)
			if err == nil || !strings.Contains(err.Error(), "loop: ") || time.Since(start) > 5*time.Second {
				t.Errorf("between two machines: %v after %v", err, time.Since(start))
			}
		})
	}
}
