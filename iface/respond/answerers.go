package respond

import (
	"net"
	"net/netip"
	"time"

	"eterm/frame/arp"
	"eterm/frame/cfm"
	"eterm/frame/icmpv6"
	"eterm/frame/inband"
	"eterm/frame/ipv6"
	"eterm/frame/llc"
	"eterm/icmp"
	"eterm/ipv4"
)

// builtin are the answerers every Responder has; the last four only answer
// for the addresses.
func builtin(addresses []netip.Prefix) []Answerer {
	a := holder(addresses)
	return []Answerer{
		{Name: "echo", Type: inband.EtherType, Answer: echo},
		{Name: "llc-test", Type: LLC, Answer: llcTest},
		{Name: "lbm", Type: cfm.EtherType, Answer: loopback},
		{Name: "arp", Type: arp.EtherType, Group: true, Answer: a.arp},
		{Name: "icmp", Type: 0x0800, Answer: a.icmp},
		{Name: "icmpv6", Type: ipv6.EtherType, Answer: a.icmpv6},
		{Name: "nd", Type: ipv6.EtherType, Group: true, Answer: a.neighbor},
	}
}

// holder is the addresses we answer for.
type holder []netip.Prefix

func (h holder) has(a netip.Addr) bool {
	for _, p := range h {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// echo answers our own echo.
func echo(dst []byte, q *Request) ([]byte, bool) {
	k, body, err := inband.Parse(q.Payload)
	if err != nil || k != inband.EchoRequest {
		return dst, false
	}
	return inband.Append(dst, inband.EchoReply, body), true
}

// llcTest answers TEST commands to the station (ISO/IEC 8802-2, 5.4.1.2.2).
func llcTest(dst []byte, q *Request) ([]byte, bool) {
	h, info, err := llc.Parse(q.Payload, q.Type)
	if err != nil || !h.IsTest() || h.Response || h.DSAP != llc.Null {
		return dst, false
	}
	return append(h.Answer().Append(dst), info...), true
}

// loopback answers loopback messages of every level (IEEE 802.1Q, 20.2.2).
func loopback(dst []byte, q *Request) ([]byte, bool) {
	l, err := cfm.Parse(q.Payload)
	if err != nil || l.Opcode != cfm.LBM {
		return dst, false
	}
	return l.Reply().Append(dst), true
}

// arp answers requests (RFC 826), probes too, so that our addresses are seen
// to be taken; never announcements.
func (h holder) arp(dst []byte, q *Request) ([]byte, bool) {
	p, err := arp.Parse(q.Payload)
	if err != nil || p.Op != arp.Request || p.IsAnnouncement() || !h.has(p.TargetIP) {
		return dst, false
	}
	return p.Answer(q.Own).Append(dst), true
}

// icmp answers echo and timestamp requests (RFC 1122, 3.2.2.6 and 3.2.2.8).
// Fragments are not put together and so not answered.
func (h holder) icmp(dst []byte, q *Request) ([]byte, bool) {
	ip, n, total, err := ipv4.Parse(q.Payload)
	if err != nil || total > len(q.Payload) || !ipv4.Valid(q.Payload[:n]) {
		return dst, false
	}
	body := q.Payload[n:total]
	if ip.Protocol != ipv4.ProtocolICMP || ip.MoreFragments || ip.FragmentOffset != 0 ||
		!h.has(ip.Dst) || !canAnswer(ip.Src) || ip.Src == ip.Dst || !ipv4.Valid(body) {
		return dst, false
	}
	m, err := icmp.Parse(body)
	if err != nil {
		return dst, false
	}
	var times [12]byte
	r, ok := m.Reply(times[:0], sinceMidnight(q.At))
	if !ok {
		return dst, false
	}
	back := ipv4.Header{TOS: ip.TOS, DontFragment: true, TTL: 64, Protocol: ipv4.ProtocolICMP, Src: ip.Dst, Dst: ip.Src}
	out, err := back.Append(dst, icmp.HeaderLen+len(r.Body))
	if err != nil {
		return dst, false
	}
	return r.Append(out), true
}

// sinceMidnight is a time of day as ICMP timestamps have it: milliseconds UT.
func sinceMidnight(t time.Time) uint32 {
	return uint32(t.UTC().Sub(t.UTC().Truncate(24 * time.Hour)).Milliseconds())
}

// canAnswer says whether an answer to a packet from a would go to one host
// (RFC 1122, 3.2.1.3).
func canAnswer(a netip.Addr) bool {
	return !a.IsUnspecified() && !a.IsMulticast() && !a.IsLoopback() && a != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// icmpv6 answers echo requests (RFC 4443, 4.2).
func (h holder) icmpv6(dst []byte, q *Request) ([]byte, bool) {
	ip, m, ok := readICMPv6(q.Payload)
	if !ok || !h.has(ip.Dst) || !canAnswer(ip.Src) || ip.Src == ip.Dst {
		return dst, false
	}
	r, ok := m.Reply()
	if !ok {
		return dst, false
	}
	return appendIPv6(dst, ipv6.Header{TrafficClass: ip.TrafficClass, FlowLabel: ip.FlowLabel, HopLimit: 64, Src: ip.Dst, Dst: ip.Src}, r)
}

// readICMPv6 reads a whole ICMPv6 packet whose checksum is right.
func readICMPv6(b []byte) (ip ipv6.Header, m icmpv6.Message, ok bool) {
	ip, n, err := ipv6.Parse(b)
	if err != nil || ipv6.HeaderLen+n > len(b) {
		return ip, m, false
	}
	body := b[ipv6.HeaderLen : ipv6.HeaderLen+n]
	up, err := ipv6.Walk(ip.NextHeader, body)
	if err != nil || up.Protocol != icmpv6.Protocol || up.Fragment {
		return ip, m, false
	}
	body = body[up.Offset:]
	m, err = icmpv6.Parse(body)
	return ip, m, err == nil && !ip.Src.IsMulticast() && icmpv6.Valid(body, ip.Src, ip.Dst)
}

var allNodes = netip.MustParseAddr("ff02::1")

// neighbor answers a solicitation (RFC 4861, 7.2.4): to the asker, or to all nodes if it has no
// address yet and only wants to know whether ours is taken (RFC 4862, 5.4.3). The answer has a
// link address if the question had one, so that it is no longer: to a group it must have one
// (RFC 4861, 4.3) but if it has no source, and then it is answered without, for nobody needs it.
func (h holder) neighbor(dst []byte, q *Request) ([]byte, bool) {
	ip, m, ok := readICMPv6(q.Payload)
	if !ok || m.Type != icmpv6.NeighborSolicitation {
		return dst, false
	}
	n, ok := m.Neighbor()
	if !ok || ip.HopLimit != icmpv6.HopLimit || !h.has(n.Target) || ip.Src == n.Target ||
		ip.Dst != n.Target && ip.Dst != icmpv6.SolicitedNode(n.Target) {
		return dst, false
	}
	if n.Link == nil && ip.Dst.IsMulticast() && !ip.Src.IsUnspecified() {
		return dst, false
	}
	answer := icmpv6.Neighbor{Target: n.Target, Solicited: true, Override: true}
	if n.Link != nil {
		answer.Link = q.Own
	}
	to := ip.Src
	if to.IsUnspecified() {
		answer.Solicited, to = false, allNodes
		q.To = net.HardwareAddr{0x33, 0x33, 0, 0, 0, 1}
	}
	var body [24]byte
	return appendIPv6(dst, ipv6.Header{HopLimit: icmpv6.HopLimit, Src: n.Target, Dst: to}, answer.Advertisement(body[:0]))
}

func appendIPv6(dst []byte, h ipv6.Header, m icmpv6.Message) ([]byte, bool) {
	h.NextHeader = icmpv6.Protocol
	out, err := h.Append(dst, icmpv6.HeaderLen+len(m.Body))
	if err != nil {
		return dst, false
	}
	return m.Append(out, h.Src, h.Dst), true
}
