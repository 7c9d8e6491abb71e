// Package reach finds out who is there: it resolves addresses, sends echoes
// and matches their answers, and asks whole ranges, all by frames built by
// hand on a port. So the interface needs no address of its own, and source,
// VLAN and next hop are what the caller says.
//
// Round trips are differences of the kernel's (or the NIC's) timestamps of
// both ways where the port gives them, and sending never waits for an answer.
package reach

import (
	"bytes"
	"encoding/binary"
	"net"
	"net/netip"

	"eterm/frame/arp"
	"eterm/frame/ether"
	"eterm/frame/icmpv6"
	"eterm/frame/ipv6"
)

// Station is who we are on the wire.
type Station struct {
	MAC net.HardwareAddr
	// Tags are put into every frame, as on the wire, 4 bytes each.
	Tags []byte
	// IP4 and IP6 are our addresses; the zero Addr for a family we lack.
	IP4, IP6 netip.Addr
	// Defend are those of our addresses for which we answer ARP and neighbour
	// solicitations, because the kernel does not: it does not have them, or
	// not in this VLAN.
	Defend []netip.Addr
}

// source is our address of the family of to.
func (s *Station) source(to netip.Addr) netip.Addr {
	if to.Is4() {
		return s.IP4
	}
	return s.IP6
}

// header is that of a frame from us.
func (s *Station) header(to net.HardwareAddr, etherType uint16) ether.Header {
	return ether.Header{Dst: to, Src: s.MAC, Tags: s.Tags, Type: etherType}
}

var broadcast = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// appendQuestion appends the frame that asks who has ip: an ARP request (from
// no address, where we have none) or a neighbour solicitation.
func (s *Station) appendQuestion(dst []byte, ip netip.Addr) []byte {
	at := len(dst)
	if ip.Is4() {
		dst = s.header(broadcast, arp.EtherType).Append(dst)
		dst = arp.NewRequest(s.MAC, s.IP4, ip).Append(dst)
		return pad(dst, at)
	}
	src, group := s.IP6, icmpv6.SolicitedNode(ip)
	n := icmpv6.Neighbor{Target: ip, Link: s.MAC}
	if !src.IsValid() { // RFC 4861, 4.3: then without our link address
		src, n.Link = netip.IPv6Unspecified(), nil
	}
	var body [24]byte
	var to [6]byte
	m := n.Solicitation(body[:0])
	dst = s.header(icmpv6.MulticastMAC(to[:0], group), ipv6.EtherType).Append(dst)
	dst, _ = ipv6.Header{NextHeader: icmpv6.Protocol, HopLimit: icmpv6.HopLimit, Src: src, Dst: group}.Append(dst, icmpv6.HeaderLen+len(m.Body))
	return pad(m.Append(dst, src, group), at)
}

// pad fills the frame that begins at offset at up to the shortest length.
func pad(dst []byte, at int) []byte {
	for len(dst)-at < ether.MinFrame {
		dst = append(dst, 0)
	}
	return dst
}

// Claim is a station saying that an address is its own.
type Claim struct {
	IP  netip.Addr
	MAC net.HardwareAddr
	// Solicited: it answers a question; otherwise it asks one itself, or
	// announces.
	Solicited bool
	// Probe: it asks whether it may have the address (RFC 5227, RFC 4862)
	// and does not claim it yet.
	Probe bool
	// Asked is the address a question is about; the zero Addr for answers.
	Asked netip.Addr
}

// ReadClaim reads what an ARP packet or neighbour discovery message says about
// who has an address. MAC shares the frame's memory.
func ReadClaim(h ether.Header, payload []byte) (Claim, bool) {
	switch h.Type {
	case arp.EtherType:
		return readARP(payload)
	case ipv6.EtherType:
		return readNeighbor(h, payload)
	}
	return Claim{}, false
}

func readARP(payload []byte) (Claim, bool) {
	p, err := arp.Parse(payload)
	if err != nil || ether.IsGroup(p.SenderMAC) || p.Op != arp.Request && p.Op != arp.Reply {
		return Claim{}, false
	}
	c := Claim{IP: p.SenderIP, MAC: p.SenderMAC, Solicited: p.Op == arp.Reply && p.SenderIP != p.TargetIP}
	if p.Op == arp.Request {
		c.Asked = p.TargetIP
	}
	if p.IsProbe() {
		c.IP, c.Probe = p.TargetIP, true
	}
	return c, !c.IP.IsUnspecified()
}

func readNeighbor(h ether.Header, payload []byte) (Claim, bool) {
	ip, body, ok := readICMPv6(payload)
	if !ok || ip.HopLimit != icmpv6.HopLimit || !icmpv6.Valid(body, ip.Src, ip.Dst) {
		return Claim{}, false
	}
	m, err := icmpv6.Parse(body)
	if err != nil {
		return Claim{}, false
	}
	n, ok := m.Neighbor()
	if !ok {
		return Claim{}, false
	}
	c := Claim{MAC: n.Link}
	if c.MAC == nil {
		c.MAC = h.Src
	}
	switch {
	case m.Type == icmpv6.NeighborAdvertisement:
		c.IP, c.Solicited = n.Target, n.Solicited
	case ip.Src.IsUnspecified():
		c.IP, c.Asked, c.Probe = n.Target, n.Target, true
	default:
		c.IP, c.Asked = ip.Src, n.Target
	}
	return c, !ether.IsGroup(c.MAC)
}

// readICMPv6 finds the ICMPv6 message in an IPv6 packet that is there whole.
func readICMPv6(b []byte) (ip ipv6.Header, body []byte, ok bool) {
	ip, n, err := ipv6.Parse(b)
	if err != nil || ipv6.HeaderLen+n > len(b) {
		return ip, nil, false
	}
	body = b[ipv6.HeaderLen : ipv6.HeaderLen+n]
	up, err := ipv6.Walk(ip.NextHeader, body)
	if err != nil || up.Protocol != icmpv6.Protocol || up.Fragment {
		return ip, nil, false
	}
	return ip, body[up.Offset:], true
}

// sameVLAN says whether two stacks of tags name the same VLANs; priorities
// may differ, and a tag that has only a priority (VID 0) names none.
func sameVLAN(a, b []byte) bool {
	for {
		a, b = skipPriority(a), skipPriority(b)
		if len(a) < 4 || len(b) < 4 {
			return len(a) == len(b)
		}
		if !bytes.Equal(a[:2], b[:2]) || vid(a) != vid(b) {
			return false
		}
		a, b = a[4:], b[4:]
	}
}

func skipPriority(tags []byte) []byte {
	for len(tags) >= 4 && vid(tags) == 0 {
		tags = tags[4:]
	}
	return tags
}

func vid(tag []byte) uint16 { return binary.BigEndian.Uint16(tag[2:]) & 0xfff }

// GroupMAC is the Ethernet address of a multicast or broadcast IP address
// (RFC 1112, 6.4; RFC 2464, 7); nil for any other.
func GroupMAC(ip netip.Addr) net.HardwareAddr {
	switch {
	case ip.Is4() && ip.IsMulticast():
		b := ip.As4()
		return net.HardwareAddr{1, 0, 0x5e, b[1] & 0x7f, b[2], b[3]}
	case ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return broadcast
	case ip.Is6() && ip.IsMulticast():
		return icmpv6.MulticastMAC(nil, ip)
	}
	return nil
}
