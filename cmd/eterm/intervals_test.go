package main

import (
	"strings"
	"testing"

	"eterm/cmd/internal/result"
	"eterm/iface/lab"
	"eterm/iface/linktest"
)

// sumOf adds the intervals of a direction up, and says whether each begins where
// the one before ends, and whether delays were measured.
func sumOf(t *testing.T, d *result.Document, direction string) (offered, received uint64, delays int) {
	t.Helper()
	var at int64
	for _, i := range d.Intervals {
		if i.Direction != direction {
			continue
		}
		if i.AtNS != at || i.DurationNS <= 0 || i.FramesPerS < 0 {
			t.Errorf("%s: an interval of %d ns begins at %d, where %d is due", d.Kind, i.DurationNS, i.AtNS, at)
		}
		at += i.DurationNS
		if i.Offered != nil {
			offered += *i.Offered
		}
		if i.Received != nil {
			received += *i.Received
		}
		if i.Delay != nil {
			delays++
		}
	}
	if at <= 0 || at > d.TookNS {
		t.Errorf("%s: intervals up to %d ns of a run of %d", d.Kind, at, d.TookNS)
	}
	return offered, received, delays
}

// TestIntervalsAddUpToTheResult: in every command that runs over time, whatever its
// length, the intervals are what its result counts, with delays and what the host
// dropped where they are known.
func TestIntervalsAddUpToTheResult(t *testing.T) {
	left, _, _ := numbered(t)
	bridge, _ := tester(t)
	for _, c := range []struct {
		host *lab.Host
		line string
		of   func(*result.Document) map[string][2]uint64 // offered and received by direction
		// sent only: what was received is not known.
		sent bool
	}{
		{bridge, "link run --tx a --rx b -c 1500 -b 1kpps --direction both", ofLink, false},
		{bridge, "link run --tx a --rx b -c 30 -b 1kpps", ofLink, false},
		{left, "ping -i eth0 192.0.2.2 -c 4 --interval 0.4", func(d *result.Document) map[string][2]uint64 {
			total := d.Result.(*result.Ping)
			return map[string][2]uint64{"": {total.Sent, total.Received}}
		}, false},
		{left, "send -i eth0 --to 02:00:00:00:00:99 -c 20 -b 100pps", func(d *result.Document) map[string][2]uint64 {
			return map[string][2]uint64{"": {20, 0}}
		}, true},
		{left, "link send -i eth0 --to broadcast -c 120 -b 100pps", func(*result.Document) map[string][2]uint64 {
			return map[string][2]uint64{"": {120, 0}}
		}, true},
		{bridge, "switch outage --a a --b b -d 1.3", func(d *result.Document) map[string][2]uint64 {
			all := map[string][2]uint64{}
			for n, way := range []string{"A to B", "B to A"} {
				w := d.Result.(*result.Outage).Ways[n]
				all[way] = [2]uint64{w.Expected, w.Received}
			}
			return all
		}, false},
	} {
		_, stdout, stderr := runOn(t, c.host, append(strings.Fields(c.line), "--json")...)
		d := documentIn(t, stdout)
		for direction, want := range c.of(d) {
			offered, received, delays := sumOf(t, d, direction)
			if offered != want[0] || received != want[1] || delays == 0 && !c.sent {
				t.Errorf("%s %s: intervals have %d offered, %d received, %d with delays; the result %v; %s", c.line, direction, offered, received, delays, want, stderr)
			}
			if last := d.Intervals[len(d.Intervals)-1]; (last.HostDropped == nil) != c.sent || (last.Lost == nil) != c.sent {
				t.Errorf("%s: dropped %v, lost %v", c.line, last.HostDropped, last.Lost)
			}
		}
	}
}

func ofLink(d *result.Document) map[string][2]uint64 {
	t := d.Result.(*linktest.Total)
	all := map[string][2]uint64{}
	directions := t.Directions
	if len(directions) == 0 {
		directions = []linktest.Result{t.Result}
	}
	for _, r := range directions {
		all[r.Direction] = [2]uint64{r.Offered, r.Received}
	}
	return all
}
