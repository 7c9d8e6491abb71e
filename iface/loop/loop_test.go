package loop_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/loop"
)

func TestElevenCopiesInASecondAreALoop(t *testing.T) {
	var g loop.Guard
	now := time.Unix(1, 0)
	for i := range 40 { // ten in a second, again and again
		if err := g.Copy(7, now.Add(time.Duration(i/10)*1100*time.Millisecond)); err != nil {
			t.Fatalf("copy %d: %v", i, err)
		}
		if err := g.Copy(uint64(100+i), now); err != nil {
			t.Fatalf("another frame: %v", err)
		}
	}
	var err *loop.Error
	for i := range 11 {
		err = g.Copy(9, now.Add(time.Duration(i)*time.Millisecond))
	}
	if err == nil || err.Seen != 11 || err.Within != 10*time.Millisecond {
		t.Fatalf("the eleventh within 10 ms: %+v", err)
	}
	err.Port = "eth1"
	if text := err.Error(); !strings.Contains(text, "loop: one frame came to eth1 11 times within 10ms (one frame becomes about 1100 in a second)") {
		t.Error(text)
	}
}

// sockets are a watched port on a switch that may give frames back.
func sockets(t *testing.T, opts ...ifacetest.Option) (watched iface.Port, other *ifacetest.Port) {
	s := ifacetest.NewSwitch(2, opts...)
	return loop.Watch(s.Port(0), nil), s.Port(1)
}

func frame(n byte) []byte {
	f := make([]byte, 60)
	copy(f, "\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x10\x88\xb5")
	f[20] = n
	return f
}

func TestAFrameThatComesBackEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		port, other := sockets(t, ifacetest.Defective(ifacetest.Reflects()))
		if _, err := port.Send([][]byte{frame(1)[:30]}); err != nil { // comes back padded or not
			t.Fatal(err)
		}
		err := iface.Frames(t.Context(), port, make([]iface.Received, 4), func([]iface.Received) error { return nil })
		var found *loop.Error
		if !errors.As(err, &found) || !found.Returned || !strings.Contains(err.Error(), "loop: a frame came back to p0") {
			t.Errorf("received: %v", err)
		}
		if _, err := port.Send([][]byte{frame(2)}); !errors.As(err, &found) {
			t.Errorf("sending goes on: %v", err)
		}
		other.Close()
	})
}

func TestFramesOfOthersAreNoLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		port, other := sockets(t)
		port.Send([][]byte{frame(1)})
		got := 0
		for i := range 20 {
			f := frame(1) // the same but for its source
			f[11] = 0x11
			f[30] = byte(i)
			other.Send([][]byte{f})
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := iface.Frames(ctx, port, make([]iface.Received, 4), func(rx []iface.Received) error { got += len(rx); return nil }); err != nil || got != 20 {
			t.Errorf("%d received, %v", got, err)
		}
		if _, ok := iface.As[*ifacetest.Port](port); !ok {
			t.Error("the port behind is not found")
		}
	})
}
