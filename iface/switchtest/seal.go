package switchtest

import (
	"encoding/binary"

	"eterm/frame/probe"
	"eterm/frame/seal"
)

// With a shared key every test frame proves that it is of who has the key: by
// the seal of package probe behind its mark where there is room, 10 bytes, and
// else by a tag of 32 bits in the mark's place for a time, which nobody needs.
// Frames without room for a mark prove nothing.

// hasSeal says whether there is room for a seal behind the mark.
func (s spec) hasSeal() bool { return s.length() >= s.header()+probe.Size+probe.SealSize }

// frame makes the frame of a flight, as spec.build does, and proves it.
func (l *account) frame(s spec, seq uint32, from side) []byte {
	b := s.build(l.id, seq, from)
	if l.key.IsZero() || s.unmarked() {
		return b
	}
	m := mark{seq: seq, from: from, kind: s.kind}
	at := s.header()
	if !s.hasSeal() {
		probe.Put(b, at, probe.Mark{Kind: probe.KindMark, Session: uint32(l.id), Seq: seq, Stream: m.stream(), Time: l.tag(m)})
		return b
	}
	w := probe.NewSealedWriter(b, at, probe.KindMark, m.stream(), uint32(l.id), l.key)
	w.Write(seq, 0)
	fillPattern(b[at+probe.Size+probe.SealSize:], seq)
	return b
}

// tag is what a frame has that is too short for a seal.
func (l *account) tag(m mark) uint32 { return shortSeal(l.key, l.id, m) }

func shortSeal(key seal.Key, id session, m mark) uint32 {
	var b [12]byte
	binary.BigEndian.PutUint32(b[:], uint32(id))
	binary.BigEndian.PutUint32(b[4:], m.seq)
	b[8] = m.stream()
	return uint32(key.Sum(b[:]))
}

// proves says whether a frame with a mark of this session is of who has the key.
// Where its flight is known, one that must have a seal does not pass without.
func (l *account) proves(frame []byte, f *probe.Found, m mark, of *flight) bool {
	switch {
	case l.key.IsZero():
		return true
	case f.Sealed:
		return probe.Verify(l.key, frame, f) == probe.SealRight
	case of != nil && of.spec.hasSeal():
		return false
	}
	return f.Time == l.tag(m)
}

// forgedSoFar is how many frames had a mark of this run and did not prove it.
func (l *account) forgedSoFar() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.forged
}
