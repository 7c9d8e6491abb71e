package iface_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

func mechanism(p iface.Port) string { return p.(iface.Mechanism).Mechanism() }

// xdpOptions are o with AF_XDP; the test is left out where that cannot be had,
// as with too little lockable memory.
func xdpOptions(t testing.TB, o iface.Options) iface.Options {
	t.Helper()
	o.Engine = iface.EngineXDP
	h, _ := labtest.Pair(t)
	err := h.Do(func() error {
		p, err := iface.Open("eth0", iface.Options{Engine: iface.EngineXDP, SendOnly: true})
		if err == nil {
			p.Close()
		}
		return err
	})
	if err != nil {
		t.Skip("no AF_XDP here:", err)
	}
	return o
}

func TestConformanceXDP(t *testing.T) {
	o := xdpOptions(t, iface.Options{})
	left, right := labtest.Pair(t)
	ifacetest.Conform(t, open(t, left, o), open(t, right, o))
}

// All that was taken arrives and is in the interface's own counters.
func TestXDPSendsWhatItSays(t *testing.T) {
	o := xdpOptions(t, iface.Options{SendOnly: true})
	left, right := labtest.Pair(t)
	a, b := open(t, left, o), open(t, right, iface.Options{ReceiveOnly: true})
	const total = 5000
	frames := batch(100, 100)
	for range total / len(frames) {
		send(t, a, frames...)
	}
	receive(t, b, total)
	nothing(t, b, time.Millisecond)
	if c := account(t, a); c.Accepted != total || c.Interface.TxPackets != total {
		t.Errorf("%+v", c)
	}
	if m := mechanism(a); !strings.Contains(m, "AF_XDP") {
		t.Errorf("mechanism %q", m)
	}
}

func TestXDPDownAndUpAgain(t *testing.T) {
	o := xdpOptions(t, iface.Options{SendOnly: true})
	left, right := labtest.Pair(t)
	a, b := open(t, left, o), open(t, right, iface.Options{Immediate: true})
	send(t, a, batch(3, 60)...)
	if err := left.Down("eth0"); err != nil {
		t.Fatal(err)
	}
	if n, err := a.Send(batch(3, 60)); n != 0 || !errors.Is(err, iface.ErrDown) {
		t.Fatalf("sent %d while down: %v", n, err)
	}
	if err := errors.Join(left.Up("eth0"), left.Running("eth0")); err != nil {
		t.Fatal(err)
	}
	send(t, a, batch(2, 60)...)
	receive(t, b, 5)
	nothing(t, b, 20*time.Millisecond)
	if c := account(t, a); c.Accepted != 5 || c.Refused.Down != 1 {
		t.Errorf("%+v", c)
	}
}

// Without a carrier AF_XDP says that frames do not leave.
func TestXDPWithoutCarrier(t *testing.T) {
	o := xdpOptions(t, iface.Options{SendOnly: true})
	left, right := labtest.Pair(t)
	a := open(t, left, o)
	if err := right.Down("eth0"); err != nil {
		t.Fatal(err)
	}
	// Until the news of the carrier is here, kernels before 6.13 or so take
	// frames and drop them.
	until(t, "no carrier", func() bool {
		n, err := a.Send(batch(1, 60))
		return n == 0 && errors.Is(err, iface.ErrQueueFull) && strings.Contains(err.Error(), "no carrier")
	})
	before := account(t, a)
	if n, err := a.Send(batch(3, 60)); n != 0 || !errors.Is(err, iface.ErrQueueFull) {
		t.Fatalf("sent %d: %v", n, err)
	}
	c := account(t, a)
	if d := c.Sub(before); d.Accepted != 0 || d.Refused.QueueFull != 1 || d.Interface.TxDropped != 0 || c.Interface.TxPackets != 0 {
		t.Errorf("%+v", d)
	}
	if c.Accepted > c.Interface.TxDropped { // what was taken is in the device's account
		t.Errorf("%+v", c)
	}
}

func TestXDPGone(t *testing.T) {
	o := xdpOptions(t, iface.Options{SendOnly: true})
	left, _ := labtest.Pair(t)
	a := open(t, left, o)
	if err := withLink(left, left.Netlink().LinkDel); err != nil {
		t.Fatal(err)
	}
	until(t, "gone", func() bool {
		_, err := a.Send(batch(1, 60))
		return errors.Is(err, iface.ErrGone)
	})
}

// Workers take one queue each; then auto goes on with a socket.
func TestAutoWorkers(t *testing.T) {
	xdpOptions(t, iface.Options{})
	left, right := labtest.Host(t, "left"), labtest.Host(t, "right")
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.NumTxQueues, attrs.NumRxQueues = "eth0", 2, 2
	cable(t, left, right, &netlink.Veth{LinkAttrs: attrs, PeerName: "eth0", PeerNumTxQueues: 2, PeerNumRxQueues: 2})
	in := open(t, right, iface.Options{ReceiveOnly: true})
	for i, want := range []string{"queue 0", "queue 1", "sendmmsg (not AF_XDP"} {
		p := open(t, left, iface.Options{SendOnly: true, Rate: math.Inf(1)})
		send(t, p, batch(100, 60)...)
		receive(t, in, 100)
		if m := mechanism(p); !strings.Contains(m, want) {
			t.Errorf("worker %d: %q; want %q in it", i, m, want)
		}
		account(t, p)
	}
}

// cable adds a veth pair that is not lab's plain one.
func cable(t *testing.T, a, b *lab.Host, veth *netlink.Veth) {
	t.Helper()
	if err := a.AddCable(b, veth); err != nil {
		t.Fatal(err)
	}
}

// Auto takes the socket for modest rates and where AF_XDP cannot work.
func TestAutoTakesTheSocket(t *testing.T) {
	left, right := labtest.Pair(t)
	if m := mechanism(open(t, left, iface.Options{SendOnly: true, Rate: 1000})); !strings.HasSuffix(m, "sendmmsg") {
		t.Errorf("at 1000 frames/s: %q", m)
	}
	err := withLink(right, func(l netlink.Link) error { return right.Netlink().LinkSetMTU(l, 9000) })
	if err == nil {
		err = withLink(left, func(l netlink.Link) error { return left.Netlink().LinkSetMTU(l, 9000) })
	}
	if err != nil {
		t.Fatal(err)
	}
	p := open(t, left, iface.Options{SendOnly: true, Rate: math.Inf(1)})
	send(t, p, batch(1, 9014)...)
	if m := mechanism(p); !strings.Contains(m, "sendmmsg (not AF_XDP: MTU 9000") {
		t.Errorf("with jumbo frames: %q", m)
	}
	left.Do(func() error {
		_, err := iface.Open("eth0", iface.Options{SendOnly: true, Engine: iface.EngineXDP})
		if err == nil || !strings.Contains(err.Error(), "choose the socket engine") {
			t.Errorf("forced with jumbo frames: %v", err)
		}
		return nil
	})
}
