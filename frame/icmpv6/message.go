package icmpv6

import (
	"encoding/binary"
	"errors"
	"net/netip"

	"eterm/frame/ipv6"
	"eterm/ipv4"
)

// Protocol is the next-header value of ICMPv6.
const Protocol = ipv4.ProtocolICMPv6

// HeaderLen is the length in bytes of what every message starts with: type,
// code, checksum, and four bytes that depend on the type.
const HeaderLen = 8

// ErrShort is what Parse says of fewer bytes than HeaderLen.
var ErrShort = errors.New("icmpv6: fewer than 8 bytes")

// Message is one ICMPv6 message (RFC 4443, 2.1; of an echo 4.1):
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  0
//	|     Type      |     Code      |          Checksum             |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  4
//	|           Identifier          |        Sequence Number        |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  8
//	|     Data ...
//	+-+-+-+-+-
type Message struct {
	Type Type
	Code uint8
	// Rest are the bytes 4 to 7 in network order; what they mean depends on
	// the type: see the methods ID, Seq, MTU.
	Rest uint32
	// Body is what follows: the data of an echo, the packet an error quotes,
	// target and options of a discovery message. After Parse it shares the
	// memory of the bytes parsed.
	Body []byte
}

// Append appends the message with its checksum, which covers the addresses
// of the IPv6 header it will travel under (RFC 8200, 8.1).
func (m Message) Append(dst []byte, src, to netip.Addr) []byte {
	at := len(dst)
	dst = append(dst, byte(m.Type), m.Code, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, m.Rest)
	dst = append(dst, m.Body...)
	pseudo := ipv4.PseudoSum(src, to, Protocol, len(dst)-at)
	binary.BigEndian.PutUint16(dst[at+2:], ^ipv4.Sum(pseudo, dst[at:]))
	return dst
}

// Parse reads the message that b is. It refuses only what is shorter than
// HeaderLen. The checksum is not looked at: see [Valid].
func Parse(b []byte) (Message, error) {
	if len(b) < HeaderLen {
		return Message{}, ErrShort
	}
	return Message{Type: Type(b[0]), Code: b[1], Rest: binary.BigEndian.Uint32(b[4:]), Body: b[HeaderLen:]}, nil
}

// Valid says whether the checksum of the whole message b under a header with
// these addresses is right.
func Valid(b []byte, src, dst netip.Addr) bool {
	return ipv4.Sum(ipv4.PseudoSum(src, dst, Protocol, len(b)), b) == 0xffff
}

// NewEcho is an echo request (RFC 4443, 4.1).
func NewEcho(id, seq uint16, data []byte) Message {
	return Message{Type: EchoRequest, Rest: uint32(id)<<16 | uint32(seq), Body: data}
}

// Reply is the answer to an echo request; other messages have none: ok is
// false. The body is shared.
func (m Message) Reply() (r Message, ok bool) {
	if m.Type != EchoRequest || m.Code != 0 {
		return Message{}, false
	}
	return Message{Type: EchoReply, Rest: m.Rest, Body: m.Body}, true
}

// ID is the identifier of an echo.
func (m Message) ID() uint16 { return uint16(m.Rest >> 16) }

// Seq is the sequence number of an echo.
func (m Message) Seq() uint16 { return uint16(m.Rest) }

// MTU is what a PacketTooBig message says the next link takes, in bytes; 0
// for other messages.
func (m Message) MTU() int {
	if m.Type != PacketTooBig {
		return 0
	}
	return int(m.Rest)
}

// Quote is the packet an error message quotes.
type Quote struct {
	Header ipv6.Header
	Upper  ipv6.Upper // where its upper-layer packet begins
	// Payload is what of the upper-layer packet is there.
	Payload []byte
	// Cut says that the quoted packet was longer than what is quoted.
	Cut bool
}

// Quote reads the packet that an error message quotes; ok is false where the
// type quotes nothing or what is there is no IPv6 header.
func (m Message) Quote() (q Quote, ok bool) {
	if !m.Type.IsError() {
		return q, false
	}
	body := m.Body
	if n := m.quotedLen(); n > 0 && n <= len(body) {
		body = body[:n]
	}
	h, n, err := ipv6.Parse(body)
	if err != nil {
		return q, false
	}
	rest := body[ipv6.HeaderLen:]
	q.Cut = n > len(rest)
	if n < len(rest) {
		rest = rest[:n]
	}
	q.Header = h
	if q.Upper, err = ipv6.Walk(h.NextHeader, rest); err != nil {
		return q, true // what there is of its header is there
	}
	q.Payload = rest[q.Upper.Offset:]
	return q, true
}

// quotedLen is the length in bytes that RFC 4884 gives the quoted packet, in
// words of 8 bytes in the first of the four bytes; 0: no extensions.
func (m Message) quotedLen() int {
	if m.Type == DestinationUnreachable || m.Type == TimeExceeded {
		return int(m.Rest>>24) * 8
	}
	return 0
}

// Echo reads the identifier and sequence of the echo request that the quoted
// packet is; ok is false for anything else, and for fragments but the first.
func (q Quote) Echo() (id, seq uint16, ok bool) {
	if q.Upper.Protocol != Protocol || q.Upper.FragmentOffset != 0 {
		return 0, 0, false
	}
	m, err := Parse(q.Payload)
	if err != nil || m.Type != EchoRequest {
		return 0, 0, false
	}
	return m.ID(), m.Seq(), true
}
