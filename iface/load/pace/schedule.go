// Package pace says when frames are due and waits until they are. The schedule
// is absolute: a frame that is late makes no other frame late, and frames that
// became due while their sender was held up follow at once. None is forgotten.
package pace

import (
	"math"
	"time"
)

// A Schedule says when frame i, counted from 0, is due, as time since the
// start. It must not decrease with i.
type Schedule func(i uint64) time.Duration

// Rate is so many frames a second, evenly spaced.
func Rate(perSecond float64) Schedule {
	return func(i uint64) time.Duration { return seconds(float64(i) / perSecond) }
}

// Bursts sends n frames at a rate of perSecond (+Inf: at once), then nothing
// for gap, counted from the last frame of a burst to the first of the next.
func Bursts(n uint64, gap time.Duration, perSecond float64) Schedule {
	within := Rate(perSecond)
	period := within(n-1) + gap
	return func(i uint64) time.Duration {
		if float64(i/n)*float64(period) > float64(math.MaxInt64/2) {
			return math.MaxInt64
		}
		return time.Duration(i/n)*period + within(i%n)
	}
}

// Ramp changes the rate evenly from one to another, both in frames a second
// and above 0, in the given time, and then keeps the second.
func Ramp(from, to float64, in time.Duration) Schedule {
	slope := (to - from) / in.Seconds()
	// Frames sent by time t: from·t + slope·t²/2. Solved for t in the form
	// that loses no digits when the slope is small.
	during := uint64((from + to) / 2 * in.Seconds())
	return func(i uint64) time.Duration {
		n := float64(i)
		if i >= during {
			return in + seconds((n-(from+to)/2*in.Seconds())/to)
		}
		return seconds(2 * n / (from + math.Sqrt(from*from+2*slope*n)))
	}
}

// Times repeats the moments given, which must not decrease, each round period
// after the one before, and all of them divided by speed: 2 is twice as fast.
func Times(at []time.Duration, period time.Duration, speed float64) Schedule {
	n := uint64(len(at))
	return func(i uint64) time.Duration {
		return seconds((float64(at[i%n]-at[0]) + float64(i/n)*float64(period)) / speed / 1e9)
	}
}

// Every takes one frame in n of a schedule, beginning with frame first: the
// share of one of n senders.
func (s Schedule) Every(n, first uint64) Schedule {
	return func(i uint64) time.Duration { return s(i*n + first) }
}

// Within is how many frames are due before d, at most limit.
func (s Schedule) Within(d time.Duration, limit uint64) uint64 {
	low, high := uint64(0), limit
	for low < high {
		mid := low + (high-low)/2
		if s(mid) < d {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// seconds is a duration of s seconds, to the nearest nanosecond; what does not
// fit is the longest there is.
func seconds(s float64) time.Duration {
	ns := math.Round(s * 1e9)
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(ns)
}
