package iface

import (
	"context"
	"time"
)

// interrupt ends the port's Receive, now and from then on, with
// os.ErrDeadlineExceeded when ctx ends. The caller calls stop once, when it is done
// with the port: when stop has returned, the deadline is left alone, so that
// the next user of the port can set its own. A deadline that the caller sets
// meanwhile undoes an interruption; it looks at ctx again after setting one.
func interrupt(ctx context.Context, port interface{ SetReadDeadline(time.Time) error }) (stop func()) {
	interrupted := make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(interrupted)
		port.SetReadDeadline(longAgo)
	})
	return func() {
		if !cancel() {
			<-interrupted
		}
	}
}
