package load

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"eterm/iface"
)

// ErrEnd is what a port's Send returns to end a run by itself: the frame's turn
// has not come, and that is no error of the run.
var ErrEnd = errors.New("the port ends the run")

var errNoReason = errors.New("the port took no frame and gave no reason")

// Waits before a refused frame is offered again at full speed: for a full
// queue from the first to the second, doubling, for an interface that is down
// the third.
const (
	queueWait     = 50 * time.Microsecond
	longQueueWait = time.Millisecond
	downWait      = 10 * time.Millisecond
)

// refuse counts a refusal and says whether the frame is to be offered again.
// An error ends the run.
func (w *worker) refuse(err error, done <-chan struct{}) (again bool, _ error) {
	if err == nil {
		err = errNoReason
	}
	if errors.Is(err, net.ErrClosed) || errors.Is(err, ErrEnd) {
		return false, err // nobody was asked
	}
	w.attempts++
	*reason(&w.refused, err)++
	if w.plan.Schedule == nil && passing(err) {
		again, err := w.backOff(err, done)
		if !again {
			w.skipped++
		}
		return again, err
	}
	w.skipped++
	if errors.Is(err, iface.ErrGone) {
		return false, err
	}
	return false, nil
}

// reason is the counter of a refusal.
func reason(r *iface.Refused, err error) *uint64 {
	switch {
	case errors.Is(err, syscall.EAGAIN):
		return &r.WouldBlock
	case errors.Is(err, iface.ErrQueueFull):
		return &r.QueueFull
	case errors.Is(err, iface.ErrTooLong):
		return &r.TooLong
	case errors.Is(err, iface.ErrTooShort):
		return &r.TooShort
	case errors.Is(err, iface.ErrDown):
		return &r.Down
	case errors.Is(err, iface.ErrGone):
		return &r.Gone
	}
	return &r.Other
}

// passing says whether a refusal may pass if one waits.
func passing(err error) bool {
	return errors.Is(err, iface.ErrQueueFull) || errors.Is(err, syscall.EAGAIN) || errors.Is(err, iface.ErrDown)
}

// backOff waits before a frame is offered again, unless the run is over.
func (w *worker) backOff(why error, done <-chan struct{}) (again bool, err error) {
	now := w.plan.Clock.Now()
	if now-w.lastTaken >= w.plan.Patience {
		return false, fmt.Errorf("%w (%v): %w", ErrStuck, w.plan.Patience, why)
	}
	w.wait = min(max(2*w.wait, queueWait), longQueueWait)
	if errors.Is(why, iface.ErrDown) {
		w.wait = downWait
	}
	w.plan.Clock.Wait(now+w.wait, done)
	select {
	case <-done:
		return false, nil
	default:
	}
	return w.plan.Duration <= 0 || w.plan.Clock.Now()-w.start < w.plan.Duration, nil
}
