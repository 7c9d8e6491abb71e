package daemon

import (
	"context"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestAccount: each minute, when asked, and no more after it ended.
func TestAccount(t *testing.T) {
	for _, regularly := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			signals := make(chan os.Signal)
			said, ended := 0, false
			go account(ctx, regularly, signals, func() { said++ }, func() { ended = true; cancel() })
			time.Sleep(5*time.Minute + time.Second)
			synctest.Wait()
			want := map[bool]int{true: 5, false: 0}[regularly]
			if said != want {
				t.Errorf("%d accounts in five minutes, want %d", said, want)
			}
			signals <- syscall.SIGUSR1
			synctest.Wait()
			if said != want+1 || ended {
				t.Errorf("%d accounts after SIGUSR1, ended %v", said, ended)
			}
			signals <- syscall.SIGHUP
			synctest.Wait()
			if !ended || ctx.Err() == nil {
				t.Error("SIGHUP does not end it")
			}
			time.Sleep(10 * time.Minute)
			if said != want+1 {
				t.Errorf("%d accounts after it ended", said)
			}
			cancel()
		})
	}
}

// TestAccounting hears the process's own signals.
func TestAccounting(t *testing.T) {
	heard := make(chan struct{}, 1)
	ctx, stop := Accounting(t.Context(), false, func() { heard <- struct{}{} })
	defer stop()
	must(t, syscall.Kill(os.Getpid(), syscall.SIGUSR1))
	<-heard
	must(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
	<-ctx.Done()
}
