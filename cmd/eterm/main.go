// Command eterm sends, receives and takes apart raw Ethernet frames.
//
// Output rules, for every command: results go to standard output and nothing
// else does; everything else goes to standard error, one line each, prefixed
// "eterm: ", lower case, without a full stop; bytes from the wire reach a
// terminal only escaped. Exit status: 0 done or passed, 1 it ran and the
// answer is no, 2 usage or environment, 3 the result cannot be trusted.
package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

func main() {
	os.Exit(run(newInterruptible(), os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// interruptible is a context that the first SIGINT or SIGTERM ends, so that a
// run ends cleanly; a second one ends the process. Signals are looked for only
// once somebody asks: commands that just print start sooner without the thread
// for it, and end at once.
type interruptible struct{ signals func() context.Context }

func newInterruptible() context.Context {
	return interruptible{sync.OnceValue(func() context.Context {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		context.AfterFunc(ctx, stop)
		return ctx
	})}
}

func (i interruptible) Done() <-chan struct{}     { return i.signals().Done() }
func (i interruptible) Err() error                { return i.signals().Err() }
func (interruptible) Deadline() (time.Time, bool) { return time.Time{}, false }
func (interruptible) Value(any) any               { return nil }
