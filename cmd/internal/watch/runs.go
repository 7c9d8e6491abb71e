package watch

import (
	"maps"
	"slices"
	"sync"
	"time"

	"eterm/cmd/internal/result"
	"eterm/frame/stats"
)

// Runs keeps the intervals of several runs that are under way at a time, by their
// numbers. The zero value is ready. It may be used by several goroutines.
type Runs struct {
	mu sync.Mutex
	of map[uint32]*oneRun
}

type oneRun struct {
	began     time.Time
	intervals *result.Collector
}

// Add takes what a run has counted up to now; it begins with the first call.
func (r *Runs) Add(now time.Time, run uint32, began time.Time, s stats.SoFar) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.get(run, began).intervals.Add(now, []stats.SoFar{s})
}

// End is the intervals of a run that is over; last is what it counted in all. The
// run is forgotten.
func (r *Runs) End(now time.Time, run uint32, began time.Time, last stats.SoFar) []result.Interval {
	r.mu.Lock()
	defer r.mu.Unlock()
	one := r.get(run, began)
	delete(r.of, run)
	one.intervals.Add(now, []stats.SoFar{last})
	return one.intervals.Intervals()
}

func (r *Runs) get(run uint32, began time.Time) *oneRun {
	if r.of == nil {
		r.of = map[uint32]*oneRun{}
	}
	one := r.of[run]
	if one == nil || !one.began.Equal(began) { // a number may come again
		one = &oneRun{began, result.NewCollector(began)}
		r.of[run] = one
	}
	return one
}

// mostRuns is how many runs are kept that may be over: what ends one may come
// later, or never.
const mostRuns = 64

// Keep forgets all runs but these when there are too many.
func (r *Runs) Keep(live []uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.of) <= mostRuns {
		return
	}
	maps.DeleteFunc(r.of, func(run uint32, _ *oneRun) bool { return !slices.Contains(live, run) })
}
