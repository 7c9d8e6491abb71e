package iface_test

import (
	"errors"
	"net"
	"testing"
	"time"

	"eterm/iface"
	"eterm/iface/lab/labtest"
)

// ready makes a port ready to send, if it sends.
func ready(t *testing.T, p iface.Port, o iface.Options) {
	t.Helper()
	if n, err := p.Send(nil); n != 0 || (err == nil) == o.ReceiveOnly {
		t.Fatalf("sent %d of no frames: %v", n, err)
	}
}

// TestSendOfNothingSendsNothing: as the port, the interface and the other end count.
func TestSendOfNothingSendsNothing(t *testing.T) {
	for name, o := range map[string]iface.Options{
		"socket": {Engine: iface.EngineSocket}, "auto, slow": {Rate: 1000}, "auto, fast": {Rate: 1e9}, "timestamps": {TxTimestamps: true},
		"receiving": {ReceiveOnly: true},
	} {
		t.Run(name, func(t *testing.T) {
			left, right := labtest.Pair(t)
			a, b := open(t, left, o), open(t, right, iface.Options{ReceiveOnly: true})
			for range 1000 {
				ready(t, a, o)
			}
			if c := account(t, a); c != (iface.Counters{}) {
				t.Errorf("%+v", c)
			}
			nothing(t, b, 20*time.Millisecond)
			if o.ReceiveOnly {
				return
			}
			send(t, a, frame(b.HardwareAddr(), a.HardwareAddr(), 60, 0x88b5))
			ready(t, a, o)
			if got := receive(t, b, 1); len(got) != 1 {
				t.Errorf("%d frames arrived, one was sent", len(got))
			}
			a.Close()
			if n, err := a.Send(nil); n != 0 || err != nil && !errors.Is(err, net.ErrClosed) {
				t.Errorf("sent %d of no frames through a closed port: %v", n, err)
			}
		})
	}
}

// TestHold: a lone frame stays in the ring until its timer goes, and the end of
// a Receive waits for it.
func TestHold(t *testing.T) {
	const hold = 300 * time.Millisecond
	left, right := labtest.Pair(t)
	opening := time.Now()
	b := open(t, right, iface.Options{ReceiveOnly: true, Hold: hold})
	a := open(t, left, iface.Options{SendOnly: true})
	send(t, a, frame(b.HardwareAddr(), a.HardwareAddr(), 60, 0x88b5))
	deadline(t, b, time.Millisecond)
	rx := make([]iface.Received, 1)
	if n, err := b.Receive(rx); n != 1 || err != nil {
		t.Fatalf("%d frames, error %v", n, err)
	}
	if held := time.Since(opening); held < hold-20*time.Millisecond {
		t.Errorf("handed out %v after the port was opened, the ring was to hold it for %v", held, hold)
	}
}
