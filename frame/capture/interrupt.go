package capture

import (
	"context"
	"errors"
	"io"
	"os"
	"time"
)

// LastWord is how long reading goes on reading from a pipe after an
// interrupt. What writes to the pipe got the same interrupt from the terminal,
// and hands over what it still holds: frames that were counted there must not
// be missing here.
const LastWord = time.Second

// ErrInterrupted is why a reading context ended.
var ErrInterrupted = errors.New("interrupted before its end: there may be more")

// Reading is the context of who reads in: when ctx ends, it ends at once, or a
// second later if in is a pipe, so that nothing is lost of what is in it. in may
// be nil.
func Reading(ctx context.Context, in io.Reader) (context.Context, context.CancelFunc) {
	later := time.Duration(0)
	if isPipe(in) {
		later = LastWord
	}
	until, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() {
		time.AfterFunc(later, func() { cancel(ErrInterrupted) })
	})
	return until, func() { cancel(nil) }
}

// isPipe says whether another program is at the other end of a stream.
func isPipe(stream io.Reader) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	about, err := f.Stat()
	return err == nil && about.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0
}

// UnlessEnded is the result of f, which may wait for input for as long as it
// likes, or why ctx ended if that comes first.
func UnlessEnded[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		v, err := f()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}
