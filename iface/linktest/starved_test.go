package linktest_test

import (
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"eterm/iface/ifacetest"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
)

// TestAStarvedHostLosesNothing: 2,000 runs at once on a machine that has other
// things to do, over cables that lose nothing. A receiver that comes late to
// its frames reads them before it judges: no run is wrong without a doubt said.
// ETERM_LONG_TESTS does it ten times, with the default drain time as well.
func TestAStarvedHostLosesNothing(t *testing.T) {
	times, drains := 1, []time.Duration{20 * time.Millisecond}
	if os.Getenv("ETERM_LONG_TESTS") != "" {
		times, drains = 10, append(drains, 300*time.Millisecond)
	}
	stop := make(chan struct{})
	defer close(stop)
	for range 4 {
		go func() {
			for { //nolint:staticcheck // it spins, to starve the others
				select {
				case <-stop:
					return
				default: //nolint:staticcheck // as above
				}
			}
		}()
	}
	for range times {
		for _, drain := range drains {
			if wrong, frames := starved(t, 2000, drain); wrong > 0 {
				t.Errorf("drain time %v: %d runs wrong, %d frames", drain, wrong, frames)
			}
		}
	}
}

// starved is how many of so many runs at once are wrong without a doubt, and by
// how many frames.
func starved(t *testing.T, runs int, drain time.Duration) (wrong, frames uint64) {
	var all sync.WaitGroup
	var bad, missing atomic.Uint64
	for range runs {
		all.Go(func() {
			tx, rx := ifacetest.Wire(ifacetest.Buffer(16))
			l := linktest.Load{Src: tx.HardwareAddr(), Dst: rx.HardwareAddr(), Sizes: []int{64}, Rate: 50, Count: 5}
			r, err := linktest.Direct(t.Context(), tx, rx, l, linktest.DirectOptions{Session: 1, Drain: drain, Clock: pace.Timers()})
			if err != nil {
				t.Error(err)
			}
			if lost := r.Lost; (lost > 0 || r.Received != 5) && len(r.Verdict.Untrusted) == 0 {
				bad.Add(1)
				missing.Add(lost)
			}
		})
	}
	all.Wait()
	return bad.Load(), missing.Load()
}
