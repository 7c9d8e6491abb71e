package iface

import (
	"context"
	"errors"
	"net"
	"os"
	"time"
)

// ErrStop is what the function given to Frames returns when it has what it
// wanted: Frames then returns nil.
var ErrStop = errors.New("no more frames are wanted")

// Frames receives until ctx ends, and hands each batch to f, which may keep
// nothing of it. It is the one way to receive, and it owns the port's read
// deadline meanwhile; afterwards the port has none.
//
// It returns nil when ctx has ended and everything the port had by then was
// handed to f: who judges after that judges what arrived, not what was read in
// time. A ctx that ends sooner than a run makes a moment to look at the clock:
// call it again. It returns nil for ErrStop, f's error for any other, and the
// port's when the interface is gone or the port closed (unless ctx has ended).
//
// An interface that goes down is waited for; Counters.Downs says that it did.
func Frames(ctx context.Context, p Port, buf []Received, f func([]Received) error) error {
	return frames(ctx, p, buf, f, false)
}

// FramesUntilDown is Frames for who does not wait for an interface that went
// down: it returns ErrDown when it did.
func FramesUntilDown(ctx context.Context, p Port, buf []Received, f func([]Received) error) error {
	return frames(ctx, p, buf, f, true)
}

func frames(ctx context.Context, p Port, buf []Received, f func([]Received) error, untilDown bool) error {
	end, _ := ctx.Deadline() // the zero time if there is none
	if err := p.SetReadDeadline(end); err != nil {
		return err
	}
	stop := interrupt(ctx, p) // after the deadline: an ended ctx has the last word
	defer func() {
		stop()
		p.SetReadDeadline(time.Time{})
	}()
	for {
		n, err := p.Receive(buf)
		if n > 0 {
			if stopped := f(buf[:n]); errors.Is(stopped, ErrStop) {
				return nil
			} else if stopped != nil {
				return stopped
			}
		}
		switch {
		case err == nil, errors.Is(err, ErrDown) && !untilDown:
		case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, net.ErrClosed):
			if ended(ctx, end) {
				return nil
			}
			if errors.Is(err, net.ErrClosed) {
				return err
			}
			// Somebody else set a deadline. It is not ours to keep.
			if err := p.SetReadDeadline(end); err != nil {
				return err
			}
			if ctx.Err() != nil { // its interruption may have come before this
				p.SetReadDeadline(longAgo)
			}
		default:
			return err
		}
	}
}

// ended says whether ctx has ended; the port may know a moment sooner.
func ended(ctx context.Context, end time.Time) bool {
	return ctx.Err() != nil || !end.IsZero() && !time.Now().Before(end)
}

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)
