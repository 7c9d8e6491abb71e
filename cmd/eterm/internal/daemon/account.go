package daemon

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// period is how often an unattended command gives an account of itself.
const period = time.Minute

// Accounting has say called when the process gets SIGUSR1 and, if regularly,
// each minute, until the function it returns is called, which waits for the last
// call. The context it returns ends with ctx, or when the process gets SIGHUP:
// ports cannot be opened again once privileges are given up, so who wants them
// opened again has the service manager start the command again.
func Accounting(ctx context.Context, regularly bool, say func()) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGHUP)
	done := make(chan struct{})
	go func() {
		defer close(done)
		account(ctx, regularly, signals, say, cancel)
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel()
		<-done
	}
}

func account(ctx context.Context, regularly bool, signals <-chan os.Signal, say, end func()) {
	var minutes <-chan time.Time
	if regularly {
		t := time.NewTicker(period)
		defer t.Stop()
		minutes = t.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-minutes:
			say()
		case s := <-signals:
			if s == syscall.SIGHUP {
				end()
				return
			}
			say()
		}
	}
}
