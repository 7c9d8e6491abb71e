package probe_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"eterm/frame/probe"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// delayed gives a Tally n frames, one a millisecond, each taking delay(i)
// nanoseconds, as seen by a clock that is ahead by offset and fast by skew.
func delayed(t *testing.T, shared bool, n int, offset int64, skew float64, delay func(i int) int64) probe.Delay {
	t.Helper()
	s := newSender(t, headerHex, probe.Plan{TCI: probe.Untagged})
	tally := probe.NewTally(s.session, shared)
	for i := range n {
		sent := 1_700_000_000*second + int64(i)*1e6
		came := sent + delay(i)
		at := came + offset + int64(float64(int64(i)*1e6+delay(i))*skew)
		if !give(tally, s.frame(0, uint64(i), sent), at) {
			t.Fatal("frame not taken")
		}
	}
	return tally.Report().Delay
}

func near(got int64, want, within float64) bool { return math.Abs(float64(got)-want) <= within }

func TestOneWayDelay(t *testing.T) {
	d := delayed(t, true, 1000, 0, 0, func(i int) int64 { return 50_000 + int64(i)*100 })
	if d.Kind != "one_way" || d.Count != 1000 || d.Sampled || !near(d.Min, 50_000, 100) || !near(d.Max, 149_900, 200) ||
		!near(d.P50, 100_000, 300) || !near(d.P99, 149_000, 300) || !near(d.Mean, 99_950, 300) {
		t.Errorf("%+v", d)
	}
	h, err := hdr.Decode([]byte(d.Histogram))
	if err != nil || h.TotalCount() != 1000 {
		t.Errorf("histogram: %v", err)
	}
}

func TestClocksThatAreNotSharedGiveNoDelay(t *testing.T) {
	d := delayed(t, true, 100, -100_000, 0, func(int) int64 { return 50_000 })
	if d.Kind != "none" || d.Negative != 100 || d.Max != 0 || d.P50 != 0 {
		t.Errorf("%+v", d)
	}
}

// TestVariation: whatever the clocks' offset and skew, what is left is how much
// longer than the fastest frames took. Delays are drawn from a half-normal
// distribution, as queues make them.
func TestVariation(t *testing.T) {
	for _, c := range []struct {
		offset int64
		skew   float64
		n      int
	}{{0, 0, 30_000}, {12345 * second, 0, 10_000}, {-77 * second, 50e-6, 40_000}, {1, -120e-6, 30_000}, {5, 20e-6, 500}} {
		random := rand.New(rand.NewPCG(3, uint64(c.n)))
		d := delayed(t, false, c.n, c.offset, c.skew, func(int) int64 { return 200_000 + int64(math.Abs(random.NormFloat64())*20_000) })
		long := c.n > 1000 // a second or more: skew is seen
		if d.Kind != "variation" || d.Count != uint64(c.n) || d.Negative != 0 || d.Min < 0 {
			t.Errorf("%+v: %+v", c, d)
		}
		if long && math.Abs(d.Skew-c.skew*1e6) > 0.2 {
			t.Errorf("%+v: skew %v ppm", c, d.Skew)
		}
		// The half-normal distribution's median is 0.6745 of its sigma, its
		// 99th percentile 2.5758.
		if !near(d.P50, 13_490, 700+boolFloat(!long)*12_000) || !near(d.P99, 51_516, 2500+boolFloat(!long)*12_000) {
			t.Errorf("%+v: median %d, p99 %d", c, d.P50, d.P99)
		}
		if float64(d.Uncertainty) > 3000+boolFloat(!long)*12_000 {
			t.Errorf("%+v: uncertain by %d ns", c, d.Uncertainty)
		}
	}
}

func boolFloat(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// TestDuplicatesAreNoDelays: a second copy says nothing of the way.
func TestDuplicatesAreNoDelays(t *testing.T) {
	s := newSender(t, headerHex, probe.Plan{TCI: probe.Untagged})
	tally := probe.NewTally(s.session, true)
	give(tally, s.frame(0, 0, second), second+1000)
	give(tally, s.frame(0, 0, second), second+500_000)
	r := tally.Report()
	if r.Delay.Count != 1 || r.Delay.Max > 1100 || r.Behind.Known != 1 || r.Behind.Max != 499_000 || r.Behind.Mean != 499_000 {
		t.Errorf("%+v %+v", r.Delay, r.Behind)
	}
}

// TestRecentDelay: a stretch of a run is told by itself, with one clock and with
// two.
func TestRecentDelay(t *testing.T) {
	for name, shared := range map[string]bool{"one clock": true, "two clocks": false} {
		s := newSender(t, headerHex, probe.Plan{TCI: probe.Untagged})
		tally := probe.NewTally(s.session, shared)
		offset := int64(0)
		if !shared {
			offset = 12345 * second
		}
		if tally.RecentDelay() != nil {
			t.Errorf("%s: delays before the first frame", name)
		}
		number := 0
		for stretch, delay := range []int64{10_000, 500_000, 10_000} {
			for range 3000 {
				sent, took := 1_700_000_000*second+int64(number)*1e6, delay
				if number%10 == 0 { // some are as fast as ever: by them the clocks are compared
					took = 10_000
				}
				if !give(tally, s.frame(0, uint64(number), sent), sent+took+offset) {
					t.Fatal("frame not taken")
				}
				number++
			}
			want := delay
			if !shared {
				want -= 10_000 // the fastest stands for none
			}
			if got := tally.RecentDelay(); got == nil || !near(got.P50, float64(want), 2000) || !near(got.P99, float64(want), 2000) || got.Max < got.P99 {
				t.Errorf("%s, stretch %d: %+v, want %d", name, stretch, got, want)
			}
		}
		if tally.RecentDelay() != nil {
			t.Errorf("%s: delays of nothing", name)
		}
	}
}
