package pace

import (
	"slices"
	"time"
)

const (
	// look is how long Begin watches for interruptions: five timer ticks of a
	// kernel with 250 a second, two of a host below it with 100.
	look = 20 * time.Millisecond
	// interruption is the shortest one that matters: watching the time takes
	// less than a tenth of it.
	interruption = time.Microsecond
	// sending is room for a frame to leave: quiet stretches shorter than twice
	// that are of no use.
	sending = 5 * time.Microsecond
	// ready is time for the sender to get from Begin to its first Wait.
	ready = 200 * time.Microsecond
)

// span is a stretch of time in which a thread did not run.
type span struct{ from, to time.Duration }

// Begin watches the time for 20 ms and gives a start that keeps frames clear
// of the interruptions it saw. Kernels interrupt every program at every timer
// tick for 5 to 30 µs, and so do the hosts of virtual machines: 1,000 frames a
// second in step with 250 ticks a second would have every fourth frame late, or
// none.
func (c precise) Begin(period time.Duration) time.Duration {
	if period < 2*sending || period > look {
		return c.Now()
	}
	seen := c.interruptions(look)
	from := c.Now() + ready
	middle, ok := quietest(seen, period)
	if !ok {
		return from
	}
	return from + (middle-from%period+period)%period
}

// interruptions watches the time for so long.
func (c precise) interruptions(d time.Duration) (seen []span) {
	last := c.Now()
	for end := last + d; last < end; {
		now := c.Now()
		if now-last > interruption {
			seen = append(seen, span{last, now})
		}
		last = now
	}
	return seen
}

// quietest is the middle of the longest stretch of a period without any of the
// interruptions, 0 or more and less than period.
func quietest(seen []span, period time.Duration) (middle time.Duration, ok bool) {
	if len(seen) == 0 {
		return 0, false
	}
	folded := make([]span, len(seen))
	for i, s := range seen {
		at := s.from % period
		folded[i] = span{at, at + s.to - s.from}
	}
	slices.SortFunc(folded, func(a, b span) int { return int(a.from - b.from) })
	first := folded[0].from + period // once round
	var longest, end time.Duration
	for _, s := range folded {
		end = max(end, s.to-period)
	}
	for i, s := range folded {
		end = max(end, s.to)
		next := first
		if i+1 < len(folded) {
			next = folded[i+1].from
		}
		if next-end > longest {
			longest, middle = next-end, (end+(next-end)/2)%period
		}
	}
	return middle, longest >= 2*sending
}
