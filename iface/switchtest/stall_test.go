package switchtest

import (
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface/ifacetest"
	"eterm/iface/load/pace"
)

// stalling is a clock whose waits take a second longer between the third and
// the fourth second, as those of a host do that has no time.
type stalling struct{ pace.Clock }

func (c stalling) Wait(until time.Duration, done <-chan struct{}) {
	if now := c.Now(); now > 3*time.Second && now < 3*time.Second+20*time.Millisecond {
		until += time.Second
	}
	c.Clock.Wait(until, done)
}

// TestEveryFrameThatIsDueIsSent at any interval, and what this host was late by
// is named as its own.
func TestEveryFrameThatIsDueIsSent(t *testing.T) {
	for _, interval := range []time.Duration{time.Millisecond, 10 * time.Millisecond} {
		for _, stalls := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				sw := ifacetest.NewSwitch(2, ifacetest.Faults(ifacetest.Drop(between(start, 6*time.Second, 7*time.Second)),
					ifacetest.Drop(between(start, 3900*time.Millisecond, 4060*time.Millisecond))))
				cfg := OutageConfig{A: sw.Port(0), B: sw.Port(1), Interval: interval, Duration: 10 * time.Second, Clock: pace.Timers()}
				if stalls {
					cfg.Clock = stalling{cfg.Clock}
				}
				report, err := Outage(t.Context(), cfg)
				if err != nil {
					t.Fatal(err)
				}
				for i, w := range report.Ways {
					if due := uint64(10 * time.Second / interval); w.Expected < due-1 || w.Expected > due+1 {
						t.Errorf("%v, stalls %v, direction %d: %d sent, want %d", interval, stalls, i, w.Expected, due)
					}
				}
				if got := count(report, Stalled); (got == 1) != stalls || (report.Stalls == 1) != stalls || (report.Touched > 0) != stalls {
					t.Errorf("%v, stalls %v: %d told, %d stalls, %d outages touched: %v", interval, stalls, got, report.Stalls, report.Touched, report.Timeline)
				}
			})
		}
	}
}
