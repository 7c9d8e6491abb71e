package probe

import (
	"encoding/binary"
	"math/bits"

	"eterm/frame/seal"
)

// SealSize is the length of the seal block in bytes: the seal, and two bytes
// such that the one's complement sum of the block is 0xffff, so that every
// enclosing checksum stays what it was.
const SealSize = seal.Size + 2

// sealOf is the seal of the mark b and of what follows it and must not be
// changed: the plan block and the account of plan and end frames. The mark's
// constant words come first.
func sealOf(key seal.Key, b, covered []byte) uint64 {
	s := constantSeal(key, b)
	return changingSeal(s, b, covered)
}

// constantSeal takes in what is the same in all frames of a stream: magic,
// version, kind, stream and session, and nothing for the CRC.
func constantSeal(key seal.Key, b []byte) seal.State {
	s := key.Start()
	s.Word(binary.LittleEndian.Uint64(b) &^ (0xff << 56))
	return s
}

// changingSeal takes in number and time, and what else there is.
func changingSeal(s seal.State, b, covered []byte) uint64 {
	s.Word(binary.LittleEndian.Uint64(b[8:]))
	n := 2
	for ; len(covered) >= 8; covered = covered[8:] {
		s.Word(binary.LittleEndian.Uint64(covered))
		n++
	}
	return s.End(n)
}

// putSeal writes a seal block.
func putSeal(b []byte, v uint64) {
	b = b[:SealSize]
	binary.BigEndian.PutUint64(b, v)
	binary.BigEndian.PutUint16(b[seal.Size:], ^fold(sum16(b[:seal.Size])))
}

// sealPlace is where behind the mark of a kind the seal block is, and up to
// where what is between is under the seal. A plan block in a test frame is not:
// a link that flips bits in it has not made another sender.
func sealPlace(kind Kind) (at, covered int) {
	switch kind {
	case KindMarkPlan:
		return Size + PlanSize, Size
	case KindPlan:
		return Size + PlanSize, Size + PlanSize
	case KindEnd:
		// Not the account's last four bytes: its check, and that its sender has
		// doubts, which is no more than a contradiction with another end says.
		return Size + PlanSize + senderAccountSize, Size + PlanSize + senderAccountSize - 4
	}
	return Size, Size
}

// SealVerdict is what a seal says of a frame.
type SealVerdict int

// The verdicts. Of a damaged frame nothing can be said: its own checks fail.
const (
	SealRight SealVerdict = iota
	SealWrong
	SealDamaged
)

// mostSealBits is how many wrong bits a seal may have and is still taken for
// the right one that a link has damaged. Guessing one that is so near has a
// chance of 1 in 4 * 10^14.
const mostSealBits = 3

// Verify looks whether a frame in which Find found f was made by somebody with
// the key; the zero Key is nobody's, and then marks must have no seal. It notes
// in f how many bits of the seal are wrong.
func Verify(key seal.Key, frame []byte, f *Found) SealVerdict {
	if key.IsZero() || !f.Sealed {
		if f.Sealed == !key.IsZero() {
			return SealRight
		}
		return SealWrong
	}
	if f.Kind == KindPlan || f.Kind == KindEnd {
		if _, ok := PlanOf(frame, *f); !ok {
			return SealDamaged
		}
		if _, ok := EndOf(frame, *f); f.Kind == KindEnd && !ok {
			return SealDamaged
		}
	}
	want, at, ok := expectedSeal(key, frame, *f)
	if !ok {
		return SealWrong
	}
	f.sealBits = uint8(bits.OnesCount64(want ^ binary.BigEndian.Uint64(frame[at:])))
	if f.sealBits > mostSealBits {
		return SealWrong
	}
	return SealRight
}

// expectedSeal is the seal a frame should have, and where that is.
func expectedSeal(key seal.Key, frame []byte, f Found) (want uint64, at int, ok bool) {
	at, covered := sealPlace(f.Kind)
	if len(frame) < f.Offset+at+seal.Size {
		return 0, 0, false
	}
	b := [Size]byte(frame[f.Offset:])
	if f.Repaired {
		putFields(b[:], f.Mark)
	}
	return sealOf(key, b[:], frame[f.Offset+Size:f.Offset+covered]), f.Offset + at, true
}
