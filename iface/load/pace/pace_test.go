package pace_test

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface/load/pace"
)

func TestSchedules(t *testing.T) {
	const ms, us = time.Millisecond, time.Microsecond
	for name, c := range map[string]struct {
		s    pace.Schedule
		want []time.Duration
	}{
		"rate":             {pace.Rate(1000), []time.Duration{0, ms, 2 * ms, 3 * ms}},
		"thirds":           {pace.Rate(3), []time.Duration{0, 333333333, 666666667, time.Second}},
		"bursts":           {pace.Bursts(2, ms, math.Inf(1)), []time.Duration{0, 0, ms, ms, 2 * ms}},
		"bursts at a rate": {pace.Bursts(3, ms, 1e5), []time.Duration{0, 10 * us, 20 * us, 1020 * us, 1030 * us}},
		// Frame i is due when t/2 + t²/4 = i; from 2 s on every 2/3 s.
		"ramp":           {pace.Ramp(0.5, 1.5, 2*time.Second), []time.Duration{0, 1236067977, 2 * time.Second, 2666666667}},
		"ramp down":      {pace.Ramp(2, 1, 2*time.Second), []time.Duration{0, 535898385, 1171572875, 2 * time.Second, 3 * time.Second}},
		"ramp to itself": {pace.Ramp(2, 2, time.Second), []time.Duration{0, time.Second / 2, time.Second}},
		"times":          {pace.Times([]time.Duration{5, 7, 11}, 10, 1), []time.Duration{0, 2, 6, 10, 12, 16, 20}},
		"times, faster":  {pace.Times([]time.Duration{0, 20}, 40, 2), []time.Duration{0, 10, 20, 30}},
		"second of two":  {pace.Rate(1000).Every(2, 1), []time.Duration{ms, 3 * ms, 5 * ms}},
	} {
		for i, want := range c.want {
			if got := c.s(uint64(i)); got != want {
				t.Errorf("%s: frame %d is due at %d, want %d", name, i, got, want)
			}
		}
	}
}

// TestNoDrift: after 10^12 frames a schedule is still right to the nanosecond,
// or as near as its numbers can say.
func TestNoDrift(t *testing.T) {
	if got := pace.Rate(1e6)(1e12); got != 1e6*time.Second {
		t.Errorf("frame 10^12 at 10^6 a second is due at %v", got)
	}
	if got := pace.Rate(1e-300)(1); got != math.MaxInt64 {
		t.Errorf("a frame beyond all time is due at %v", got)
	}
	if n := pace.Bursts(8, time.Hour, 1).Within(24*time.Hour, math.MaxUint64); n != 192 {
		t.Errorf("%d frames in 24 bursts of 8", n)
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		s    pace.Schedule
		d    time.Duration
		want uint64
	}{
		{pace.Rate(1000), time.Second, 1000},
		{pace.Rate(1000), time.Second + 1, 1001},
		{pace.Rate(3), time.Second, 3},
		{pace.Rate(1000), 0, 0},
		{pace.Bursts(64, time.Millisecond, math.Inf(1)), 1, 64},
		{pace.Rate(1e6), time.Hour, 5000}, // the limit
	} {
		if got := c.s.Within(c.d, 5000); got != c.want {
			t.Errorf("%d frames are due within %v, want %d", got, c.d, c.want)
		}
	}
}

func TestPacerKeepsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(pace.Rate(1000), pace.Timers())
		start := time.Now()
		for range 100 {
			if n := p.Next(32, nil); n != 1 {
				t.Fatalf("%d frames handed out at once", n)
			}
		}
		if d := time.Since(start); d != 99*time.Millisecond {
			t.Errorf("100 frames took %v", d)
		}
		if l := p.PacingError(); l != (pace.PacingError{}) {
			t.Errorf("late by %+v on a clock that is exact", l)
		}
	})
}

func TestPacerCatchesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(pace.Rate(1000), pace.Timers())
		start := time.Now()
		p.Next(32, nil)
		time.Sleep(50 * time.Millisecond) // held up
		if n := p.Next(32, nil); n != 32 {
			t.Errorf("%d frames handed out after 50 ms, want 32", n)
		}
		if n := p.Next(32, nil); n != 18 {
			t.Errorf("then %d, want the other 18", n)
		}
		if n := p.Next(32, nil); n != 1 || time.Since(start) != 51*time.Millisecond {
			t.Errorf("then %d at %v, want 1 at 51 ms", n, time.Since(start))
		}
		if l := p.PacingError(); l.Max/time.Millisecond != 49 || p.Handed() != 52 {
			t.Errorf("%d handed out, late by %+v", p.Handed(), l)
		}
	})
}

func TestPacerStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, clock := range []pace.Clock{pace.Timers(), pace.Precise()} {
			done := make(chan struct{})
			time.AfterFunc(time.Second, func() { close(done) })
			p := pace.New(pace.Rate(0.001), clock)
			start := time.Now()
			if n := p.Next(4, done); n != 1 {
				t.Fatalf("frame 0 was not due at once: %d", n)
			}
			if n := p.Next(4, done); n != 0 || time.Since(start) != time.Second {
				t.Errorf("Next = %d after %v, want 0 after 1 s", n, time.Since(start))
			}
		}
	})
}

// TestRehearse: once before each frame that leaves time for it.
func TestRehearse(t *testing.T) {
	const us = time.Microsecond
	at := []time.Duration{0, 1000 * us, 1010 * us, 1100 * us, 3000 * us}
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(pace.Times(at, time.Second, 1), pace.Timers())
		start := time.Now()
		var rehearsed []time.Duration
		p.Rehearse(func() { rehearsed = append(rehearsed, time.Since(start)) })
		for i := range at {
			if n := p.Next(1, nil); n != 1 || time.Since(start) != at[i] {
				t.Errorf("frame %d of %d at %v, due at %v", i, n, time.Since(start), at[i])
			}
		}
		if want := []time.Duration{980 * us, 1080 * us, 2980 * us}; !slices.Equal(rehearsed, want) {
			t.Errorf("rehearsed at %v, want %v", rehearsed, want)
		}
	})
}

// TestRehearsalThatTakesLong makes its frame late, and no other.
func TestRehearsalThatTakesLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, start := pace.New(pace.Rate(1000), pace.Timers()), time.Now()
		p.Rehearse(func() { time.Sleep(50 * time.Microsecond) })
		for i, want := range []time.Duration{0, 1030 * time.Microsecond, 2030 * time.Microsecond} {
			if n := p.Next(1, nil); n != 1 || time.Since(start) != want {
				t.Errorf("frame %d of %d at %v, want %v", i, n, time.Since(start), want)
			}
		}
	})
}

// TestOthersRun: goroutines that wait leave the processors to others, however
// few there are.
func TestOthersRun(t *testing.T) {
	for processors := 1; processors <= 2; processors++ {
		old := runtime.GOMAXPROCS(processors)
		var waiting sync.WaitGroup
		stop := make(chan struct{})
		for range 3 {
			waiting.Go(func() {
				p := pace.New(pace.Rate(1000), pace.Precise())
				for p.Next(1, stop) > 0 {
				}
			})
		}
		ball := make(chan struct{})
		for range 100 {
			go func() { ball <- struct{}{} }()
			<-ball
		}
		close(stop)
		waiting.Wait()
		runtime.GOMAXPROCS(old)
	}
}

func TestCombine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		early, late := pace.New(pace.Rate(1e9), pace.Timers()), pace.New(pace.Rate(1e9), pace.Timers())
		early.Next(1, nil)
		time.Sleep(time.Second)
		late.Next(1, nil)
		if l := pace.Combine(early, late); l.P50 != 0 || l.Max < 999*time.Millisecond {
			t.Errorf("combined pacing error %+v", l)
		}
	})
}

// TestPreciseNeverEarly checks what can be promised without a quiet machine.
func TestPreciseNeverEarly(t *testing.T) {
	c := pace.Precise()
	for _, d := range []time.Duration{0, time.Microsecond, 300 * time.Microsecond, 25 * time.Millisecond} {
		at := c.Now() + d
		c.Wait(at, nil)
		if now := c.Now(); now < at {
			t.Errorf("a wait of %v ended %v early", d, at-now)
		}
	}
}

func TestNextAllocatesNothing(t *testing.T) {
	p := pace.New(pace.Rate(1e9), pace.Precise())
	if n := testing.AllocsPerRun(100, func() { p.Next(32, nil) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkNext(b *testing.B) {
	p := pace.New(pace.Rate(1e12), pace.Precise())
	for range b.N {
		p.Next(1, nil)
	}
}
