package linktest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/stats"
	"eterm/iface/ifacetest"
	"eterm/iface/impair"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
)

// sums are what a run counted last, and in how many seconds there were delays.
type sums struct {
	last    stats.SoFar
	seconds int
	delays  int
}

// follow asks once a second until over is closed, and once more.
func follow(t *testing.T, soFar stats.Source, over <-chan struct{}) <-chan map[string]*sums {
	t.Helper()
	got := make(chan map[string]*sums, 1)
	go func() {
		all := map[string]*sums{}
		take := func() {
			for _, s := range soFar() {
				a := all[s.Direction]
				if a == nil {
					a = &sums{}
					all[s.Direction] = a
				}
				if a.last.Received != nil && *s.Received < *a.last.Received || a.last.Offered != nil && *s.Offered < *a.last.Offered {
					t.Errorf("%s: counts fell", s.Direction)
				}
				a.last = s
				a.seconds++
				if s.Delay != nil {
					a.delays++
				}
			}
		}
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				take()
			case <-over:
				take()
				got <- all
				return
			}
		}
	}()
	return got
}

// TestDirectIsFollowed: what is told while a run lasts grows to what its result
// says, and each second has its delays.
func TestDirectIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := ifacetest.NewSwitch(2, ifacetest.Buffer(1<<12), ifacetest.Faults(impair.Drop(impair.Chance(0.1))), ifacetest.Seed(3))
		l := linktest.Load{Sizes: []int{64}, Rate: 100, Duration: time.Minute, Dst: s.Port(1).HardwareAddr(), Src: s.Port(0).HardwareAddr()}
		over := make(chan struct{})
		var got <-chan map[string]*sums
		r, err := linktest.Direct(t.Context(), s.Port(0), s.Port(1), l, linktest.DirectOptions{Session: 1, Clock: pace.Timers(), Direction: linktest.Reverse,
			Follow: func(soFar stats.Source) { got = follow(t, soFar, over) }})
		close(over)
		a := (<-got)[linktest.Reverse]
		if err != nil || a == nil {
			t.Fatalf("%v, %+v", err, a)
		}
		if *a.last.Offered != r.Offered || *a.last.Received != r.Received || *a.last.HostDropped != 0 || *a.last.Bytes != 60*r.Received {
			t.Errorf("told %d offered, %d received, %d bytes; the result is %d, %d", *a.last.Offered, *a.last.Received, *a.last.Bytes, r.Offered, r.Received)
		}
		if a.seconds < 60 || a.delays < 59 {
			t.Errorf("%d seconds were told, %d with delays", a.seconds, a.delays)
		}
	})
}

// TestPairIsFollowed: of both directions, also what only the peer counts.
func TestPairIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newSegment(t, ifacetest.Faults(impair.Drop(impair.Chance(0.02))), ifacetest.Seed(9))
		defer g.stop()
		over := make(chan struct{})
		var got <-chan map[string]*sums
		o := g.options(linktest.Load{Sizes: []int{64}, Rate: 100, Duration: time.Minute})
		o.SharedClock = true
		o.Follow = func(soFar stats.Source, silent func() bool) {
			if silent() {
				t.Error("the peer is silent from the beginning")
			}
			got = follow(t, soFar, over)
		}
		total, err := linktest.Pair(t.Context(), g.askData, g.askControl, o)
		close(over)
		all := <-got
		if err != nil || len(all) != 2 {
			t.Fatalf("%v, %d directions", err, len(all))
		}
		for _, d := range total.Directions {
			a := all[d.Direction]
			if *a.last.Offered != d.Offered || *a.last.Received != d.Received || a.last.HostDropped == nil || *a.last.Bytes != 60*d.Received {
				t.Errorf("%s: told %d offered, %d received; the result is %d, %d", d.Direction, *a.last.Offered, *a.last.Received, d.Offered, d.Received)
			}
			if a.seconds < 60 || a.delays < 50 {
				t.Errorf("%s: %d seconds were told, %d with delays", d.Direction, a.seconds, a.delays)
			}
		}
		<-g.told
	})
}
