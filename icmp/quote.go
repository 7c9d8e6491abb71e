package icmp

import "eterm/ipv4"

// MaxErrorLen is how long, IPv4 header included, an error message may become
// by quoting (RFC 1812, 4.3.2.3).
const MaxErrorLen = 576

// NewError is an error message about packet, which starts with its IPv4
// header: it quotes as much of it as RFC 1812 allows. rest is what the type
// puts in the bytes 4 to 7 (the MTU, the pointer in the top byte).
func NewError(t Type, code uint8, rest uint32, packet []byte) Message {
	if room := MaxErrorLen - ipv4.HeaderLen - HeaderLen; len(packet) > room {
		packet = packet[:room]
	}
	return Message{Type: t, Code: code, Rest: rest, Body: packet}
}

// Quote is the packet an error message quotes.
type Quote struct {
	Header ipv4.Header
	// Payload is what of the quoted packet's payload is there: at least 8
	// bytes if the sender keeps RFC 792.
	Payload []byte
	// Cut says that the quoted packet was longer than what is quoted.
	Cut bool
	// Extensions are the bytes of the extension structure (RFC 4884), such
	// as MPLS labels, or nil.
	Extensions []byte
}

// Quote reads the packet that an error message quotes; ok is false where the
// type quotes nothing or what is there is no IPv4 header. The slices share the
// memory of the message.
func (m Message) Quote() (q Quote, ok bool) {
	if !m.Type.IsError() {
		return q, false
	}
	body := m.Body
	if n := m.quotedLen(); n > 0 && n <= len(body) {
		body, q.Extensions = body[:n], body[n:]
	}
	h, n, total, err := ipv4.Parse(body)
	if err != nil {
		return q, false
	}
	q.Header, q.Payload = h, body[n:]
	if total < len(body) { // zeros up to a word boundary (RFC 4884, 5.1)
		q.Payload = body[n:total]
	}
	q.Cut = total > len(body)
	return q, true
}

// quotedLen is the length in bytes that RFC 4884 gives the quoted packet, in
// words in the second of the four bytes; 0 says there are no extensions.
func (m Message) quotedLen() int {
	switch m.Type {
	case DestinationUnreachable, TimeExceeded, ParameterProblem:
		return int(m.Rest>>16&0xff) * 4
	}
	return 0
}

// Echo reads the identifier and sequence of the echo request that the quoted
// packet is: an error message so says which probe it is about. ok is false
// for anything else, and for fragments but the first.
func (q Quote) Echo() (id, seq uint16, ok bool) {
	if q.Header.Protocol != ipv4.ProtocolICMP || q.Header.FragmentOffset != 0 {
		return 0, 0, false
	}
	m, err := Parse(q.Payload)
	if err != nil || m.Type != Echo {
		return 0, 0, false
	}
	return m.ID(), m.Seq(), true
}
