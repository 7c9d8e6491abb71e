package command

import (
	"context"
	"errors"
	"time"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface"
)

// Lost says whether an error of a port means that it is of no more use to a run.
func Lost(err error) bool {
	return errors.Is(err, iface.ErrDown) || errors.Is(err, iface.ErrGone)
}

// Ended is what a run ends with: where its port went away, its result cannot be
// trusted; any other cause stays as it is.
func Ended(cause error) error {
	if Lost(cause) {
		return exit.Untrusted("%w: the run ended there", cause)
	}
	return cause
}

// SleepUntil waits for t and says whether ctx still lives.
func SleepUntil(ctx context.Context, t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}
