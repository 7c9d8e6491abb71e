package result

import (
	"slices"
	"time"

	"eterm/frame/stats"
)

// MaxIntervals bounds the intervals kept of one run, all directions together.
const MaxIntervals = 3600

// Interval is what happened in a stretch of a run. What is not known is null.
type Interval struct {
	// from the start of the run to that of the interval
	AtNS int64 `json:"at_ns"`
	// how long it was
	DurationNS int64 `json:"duration_ns"`
	// "forward" or "reverse" where there are two
	Direction string `json:"direction,omitempty"`
	// frames; of a receiver alone as many as the numbers of those that came tell of
	Offered *uint64 `json:"offered"`
	// frames
	Received *uint64 `json:"received"`
	// offered less received; frames on the way at its end count as received in the next, which is negative then
	Lost *int64 `json:"lost"`
	// of the frames received, or offered where those received are not known
	FramesPerS float64 `json:"frames_per_s"`
	// where intervals were put together, each figure is the greatest of theirs
	Delay *IntervalDelay `json:"delay"`
	// frames that this host dropped
	HostDropped *uint64 `json:"dropped_by_host"`
}

// IntervalDelay is the delay in an interval.
type IntervalDelay struct {
	// median
	P50 int64 `json:"p50_ns"`
	// percentile
	P99 int64 `json:"p99_ns"`
	// longest
	Max int64 `json:"max_ns"`
}

// Collector makes intervals of what a run has counted so far. It keeps at most
// MaxIntervals: when there are more, it puts neighbours together and takes twice
// as long ones from then on. It is not safe for concurrent use.
type Collector struct {
	start  time.Time
	series []*series
	most   int // intervals of all directions
}

// series is one direction.
type series struct {
	direction string
	kept      []Interval
	per       int // calls of Add in a full interval
	part      int // calls in the last of kept
	before    stats.SoFar
	at        time.Time
}

// NewCollector begins at the start of a run.
func NewCollector(start time.Time) *Collector {
	return &Collector{start: start, most: MaxIntervals}
}

// Add takes what the run has counted up to a time, to be called about once a
// second. The first call says which directions there are: others are not kept.
func (c *Collector) Add(now time.Time, all []stats.SoFar) {
	if c.series == nil {
		for _, t := range all {
			c.series = append(c.series, &series{direction: t.Direction, per: 1, at: c.start})
		}
	}
	room := c.most / max(len(c.series), 1) &^ 1 // even: pairs come out even
	for _, t := range all {
		i := slices.IndexFunc(c.series, func(s *series) bool { return s.direction == t.Direction })
		if i >= 0 && now.After(c.series[i].at) {
			c.series[i].add(c.start, now, t, room)
		}
	}
}

func (s *series) add(start, now time.Time, t stats.SoFar, room int) {
	i := Interval{
		AtNS: s.at.Sub(start).Nanoseconds(), DurationNS: now.Sub(s.at).Nanoseconds(), Direction: s.direction,
		Offered: less(t.Offered, s.before.Offered), Received: less(t.Received, s.before.Received),
		HostDropped: less(t.HostDropped, s.before.HostDropped), Delay: (*IntervalDelay)(t.Delay),
	}
	i.complete()
	s.before, s.at = t, now
	if s.part < s.per && len(s.kept) > 0 {
		last := &s.kept[len(s.kept)-1]
		*last = last.with(i)
		s.part++
		return
	}
	if len(s.kept) == room {
		s.kept = append(s.kept[:0], Coarser(s.kept, 2)...)
		s.per *= 2
	}
	s.kept = append(s.kept, i)
	s.part = 1
}

// less is what was added to a total.
func less(now, before *uint64) *uint64 {
	if now == nil {
		return nil
	}
	n := *now
	if before != nil {
		n -= min(*before, n)
	}
	return &n
}

// complete fills in what follows from the rest.
func (i *Interval) complete() {
	i.Lost = nil
	if i.Offered != nil && i.Received != nil {
		n := int64(*i.Offered) - int64(*i.Received)
		i.Lost = &n
	}
	count := i.Received
	if count == nil {
		count = i.Offered
	}
	i.FramesPerS = 0
	if count != nil && i.DurationNS > 0 {
		i.FramesPerS = float64(*count) / time.Duration(i.DurationNS).Seconds()
	}
}

// with is an interval and the one after it in one.
func (i Interval) with(next Interval) Interval {
	i.DurationNS = next.AtNS + next.DurationNS - i.AtNS
	i.Offered, i.Received, i.HostDropped = plus(i.Offered, next.Offered), plus(i.Received, next.Received), plus(i.HostDropped, next.HostDropped)
	if d := next.Delay; d != nil {
		if i.Delay == nil {
			i.Delay = &IntervalDelay{}
		}
		i.Delay = &IntervalDelay{max(i.Delay.P50, d.P50), max(i.Delay.P99, d.P99), max(i.Delay.Max, d.Max)}
	}
	i.complete()
	return i
}

func plus(a, b *uint64) *uint64 {
	if a == nil || b == nil {
		return nil
	}
	n := *a + *b
	return &n
}

// Coarser puts n intervals, which follow each other, together to one each.
func Coarser(intervals []Interval, n int) []Interval {
	kept := intervals[:0:0]
	for group := range slices.Chunk(intervals, n) {
		one := group[0]
		for _, next := range group[1:] {
			one = one.with(next)
		}
		kept = append(kept, one)
	}
	return kept
}

// Intervals are those so far, direction by direction.
func (c *Collector) Intervals() []Interval {
	all := []Interval{}
	for _, s := range c.series {
		all = append(all, s.kept...)
	}
	return all
}
