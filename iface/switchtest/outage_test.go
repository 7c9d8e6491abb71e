package switchtest

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/loop"
)

// between picks frames by the time that has passed since a start.
func between(start time.Time, from, to time.Duration) ifacetest.Select {
	return func(uint64, []byte, *rand.Rand) bool {
		passed := time.Since(start)
		return passed >= from && passed < to
	}
}

// outages are the outages of a timeline in one direction.
func outages(r *OutageReport, way string) (found []Moment) {
	for _, m := range r.Timeline {
		if m.What == AnOutage && m.Way == way {
			found = append(found, m)
		}
	}
	return found
}

func count(r *OutageReport, what string) (n int) {
	for _, m := range r.Timeline {
		if m.What == what {
			n++
		}
	}
	return n
}

func TestOutagesAreMeasuredBothWays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		sw := ifacetest.NewSwitch(2, ifacetest.Faults(
			ifacetest.Drop(between(start, 3*time.Second, 5*time.Second)),
			ifacetest.Drop(between(start, 20*time.Minute, 20*time.Minute+30*time.Millisecond))))
		var told []string
		report, err := Outage(t.Context(), OutageConfig{A: sw.Port(0), B: sw.Port(1), Duration: 25 * time.Minute,
			Progress: func(m Moment) { told = append(told, m.What) }})
		if err != nil {
			t.Fatal(err)
		}
		for _, way := range []string{"A to B", "B to A"} {
			found := outages(report, way)
			if len(found) != 2 {
				t.Fatalf("%s has %d outages, want 2: %v", way, len(found), report.Timeline)
			}
			for i, want := range []time.Duration{2 * time.Second, 30 * time.Millisecond} {
				if d := found[i].ByCount - want; d < -report.Interval || d > report.Interval {
					t.Errorf("%s: %v by count, want %v", way, found[i].ByCount, want)
				}
				if d := found[i].ByTime - want; d < 0 || d > 2*report.Interval {
					t.Errorf("%s: %v by time, want %v", way, found[i].ByTime, want)
				}
			}
			if at := found[0].At.Sub(start); at < 2980*time.Millisecond || at > 3*time.Second {
				t.Errorf("%s began after %v, want 3 s", way, at)
			}
		}
		if len(told) != 4 {
			t.Errorf("told %v: want silence and its end, each way, of the long one", told)
		}
		for _, w := range report.Ways {
			if w.Expected != w.Received+w.Loss.Lost || w.Expected < 149_000 {
				t.Errorf("expected %d, received %d, lost %d", w.Expected, w.Received, w.Loss.Lost)
			}
		}
	})
}

func TestAnOutageAtTheEndIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2, ifacetest.Faults(ifacetest.Drop(between(time.Now(), 5*time.Second, time.Hour))))
		report, err := Outage(t.Context(), OutageConfig{A: sw.Port(0), B: sw.Port(1), Duration: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		found := outages(report, "A to B")
		if len(found) != 1 || found[0].ByCount < 4900*time.Millisecond || found[0].ByCount > 5100*time.Millisecond {
			t.Errorf("found %v: want one outage of 5 s", found)
		}
	})
}

func TestForgottenAddressesAreOnTheTimeline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2)
		time.AfterFunc(3500*time.Millisecond, sw.Forget)
		report, err := Outage(t.Context(), OutageConfig{A: sw.Port(0), B: sw.Port(1), Duration: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(report, Forgotten); n != 2 || report.Lost() != 0 {
			t.Errorf("%d times forgotten, %d lost: want once for each port and none: %v", n, report.Lost(), report.Timeline)
		}
	})
}

func TestLinkLossIsOnTheTimeline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ifacetest.Wire()
		time.AfterFunc(2*time.Second, func() { b.SetUp(false) })
		time.AfterFunc(4*time.Second, func() { b.SetUp(true) })
		report, err := Outage(t.Context(), OutageConfig{A: a, B: b, Duration: 8 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		if count(report, LinkLost) == 0 || count(report, LinkLost) != count(report, LinkBack) || len(outages(report, "A to B")) != 1 {
			t.Errorf("want the link lost, back, and one outage: %v", report.Timeline)
		}
		if report.SetDown != [2]uint64{0, 1} {
			t.Errorf("interfaces set down %v times, want B's once", report.SetDown)
		}
	})
}

func TestWatchEndsAtALoopAndKeepsItsReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		copies := ifacetest.Duplicate(between(time.Now(), 2*time.Second, time.Hour))
		sw := ifacetest.NewSwitch(2, ifacetest.Faults(copies, copies, copies, copies))
		report, err := Outage(t.Context(), OutageConfig{A: sw.Port(0), B: sw.Port(1), Duration: time.Hour})
		var looped *loop.Error
		if !errors.As(err, &looped) || report == nil || report.Took > 3*time.Second {
			t.Errorf("error %v, report %v: want a loop at once, and the report", err, report)
		}
	})
}

func TestSilentLinkIsNoOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2, ifacetest.Faults(ifacetest.Drop(ifacetest.Always())))
		report, err := Outage(context.Background(), OutageConfig{A: sw.Port(0), B: sw.Port(1)})
		if !errors.Is(err, ErrNotConnected) || report != nil {
			t.Errorf("report %v, error %v: want no report and ErrNotConnected", report, err)
		}
	})
}

// starved is a port whose reader often does not come to read.
type starved struct{ *ifacetest.Port }

func (p starved) Receive(rx []iface.Received) (int, error) {
	if rand.IntN(4) == 0 {
		time.Sleep(300 * time.Millisecond)
	}
	return p.Port.Receive(rx)
}

// TestOwnStallsAreNoSilence: on a busy host, that nothing arrives is said once for
// each outage, and never where there was none.
func TestOwnStallsAreNoSilence(t *testing.T) {
	for _, outage := range []time.Duration{0, 2 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			sw := ifacetest.NewSwitch(2, ifacetest.Faults(ifacetest.Drop(between(start, 3*time.Second, 3*time.Second+outage))))
			told := map[string]int{}
			_, err := Outage(t.Context(), OutageConfig{A: starved{sw.Port(0)}, B: starved{sw.Port(1)}, Duration: 10 * time.Second,
				Progress: func(m Moment) { told[m.What+" "+m.Way]++ }})
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			if outage > 0 {
				want = 1
			}
			for _, way := range []string{"A to B", "B to A"} {
				if told[Silent+" "+way] != want || told[Speaking+" "+way] != want {
					t.Errorf("with an outage of %v: %v", outage, told)
				}
			}
		})
	}
}
