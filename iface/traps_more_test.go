package iface_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"

	"eterm/iface"
	"eterm/iface/lab/labtest"
)

// Trap 3: the system call under Receive says -1 on an error; Receive says 0.
func TestTrap03NoNegativeCount(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		_, right := labtest.Pair(t)
		b := open(t, right, o)
		rx := make([]iface.Received, 2)
		for _, end := range []func() error{
			func() error { return right.Down("eth0") },
			func() error { return errors.Join(right.Up("eth0"), withLink(right, right.Netlink().LinkDel)) },
		} {
			if err := end(); err != nil {
				t.Fatal(err)
			}
			var err error
			for err == nil {
				deadline(t, b, patience)
				var n int
				if n, err = b.Receive(rx); n < 0 || n > 0 && err != nil {
					t.Fatalf("%d frames, %v", n, err)
				}
			}
			if !errors.Is(err, iface.ErrDown) && !errors.Is(err, iface.ErrGone) {
				t.Fatal(err)
			}
		}
	})
}

// Trap 7: a socket bound to one EtherType loses the tag. Ours is bound to all
// and filtered.
func TestTrap07FilteredByTypeTheTagStays(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		filter, err := iface.Match{EtherTypes: []uint16{0x88b5}}.Compile(nil)
		if err != nil {
			t.Fatal(err)
		}
		o.Filter = filter
		a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, o)
		for _, tci := range []uint16{100, 0} { // and of VLAN 0 it looks like none
			want := frame(b.HardwareAddr(), macA, 64, 0x8100, tci, 0x88b5)
			send(t, a, frame(b.HardwareAddr(), macA, 64, 0x8100, tci, 0x88b6), want)
			if got := receive(t, b, 1); len(got) != 1 || !bytes.Equal(got[0].Bytes, want) || got[0].To != iface.ToHost {
				t.Errorf("% x, want % x", got[0].Bytes, want)
			}
		}
	})
}

// Trap 10: below 14 bytes the kernel refuses, with EINVAL for many things.
func TestTrap10ShorterThanAHeader(t *testing.T) {
	left, right := labtest.Pair(t)
	for _, o := range []iface.Options{{SendOnly: true}, {SendOnly: true, TxTimestamps: true}} {
		a, b := open(t, left, o), open(t, right, iface.Options{Immediate: true})
		for n := range 14 {
			if k, err := a.Send([][]byte{make([]byte, n)}); k != 0 || !errors.Is(err, iface.ErrTooShort) {
				t.Errorf("%d bytes: sent %d, %v", n, k, err)
			}
		}
		send(t, a, frame(macB, macA, 14))
		receive(t, b, 1)
		if c := account(t, a); c.Refused.TooShort != 14 || c.Accepted != 1 {
			t.Errorf("%+v", c)
		}
	}
}

// Trap 11: virtual interfaces do not pad, and nobody here does it unasked.
func TestTrap11NoPadding(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, o)
		for _, n := range []int{14, 15, 20, 59, 60} {
			want := frame(macB, macA, n, 0x88b5)
			send(t, a, want)
			if got := receive(t, b, 1)[0]; !bytes.Equal(got.Bytes, want) || got.Length != n {
				t.Errorf("%d bytes came as % x", n, got.Bytes)
			}
		}
	})
}

// Trap 12: there is no FCS, and bytes that look like one are the frame's.
func TestTrap12NoFCS(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, o)
		want := append(frame(macB, macA, 60, 0x88b5), 0x19, 0xd9, 0x69, 0xe7)
		send(t, a, want)
		if got := receive(t, b, 1)[0]; !bytes.Equal(got.Bytes, want) || got.Length != 64 {
			t.Errorf("length %d: % x", got.Length, got.Bytes)
		}
	})
}

