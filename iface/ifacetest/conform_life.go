package ifacetest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"eterm/iface"
)

func (c *conformance) deadlines(t reporter) {
	rx := make([]iface.Received, 4)
	for _, at := range []time.Duration{-time.Second, 20 * time.Millisecond} {
		check(t, c.b.SetReadDeadline(time.Now().Add(at)))
		if err := untilError(c.b, rx); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Receive with a deadline %v from now: %v", at, err)
		}
	}
	late := c.frames(3, 60)
	send(t, c.a, late)
	same(t, c.afterDeadline(t, 3), late)

	check(t, c.b.SetReadDeadline(time.Time{}))
	frames := c.frames(1, 60)
	same(t, c.exchange(t, frames), frames)

	check(t, c.b.SetReadDeadline(time.Time{}))
	done := make(chan error, 1)
	go func() { done <- untilError(c.b, rx) }()
	check(t, c.b.SetReadDeadline(time.Now()))
	select {
	case err := <-done:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a deadline set during Receive: %v", err)
		}
	case <-time.After(patience):
		t.Error("a deadline set during Receive does not end it")
	}
}

// afterDeadline receives n frames that are there when the deadline passes: they
// come before its error. On a real interface they may take a moment to be there.
func (c *conformance) afterDeadline(t reporter, n int) (got []iface.Received) {
	t.Helper()
	c.awaitQueued(t, n)
	check(t, c.b.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
	rx := make([]iface.Received, 1)
	for {
		k, err := c.b.Receive(rx)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		check(t, err)
		for _, r := range rx[:k] {
			if ours(r.Bytes) {
				got = append(got, r)
				rx = make([]iface.Received, 1)
				// Now the deadline is long past.
				check(t, c.b.SetReadDeadline(time.Unix(1, 0)))
			}
		}
	}
	if len(got) != n {
		t.Fatalf("%d of %d frames came before the deadline's error", len(got), n)
	}
	return got
}

// awaitQueued waits until b has frames to hand out: what lies between the ports
// may take its time.
func (c *conformance) awaitQueued(t reporter, n int) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		counters, err := c.b.Counters()
		check(t, err)
		if counters.Queued() >= uint64(n) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d of %d frames arrived", counters.Queued(), n)
		}
	}
}

// untilError receives until there is an error, at most 1000 times.
func untilError(p iface.Port, rx []iface.Received) error {
	for range 1000 {
		if n, err := p.Receive(rx); err != nil {
			return err
		} else if n == 0 {
			return errors.New("Receive = 0 without an error")
		}
	}
	return fmt.Errorf("%s: no end of frames", p.Name())
}

func (c *conformance) counters(t reporter) {
	before, err := c.a.Counters()
	check(t, err)
	peer, err := c.b.Counters()
	check(t, err)
	c.exchange(t, c.frames(50, 60))
	if _, err := c.a.Send([][]byte{make([]byte, 5)}); err == nil {
		t.Error("Send took a frame of 5 bytes")
	}
	after, err := c.a.Counters()
	check(t, err)
	if d := after.Attempted - before.Attempted; d != 51 {
		t.Errorf("%d attempts counted, want 51", d)
	}
	if d := after.Accepted - before.Accepted; d != 50 {
		t.Errorf("%d accepted counted, want 50", d)
	}
	if d := after.Refused.TooShort - before.Refused.TooShort; d != 1 {
		t.Errorf("%d counted as too short, want 1", d)
	}
	if after.Attempted != after.Accepted+after.Refused.Total() {
		t.Errorf("attempted %d is not accepted %d + refused %d", after.Attempted, after.Accepted, after.Refused.Total())
	}
	now, err := c.b.Counters()
	check(t, err)
	if d := now.Delivered - peer.Delivered; d < 50 {
		t.Errorf("%d delivered counted, want 50 or more", d)
	}
	if now.SocketDropped != 0 || now.Truncated != 0 {
		t.Errorf("%d dropped and %d truncated in a test that never did", now.SocketDropped, now.Truncated)
	}
}

func (c *conformance) close(t reporter) {
	done := make(chan error, 1)
	check(t, c.b.SetReadDeadline(time.Time{}))
	go func() { done <- untilError(c.b, make([]iface.Received, 4)) }()
	check(t, c.b.Close())
	select {
	case err := <-done:
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("Receive on a closed port: %v", err)
		}
	case <-time.After(patience):
		t.Error("Close does not end Receive")
	}
	check(t, c.a.Close())
	if n, err := c.a.Send(c.frames(1, 60)); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("Send on a closed port = %d, %v", n, err)
	}
	if _, err := c.a.Counters(); err != nil {
		t.Errorf("Counters of a closed port: %v", err)
	}
	if err := c.a.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Errorf("a second Close: %v", err)
	}
}
