package watch

import (
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/stats"
)

// TestFollow: takers are called once a second, and not any more when it is over.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, took := uint64(0), 0
		stop := Follow(func() []stats.SoFar { asked++; n := asked; return []stats.SoFar{{Offered: &n}} },
			func(_ time.Time, all []stats.SoFar) { took += int(*all[0].Offered) })
		time.Sleep(4500 * time.Millisecond)
		stop()
		time.Sleep(time.Minute)
		if asked != 4 || took != 1+2+3+4 {
			t.Errorf("asked %d times, took %d", asked, took)
		}
	})
}

// TestRuns: the intervals of runs at the same time are each their own, and what is
// never ended is forgotten.
func TestRuns(t *testing.T) {
	var r Runs
	began := time.Unix(100, 0)
	for s := 1; s <= 3; s++ {
		for run := range uint32(2) {
			n := uint64(s) * 10 * uint64(run+1)
			r.Add(began.Add(time.Duration(s)*time.Second), run, began, stats.SoFar{Received: &n})
		}
	}
	n := uint64(70)
	got := r.End(began.Add(4*time.Second), 1, began, stats.SoFar{Received: &n})
	if len(got) != 4 || *got[0].Received != 20 || *got[3].Received != 10 {
		t.Errorf("%+v", got)
	}
	again := began.Add(time.Hour) // the same number, another run
	if got := r.End(again.Add(time.Second), 0, again, stats.SoFar{Received: &n}); len(got) != 1 || *got[0].Received != 70 {
		t.Errorf("%+v", got)
	}
	for run := range uint32(1000) {
		r.Add(began.Add(time.Second), run, began, stats.SoFar{Received: &n})
		r.Keep([]uint32{7})
	}
	if len(r.of) > mostRuns || r.of[7] == nil {
		t.Errorf("%d runs are kept", len(r.of))
	}
}