// Trap 13: frames that a library of frames cannot hold are whole here.
func TestTrap13TagsOfAllKinds(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, o)
		for _, words := range [][]uint16{
			{0x8100, 0xffff, 0x88b5}, {0x8100, 1, 0x8100, 2, 0x88b5}, {0x88a8, 1, 0x88a8, 2, 0x88b5}, {0x9100, 5, 0x88b5}, {0x88a8, 9, 0x88b5}, {46, 0xaaaa},
		} {
			want := frame(macB, macA, 70, words...)
			send(t, a, want)
			if got := receive(t, b, 1)[0]; !bytes.Equal(got.Bytes, want) || got.Length != 70 {
				t.Errorf("%x: % x", words, got.Bytes)
			}
		}
	})
}

// Trap 33: what is not Ethernet takes any bytes without an error, so it is not
// opened.
func TestTrap33OtherLinkTypes(t *testing.T) {
	h := labtest.Host(t, "host")
	tun := netlink.NewLinkAttrs()
	tun.Name = "tun0"
	err := h.Do(func() error {
		return h.Netlink().LinkAdd(&netlink.Tuntap{LinkAttrs: tun, Mode: netlink.TUNTAP_MODE_TUN})
	})
	if err != nil {
		t.Skip("no tun here:", err)
	}
	if err := h.Up("tun0"); err != nil {
		t.Fatal(err)
	}
	err = h.Do(func() error {
		p, err := iface.Open("tun0", iface.Options{})
		if err == nil {
			p.Close()
		}
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "interface tun0 is not Ethernet (link type 65534)") {
		t.Error(err)
	}
}

// Trap 34: an interface that is down can be bound to, and says so only when it
// is used.
func TestTrap34DownAtTheBeginning(t *testing.T) {
	left, _ := labtest.Pair(t)
	if err := left.Down("eth0"); err != nil {
		t.Fatal(err)
	}
	err := left.Do(func() error {
		p, err := iface.Open("eth0", iface.Options{})
		if err == nil {
			p.Close()
		}
		return err
	})
	if !errors.Is(err, iface.ErrDown) || !strings.Contains(err.Error(), "eth0") {
		t.Error(err)
	}
}

// Trap 40: a socket wants an address beside the frame. Ours is bound, and the
// frame's own destination counts, whatever it is.
func TestTrap40AnyDestination(t *testing.T) {
	left, right := labtest.Pair(t)
	for name, o := range map[string]iface.Options{"socket": {SendOnly: true}, "timestamps": {SendOnly: true, TxTimestamps: true}} {
		a, b := open(t, left, o), open(t, right, iface.Options{Immediate: true, Promiscuous: true})
		for _, dst := range []net.HardwareAddr{make(net.HardwareAddr, 6), broadcast, macB, {1, 0, 0x5e, 0, 0, 1}} {
			want := frame(dst, macA, 60, 0x88b5)
			send(t, a, want)
			if got := receive(t, b, 1)[0]; !bytes.Equal(got.Bytes, want) {
				t.Errorf("%s: % x, want % x", name, got.Bytes, want)
			}
		}
	}
}

// Trap 41: a namespace lives on when its name is gone, as long as something is
// in it.
func TestTrap41NamespaceWithoutAName(t *testing.T) {
	left, right := labtest.Pair(t)
	a, b := open(t, left, iface.Options{}), open(t, right, iface.Options{})
	if err := errors.Join(left.Close(), right.Close()); err != nil {
		t.Fatal(err)
	}
	frames := batch(100, 60)
	got := 0
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	send(t, a, frames...)
	err := iface.Frames(ctx, b, make([]iface.Received, 16), func(rx []iface.Received) error {
		if got += len(rx); got == len(frames) {
			return iface.ErrStop
		}
		return nil
	})
	if err != nil || got != len(frames) || a.Name() != "eth0" {
		t.Errorf("%d of %d frames, %v", got, len(frames), err)
	}
	if c := account(t, a); c.Interface.TxPackets != uint64(len(frames)) {
		t.Errorf("%+v", c)
	}
}
