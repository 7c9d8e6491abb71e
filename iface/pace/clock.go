package pace

import (
	"time"

	"golang.org/x/sys/unix"
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
// until shortly before and then watches the time. The goroutine that waits
// should be locked to its thread.
func Precise() Clock { return precise{timers{time.Now()}} }

type precise struct{ timers }

const (
	// watch is how long before its time a wait stops sleeping. Threads that
	// sleep are woken up to 75 µs late on virtual machines, now and then more.
	watch = 200 * time.Microsecond
	// nap is the longest sleep that done cannot end.
	nap = 20 * time.Millisecond
)

func (c precise) Wait(t time.Duration, done <-chan struct{}) {
	if t-c.Now() > nap {
		c.timers.Wait(t-nap/2, done)
	}
	for left := t - c.Now() - watch; left > 0; left = t - c.Now() - watch {
		select {
		case <-done:
			return
		default:
		}
		sleep(min(left, nap))
	}
	for c.Now() < t {
	}
}

// slice is the time on the processor that a thread which mostly sleeps asks
// for at a time, the least there is: the sooner it gets it when others are
// busy (EEVDF, since Linux 6.12). One that watches the clock all the time must
// not: it would only be interrupted more often.
const slice = 100 * time.Microsecond

// sleep lets this thread sleep for d, or less if a signal comes.
func sleep(d time.Duration) {
	// Ask to be woken on the dot: threads get 50 µs of slack otherwise.
	unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	if priority, err := unix.Getpriority(unix.PRIO_PROCESS, 0); err == nil {
		unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL,
			Nice: int32(20 - priority), Runtime: uint64(slice)}, 0)
	}
	ts := unix.NsecToTimespec(int64(d))
	unix.Nanosleep(&ts, nil)
}
