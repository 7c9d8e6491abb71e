package iface_test

import (
	"errors"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// shape puts a token bucket on the host's eth0: rate in bytes a second, the
// others in bytes.
func shape(t *testing.T, h *lab.Host, rate uint64, burst, limit uint32) {
	t.Helper()
	err := withLink(h, func(l netlink.Link) error {
		return h.Netlink().QdiscAdd(&netlink.Tbf{
			QdiscAttrs: netlink.QdiscAttrs{LinkIndex: l.Attrs().Index, Handle: netlink.MakeHandle(1, 0), Parent: netlink.HANDLE_ROOT},
			Rate:       rate, Buffer: netlink.Xmittime(rate, burst), Limit: limit,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// queueDrops is what the shaper says it dropped.
func queueDrops(t *testing.T, h *lab.Host) (drops uint64) {
	t.Helper()
	err := withLink(h, func(l netlink.Link) error {
		qdiscs, err := h.Netlink().QdiscList(l)
		for _, q := range qdiscs {
			if q.Attrs().Statistics != nil {
				drops += uint64(q.Attrs().Statistics.Queue.Drops)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return drops
}

// Trap 24: ENOBUFS is the queue's drop. It is counted as not sent, exactly,
// and does not end the run.
func TestQueueFullIsCountedExactly(t *testing.T) {
	for name, size := range map[string]int{"one by one": 1, "batched": 64} {
		t.Run(name, func(t *testing.T) {
			left, right := labtest.Pair(t)
			shape(t, left, 1_000_000/8, 2000, 5000)
			a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, iface.Options{ReceiveOnly: true})
			const total = 512
			offer(t, a, total, size)
			c := account(t, a)
			if c.Attempted != total || c.Refused.QueueFull == 0 || c.Refused.Total() != c.Refused.QueueFull {
				t.Errorf("%+v", c)
			}
			if drops := queueDrops(t, left); drops != c.Refused.QueueFull+c.Retried {
				t.Errorf("the queue dropped %d, refused %d, retried %d", drops, c.Refused.QueueFull, c.Retried)
			}
			receive(t, b, int(c.Accepted))
			nothing(t, b, 30*time.Millisecond)
			account(t, b)
		})
	}
}

// offer sends total frames in batches, leaving out the refused ones.
func offer(t *testing.T, p iface.Port, total, size int) {
	t.Helper()
	for left := batch(total, 60); len(left) > 0; {
		n, err := p.Send(left[:min(size, len(left))])
		if left = left[n:]; err == nil {
			continue
		}
		if !errors.Is(err, iface.ErrQueueFull) {
			t.Fatal(err)
		}
		left = left[1:]
	}
}

// Trap 25: the socket's own buffer is full. The wait for room is bounded.
func TestBackPressure(t *testing.T) {
	left, _ := labtest.Pair(t)
	shape(t, left, 500, 2000, 50_000_000) // a frame in 3 s
	p := open(t, left, iface.Options{SendOnly: true})
	frames := batch(2000, 1514)
	n, err := p.Send(frames)
	if n == 0 || n == len(frames) || !errors.Is(err, iface.ErrQueueFull) {
		t.Fatalf("sent %d: %v", n, err)
	}
	if c := account(t, p); c.Accepted != uint64(n) || c.Refused.WouldBlock != 1 {
		t.Errorf("%+v", c)
	}
	// Close ends a Send that waits.
	done := make(chan error)
	go func() {
		_, err := p.Send(frames[:1])
		done <- err
	}()
	time.Sleep(10 * time.Millisecond)
	p.Close()
	<-done
}

// Trap 25: a shaper with room after a while delays, it does not refuse.
func TestBackPressureThatEnds(t *testing.T) {
	left, right := labtest.Pair(t)
	shape(t, left, 10_000_000, 2000, 50_000_000)
	a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, iface.Options{ReceiveOnly: true})
	const total = 2000
	done := make(chan error, 1)
	go func() {
		_, err := a.Send(batch(total, 1000))
		done <- err
	}()
	receive(t, b, total)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if c := account(t, a); c.Refused.Total() != 0 || c.Accepted != total {
		t.Errorf("%+v", c)
	}
}
