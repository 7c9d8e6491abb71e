package linktest

import (
	"testing"
	"time"

	"eterm/frame/probe"
)

// TestBeforeListening: of the frames missing in front of the first that came,
// those are the receiver's that were due before it listened, as the rate has it.
func TestBeforeListening(t *testing.T) {
	first := time.Unix(1000, 0)
	planned := &probe.Plan{Interval: 1e9} // 1 ms
	two := &probe.Plan{Interval: 1e9, Streams: 1}
	missing := func(stream uint8, received, n uint64) probe.StreamReport {
		return probe.StreamReport{Stream: stream, Received: received, Loss: probe.Loss{Lost: n + 7, Outages: []probe.Outage{{First: 0, Frames: n}, {First: n + 50, Frames: 7}}}}
	}
	for name, c := range map[string]struct {
		rep      probe.Report
		listened time.Duration // before the first frame
		want     uint64
	}{
		"none missing":             {probe.Report{Plan: planned, Each: []probe.StreamReport{{Received: 5, Loss: probe.Loss{Outages: []probe.Outage{{First: 3, Frames: 4}}}}}}, 0, 0},
		"all before":               {probe.Report{Plan: planned, Each: []probe.StreamReport{missing(0, 9, 300)}}, 0, 300},
		"some before":              {probe.Report{Plan: planned, Each: []probe.StreamReport{missing(0, 9, 300)}}, 100 * time.Millisecond, 200},
		"listening all the time":   {probe.Report{Plan: planned, Each: []probe.StreamReport{missing(0, 9, 300)}}, time.Second, 0},
		"two streams":              {probe.Report{Plan: two, Each: []probe.StreamReport{missing(0, 9, 150), missing(1, 8, 150)}}, 100 * time.Millisecond, 200},
		"a stream that never came": {probe.Report{Plan: two, Each: []probe.StreamReport{missing(0, 0, 151), missing(1, 8, 150)}}, 100 * time.Millisecond, 201},
		// The other stream was heard from the beginning: the link lost these.
		"the first of one stream":  {probe.Report{Plan: two, Each: []probe.StreamReport{{Stream: 0, Received: 9}, missing(1, 8, 3)}}, 0, 0},
		"rate of the sender's end": {probe.Report{Plan: &probe.Plan{}, End: &probe.SenderAccount{Offered: 1000, Elapsed: 1e9}, Each: []probe.StreamReport{missing(0, 9, 300)}}, 100 * time.Millisecond, 200},
		"no rate known":            {probe.Report{Each: []probe.StreamReport{missing(0, 9, 300)}}, 0, 0},
		"a clock set back":         {probe.Report{Plan: planned, Each: []probe.StreamReport{missing(0, 9, 300)}}, -time.Hour, 300},
	} {
		if got := beforeListening(c.rep, first, first.Add(-c.listened)); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
