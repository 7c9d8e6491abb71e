// Package probe is what a test frame carries so that its receiver can tell
// which one it is and what happened to it: the mark, the plan, the pattern; and
// Tally, the account a receiver keeps of the marks it saw. The format is
// specified in docs/reference/probe.md. Nothing here has a socket or a clock.
package probe

import (
	"encoding/binary"
	"math/bits"

	"eterm/frame/seal"
)

// EtherType is the one test frames have unless asked for another: Local
// Experimental EtherType 1 (IEEE 802, clause 9.2.3).
const EtherType = 0x88b5

// Size is the length of a mark in bytes: what is left of a 64-byte frame inside
// IPv4/UDP and IPv4/ICMP.
const Size = 18

// Version is the version of the format this package writes and the only one it
// reads.
const Version = 1

// Magic is what marks begin with, for filters.
const Magic = 0xe73d

// Kind says what a frame with a mark is. It has 3 bits.
type Kind uint8

// The kinds. Other values are not marks of this version.
const (
	KindMark     Kind = 1 // test frame: mark, pattern
	KindMarkPlan Kind = 2 // test frame: mark, plan block, pattern
	KindPlan     Kind = 3 // plan frame, sent before and during a run: mark, plan block
	KindEnd      Kind = 4 // sent after a run: mark, plan block, the sender's account
)

// sealedBit is above the kind in marks that have a seal.
const sealedBit = 8

// Mark is what distinguishes one frame of a run from another:
//
//	0               1               2               3
//	+---------------+---------------+-------+-+-----+---------------+  0
//	|         magic 0xe73d          |version|S|kind |    stream     |  S: sealed
//	+---------------+---------------+-------+-+-----+---------------+  4
//	|                    session                    | CRC of 2 to 15|  without 7
//	+---------------+---------------+---------------+---------------+  8
//	|                             number                            |
//	+---------------+---------------+---------------+---------------+ 12
//	|                             time                              |
//	+---------------+---------------+---------------+---------------+ 16
//	|            balance            |
//	+---------------+---------------+ 18
type Mark struct {
	Kind Kind
	// Sealed: a seal block follows, behind the plan block and the account where
	// there are any.
	Sealed  bool
	Stream  uint8
	Session uint32 // the run: 24 bits, random
	Seq     uint32 // number within the stream from 0, modulo 2^32
	Time    uint32 // when it was sent: Ticks of the sender's clock
}

// Tick is the unit of Mark.Time in nanoseconds. The clock wraps every 68.7 s.
const Tick = 16

// Ticks is Unix time in nanoseconds as a mark holds it.
func Ticks(unixNano int64) uint32 { return uint32(unixNano / Tick) }

// Put writes m into frame at offset at, where there must be room for Size
// bytes. The frame's Ethernet header must be in place: the balance word covers
// it. It allocates nothing.
func Put(frame []byte, at int, m Mark) {
	b := frame[at : at+Size]
	putFields(b, m)
	binary.BigEndian.PutUint16(b[16:], ^fold(header(frame).sum+sum16(b[:16])))
}

// putFields writes all of a mark but its balance.
func putFields(b []byte, m Mark) {
	binary.BigEndian.PutUint16(b, Magic)
	b[2] = Version<<4 | byte(m.Kind)
	if m.Sealed {
		b[2] |= sealedBit
	}
	b[3] = m.Stream
	b[4], b[5], b[6] = byte(m.Session>>16), byte(m.Session>>8), byte(m.Session)
	binary.BigEndian.PutUint32(b[8:], m.Seq)
	binary.BigEndian.PutUint32(b[12:], m.Time)
	b[7] = crc(b)
}

// Writer writes marks of one stream into one frame again and again, touching
// only what changes: 11 bytes, and the seal if there is one.
type Writer struct {
	mark []byte
	sum  uint32 // of the Ethernet header and the constant words
	crc  byte   // of the constant bytes
	seal *sealer
}

// sealer writes the seals of a Writer.
type sealer struct {
	block   []byte
	covered []byte     // what is under the seal besides the mark
	state   seal.State // with the constant word
}

// NewWriter prepares frame, whose headers are complete, for marks at offset at.
// Frame stays the caller's, and is what Write changes.
func NewWriter(frame []byte, at int, kind Kind, stream uint8, session uint32) Writer {
	Put(frame, at, Mark{Kind: kind, Stream: stream, Session: session})
	b := frame[at : at+Size]
	return Writer{mark: b, sum: header(frame).sum + sum16(b[:6]) + uint32(b[6])<<8, crc: crcOf(crcInit, b[2:7])}
}

// NewSealedWriter is NewWriter for marks sealed with a key: the frame has a
// seal block where its kind says. With the zero Key it is NewWriter.
func NewSealedWriter(frame []byte, at int, kind Kind, stream uint8, session uint32, key seal.Key) Writer {
	if key.IsZero() {
		return NewWriter(frame, at, kind, stream, session)
	}
	Put(frame, at, Mark{Kind: kind, Sealed: true, Stream: stream, Session: session})
	b := frame[at : at+Size]
	block, covered := sealPlace(kind)
	w := Writer{mark: b, sum: header(frame).sum + sum16(b[:6]) + uint32(b[6])<<8, crc: crcOf(crcInit, b[2:7]),
		seal: &sealer{frame[at+block : at+block+SealSize], frame[at+Size : at+covered], constantSeal(key, b)}}
	w.Write(0, 0)
	return w
}

// Write makes the frame number seq, sent at time (in Ticks). Enclosing
// checksums, which covered the frame as NewWriter left it, stay right.
func (w *Writer) Write(seq, time uint32) {
	b := w.mark[:Size]
	binary.BigEndian.PutUint32(b[8:], seq)
	binary.BigEndian.PutUint32(b[12:], time)
	c := crcOf(w.crc, b[8:16])
	b[7] = c
	sum := w.sum + uint32(c) + seq>>16 + seq&0xffff + time>>16 + time&0xffff
	binary.BigEndian.PutUint16(b[16:], ^fold(sum))
	if s := w.seal; s != nil {
		putSeal(s.block, changingSeal(s.state, b, s.covered))
	}
}

// parse reads the fields of a mark without looking at its checks.
func parse(b []byte) Mark {
	return Mark{
		Kind: Kind(b[2] & (sealedBit - 1)), Sealed: b[2]&sealedBit != 0, Stream: b[3],
		Session: uint32(b[4])<<16 | uint32(b[5])<<8 | uint32(b[6]),
		Seq:     binary.BigEndian.Uint32(b[8:]),
		Time:    binary.BigEndian.Uint32(b[12:]),
	}
}

// good says whether b begins with a mark whose CRC is right.
func good(b []byte) bool {
	return len(b) >= Size && binary.BigEndian.Uint16(b) == Magic && b[2]>>4 == Version && b[7] == crc(b)
}

// sum16 is the sum of b as big-endian 16-bit words; b has even length below
// 64 KiB.
func sum16(b []byte) (sum uint32) {
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(b[i])<<8 | uint32(b[i+1])
	}
	return sum
}

// fold is a sum in one's complement (RFC 1071), 1 to 0xffff, or 0 for 0.
func fold(sum uint32) uint16 {
	sum = sum>>16 + sum&0xffff
	return uint16(sum>>16 + sum&0xffff)
}

// wrongBits counts the bits in which the magic at b differs.
func wrongBits(b []byte) int { return bits.OnesCount16(binary.BigEndian.Uint16(b) ^ Magic) }
