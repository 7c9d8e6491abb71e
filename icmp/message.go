package icmp

import (
	"encoding/binary"
	"errors"
	"net/netip"

	"eterm/ipv4"
)

// HeaderLen is the length in bytes of what every message starts with: type,
// code, checksum, and four bytes that depend on the type.
const HeaderLen = 8

// ErrShort is what Parse says of fewer bytes than HeaderLen.
var ErrShort = errors.New("icmp: fewer than 8 bytes")

// Message is one ICMP message (RFC 792). Append computes its checksum. All start
// with the same four bytes; of an echo the rest is
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
	// the type: see the methods ID, Seq, MTU, Gateway.
	Rest uint32
	// Body is what follows: the data of an echo, the packet an error quotes.
	// After Parse it shares the memory of the bytes parsed.
	Body []byte
}

// Append appends the message, its checksum filled in. Any type and code is
// written: [Type.Known] says whether they exist.
func (m Message) Append(dst []byte) []byte {
	at := len(dst)
	// One piece, as the sum reads it: it would wait for smaller ones.
	dst = binary.BigEndian.AppendUint64(dst, uint64(m.Type)<<56|uint64(m.Code)<<48|uint64(m.Rest))
	dst = append(dst, m.Body...)
	binary.BigEndian.PutUint16(dst[at+2:], ^ipv4.Sum(0, dst[at:]))
	return dst
}

// Parse reads the message that b is; padding must be cut off before, by the
// length the IPv4 header states. It refuses only what is shorter than
// HeaderLen ([ErrShort]). The checksum is not looked at: ask ipv4.Valid(b).
func Parse(b []byte) (Message, error) {
	if len(b) < HeaderLen {
		return Message{}, ErrShort
	}
	return Message{Type: Type(b[0]), Code: b[1], Rest: binary.BigEndian.Uint32(b[4:]), Body: b[HeaderLen:]}, nil
}

// NewEcho is an echo request (RFC 792, page 14).
func NewEcho(id, seq uint16, data []byte) Message {
	return Message{Type: Echo, Rest: uint32(id)<<16 | uint32(seq), Body: data}
}

// Reply is the answer to an echo request, or to a timestamp request received
// and answered at the given time of day (milliseconds since midnight UT; other
// types ignore it). Other messages have none: ok is false. An echo's body is
// shared, a timestamp's is appended to buf.
func (m Message) Reply(buf []byte, ms uint32) (r Message, ok bool) {
	switch {
	case m.Type == Echo && m.Code == 0:
		return Message{Type: EchoReply, Rest: m.Rest, Body: m.Body}, true
	case m.Type == Timestamp && m.Code == 0 && len(m.Body) >= 12:
		t, _ := m.Times()
		t.Receive, t.Transmit = ms, ms
		return Message{Type: TimestampReply, Rest: m.Rest, Body: t.append(buf)}, true
	}
	return Message{}, false
}

// ID is the identifier of echo, timestamp and the like.
func (m Message) ID() uint16 { return uint16(m.Rest >> 16) }

// Seq is the sequence number of echo, timestamp and the like.
func (m Message) Seq() uint16 { return uint16(m.Rest) }

// Times are the fields of a timestamp message (RFC 792, page 16): milliseconds
// since midnight UT, or with the top bit set any other time.
type Times struct{ Originate, Receive, Transmit uint32 }

func (t Times) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, t.Originate)
	dst = binary.BigEndian.AppendUint32(dst, t.Receive)
	return binary.BigEndian.AppendUint32(dst, t.Transmit)
}

// Times reads the body of a timestamp message; ok is false for other types
// and short bodies.
func (m Message) Times() (t Times, ok bool) {
	if m.Type != Timestamp && m.Type != TimestampReply || len(m.Body) < 12 {
		return t, false
	}
	return Times{
		Originate: binary.BigEndian.Uint32(m.Body),
		Receive:   binary.BigEndian.Uint32(m.Body[4:]),
		Transmit:  binary.BigEndian.Uint32(m.Body[8:]),
	}, true
}

// MTU is the next hop's MTU in bytes that a FragmentationNeeded message states
// (RFC 1191, 4); 0 from routers older than that RFC, and for other messages.
func (m Message) MTU() int {
	if m.Type == DestinationUnreachable && m.Code == FragmentationNeeded {
		return int(m.Rest & 0xffff)
	}
	return 0
}

// Gateway is the address a Redirect names; the zero Addr for other messages.
func (m Message) Gateway() netip.Addr {
	if m.Type != Redirect {
		return netip.Addr{}
	}
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], m.Rest)
	return netip.AddrFrom4(a)
}
