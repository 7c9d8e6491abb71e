package iface_test

import (
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface"
	"eterm/iface/ifacetest"
)

// TestShelfLendsAfresh: each test gets the port without what came before it,
// counts from zero, and has nothing of it once it is given back.
func TestShelfLendsAfresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ifacetest.Wire()
		defer a.Close()
		shelf := iface.NewShelf(b)
		defer shelf.Close()
		frame := append([]byte{2, 0, 0, 0, 0, 0xb, 2, 0, 0, 0, 0, 0xa, 0x88, 0xb5}, make([]byte, 46)...)
		rx := make([]iface.Received, 4)
		for round := range byte(3) {
			for range 300 { // nobody's
				if _, err := a.Send([][]byte{frame}); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Second)
			lent, err := shelf.Lend()
			if err != nil {
				t.Fatal(err)
			}
			frame[20] = round
			if _, err := a.Send([][]byte{frame}); err != nil {
				t.Fatal(err)
			}
			n, err := lent.Receive(rx)
			if err != nil || n != 1 || rx[0].Bytes[20] != round {
				t.Fatalf("round %d: %d frames, %v", round, n, err)
			}
			if c, err := lent.Counters(); err != nil || c.Delivered != 1 {
				t.Errorf("round %d: %d delivered, %v", round, c.Delivered, err)
			}
			waiting := make(chan error, 1)
			go func() { _, err := lent.Receive(rx); waiting <- err }()
			synctest.Wait()
			if err := lent.Close(); err != nil {
				t.Error(err)
			}
			if err := <-waiting; err == nil {
				t.Error("who waited got a frame after the end")
			}
			if _, err := lent.Receive(rx); !errors.Is(err, net.ErrClosed) {
				t.Errorf("after its end: %v", err)
			}
		}
	})
}
