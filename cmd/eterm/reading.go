package main

import (
	"context"
	"errors"
	"io"
	"os"
	"time"
)

// lastWord is how long a command goes on reading from a pipe after an
// interrupt. What writes to the pipe got the same interrupt from the terminal,
// and hands over what it still holds: frames that were counted there must not
// be missing here.
const lastWord = time.Second

// errInterrupted is why a reading context ended.
var errInterrupted = errors.New("interrupted before its end: there may be more")

// reading is the context of a command that reads in: when ctx ends, it ends at
// once, or some time later if in is a pipe. in may be nil.
func reading(ctx context.Context, in io.Reader) (context.Context, context.CancelFunc) {
	later := time.Duration(0)
	if isPipe(in) {
		later = lastWord
	}
	until, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() {
		time.AfterFunc(later, func() { cancel(errInterrupted) })
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

// unlessEnded is the result of f, which may wait for input for as long as it
// likes, or why ctx ended if that comes first.
func unlessEnded[T any](ctx context.Context, f func() (T, error)) (T, error) {
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
