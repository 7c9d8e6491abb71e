package switchtest

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"eterm/frame/arp"
	"eterm/frame/ipv6"
	"eterm/frame/probe"
	"eterm/ipv4"
)

// everyByte sends frames of many sizes whose payload has all byte values.
func everyByte(r *rig) (Outcome, error) {
	return bothWays(func(from side) (Outcome, error) {
		var specs []spec
		for i := range 100 {
			s := r.to(from)
			s.size = shortest + i*(min(longest, headerLen+r.mtu())-shortest)/99
			specs = append(specs, s)
		}
		return r.fate(from, specs...)
	})
}

// knownTypes are EtherTypes of protocols a switch might look at, and the
// first and last there can be. MAC control (0x8808) is not among them: a MAC
// may take it for itself whatever its address.
var knownTypes = []uint16{
	0x0600, 0x0800, 0x0806, 0x0842, 0x22f3, 0x6003, 0x8035, 0x809b, 0x8137, 0x86dd, 0x8847, 0x8848, 0x8863,
	0x8864, 0x8870, 0x888e, 0x88a2, 0x88b5, 0x88b6, 0x88cc, 0x88e5, 0x88f7, 0x8902, 0x8906, 0x9000, 0xffff,
}

func etherTypes(r *rig) (Outcome, error) {
	var specs []spec
	for _, t := range knownTypes {
		s := r.to(portA)
		s.etherType, s.packet = t, r.packet(t)
		specs = append(specs, s)
	}
	v, err := r.exchange(portA, specs...)
	if err != nil {
		return Outcome{}, err
	}
	o := v.outcome(nil)
	for i, f := range v.missing(portB) {
		if i == 0 {
			o.Seen += ", not"
		}
		o.Seen += fmt.Sprintf(" 0x%04x", binary.BigEndian.Uint16(f.sent[12:]))
	}
	return o, nil
}

// packet is a sound header where a switch may drop what is not: IPv4 and IPv6
// of an experimental protocol (RFC 3692) between addresses for documentation
// (RFC 5737, RFC 3849)
// that live no further than the next hop, and an ARP probe for one.
func (r *rig) packet(etherType uint16) []byte {
	const payload = 26
	src, dst := netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr("198.51.100.2")
	var b []byte
	var err error
	switch etherType {
	case 0x0800:
		b, err = ipv4.Header{TTL: 1, Protocol: 253, Src: src, Dst: dst}.Append(nil, payload)
	case ipv6.EtherType:
		src, dst = netip.MustParseAddr("2001:db8:ffff::1"), netip.MustParseAddr("2001:db8:ffff::2")
		b, err = ipv6.Header{HopLimit: 1, NextHeader: 253, Src: src, Dst: dst}.Append(nil, payload)
	case arp.EtherType:
		return arp.NewRequest(r.addr[portA][:], netip.IPv4Unspecified(), dst).Append(nil)
	default:
		return nil
	}
	if err != nil {
		panic(err) // constants that a test goes through
	}
	return append(b, make([]byte, payload-probe.Size)...)
}

// llcs are headers behind an IEEE 802.3 length: spanning tree, NetBIOS, OSI,
// IPX, SNAP with IPv4, and SNAP of a maker.
var llcs = [][]byte{
	{0x42, 0x42, 0x03}, {0xf0, 0xf0, 0x03}, {0xfe, 0xfe, 0x03}, {0xe0, 0xe0, 0x03},
	{0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00, 0x08, 0x00}, {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x20, 0x00},
}

func llcForms(r *rig) (Outcome, error) {
	var specs []spec
	for _, l := range llcs {
		s := r.to(portA)
		s.llc = l
		specs = append(specs, s)
	}
	return r.fate(portA, specs...)
}
