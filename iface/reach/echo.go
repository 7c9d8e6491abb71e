package reach

import (
	"net"
	"net/netip"

	"eterm/frame/cfm"
	"eterm/frame/ether"
	"eterm/frame/icmpv6"
	"eterm/frame/inband"
	"eterm/frame/ipv6"
	"eterm/frame/llc"
	"eterm/icmp"
	"eterm/ipv4"
)

// Protocol is a way to ask for an echo.
type Protocol uint8

// The protocols. ICMP is ICMP or ICMPv6, as the target's address has it; the
// others are layer 2 and reach MAC addresses.
const (
	ICMP   Protocol = iota
	InBand          // our own, on EtherType 0x88b5: answered by eterm respond
	LLC             // TEST of IEEE 802.2
	LBM             // loopback of IEEE 802.1ag: answered by switches
)

// String is the protocol's name in output.
func (p Protocol) String() string { return [...]string{"icmp", "l2", "llc", "lbm"}[p] }

// Shape says what echo requests look like.
type Shape struct {
	Protocol Protocol
	TTL      uint8 // or hop limit; 0: 64
	TOS      uint8 // or traffic class
	DF       bool  // do not fragment
	Level    uint8 // maintenance domain level of LBM
}

// Overhead is the number of bytes of a frame, without FCS, that are not echo
// data, for a target of the family of ip and tags of that many bytes.
func (s Shape) Overhead(ip netip.Addr, tags int) int {
	n := ether.HeaderLen + tags
	switch s.Protocol {
	case InBand:
		return n + inband.HeaderLen + inband.EchoHeaderLen
	case LLC:
		return n + llc.HeaderLen + inband.HeaderLen + inband.EchoHeaderLen
	case LBM:
		return n + cfm.HeaderLen + 4
	}
	if ip.Is4() {
		return n + ipv4.HeaderLen + icmp.HeaderLen
	}
	return n + ipv6.HeaderLen + icmpv6.HeaderLen
}

// request is one echo request.
type request struct {
	to      net.HardwareAddr
	ip      netip.Addr
	id, seq uint16
	data    []byte
}

// appendRequest appends the frame of an echo request.
func (s Shape) appendRequest(dst []byte, me *Station, r request) ([]byte, error) {
	at := len(dst)
	var err error
	switch s.Protocol {
	case InBand:
		dst = me.header(r.to, inband.EtherType).Append(dst)
		dst = inband.Echo{ID: r.id, Seq: r.seq, Data: r.data}.Append(dst, inband.EchoRequest)
	case LLC:
		length := llc.HeaderLen + inband.HeaderLen + inband.EchoHeaderLen + len(r.data)
		dst = me.header(r.to, uint16(length)).Append(dst)
		dst = llc.Test().Append(dst)
		dst = inband.Echo{ID: r.id, Seq: r.seq, Data: r.data}.Append(dst, inband.EchoRequest)
	case LBM:
		dst = me.header(r.to, cfm.EtherType).Append(dst)
		dst = cfm.AppendLoopback(dst, s.Level, uint32(r.id)<<16|uint32(r.seq), r.data)
	default:
		dst, err = s.appendICMP(dst, me, r)
	}
	if err != nil {
		return dst[:at], err
	}
	return pad(dst, at), nil
}

func (s Shape) appendICMP(dst []byte, me *Station, r request) ([]byte, error) {
	ttl := s.TTL
	if ttl == 0 {
		ttl = 64
	}
	src := me.source(r.ip)
	if r.ip.Is4() {
		dst = me.header(r.to, 0x0800).Append(dst)
		h := ipv4.Header{TOS: s.TOS, ID: r.seq, DontFragment: s.DF, TTL: ttl, Protocol: ipv4.ProtocolICMP, Src: src, Dst: r.ip}
		dst, err := h.Append(dst, icmp.HeaderLen+len(r.data))
		if err != nil {
			return dst, err
		}
		return icmp.NewEcho(r.id, r.seq, r.data).Append(dst), nil
	}
	dst = me.header(r.to, ipv6.EtherType).Append(dst)
	h := ipv6.Header{TrafficClass: s.TOS, NextHeader: icmpv6.Protocol, HopLimit: ttl, Src: src, Dst: r.ip}
	dst, err := h.Append(dst, icmpv6.HeaderLen+len(r.data))
	if err != nil {
		return dst, err
	}
	return icmpv6.NewEcho(r.id, r.seq, r.data).Append(dst, src, r.ip), nil
}

