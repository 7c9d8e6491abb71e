package suite

import (
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/stats"
	"eterm/iface/ifacetest"
)

// TestTrialsAreFollowed: what is told grows while a trial lasts, and is in the end
// what the trials' accounts say, with nothing of what goes ahead of them.
func TestTrialsAreFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := bench(t, []ifacetest.Path{{}, {Rate: 2000, Queue: 50, Delay: 30 * time.Microsecond}})
		soFar := p.Source(Plan{Direction: "both"})
		var seen []stats.SoFar
		over, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			for tick := time.NewTicker(time.Second); ; {
				select {
				case <-tick.C:
					seen = append(seen, soFar()[0])
				case <-over:
					return
				}
			}
		}()
		var offered, received uint64
		for _, rate := range []float64{1000, 3000} {
			a := measure(t, p, Spec{Profile: []Segment{Load(rate, 5)}}).Account(Forward)
			offered, received = offered+a.Offered, received+a.Received
		}
		close(over)
		<-done
		last := soFar()
		if len(last) != 2 || *last[0].Offered != offered || *last[0].Received != received || *last[0].Bytes != 60*received || *last[1].Offered != 0 {
			t.Errorf("told %d offered, %d received; the accounts say %d, %d", *last[0].Offered, *last[0].Received, offered, received)
		}
		delays := 0
		for i, s := range seen {
			if i > 0 && (*s.Offered < *seen[i-1].Offered || *s.Received < *seen[i-1].Received) {
				t.Errorf("after %d s counts fell", i)
			}
			if s.Delay != nil && s.HostDropped != nil {
				delays++
			}
		}
		if delays < 8 {
			t.Errorf("of %d seconds %d had delays", len(seen), delays)
		}
	})
}
