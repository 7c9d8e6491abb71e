package icmpv6

import (
	"errors"
	"net"
	"net/netip"
)

// HopLimit is the one all discovery messages are sent with, and must be
// received with (RFC 4861, 6.1 and 7.1): proof that no router passed them on.
const HopLimit = 255

// ErrOption is what NextOption says of an option whose length is 0 or beyond
// the end: the whole message is then to be ignored (RFC 4861, 4.6).
var ErrOption = errors.New("icmpv6: option length is wrong")

// Neighbor is a neighbour solicitation or advertisement (RFC 4861, 4.3, 4.4);
// the flags are those of an advertisement:
//
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  0
//	|     Type      |     Code      |          Checksum             |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  4
//	|R|S|O|                     Reserved                            |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  8
//	|                                                               |
//	+                   Target Address, 16 bytes                    +
//	|                                                               |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ 24
//	|   Options: type, length in 8 bytes, value ...
//	+-+-+-+-+-+-+-+-+-+-+-+-
type Neighbor struct {
	Target netip.Addr
	// Link is the address in the option that belongs to the message: source
	// of a solicitation, target of an advertisement. Nil if there is none.
	Link net.HardwareAddr
	// The flags of an advertisement.
	Router, Solicited, Override bool
}

const flagRouter, flagSolicited, flagOverride = 1 << 31, 1 << 30, 1 << 29

// Solicitation asks who has n.Target; its body is appended to buf.
func (n Neighbor) Solicitation(buf []byte) Message {
	return Message{Type: NeighborSolicitation, Body: n.append(buf, SourceLink)}
}

// Advertisement says that n.Target is at n.Link; its body is appended to buf.
func (n Neighbor) Advertisement(buf []byte) Message {
	m := Message{Type: NeighborAdvertisement, Body: n.append(buf, TargetLink)}
	if n.Router {
		m.Rest |= flagRouter
	}
	if n.Solicited {
		m.Rest |= flagSolicited
	}
	if n.Override {
		m.Rest |= flagOverride
	}
	return m
}

func (n Neighbor) append(dst []byte, option OptionType) []byte {
	a := n.Target.As16()
	dst = append(dst, a[:]...)
	if len(n.Link) == 6 {
		dst = append(append(dst, byte(option), 1), n.Link...)
	}
	return dst
}

// Neighbor reads a solicitation or advertisement. ok is false for other
// messages and for those RFC 4861, 7.1 says to discard: short, a multicast
// target, an option of length 0. Link shares the memory of the message.
func (m Message) Neighbor() (n Neighbor, ok bool) {
	want := SourceLink
	switch m.Type {
	case NeighborAdvertisement:
		want = TargetLink
		n.Router, n.Solicited, n.Override = m.Rest&flagRouter != 0, m.Rest&flagSolicited != 0, m.Rest&flagOverride != 0
	case NeighborSolicitation:
	default:
		return n, false
	}
	if m.Code != 0 || len(m.Body) < 16 {
		return n, false
	}
	n.Target = netip.AddrFrom16([16]byte(m.Body[:16]))
	if n.Target.IsMulticast() {
		return n, false
	}
	rest, more := m.Body[16:], true
	for more {
		var o Option
		var err error
		if o, rest, more, err = NextOption(rest); err != nil {
			return n, false
		}
		if more && o.Type == want && len(o.Data) == 6 {
			n.Link = net.HardwareAddr(o.Data)
		}
	}
	return n, true
}

// OptionType is the type of an option of a discovery message.
type OptionType uint8

// Types of options of RFC 4861, 4.6.
const (
	SourceLink OptionType = 1
	TargetLink OptionType = 2
	Prefix     OptionType = 3
	Redirected OptionType = 4
	MTU        OptionType = 5
)

// Option is one option of a discovery message.
type Option struct {
	Type OptionType
	Data []byte // without type and length; shares the memory of the message
}

// NextOption takes the first option off b; ok is false at the end.
func NextOption(b []byte) (o Option, rest []byte, ok bool, err error) {
	if len(b) == 0 {
		return o, nil, false, nil
	}
	if len(b) < 2 || b[1] == 0 || int(b[1])*8 > len(b) {
		return o, nil, false, ErrOption
	}
	n := int(b[1]) * 8
	return Option{Type: OptionType(b[0]), Data: b[2:n:n]}, b[n:], true, nil
}

// SolicitedNode is the multicast address where a is asked for (RFC 4291,
// 2.7.1).
func SolicitedNode(a netip.Addr) netip.Addr {
	b := a.As16()
	return netip.AddrFrom16([16]byte{0: 0xff, 1: 2, 11: 1, 12: 0xff, 13: b[13], 14: b[14], 15: b[15]})
}

// MulticastMAC is the Ethernet address of an IPv6 multicast address
// (RFC 2464, 7), appended to dst.
func MulticastMAC(dst []byte, a netip.Addr) []byte {
	b := a.As16()
	return append(dst, 0x33, 0x33, b[12], b[13], b[14], b[15])
}
