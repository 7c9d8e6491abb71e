package ifacetest_test

import (
	"encoding/binary"
	"errors"
	"net"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface"
	. "eterm/iface/ifacetest"
)

// numbered are n frames of 64 bytes that carry their numbers.
func numbered(n int) (frames [][]byte) {
	for i := range n {
		f := make([]byte, 64)
		copy(f, "\x02\x00\x00\x00\x00\x0b\x02\x00\x00\x00\x00\x0a\x88\xb5")
		binary.BigEndian.PutUint32(f[14:], uint32(i))
		frames = append(frames, f)
	}
	return frames
}

// arrivals receives until there is nothing for a second, which costs no time
// in a bubble.
func arrivals(t *testing.T, p iface.Port) (got []iface.Received) {
	t.Helper()
	for {
		p.SetReadDeadline(time.Now().Add(time.Second))
		rx := make([]iface.Received, 16)
		n, err := p.Receive(rx)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rx[:n]...)
	}
}

func numbers(got []iface.Received) (n []int) {
	for _, r := range got {
		n = append(n, int(binary.BigEndian.Uint32(r.Bytes[14:])))
	}
	return n
}

func TestFaults(t *testing.T) {
	for name, test := range map[string]struct {
		fault Fault
		want  []int
	}{
		"drop every third":   {Drop(Every(3)), []int{0, 1, 3, 4, 6, 7}},
		"drop a range":       {Drop(Range(1, 6)), []int{0, 7}},
		"drop bursts":        {Drop(Bursts(2, 4)), []int{2, 3, 6, 7}},
		"duplicate":          {Duplicate(Every(4)), []int{0, 1, 2, 3, 3, 4, 5, 6, 7, 7}},
		"swap":               {Swap(Range(2, 2)), []int{0, 1, 3, 2, 4, 5, 6, 7}},
		"swap two":           {Swap(Range(2, 3)), []int{0, 1, 2, 4, 3, 5, 6, 7}},
		"swap the last":      {Swap(Range(7, 7)), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"delay some":         {Delay(Range(0, 1), time.Millisecond), []int{2, 3, 4, 5, 6, 7, 0, 1}},
		"drop what is three": {Drop(Where(func(f []byte) bool { return f[17] == 3 })), []int{0, 1, 2, 4, 5, 6, 7}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, b := Wire(Forward(test.fault))
				if n, err := a.Send(numbered(8)); n != 8 || err != nil {
					t.Fatal(n, err)
				}
				if got := numbers(arrivals(t, b)); !slices.Equal(got, test.want) {
					t.Errorf("arrived %v, want %v", got, test.want)
				}
			})
		})
	}
}

func TestFaultsOfBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := Wire(Forward(Corrupt(Every(2)), Truncate(Range(2, 2), 20), Grow(Range(4, 4), 5)))
		sent := numbered(5)
		a.Send(sent)
		got := arrivals(t, b)
		for i, want := range []int{0, 1, 0, 1, 0} {
			flipped := 0
			for j := range min(len(got[i].Bytes), 64) {
				for x := got[i].Bytes[j] ^ sent[i][j]; x != 0; x &= x - 1 {
					flipped++
				}
			}
			if flipped != want {
				t.Errorf("frame %d: %d bits flipped, want %d", i, flipped, want)
			}
		}
		if len(got[2].Bytes) != 20 || len(got[4].Bytes) != 69 {
			t.Errorf("lengths %d and %d, want 20 and 69", len(got[2].Bytes), len(got[4].Bytes))
		}
		if sent[1][14] != 0 || !slices.Equal(sent[1][18:], make([]byte, 46)) {
			t.Error("the sender's frame was changed")
		}
	})
}

func TestDelayIsExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := Wire(Faults(Delay(Always(), 3*time.Millisecond)))
		start := time.Now()
		a.Send(numbered(3))
		for i, r := range arrivals(t, b) {
			if d := r.At.Sub(start); d != 3*time.Millisecond {
				t.Errorf("frame %d took %v", i, d)
			}
		}
	})
}

