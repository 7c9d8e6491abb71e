package switchtest

import (
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/stats"
	"eterm/iface/ifacetest"
)

// TestWatchIsFollowed: both ways are told while they are watched, an outage is
// seen when it happens, and the last that is told is what the report says.
func TestWatchIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		sw := ifacetest.NewSwitch(2, ifacetest.Faults(ifacetest.Drop(between(start, 3*time.Second, 6*time.Second))))
		var source stats.Source
		silent, delays := 0, 0
		over, done := make(chan struct{}), make(chan struct{})
		report, err := Outage(t.Context(), OutageConfig{A: sw.Port(0), B: sw.Port(1), Duration: 20 * time.Second, Follow: func(soFar stats.Source) {
			source = soFar
			go func() {
				defer close(done)
				before := uint64(0)
				for tick := time.NewTicker(time.Second); ; {
					select {
					case <-tick.C:
						s := soFar()[1]
						if *s.Received == before {
							silent++
						}
						if before = *s.Received; s.Delay != nil {
							delays++
						}
					case <-over:
						return
					}
				}
			}()
		}})
		close(over)
		<-done
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range source() {
			if w := report.Ways[i]; *s.Offered != w.Expected || *s.Received != w.Received || *s.HostDropped != 0 {
				t.Errorf("%s: told %d offered, %d received; the report says %d, %d", s.Direction, *s.Offered, *s.Received, w.Expected, w.Received)
			}
		}
		if silent < 2 || silent > 3 || delays < 15 {
			t.Errorf("%d of 20 seconds were silent, %d had delays; 3 were to be", silent, delays)
		}
	})
}
