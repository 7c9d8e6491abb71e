package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/capture"
)

// interruptedRun runs eterm with first waiting in a pipe, and interrupts it
// when it has begun to print. Then it writes last to the pipe, and closes it
// unless last is nil.
func interruptedRun(t *testing.T, first, last []byte, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	in, w := pipe(t)
	from, out := pipe(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var errs bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		defer out.Close()
		ended <- run(ctx, append([]string{"eterm"}, args...), in, out, &errs)
	}()
	_, err := w.Write(first)
	must(t, err)
	begun := make([]byte, 1)
	_, err = io.ReadFull(from, begun)
	must(t, err)
	interrupt()
	if last != nil {
		w.Write(last)
		w.Close()
	}
	rest, err := io.ReadAll(from)
	must(t, err)
	status = <-ended
	return string(begun) + string(rest), errs.String(), status
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	must(t, err)
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// streams is the input of commands that read: one frame, and nine more.
func streams(t *testing.T, args []string) (first, last []byte) {
	t.Helper()
	lines := strings.Repeat("eth dst=02:00:00:00:00:02 / hex 01\n", 10)
	one := strings.Index(lines, "\n") + 1
	if args[0] == "build" {
		return []byte(lines[:one]), []byte(lines[one:])
	}
	capture := func(lines string) []byte {
		var b, errs bytes.Buffer
		if status := run(t.Context(), []string{"eterm", "build", "-", "-w", "-"}, strings.NewReader(lines), &b, &errs); status != exit.StatusDone {
			t.Fatalf("build: status %d, %s", status, errs.String())
		}
		return b.Bytes()
	}
	all := capture(lines)
	at := len(capture(lines[:one]))
	return all[:at], all[at:]
}

// TestInterruptedPipe: frames that come through a pipe after an interrupt, from
// a program that was interrupted too, are not lost.
func TestInterruptedPipe(t *testing.T) {
	for _, args := range [][]string{{"build", "-"}, {"decode", "--format", "line"}} {
		first, last := streams(t, args)
		stdout, stderr, status := interruptedRun(t, first, last, args...)
		if n := strings.Count(stdout, "\n"); n != 10 || stderr != "" || status != exit.StatusDone {
			t.Errorf("%v: %d frames, status %d, said %q; want all 10 and status 0", args, n, status, stderr)
		}
	}
}

// TestInterruptedForGood: a pipe whose writer goes on all the same is left, and
// the result says that it is not whole.
func TestInterruptedForGood(t *testing.T) {
	for _, args := range [][]string{{"build", "-"}, {"decode", "--format", "line"}} {
		first, _ := streams(t, args)
		start := time.Now()
		stdout, stderr, status := interruptedRun(t, first, nil, args...)
		const said = "interrupted before its end: there may be more\n"
		if n := strings.Count(stdout, "\n"); n != 1 || !strings.HasSuffix(stderr, said) || status != exit.StatusUntrusted {
			t.Errorf("%v: %d frames, status %d, said %q; want 1, status 3 and %q", args, n, status, stderr, said)
		}
		if took := time.Since(start); took < capture.LastWord {
			t.Errorf("%v: ended after %v, the pipe has %v", args, took, capture.LastWord)
		}
	}
}

// TestInterruptedWaiting: commands that wait for their first input end too.
func TestInterruptedWaiting(t *testing.T) {
	in, _ := pipe(t)
	path := fmt.Sprintf("/proc/self/fd/%d", in.Fd())
	for _, args := range [][]string{{"decode"}, {"decode", "-r", path}, {"build", "-"}, {"diff", path, "00"}, {"send", "-S", "-r", path}} {
		ctx, interrupt := context.WithCancel(t.Context())
		interrupt()
		var out, errs bytes.Buffer
		status := run(ctx, append([]string{"eterm"}, args...), in, &out, &errs)
		if out.Len() > 0 || status == exit.StatusDone || !strings.Contains(errs.String(), capture.ErrInterrupted.Error()) {
			t.Errorf("%v: status %d, printed %q, said %q", args, status, out.String(), errs.String())
		}
	}
}
