package iface_test

import (
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// waitFor starts a Receive and returns its error once cause has run.
func waitFor(t *testing.T, p iface.Port, cause func() error) error {
	t.Helper()
	deadline(t, p, patience)
	done := make(chan error, 1)
	go func() {
		_, err := p.Receive(make([]iface.Received, 8))
		done <- err
	}()
	if err := cause(); err != nil {
		t.Fatal(err)
	}
	return <-done
}

// Trap 18: ENETDOWN comes once, then silence; after "up" the socket works.
func TestDownAndUpAgain(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		a, b := open(t, left, o), open(t, right, o)
		for range 3 {
			if err := waitFor(t, b, func() error { return right.Down("eth0") }); !errors.Is(err, iface.ErrDown) {
				t.Fatalf("down: %v", err)
			}
			nothing(t, b, 20*time.Millisecond) // told once, then it waits
			if n, err := b.Send([][]byte{frame(macA, macB, 60)}); n != 0 || !errors.Is(err, iface.ErrDown) {
				t.Fatalf("sent %d while down: %v", n, err)
			}
			if err := errors.Join(right.Up("eth0"), left.Running("eth0"), right.Running("eth0")); err != nil {
				t.Fatal(err)
			}
			send(t, b, frame(macA, macB, 60))
			receive(t, a, 1)
			send(t, a, frame(macB, macA, 60))
			receive(t, b, 1)
		}
		if c := account(t, b); c.Refused.Down != 3 || c.Accepted != 3 || c.Delivered != 3 || c.CarrierChanges < 6 {
			t.Errorf("%+v", c)
		}
	})
}

// Trap 19: the interface is deleted.
func TestDeleted(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, _ := labtest.Pair(t)
		a := open(t, left, o)
		gone(t, a, func() error { return withLink(left, left.Netlink().LinkDel) })
	})
}

// Trap 19: the interface moves to another namespace, and back.
func TestMoved(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, _ := labtest.Pair(t)
		away := labtest.Host(t, "away")
		a := open(t, left, o)
		gone(t, a, func() error { return left.Move("eth0", away) })
		if err := away.Move("eth0", left); err != nil {
			t.Fatal(err)
		}
		gone(t, a, func() error { return left.Up("eth0") })
	})
}

// gone checks that a port says it is gone after cause, in every way, and keeps
// its account.
func gone(t *testing.T, p iface.Port, cause func() error) {
	t.Helper()
	err := waitFor(t, p, cause)
	for errors.Is(err, iface.ErrDown) { // on the way out it may be seen down
		_, err = p.Receive(make([]iface.Received, 8))
	}
	for range 2 {
		if !errors.Is(err, iface.ErrGone) {
			t.Fatalf("gone: %v", err)
		}
		_, err = p.Receive(make([]iface.Received, 8))
	}
	before := account(t, p).Refused.Gone
	if n, err := p.Send([][]byte{frame(macA, macB, 60)}); n != 0 || !errors.Is(err, iface.ErrGone) {
		t.Fatalf("sent %d on a gone interface: %v", n, err)
	}
	if c := account(t, p); c.Refused.Gone != before+1 {
		t.Errorf("%+v", c)
	}
}

func withLink(h *lab.Host, do func(netlink.Link) error) error {
	l, err := h.Netlink().LinkByName("eth0")
	if err != nil {
		return err
	}
	return do(l)
}

// Traps 20, 21 and 30: a new name, a new address and a new MTU while up.
func TestFollowsNameAddressAndMTU(t *testing.T) {
	left, right := labtest.Pair(t)
	a, b := open(t, left, iface.Options{}), open(t, right, iface.Options{Immediate: true})
	big := frame(macB, macA, 1514, 0x88b5)
	send(t, a, big)
	nl := left.Netlink()
	mac := net.HardwareAddr{2, 0, 0, 0, 0, 0xc}
	err := withLink(left, func(l netlink.Link) error {
		return errors.Join(nl.LinkSetMTU(l, 1000), nl.LinkSetHardwareAddr(l, mac), rename(nl, l, "lan7"))
	})
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the new name, address and MTU", func() bool {
		return a.Name() == "lan7" && a.MTU() == 1000 && slices.Equal(a.HardwareAddr(), mac)
	})
	if n, err := a.Send([][]byte{big}); n != 0 || !errors.Is(err, iface.ErrTooLong) {
		t.Errorf("sent %d above the MTU: %v", n, err)
	}
	send(t, a, frame(macB, macA, 1014, 0x88b5))
	if got := receive(t, b, 2); got[0].Length != 1514 || got[1].Length != 1014 {
		t.Errorf("lengths %d, %d", got[0].Length, got[1].Length)
	}
	if c := account(t, a); c.Refused.TooLong != 1 || c.Accepted != 2 {
		t.Errorf("%+v", c)
	}
}

// rename renames an interface, while it is up where the kernel lets it (6.2).
func rename(nl *netlink.Handle, l netlink.Link, name string) error {
	err := nl.LinkSetName(l, name)
	if errors.Is(err, unix.EBUSY) {
		err = errors.Join(nl.LinkSetDown(l), nl.LinkSetName(l, name), nl.LinkSetUp(l))
	}
	return err
}

// Leaving a bridge looks like a deletion to those who mistake its messages.
func TestLeavingABridgeIsNoLoss(t *testing.T) {
	left, _, middle := labtest.Switched(t)
	var p iface.Port
	err := middle.Do(func() (err error) {
		p, err = iface.Open("left", iface.Options{Immediate: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	l, err := middle.Netlink().LinkByName("left")
	if err == nil {
		err = middle.Netlink().LinkSetNoMaster(l)
	}
	if err != nil {
		t.Fatal(err)
	}
	send(t, open(t, left, iface.Options{SendOnly: true}), frame(broadcast, macA, 60, 0x88b5))
	receive(t, p, 1)
}
