package pace

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestQuietest(t *testing.T) {
	const us, ms = time.Microsecond, time.Millisecond
	at := func(from, length time.Duration) span { return span{from, from + length} }
	for name, c := range map[string]struct {
		seen   []span
		period time.Duration
		want   time.Duration
		ok     bool
	}{
		"nothing seen":               {nil, ms, 0, false},
		"ticks in step":              {[]span{at(300*us, 20*us), at(4300*us, 30*us)}, ms, 815 * us, true},
		"two kinds":                  {[]span{at(100*us, 20*us), at(10600*us, 20*us), at(14100*us, 10*us)}, ms, 360 * us, true},
		"one over the end":           {[]span{at(1990*us, 20*us)}, ms, 500 * us, true},
		"over the end onto the next": {[]span{at(1990*us, 20*us), at(5*us, 10*us), at(600*us, 10*us)}, ms, 307500, true},
		"longer than the period":     {[]span{at(0, 3*ms)}, ms, 0, false},
		"no stretch is long enough":  {[]span{at(0, 8*us), at(59*us, 8*us)}, 10 * us, 0, false},
	} {
		if got, ok := quietest(c.seen, c.period); ok != c.ok || ok && got != c.want {
			t.Errorf("%s: %v %v, want %v %v", name, got, ok, c.want, c.ok)
		}
	}
}

// TestQuietestIsQuiet: against what looking at every microsecond gives.
func TestQuietestIsQuiet(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		period := time.Duration(20+random.IntN(200)) * time.Microsecond
		taken := make([]bool, period/time.Microsecond)
		var seen []span
		for range 1 + random.IntN(6) {
			from := random.IntN(5000)
			s := span{time.Duration(from) * time.Microsecond, time.Duration(from+1+random.IntN(40)) * time.Microsecond}
			seen = append(seen, s)
			for i := s.from; i < s.to; i += time.Microsecond {
				taken[i%period/time.Microsecond] = true
			}
		}
		want := longestFree(taken)
		middle, ok := quietest(seen, period)
		if ok != (want >= 10) {
			t.Fatalf("%v in %v: %v, and %d µs are free", seen, period, ok, want)
		}
		if got := freeAround(taken, int(middle/time.Microsecond)); ok && got != want {
			t.Fatalf("%v in %v: %v, in %d free µs of %d", seen, period, middle, got, want)
		}
	}
}

// longestFree is the longest stretch of a circle that is not taken.
func longestFree(taken []bool) (longest int) {
	for i := range taken {
		longest = max(longest, freeAround(taken, i))
	}
	return longest
}

// freeAround is the length of the stretch of a circle around place i that is
// not taken.
func freeAround(taken []bool, i int) (free int) {
	n := len(taken)
	if taken[i] {
		return 0
	}
	for free = 1; free < n && !taken[(i+free)%n]; free++ {
	}
	for back := 1; free < n && !taken[(i-back+n)%n]; back++ {
		free++
	}
	return free
}

func TestBegin(t *testing.T) {
	for _, period := range []time.Duration{0, time.Microsecond, 100 * time.Microsecond, time.Millisecond, time.Second, time.Hour} {
		c := Precise()
		before := c.Now()
		at := c.Begin(period)
		if at < before || at > c.Now()+ready+period {
			t.Errorf("a schedule with %v between frames begins at %v, asked at %v, answered at %v", period, at, before, c.Now())
		}
	}
}
