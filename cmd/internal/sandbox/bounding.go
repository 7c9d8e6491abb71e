//go:build amd64 || arm64

package sandbox

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// errUnreached means that a thread could not be made to run the handler.
var errUnreached = errors.New("a thread was not reached")

// passSignal makes a thread run the handler. It is the one signal that the
// runtime keeps unblocked on every thread and has no use for itself: musl's C
// library has (runtime/sigtab_linux_generic.go).
const passSignal = 34

// passWait is how long threads are waited for; the way without a handler waits
// for ever. It is used up where a thread is not the program's own, but of what
// emulates its machine.
const passWait = 300 * time.Millisecond

// What the handlers say: how many have run, in which threads, and the error
// number (negative) of a call that failed.
var (
	passCount   uint32
	passThreads [1024]uint32
	passFailed  int64
)

// passHandler is the address of the handler of bounding_*.s, which drops every
// capability from the bounding set of the thread that it runs on.
func passHandler() uintptr

// passRestorer is the address of what a handler returns to, or 0 where the
// kernel provides that.
func passRestorer() uintptr

// Flags of kernelAction (asm/signal.h).
const (
	hasRestorer = 0x04000000
	onStack     = 0x08000000
	restart     = 0x10000000
)

// kernelAction is struct sigaction as the kernel has it (signal(7)).
type kernelAction struct {
	handler, flags, restorer uintptr
	mask                     uint64
}

// dropBoundingAtOnce empties the bounding set of every thread in one visit to
// each. By everywhere it would take as many visits as there are capabilities:
// the whole program stands still for each.
//
// A thread has the bounding set of the thread that started it. When a list of
// all threads has nobody who was not visited, then there is nobody left who
// could start one with more.
func dropBoundingAtOnce() (err error) {
	var before kernelAction
	action := kernelAction{passHandler(), onStack | restart | hasRestorer, passRestorer(), ^uint64(0)}
	if action.restorer == 0 {
		action.flags &^= hasRestorer
	}
	if err = setAction(&action, &before); err != nil {
		return err
	}
	// A signal that somebody has not taken yet would end the program without
	// the handler, which therefore stays then.
	defer func() {
		if err == nil {
			err = setAction(&before, nil)
		}
	}()
	atomic.StoreInt64(&passFailed, 0)
	visited := map[int]bool{}
	for {
		threads, err := others(visited)
		if err != nil || len(threads) == 0 {
			return errors.Join(err, failure(atomic.LoadInt64(&passFailed)))
		}
		if err := visit(threads); err != nil {
			return err
		}
	}
}

// others lists the threads that were not visited, and notes that they are.
func others(visited map[int]bool) ([]int, error) {
	folder, err := os.Open("/proc/self/task")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	names, err := folder.Readdirnames(-1)
	var threads []int
	for _, name := range names {
		if id, err := strconv.Atoi(name); err == nil && !visited[id] {
			threads, visited[id] = append(threads, id), true
		}
	}
	return threads, err
}

// visit has threads run the handler, and returns when they have, or have ended.
func visit(threads []int) (err error) {
	atomic.StoreUint32(&passCount, 0)
	signal := syscall.Signal(passSignal)
	for deadline := time.Now().Add(passWait); time.Now().Before(deadline); signal = 0 {
		threads = slices.DeleteFunc(threads, func(id int) bool {
			if hasRun(uint32(id)) {
				return true
			}
			sent := unix.Tgkill(os.Getpid(), id, signal)
			if sent != nil && sent != unix.ESRCH {
				err = sent
			}
			return sent != nil
		})
		if err != nil || len(threads) == 0 {
			return err
		}
		for range 20 {
			unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
		}
	}
	return errUnreached
}

// hasRun says whether a thread has run the handler in this visit.
func hasRun(thread uint32) bool {
	for i := range min(atomic.LoadUint32(&passCount), uint32(len(passThreads))) {
		if atomic.LoadUint32(&passThreads[i]) == thread {
			return true
		}
	}
	return false
}

// failure is the error of a system call that returned so.
func failure(returned int64) error {
	if returned == 0 {
		return nil
	}
	return syscall.Errno(-returned)
}

func setAction(action, before *kernelAction) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, passSignal, uintptr(unsafe.Pointer(action)), uintptr(unsafe.Pointer(before)), 8, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
