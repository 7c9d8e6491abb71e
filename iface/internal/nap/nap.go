// Package nap lets a thread sleep for a time that it is woken up from as soon
// as the kernel can.
package nap

import (
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// slice is the time on the processor that a thread which mostly sleeps asks
// for at a time, the least there is: the sooner it gets it when others are
// busy (EEVDF, since Linux 6.12). One that watches the clock all the time must
// not: it would only be interrupted more often.
const slice = 100 * time.Microsecond

// asleep is how many threads sleep.
var asleep atomic.Int32

// For lets this thread sleep for d, or less if a signal comes. The runtime is
// not told if one of its processors is left for others, or if there is but one:
// it would give ours away meanwhile, and to get it back after the sleep takes
// time. Who has the only one should let others run now and then (pace.Pacer does).
func For(d time.Duration) {
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
