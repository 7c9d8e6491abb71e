package switchtest

import (
	"eterm/frame/ether"
	"eterm/frame/ipv6"
	"eterm/frame/probe"
	"eterm/ipv4"
)

// kind says what a marked frame is for.
type kind uint8

const (
	test     kind = iota // part of a case
	sentinel             // ends a burst: what was sent before it is through
	hello                // tells the switch where a port's address is
)

// session identifies one run in the marks of its frames, so that frames of
// another are never ours. It has 24 bits.
type session uint32

// mark is what a test frame says of itself.
type mark struct {
	seq  uint32
	from side
	kind kind
}

// put writes a mark into a frame whose header is complete. The stream of the
// mark is the port that sent it and the kind.
func (id session) put(frame []byte, at int, m mark) {
	probe.Put(frame, at, probe.Mark{
		Kind: probe.KindMark, Session: uint32(id), Seq: m.seq,
		Stream: m.stream(),
	})
}

func (m mark) stream() uint8 { return uint8(m.from) | uint8(m.kind)<<4 }

// find looks for a mark of this session, wherever tags put it.
func (id session) find(frame []byte) (mark, bool) {
	m, _, ok := id.look(frame)
	return m, ok
}

// look is find, with what else is known of the mark.
func (id session) look(frame []byte) (mark, probe.Found, bool) {
	f, ok := probe.Find(frame)
	if !ok || quotes(frame, f.Offset) || f.Kind != probe.KindMark || f.Session != uint32(id) {
		return mark{}, f, false
	}
	m := mark{seq: f.Seq, from: side(f.Stream & 0xf), kind: kind(f.Stream >> 4)}
	return m, f, m.from < sides && m.kind <= hello
}

// quotes says whether the mark at an offset is in a packet that an ICMP error
// quotes: some host did not like what we sent, and told us.
func quotes(frame []byte, at int) bool {
	h, payload, err := ether.Parse(frame)
	if err != nil {
		return false
	}
	ip := at - (len(frame) - len(payload)) // the mark's place in the packet
	switch {
	case h.Type == 0x0800 && len(payload) > 9:
		return payload[9] == ipv4.ProtocolICMP && ip > 20+8
	case h.Type == ipv6.EtherType && len(payload) > 6:
		return payload[6] == ipv4.ProtocolICMPv6 && ip > 40+8
	}
	return false
}

// fillPattern writes the payload behind a mark: bytes that depend on sequence and
// place, so that bytes of another frame are never taken for it.
func fillPattern(b []byte, seq uint32) {
	h := (seq + 1) * 2654435761
	for i := range b {
		h ^= h << 13
		h ^= h >> 17
		h ^= h << 5
		b[i] = byte(h)
	}
}
