package watch

import (
	"context"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"eterm/cmd/internal/result"
	"eterm/frame/stats"
	"eterm/iface/ifacetest"
	"eterm/iface/impair"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
	"eterm/iface/switchtest"
)

// day is a day in virtual time.
const day = 24 * time.Hour

// aDay follows a run of a length, as commands do, and says by how many bytes the
// program grew in the last three quarters of it.
func aDay(t *testing.T, kind result.Kind, length time.Duration, run func(follow func(stats.Source)) any) (d *result.Document, grown int64) {
	t.Helper()
	began := time.Now()
	d = result.New(kind, nil, began)
	all := result.NewCollector(began)
	var shown history
	var source stats.Source
	stop := func() {}
	var early, late runtime.MemStats
	measure := func(m *runtime.MemStats) {
		runtime.GC()
		runtime.ReadMemStats(m)
	}
	first := time.AfterFunc(length/4, func() { measure(&early) })
	last := time.AfterFunc(length-time.Minute, func() { measure(&late) })
	defer first.Stop()
	defer last.Stop()
	body := run(func(s stats.Source) {
		source = s
		stop = Follow(s, all.Add, shown.take)
	})
	stop()
	all.Add(time.Now(), source())
	d.Intervals = all.Intervals()
	d.End(time.Now(), false, body, result.Verdict{})
	return d, int64(late.HeapAlloc) - int64(early.HeapAlloc)
}

// held holds the document of a day and what it grew by against their bounds, and the counts of its result.
func held(t *testing.T, d *result.Document, grown, most int64, want map[string][2]uint64) {
	t.Helper()
	b, err := d.Encode()
	if err != nil || len(b) > 5e6 {
		t.Errorf("the document has %d bytes, %v", len(b), err)
	}
	if grown > most {
		t.Errorf("the last three quarters of the day took %d bytes more", grown)
	}
	if n := len(d.Intervals); n > result.MaxIntervals || n < result.MaxIntervals/4 {
		t.Errorf("%d intervals of at most %d", n, result.MaxIntervals)
	}
	got, delays := map[string][2]uint64{}, 0
	for _, i := range d.Intervals {
		sum := got[i.Direction]
		got[i.Direction] = [2]uint64{sum[0] + *i.Offered, sum[1] + *i.Received}
		if i.Delay != nil && i.HostDropped != nil {
			delays++
		}
	}
	for direction, w := range want {
		if got[direction] != w {
			t.Errorf("%q: intervals have %v, the result %v", direction, got[direction], w)
		}
	}
	if delays < len(d.Intervals)*8/10 {
		t.Errorf("%d of %d intervals have delays", delays, len(d.Intervals))
	}
	t.Logf("%d bytes of document, %d intervals, %d bytes grown", len(b), len(d.Intervals), grown)
}

// TestADayOfALink: a link test of a day keeps memory flat and its document small,
// with every frame in one of its intervals.
func TestADayOfALink(t *testing.T) {
	if testing.Short() {
		t.Skip("a day in virtual time takes some seconds")
	}
	synctest.Test(t, func(t *testing.T) {
		s := ifacetest.NewSwitch(2, ifacetest.Buffer(1<<12), ifacetest.Faults(impair.Drop(impair.Chance(0.001))), ifacetest.Seed(18))
		l := linktest.Load{Sizes: []int{64}, Rate: 2, Duration: day, Dst: s.Port(1).HardwareAddr(), Src: s.Port(0).HardwareAddr()}
		var r linktest.Result
		d, grown := aDay(t, result.KindLink, day, func(follow func(stats.Source)) any {
			var err error
			r, err = linktest.Direct(context.Background(), s.Port(0), s.Port(1), l, linktest.DirectOptions{Session: 1, Clock: pace.Timers(), Direction: linktest.Forward, Follow: follow})
			if err != nil {
				t.Error(err)
			}
			return &linktest.Total{Result: r}
		})
		held(t, d, grown, 2<<20, map[string][2]uint64{linktest.Forward: {r.Offered, r.Received}})
	})
}

// TestHoursOfOutages: so does a watch, of three hours here, of a switch that does not
// forward for three seconds of every minute.
func TestHoursOfOutages(t *testing.T) {
	if testing.Short() {
		t.Skip("a day in virtual time takes some seconds")
	}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := ifacetest.NewSwitch(2, ifacetest.Faults(impair.Drop(func(uint64, []byte, *rand.Rand) bool { return time.Since(start)%time.Minute > 57*time.Second })))
		var r *switchtest.OutageReport
		d, grown := aDay(t, result.KindSwitchOutage, day/8, func(follow func(stats.Source)) any {
			var err error
			r, err = switchtest.Outage(context.Background(), switchtest.OutageConfig{A: s.Port(0), B: s.Port(1), Interval: 200 * time.Millisecond, Duration: day / 8, Follow: follow})
			if err != nil {
				t.Error(err)
			}
			return result.OutageOf(r)
		})
		// Three hours are fewer intervals than are kept: they are still being added.
		held(t, d, grown, 2<<20+1024*result.MaxIntervals, map[string][2]uint64{"A to B": {r.Ways[0].Expected, r.Ways[0].Received}, "B to A": {r.Ways[1].Expected, r.Ways[1].Received}})
	})
}
