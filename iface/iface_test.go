package iface_test

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"eterm/iface"
	"eterm/iface/lab"
)

// patience is how long a test waits for what must come.
const patience = 5 * time.Second

// open opens the host's interface eth0 for the length of the test.
func open(t testing.TB, h *lab.Host, o iface.Options) iface.Port {
	t.Helper()
	var p iface.Port
	err := h.Do(func() (err error) {
		p, err = iface.Open("eth0", o)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// both runs a test with each way of receiving.
func both(t *testing.T, test func(t *testing.T, o iface.Options)) {
	for name, o := range map[string]iface.Options{"ring": {}, "immediate": {Immediate: true}} {
		t.Run(name, func(t *testing.T) { test(t, o) })
	}
}

// receive takes at least n frames.
func receive(t testing.TB, p iface.Port, n int) []iface.Received {
	t.Helper()
	deadline(t, p, patience)
	var all []iface.Received
	for len(all) < n {
		rx := make([]iface.Received, 64)
		k, err := p.Receive(rx)
		if err != nil {
			t.Fatalf("after %d of %d frames: %v", len(all), n, err)
		}
		all = append(all, rx[:k]...)
	}
	return all
}

// nothing fails the test if a frame arrives within d.
func nothing(t testing.TB, p iface.Port, d time.Duration) {
	t.Helper()
	deadline(t, p, d)
	rx := make([]iface.Received, 8)
	n, err := p.Receive(rx)
	if !errors.Is(err, os.ErrDeadlineExceeded) || n != 0 {
		t.Fatalf("received %d frames, error %v; want none and a passed deadline: % x", n, err, rx[0].Bytes)
	}
}

func deadline(t testing.TB, p iface.Port, d time.Duration) {
	t.Helper()
	if err := p.SetReadDeadline(time.Now().Add(d)); err != nil {
		t.Fatal(err)
	}
}

// send sends frames, all of which must be taken.
func send(t testing.TB, p iface.Port, frames ...[]byte) {
	t.Helper()
	if n, err := p.Send(frames); n != len(frames) || err != nil {
		t.Fatalf("sent %d of %d frames: %v", n, len(frames), err)
	}
}

// until waits for ok to hold, looking again after each short pause.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// account reads the counters and checks what must always hold. The port must
// have been drained.
func account(t testing.TB, p iface.Port) iface.Counters {
	t.Helper()
	c, err := p.Counters()
	if err != nil {
		t.Fatal(err)
	}
	if c.Attempted != c.Accepted+c.Refused.Total() {
		t.Errorf("attempted %d, accepted %d, refused %d", c.Attempted, c.Accepted, c.Refused.Total())
	}
	if c.Seen != c.Delivered+c.SocketDropped {
		t.Errorf("seen %d, delivered %d, dropped %d", c.Seen, c.Delivered, c.SocketDropped)
	}
	return c
}

// frame is a frame of n bytes: header words after the addresses, then a
// pattern.
func frame(dst, src net.HardwareAddr, n int, words ...uint16) []byte {
	b := append(append(make([]byte, 0, n), dst...), src...)
	for _, w := range words {
		b = append(b, byte(w>>8), byte(w))
	}
	for len(b) < n {
		b = append(b, byte(len(b)))
	}
	return b[:n]
}
