package reach

import (
	"testing"
	"time"

	"eterm/frame/stats"
	"eterm/iface/ifacetest"
)

// TestPingIsFollowed: what is told is what the result says, each second by itself.
func TestPingIsFollowed(t *testing.T) {
	inLab(t, func(t *testing.T, near, _ *ifacetest.Port) {
		var source stats.Source
		var mid []stats.SoFar
		c := config(near, Config{Targets: to(you4), Count: 10})
		c.Follow = func(soFar stats.Source) { source = soFar }
		c.Event = func(e Event) {
			if e.Kind == Answered && e.Seq == 5 {
				mid = source()
			}
		}
		r, err := Ping(t.Context(), near, c)
		if err != nil {
			t.Fatal(err)
		}
		if len(mid) != 1 || *mid[0].Offered != 5 || *mid[0].Received != 5 || mid[0].Delay == nil {
			t.Errorf("at the fifth reply %+v", mid)
		}
		last := source()[0]
		if *last.Offered != r.Total.Sent || *last.Received != r.Total.Received || *last.HostDropped != 0 || last.Delay == nil || last.Delay.Max < int64(r.Total.RTT.Min()/2) {
			t.Errorf("in the end %d, %d, %+v of %+v", *last.Offered, *last.Received, last.Delay, r.Total)
		}
		if again := source()[0]; again.Delay != nil {
			t.Errorf("nothing came since and it says %+v", again.Delay)
		}
	}, ifacetest.Faults(ifacetest.Delay(ifacetest.Every(1), 3*time.Millisecond)))
}
