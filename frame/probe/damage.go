package probe

import (
	"math/bits"
	"slices"
)

// Damage is the account of frames that came, but not as they were sent.
type Damage struct {
	// Corrupted frames had wrong bits or the wrong length, each counted once.
	Corrupted uint64 `json:"corrupted"`
	// WrongBits frames had wrong bits; Truncated ones were short, Lengthened
	// ones long (padding to 60 bytes is not counted).
	WrongBits  uint64 `json:"wrong_bits"`
	Truncated  uint64 `json:"truncated"`
	Lengthened uint64 `json:"lengthened"`
	// Retagged frames came with another VLAN, another priority, or more or
	// fewer tags than they were sent with. That alone is not corruption.
	Retagged uint64 `json:"retagged"`
	// NoPriority are those of the retagged frames in which nothing is changed
	// but that they have neither priority nor drop eligible bit any more
	// (802.1Q, 9.6).
	NoPriority uint64 `json:"no_priority"`
	// Bits counts wrong bits; ZeroToOne and OneToZero say which way.
	Bits      uint64 `json:"bits"`
	ZeroToOne uint64 `json:"zero_to_one"`
	OneToZero uint64 `json:"one_to_zero"`
	// ByBit counts wrong bits by their place in the byte, the most
	// significant first.
	ByBit [8]uint64 `json:"by_bit"`
	// ByByte counts wrong bytes by their offset in the frame, ascending; the
	// first MaxBytes offsets seen, and the rest in Elsewhere.
	ByByte    []ByteCount `json:"by_byte"`
	Elsewhere uint64      `json:"elsewhere"`
	// Unnamed frames have wrong bits in a header before two intact frames had
	// shown what it should be.
	Unnamed uint64 `json:"unnamed"`
	// Examples are the first damaged frames, at most MaxExamples.
	Examples []Example `json:"examples"`
}

// Bounds of the lists in Damage.
const (
	MaxBytes    = 256
	MaxExamples = 16
	maxWrong    = 8 // bytes of one example
)

// ByteCount counts wrong bytes at one offset.
type ByteCount struct {
	Offset int    `json:"offset"`
	Count  uint64 `json:"count"`
}

// Example is one damaged frame.
type Example struct {
	Stream uint8  `json:"stream"`
	Number uint64 `json:"number"`
	At     int64  `json:"at_ns"` // Unix nanoseconds
	Length int    `json:"length"`
	Want   int    `json:"want_length"`
	// Wrong are the first wrong bytes, at most 8.
	Wrong []WrongByte `json:"wrong"`
}

// WrongByte is one byte that is not what it was.
type WrongByte struct {
	Offset int   `json:"offset"`
	Got    uint8 `json:"got"`
	Want   uint8 `json:"want"`
}

// compare counts the bits in which got differs from want; both begin at
// offset. It returns the number of wrong bits.
func (d *Damage) compare(got, want []byte, offset int, e *Example) (wrong int) {
	for i := range min(len(got), len(want)) {
		x := got[i] ^ want[i]
		if x == 0 {
			continue
		}
		n := bits.OnesCount8(x)
		wrong += n
		d.ZeroToOne += uint64(bits.OnesCount8(x & got[i]))
		d.OneToZero += uint64(bits.OnesCount8(x & want[i]))
		for b := range 8 {
			d.ByBit[b] += uint64(x >> (7 - b) & 1)
		}
		d.noteByte(offset + i)
		if len(e.Wrong) < maxWrong {
			e.Wrong = append(e.Wrong, WrongByte{offset + i, got[i], want[i]})
		}
	}
	d.Bits += uint64(wrong)
	return wrong
}

func (d *Damage) noteByte(offset int) {
	i, found := slices.BinarySearchFunc(d.ByByte, offset, func(c ByteCount, o int) int { return c.Offset - o })
	switch {
	case found:
		d.ByByte[i].Count++
	case len(d.ByByte) < MaxBytes:
		d.ByByte = slices.Insert(d.ByByte, i, ByteCount{offset, 1})
	default:
		d.Elsewhere++
	}
}

// clone is a copy that shares nothing.
func (d Damage) clone() Damage {
	d.ByByte = append([]ByteCount{}, d.ByByte...)
	d.Examples = append([]Example{}, d.Examples...)
	return d
}
