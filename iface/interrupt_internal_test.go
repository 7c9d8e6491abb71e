package iface

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// deadlines counts how often a deadline was set, and takes its time over it.
type deadlines struct{ set atomic.Int32 }

func (d *deadlines) SetReadDeadline(time.Time) error {
	time.Sleep(time.Second)
	d.set.Add(1)
	return nil
}

// TestInterruptIsOverWhenStopReturns: a deadline that comes later would end
// what the port's next user waits for.
func TestInterruptIsOverWhenStopReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d deadlines
		ctx, cancel := context.WithCancel(t.Context())
		stop := interrupt(ctx, &d)
		cancel()
		synctest.Wait() // it has begun
		stop()
		if n := d.set.Load(); n != 1 {
			t.Errorf("set %d times when stop returned, want once", n)
		}
		stop = interrupt(t.Context(), &d)
		stop()
		time.Sleep(time.Minute)
		if n := d.set.Load(); n != 1 {
			t.Errorf("set %d times after a stop in time, want no more", n)
		}
	})
}