// answer is what a received frame says about an echo request of ours.
type answer struct {
	protocol Protocol
	mac      net.HardwareAddr
	from     netip.Addr // the zero Addr at layer 2
	about    netip.Addr // whom we asked: from, or what a complaint quotes
	id, seq  uint16
	bare     bool // an LLC answer without what we sent: its number is unknown
	data     []byte
	ttl      int
	invalid  bool // a checksum is wrong
	// complaint is set where a router or host refuses; the echo is not
	// answered then.
	complaint Complaint
	complains bool
}

// Complaint is an ICMP or ICMPv6 error message about a probe of ours.
type Complaint struct {
	IPv6       bool
	Type, Code uint8
	MTU        int        // the next link's, where the message says so
	Gateway    netip.Addr // whom a redirect names
}

// String is the registry's name of the message and of its code.
func (c Complaint) String() string {
	name, code := icmp.Type(c.Type).String(), icmp.Type(c.Type).CodeName(c.Code)
	if c.IPv6 {
		name, code = icmpv6.Type(c.Type).String(), icmpv6.Type(c.Type).CodeName(c.Code)
	}
	if code == "" {
		return name
	}
	return name + ": " + code
}

// readAnswer takes a frame apart; ok is false for what is about no echo.
func readAnswer(h ether.Header, payload []byte) (a answer, ok bool) {
	a.mac = h.Src
	switch {
	case h.Type == 0x0800:
		ok = a.readIPv4(payload)
	case h.Type == ipv6.EtherType:
		ok = a.readIPv6(payload)
	case h.Type == inband.EtherType:
		a.protocol = InBand
		ok = a.readInBand(payload, inband.EchoReply)
	case h.Type == cfm.EtherType:
		ok = a.readLBR(payload)
	case h.Type < 0x0600:
		ok = a.readTest(payload, h.Type)
	}
	return a, ok
}

func (a *answer) readInBand(b []byte, want inband.Kind) bool {
	k, body, err := inband.Parse(b)
	if err != nil || k != want {
		return false
	}
	e, err := inband.ParseEcho(body)
	a.id, a.seq, a.data = e.ID, e.Seq, e.Data
	return err == nil
}

func (a *answer) readTest(b []byte, length uint16) bool {
	h, info, err := llc.Parse(b, length)
	if err != nil || !h.IsTest() || !h.Response {
		return false
	}
	a.protocol, a.bare = LLC, len(info) == 0
	// The station sends back what we sent: our request.
	return a.bare || a.readInBand(info, inband.EchoRequest)
}

func (a *answer) readLBR(b []byte) bool {
	l, err := cfm.Parse(b)
	if err != nil || l.Opcode != cfm.LBR {
		return false
	}
	a.protocol, a.id, a.seq = LBM, uint16(l.Transaction>>16), uint16(l.Transaction)
	a.data, _ = l.Data()
	return true
}

func (a *answer) readIPv4(b []byte) bool {
	ip, n, total, err := ipv4.Parse(b)
	if err != nil || ip.Protocol != ipv4.ProtocolICMP || total > len(b) || ip.MoreFragments || ip.FragmentOffset != 0 {
		return false
	}
	body := b[n:total]
	m, err := icmp.Parse(body)
	if err != nil {
		return false
	}
	a.from, a.about, a.ttl = ip.Src, ip.Src, int(ip.TTL)
	a.invalid = !ipv4.Valid(b[:n]) || !ipv4.Valid(body)
	if m.Type == icmp.EchoReply {
		a.id, a.seq, a.data = m.ID(), m.Seq(), m.Body
		return true
	}
	q, ok := m.Quote()
	if !ok {
		return false
	}
	a.complains, a.about = true, q.Header.Dst
	a.complaint = Complaint{Type: uint8(m.Type), Code: m.Code, MTU: m.MTU(), Gateway: m.Gateway()}
	a.id, a.seq, ok = q.Echo()
	return ok
}

func (a *answer) readIPv6(b []byte) bool {
	ip, body, ok := readICMPv6(b)
	if !ok {
		return false
	}
	m, err := icmpv6.Parse(body)
	if err != nil {
		return false
	}
	a.from, a.about, a.ttl = ip.Src, ip.Src, int(ip.HopLimit)
	a.invalid = !icmpv6.Valid(body, ip.Src, ip.Dst)
	if m.Type == icmpv6.EchoReply {
		a.id, a.seq, a.data = m.ID(), m.Seq(), m.Body
		return true
	}
	q, ok := m.Quote()
	if !ok {
		return false
	}
	a.complains, a.about = true, q.Header.Dst
	a.complaint = Complaint{IPv6: true, Type: uint8(m.Type), Code: m.Code, MTU: m.MTU()}
	a.id, a.seq, ok = q.Echo()
	return ok
}
