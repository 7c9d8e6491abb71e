package pace

import (
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Clock tells the time since its start and waits.
type Clock interface {
	Now() time.Duration
	// Wait returns at time t or soon after, never before, unless done is
	// closed: then it may return at once.
	Wait(t time.Duration, done <-chan struct{})
	// Approach is the first part of such a wait. It returns shortly before t
	// and says whether the rest can be used to prepare for what is due then;
	// a clock that has nothing to prepare for returns false at once.
	Approach(t time.Duration, done <-chan struct{}) bool
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

func (c timers) Approach(time.Duration, <-chan struct{}) bool { return false }

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
	// nap is the longest sleep that done cannot end.
	nap = 10 * time.Millisecond
)

func (c precise) Wait(t time.Duration, done <-chan struct{}) {
	if c.Approach(t, done) {
		for c.Now() < t {
		}
	}
}

func (c precise) Approach(t time.Duration, done <-chan struct{}) bool {
	if t-c.Now() > nap {
		c.timers.Wait(t-nap/2, done)
	}
	for left := t - c.Now() - watch; left > 0; left = t - c.Now() - watch {
		select {
		case <-done:
			return false
		default:
		}
		sleep(min(left, nap))
	}
	return true
}

// slice is the time on the processor that a thread which mostly sleeps asks
// for at a time, the least there is: the sooner it gets it when others are
// busy (EEVDF, since Linux 6.12). One that watches the clock all the time must
// not: it would only be interrupted more often.
const slice = 100 * time.Microsecond

// asleep is how many threads sleep.
var asleep atomic.Int32

// sleep lets this thread sleep for d, or less if a signal comes. The runtime is
// not told if one of its processors is left for others, or if there is but one:
// it would give ours away meanwhile, and to get it back after the sleep takes
// time. Who has the only one should let others run now and then (Pacer does).
func sleep(d time.Duration) {
	punctual()
	ts := unix.NsecToTimespec(int64(d))
	if int(asleep.Add(1)) <= max(1, runtime.GOMAXPROCS(0)-1) {
		unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
	} else {
		unix.Nanosleep(&ts, nil)
	}
	asleep.Add(-1)
}

// punctual asks the kernel to wake this thread on the dot, unless it was asked
// before: threads get 50 µs of slack otherwise.
func punctual() {
	const onTheDot = 1 // ns
	if slack, _, _ := unix.RawSyscall(unix.SYS_PRCTL, unix.PR_GET_TIMERSLACK, 0, 0); slack == onTheDot {
		return
	}
	unix.Prctl(unix.PR_SET_TIMERSLACK, onTheDot, 0, 0, 0)
	if priority, err := unix.Getpriority(unix.PRIO_PROCESS, 0); err == nil {
		unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL,
			Nice: int32(20 - priority), Runtime: uint64(slice)}, 0)
	}
}