func TestChanceIsTheSameForTheSameSeed(t *testing.T) {
	run := func(seed uint64) (got []int) {
		synctest.Test(t, func(t *testing.T) {
			a, b := Wire(Seed(seed), Faults(Drop(Chance(0.3)), Jitter(Chance(0.5), time.Millisecond)))
			a.Send(numbered(200))
			got = numbers(arrivals(t, b))
		})
		return got
	}
	first := run(5)
	if len(first) < 100 || len(first) > 180 || slices.IsSorted(first) {
		t.Errorf("of 200 frames with 30 %% loss and jitter arrived %d", len(first))
	}
	if !slices.Equal(first, run(5)) || slices.Equal(first, run(6)) {
		t.Error("the seed does not decide")
	}
}

func TestLineRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := Wire(LineRate(88*8*1000, 10)) // 1000 frames of 64+24 bytes a second
		start := time.Now()
		a.Send(numbered(30))
		got := arrivals(t, b)
		if len(got) != 11 {
			t.Fatalf("%d frames passed, want one on the line and 10 in the queue", len(got))
		}
		if d := got[10].At.Sub(start); d != 11*time.Millisecond {
			t.Errorf("the 11th frame came after %v", d)
		}
	})
}

func TestRefusing(t *testing.T) {
	a, _ := Wire(Refusing(Every(3)))
	n, err := a.Send(numbered(5))
	if n != 2 || !errors.Is(err, iface.ErrQueueFull) {
		t.Errorf("Send = %d, %v", n, err)
	}
	if c, _ := a.Counters(); c.Attempted != 3 || c.Refused.QueueFull != 1 {
		t.Errorf("counters %+v", c)
	}
}

func TestOverflowIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := Wire(Buffer(4))
		a.Send(numbered(10))
		got := arrivals(t, b)
		c, _ := b.Counters()
		if len(got) != 4 || c.Delivered != 4 || c.SocketDropped != 6 || c.Interface.RxPackets != 10 {
			t.Errorf("%d arrived; counters %+v", len(got), c)
		}
	})
}

func TestDownAndUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := Wire()
		failed := make(chan error)
		go func() {
			_, err := a.Receive(make([]iface.Received, 1))
			failed <- err
		}()
		synctest.Wait()
		a.SetUp(false)
		if err := <-failed; !errors.Is(err, iface.ErrDown) {
			t.Errorf("the waiting Receive: %v", err)
		}
		if got := arrivals(t, a); len(got) != 0 {
			t.Errorf("a port that is down received %d frames", len(got))
		}
		if n, err := a.Send(numbered(2)); n != 0 || !errors.Is(err, iface.ErrDown) {
			t.Errorf("Send = %d, %v", n, err)
		}
		if n, err := b.Send(numbered(2)); n != 2 || err != nil {
			t.Errorf("the other end's Send = %d, %v: the kernel takes frames without a carrier", n, err)
		}
		a.SetUp(true)
		b.Send(numbered(1))
		if got := arrivals(t, a); len(got) != 1 {
			t.Errorf("after it came up %d frames arrived", len(got))
		}
		ca, _ := a.Counters()
		cb, _ := b.Counters()
		if ca.Refused.Down != 1 || cb.CarrierChanges != 2 {
			t.Errorf("refused as down %d, carrier changes %d", ca.Refused.Down, cb.CarrierChanges)
		}
	})
}

func TestGone(t *testing.T) {
	a, _ := Wire()
	a.Remove()
	if _, err := a.Receive(make([]iface.Received, 1)); !errors.Is(err, iface.ErrGone) {
		t.Errorf("Receive: %v", err)
	}
	if _, err := a.Send(numbered(1)); !errors.Is(err, iface.ErrGone) {
		t.Errorf("Send: %v", err)
	}
	a.Close()
	if _, err := a.Send(numbered(1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Send after Close: %v", err)
	}
}
