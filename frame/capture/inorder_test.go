package capture

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// TestInOrder: whatever the workers do, results come in the order of the stream,
// each once.
func TestInOrder(t *testing.T) {
	type batch struct{ n, squared int }
	next, given := 0, 0
	err := InOrder(t.Context(), func(b *batch) bool {
		b.n = next
		next++
		return next < 1000
	}, func() func(*batch) {
		return func(b *batch) { b.squared = b.n * b.n }
	}, func(b *batch) error {
		if b.n != given || b.squared != b.n*b.n {
			t.Errorf("batch %d came as number %d with %d", b.n, given, b.squared)
		}
		given++
		return nil
	})
	if err != nil || given != 1000 {
		t.Errorf("%d of 1000, %v", given, err)
	}
}

// TestInOrderEnds: an error of give, and the end of the context, end it while
// the input is still awaited.
func TestInOrderEnds(t *testing.T) {
	boom := errors.New("boom")
	err := InOrder(t.Context(), func(*int) bool { return true }, func() func(*int) { return func(*int) {} }, func(*int) error { return boom })
	if !errors.Is(err, boom) {
		t.Errorf("give's error is lost: %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	waits := make(chan struct{})
	defer close(waits)
	err = InOrder(ctx, func(*int) bool { cancel(boom); <-waits; return false }, func() func(*int) { return func(*int) {} }, func(*int) error { return nil })
	if !errors.Is(err, boom) {
		t.Errorf("the context's cause is lost: %v", err)
	}
}

// TestReading: who reads from anything but a pipe ends at once, who reads from a
// pipe a second later.
func TestReading(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for in, want := range map[io.Reader]time.Duration{nil: 0, r: LastWord} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			until, done := Reading(ctx, in)
			defer done()
			began := time.Now()
			cancel()
			_, err := UnlessEnded(until, func() (int, error) { <-until.Done(); time.Sleep(time.Hour); return 0, nil })
			if !errors.Is(err, ErrInterrupted) || time.Since(began) != want {
				t.Errorf("ended after %v by %v, want %v", time.Since(began), err, want)
			}
			time.Sleep(2 * time.Hour)
		})
	}
}
