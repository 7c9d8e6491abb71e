package main

import (
	"context"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// disturbed is the share of the machine that others may use during a
	// measurement before it is made again.
	disturbed = 0.08
	// tries is how often a measurement is made at most.
	tries = 2
)

// undisturbed measures a tool, and again while other work on this machine gets
// in the way. If it always does, the least disturbed result counts, and is
// counted itself.
func (b *bench) undisturbed(ctx context.Context, t tool, measure func(context.Context, tool) (sample, error)) (best sample, err error) {
	least := 2.0
	for range tries {
		watch := watchOthers()
		s, err := measure(ctx, t)
		if err != nil || b.short {
			return s, err
		}
		share := watch.share()
		if share < least {
			best, least = s, share
		}
		if share <= disturbed {
			return s, nil
		}
	}
	b.disturbed++
	return best, nil
}

// others watches what processes that are not ours use of the machine.
type others struct {
	at   time.Time
	busy time.Duration // of all processors
	own  time.Duration // of this process and its children
}

func watchOthers() others { return others{time.Now(), busyTime(), ownTime()} }

// share is what others used since, of all processors. 1 if that is unknown.
func (o others) share() float64 {
	busy := busyTime() - o.busy
	if busy <= 0 {
		return 1
	}
	all := time.Since(o.at) * time.Duration(cpus())
	return max(0, float64(busy-(ownTime()-o.own))/float64(all))
}

// busyTime is how long all processors were busy since the machine started, in
// the kernel's ticks of 10 ms (proc_stat(5)): user, nice, system, interrupts.
func busyTime() time.Duration {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(stat), "\n")
	var ticks int
	for i, field := range strings.Fields(line) {
		if i >= 1 && i <= 7 && i != 4 && i != 5 { // neither idle nor waiting for a disk
			n, _ := strconv.Atoi(field)
			ticks += n
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// ownTime is what this process and its ended children used.
func ownTime() (sum time.Duration) {
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		if unix.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}
