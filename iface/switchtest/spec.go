package switchtest

import (
	"encoding/binary"
	"fmt"

	"eterm/frame/probe"
)

// Frame lengths in bytes without the FCS of 4 bytes.
const (
	headerLen = 14
	shortest  = 60
	longest   = 1514
)

// MAC is a 48-bit address.
type MAC [6]byte

// String writes the address as 02:00:00:00:00:01.
func (m MAC) String() string {
	return fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5])
}

var broadcast = MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// tag is one VLAN tag: TPID and TCI (IEEE 802.1Q-2022, 9.6).
type tag struct{ tpid, tci uint16 }

func ctag(vid uint16) tag { return tag{0x8100, vid} }

// spec says what a test frame looks like. It is written byte by byte and not
// by a frame builder because many of these frames are wrong on purpose.
type spec struct {
	dst, src MAC
	tags     []tag
	// etherType is the experimental one if 0. An LLC header makes it an
	// IEEE 802.3 length. A packet header stands before the mark.
	etherType   uint16
	llc, packet []byte
	// size is the length without FCS; 0 is 60 bytes and 4 for each tag.
	size int
	kind kind
}

func (s spec) length() int {
	if s.size != 0 {
		return s.size
	}
	return max(shortest+4*len(s.tags), s.header()+probe.Size)
}

// build makes the frame. What has no room is left out: a frame of 14 bytes
// carries no mark and is known by its source address.
func (s spec) build(id session, seq uint32, from side) []byte {
	b := make([]byte, 0, max(s.length(), s.header()))
	b = append(append(b, s.dst[:]...), s.src[:]...)
	for _, t := range s.tags {
		b = binary.BigEndian.AppendUint16(b, t.tpid)
		b = binary.BigEndian.AppendUint16(b, t.tci)
	}
	switch {
	case s.llc != nil:
		b = binary.BigEndian.AppendUint16(b, uint16(max(s.length()-headerLen-4*len(s.tags), 0)))
		b = append(b, s.llc...)
	case s.etherType != 0:
		b = binary.BigEndian.AppendUint16(b, s.etherType)
	default:
		b = binary.BigEndian.AppendUint16(b, probe.EtherType)
	}
	b = append(b, s.packet...)
	head := len(b)
	b = b[:s.length()]
	if s.unmarked() {
		fillPattern(b[head:], seq)
		return b
	}
	id.put(b, head, mark{seq: seq, from: from, kind: s.kind})
	fillPattern(b[head+probe.Size:], seq)
	return b
}

// unmarked says whether the frame has no room for a whole mark.
func (s spec) unmarked() bool { return s.length() < s.header()+probe.Size }

// header is the length of what stands before the mark.
func (s spec) header() int { return headerLen + 4*len(s.tags) + len(s.llc) + len(s.packet) }
