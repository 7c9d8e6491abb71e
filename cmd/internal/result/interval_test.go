package result

import (
	"encoding/json"
	"runtime"
	"testing"
	"time"

	"eterm/frame/stats"
)

// A day-long run keeps at most MaxIntervals, in flat memory, and every frame is
// in one of them.
func TestDayLongRunStaysSmall(t *testing.T) {
	start := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	c := NewCollector(start)
	const seconds = 86400
	var before, after runtime.MemStats
	for s := 1; s <= seconds; s++ {
		if s == seconds/4 {
			runtime.GC()
			runtime.ReadMemStats(&before)
		}
		var all []stats.SoFar
		for n, d := range []string{"forward", "reverse"} {
			offered, received := uint64(s)*1000, uint64(s)*1000-uint64(s/(100*(n+1)))
			all = append(all, stats.SoFar{Direction: d, Offered: &offered, Received: &received, HostDropped: num(uint64(0)), Delay: &stats.Percentiles{P50: 1, P99: int64(s), Max: int64(s)}})
		}
		c.Add(start.Add(time.Duration(s)*time.Second), all)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("the last three quarters of a day took %d bytes more", grown)
	}
	all := c.Intervals()
	if len(all) > MaxIntervals || len(all) < MaxIntervals/4 {
		t.Errorf("kept %d intervals of at most %d", len(all), MaxIntervals)
	}
	for n, d := range []string{"forward", "reverse"} {
		check(t, all, d, seconds, seconds/(100*(int64(n)+1)))
	}
	doc := New(KindLink, nil, start)
	doc.Intervals = all
	doc.End(start.Add(24*time.Hour), false, sampleLink(), Verdict{})
	b, err := doc.Encode()
	if err != nil || len(b) > 5e6 {
		t.Errorf("the document of a day has %d bytes, %v", len(b), err)
	}
}

// check says whether the intervals of a direction join and add up.
func check(t *testing.T, all []Interval, direction string, seconds, lost int64) {
	t.Helper()
	var at, gone int64
	var offered uint64
	var worst int64
	for _, i := range all {
		if i.Direction != direction {
			continue
		}
		if i.AtNS != at {
			t.Fatalf("%s: an interval begins at %d where the one before ended at %d", direction, i.AtNS, at)
		}
		at += i.DurationNS
		offered += *i.Offered
		gone += *i.Lost
		worst = max(worst, i.Delay.P99)
	}
	if at != seconds*1e9 || offered != uint64(seconds)*1000 || gone != lost || worst != seconds {
		t.Errorf("%s: the intervals end at %d with %d offered, %d lost, worst p99 %d; want %d, %d, %d, %d", direction, at, offered, gone, worst, seconds*1e9, seconds*1000, lost, seconds)
	}
}

// What is not known is null, and not 0.
func TestIntervalSaysWhatIsNotKnown(t *testing.T) {
	start := time.Unix(0, 0)
	c := NewCollector(start)
	add := func(after time.Duration, direction string, offered uint64) {
		c.Add(start.Add(after), []stats.SoFar{{Direction: direction, Offered: &offered}})
	}
	add(time.Second, "", 10)
	add(time.Second, "", 12) // no time has passed
	add(3*time.Second, "other", 12)
	add(3*time.Second, "", 14)
	b, err := json.Marshal(c.Intervals())
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"at_ns":0,"duration_ns":1000000000,"offered":10,"received":null,"lost":null,"frames_per_s":10,"delay":null,"dropped_by_host":null},` +
		`{"at_ns":1000000000,"duration_ns":2000000000,"offered":4,"received":null,"lost":null,"frames_per_s":2,"delay":null,"dropped_by_host":null}]`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
}

// Any number of intervals at any room joins without a gap.
func TestIntervalsJoin(t *testing.T) {
	start := time.Unix(0, 0)
	for n := 1; n < 70; n++ {
		c := NewCollector(start)
		c.most = 8
		for s := 1; s <= n; s++ {
			offered := uint64(s)
			c.Add(start.Add(time.Duration(s)*time.Second), []stats.SoFar{{Offered: &offered}})
		}
		var at int64
		for _, i := range c.Intervals() {
			if i.AtNS != at || i.DurationNS != int64(*i.Offered)*1e9 {
				t.Fatalf("%d seconds: %+v where %d is due", n, i, at)
			}
			at += i.DurationNS
		}
		if at != int64(n)*1e9 || len(c.Intervals()) > 8 {
			t.Fatalf("%d seconds: %d intervals up to %d", n, len(c.Intervals()), at)
		}
	}
}
