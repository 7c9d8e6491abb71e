package pace

import (
	"time"

	"eterm/iface/internal/nap"
)

// A Clock tells the time since its start and waits.
type Clock interface {
	Now() time.Duration
	// Wait returns at time t or soon after, never before, unless done is
	// closed: then it may return at once.
	Wait(t time.Duration, done <-chan struct{})
	// Begin is a time, now or soon, to start a schedule with so much time from
	// one frame to the next.
	Begin(period time.Duration) time.Duration
}

// Timers is a clock of ordinary timers. They are up to a millisecond late; in
// testing/synctest they are exact and cost no time.
func Timers() Clock { return timers{time.Now()} }

type timers struct{ start time.Time }

func (c timers) Now() time.Duration { return time.Since(c.start) }

func (c timers) Begin(time.Duration) time.Duration { return c.Now() }

func (c timers) Wait(t time.Duration, done <-chan struct{}) {
	d := t - c.Now()
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-done:
	}
}

// Precise is a clock that is late by a few microseconds at most: it sleeps
// until shortly before and then watches the time. The goroutine that waits is
// better not locked to its thread: when the runtime interrupts it to let others
// run, it would go on only after two changes of threads.
func Precise() Clock { return precise{timers{time.Now()}} }

type precise struct{ timers }

const (
	// watch is how long before its time a wait stops sleeping. Threads that
	// sleep are woken up to 75 µs late on virtual machines, now and then more.
	watch = 200 * time.Microsecond
	// longestNap is the longest sleep that done cannot end.
	longestNap = 10 * time.Millisecond
)

func (c precise) Wait(t time.Duration, done <-chan struct{}) {
	if t-c.Now() > longestNap {
		c.timers.Wait(t-longestNap/2, done)
	}
	for left := t - c.Now() - watch; left > 0; left = t - c.Now() - watch {
		select {
		case <-done:
			return
		default:
		}
		nap.For(min(left, longestNap))
	}
	for c.Now() < t {
	}
}
