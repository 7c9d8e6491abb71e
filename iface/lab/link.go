package lab

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Cable joins interface aName of host a and bName of host b by a virtual
// Ethernet cable, brings both up and waits until frames can cross.
func Cable(a *Host, aName string, b *Host, bName string) error {
	attrs := netlink.NewLinkAttrs()
	attrs.Name = aName
	return a.AddCable(b, &netlink.Veth{LinkAttrs: attrs, PeerName: bName})
}

// AddCable is Cable with properties of one's own, such as several queues.
func (h *Host) AddCable(b *Host, veth *netlink.Veth) error {
	aName, bName := veth.Name, veth.PeerName
	veth.PeerNamespace = netlink.NsFd(int(b.ns))
	if err := h.nl.LinkAdd(veth); err != nil {
		return fmt.Errorf("cable %s:%s to %s:%s: %w", h.Name, aName, b.Name, bName, err)
	}
	return errors.Join(h.Up(aName), b.Up(bName), h.Running(aName), b.Running(bName))
}

// Running waits until an interface that is up has a carrier and takes frames:
// the kernel sees to that a moment after both ends are up, and until then
// drops silently what is sent.
func (h *Host) Running(name string) error {
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		l, err := h.nl.LinkByName(name)
		if err != nil {
			return fmt.Errorf("lab host %s, interface %s: %w", h.Name, name, err)
		}
		if running(l) {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("lab host %s, interface %s: no carrier after 5 s: bring up its other end", h.Name, name)
		}
	}
}

// running looks at the operational state. That of a new cable is unknown at
// first, which the kernel takes for running.
func running(l netlink.Link) bool {
	a := l.Attrs()
	return a.OperState == netlink.OperUp ||
		a.OperState == netlink.OperUnknown && a.RawFlags&unix.IFF_RUNNING != 0 && l.Type() != "veth"
}

// Switch makes a Linux bridge in the host and brings it up. Ports are added by
// AddPort. It does not snoop on multicast groups, for which it would speak
// itself: a bridge that snoops joins a group of its own (RFC 4286).
func (h *Host) Switch(name string) error {
	attrs := netlink.NewLinkAttrs()
	attrs.Name = name
	if err := h.nl.LinkAdd(&netlink.Bridge{LinkAttrs: attrs, MulticastSnooping: new(bool)}); err != nil {
		return fmt.Errorf("make switch %s: %w", name, err)
	}
	return h.Up(name)
}

// AddPort makes interface port of the host a port of its switch.
func (h *Host) AddPort(switchName, port string) error {
	br, err := h.nl.LinkByName(switchName)
	if err != nil {
		return err
	}
	l, err := h.nl.LinkByName(port)
	if err != nil {
		return err
	}
	return h.nl.LinkSetMaster(l, br)
}

// Up brings an interface up.
func (h *Host) Up(name string) error {
	return h.withLink(name, h.nl.LinkSetUp)
}

// Down takes an interface down.
func (h *Host) Down(name string) error {
	return h.withLink(name, h.nl.LinkSetDown)
}

// SetHardwareAddr gives an interface its MAC address.
func (h *Host) SetHardwareAddr(name string, mac net.HardwareAddr) error {
	return h.withLink(name, func(l netlink.Link) error { return h.nl.LinkSetHardwareAddr(l, mac) })
}

// AddAddress gives an interface an address such as 192.0.2.1/24.
func (h *Host) AddAddress(name, cidr string) error {
	addr, err := netlink.ParseAddr(cidr)
	if err != nil {
		return err
	}
	return h.withLink(name, func(l netlink.Link) error { return h.nl.AddrAdd(l, addr) })
}

// Move gives an interface to another host, where it arrives down.
func (h *Host) Move(name string, to *Host) error {
	return h.withLink(name, func(l netlink.Link) error { return h.nl.LinkSetNsFd(l, int(to.ns)) })
}

func (h *Host) withLink(name string, do func(netlink.Link) error) error {
	l, err := h.nl.LinkByName(name)
	if err == nil {
		err = do(l)
	}
	if err != nil {
		return fmt.Errorf("lab host %s, interface %s: %w", h.Name, name, err)
	}
	return nil
}
