package probe

import (
	"bytes"
	"encoding/binary"

	"eterm/frame/ether"
)

// Found is a mark in a frame.
type Found struct {
	Mark
	// Offset of the mark in the frame; everything before it is headers.
	Offset int
	// Repaired: a wrong bit in the mark was put right in Mark, not in the
	// frame.
	Repaired bool
	// Balanced: Ethernet addresses, EtherType and mark are together as sent.
	// A tag that was added or removed does not change it.
	Balanced bool
	// sealBits of its seal are wrong, as Verify found.
	sealBits uint8
}

// scanned bounds where a mark is looked for that is in none of the places
// where one is put.
const scanned = 192

// maxTags bounds the VLAN tags that are stepped over.
const maxTags = 8

// Find finds the mark of a frame: after the Ethernet header and any VLAN tags,
// inside IPv4 with UDP or ICMP, or, if its checks are all right, wherever
// something on the way has pushed it. A mark with one wrong bit, or with a
// magic that is wrong in up to two, is found in the usual places. Find trusts
// nothing in the frame and allocates nothing.
func Find(frame []byte) (Found, bool) {
	h := header(frame)
	places := [2]int{h.length, insideIPv4(frame, h.length)}
	for _, at := range places {
		if at > 0 && at <= len(frame) && good(frame[at:]) {
			return found(frame, h, at), true
		}
	}
	for _, at := range places {
		if at > 0 && at+Size <= len(frame) {
			if f, ok := repaired(frame, h, at); ok {
				return f, true
			}
		}
	}
	return scan(frame, h)
}

// found describes the good mark at offset at.
func found(frame []byte, h ethernet, at int) Found {
	b := frame[at:]
	sum := fold(h.sum + sum16(b[:Size]))
	return Found{Mark: parse(b), Offset: at, Balanced: sum == 0xffff}
}

// repaired finds a mark with a wrong bit. All else must fit: the one bit that
// explains the CRC must explain the balance word too.
func repaired(frame []byte, h ethernet, at int) (Found, bool) {
	b := [Size]byte(frame[at:])
	if w := wrongBits(b[:]); w > 2 {
		return Found{}, false
	} else if w > 0 {
		binary.BigEndian.PutUint16(b[:], Magic)
	} else if bit := wrongBit[crc(b[:])^b[7]]; bit >= 0 {
		b[bit/8] ^= 0x80 >> (bit % 8)
	}
	if !good(b[:]) || fold(h.sum+sum16(b[:])) != 0xffff {
		return Found{}, false
	}
	return Found{Mark: parse(b[:]), Offset: at, Repaired: true, Balanced: true}, true
}

// FindDamaged finds what must have been a mark where Find finds none: magic,
// version and kind are right in a usual place, the CRC is not, and no one wrong
// bit explains it. Nothing else of it can be believed.
func FindDamaged(frame []byte) (Found, bool) {
	h := header(frame)
	for _, at := range [2]int{h.length, insideIPv4(frame, h.length)} {
		if at <= 0 || at+Size > len(frame) {
			continue
		}
		b := frame[at:]
		m := parse(b)
		if wrongBits(b) == 0 && b[2]>>4 == Version && m.Kind >= KindMark && m.Kind <= KindEnd {
			return Found{Mark: m, Offset: at}, true
		}
	}
	return Found{}, false
}

// scan looks for a good mark at any even distance from the frame's start.
func scan(frame []byte, h ethernet) (Found, bool) {
	head := frame[:min(len(frame), scanned)]
	for at := 0; ; {
		i := bytes.Index(head[at:], []byte{Magic >> 8, Magic & 0xff})
		if i < 0 {
			return Found{}, false
		}
		if at += i; at >= 14 && good(frame[at:]) {
			return found(frame, h, at), true
		}
		at++
	}
}

// ethernet is what a mark needs to know of an Ethernet header.
type ethernet struct {
	length int    // with tags; 0 if the frame ends in it
	sum    uint32 // of the addresses and the EtherType behind the tags
	tags   int    // their number
	tci    uint16 // of the outermost tag
}

func header(frame []byte) (h ethernet) {
	at := 12
	for ; len(frame) >= at+2; at += 4 {
		if ether.IsTag(binary.BigEndian.Uint16(frame[at:])) {
			if len(frame) < at+6 || h.tags == maxTags {
				return ethernet{}
			}
			if h.tags++; h.tags == 1 {
				h.tci = binary.BigEndian.Uint16(frame[at+2:])
			}
			continue
		}
		h.length = at + 2
		h.sum = sum16(frame[:12]) + sum16(frame[at:at+2])
		return h
	}
	return ethernet{}
}

// insideIPv4 is the offset of what UDP or ICMP carries, or 0.
func insideIPv4(frame []byte, at int) int {
	if at == 0 || len(frame) < at+20 || frame[at]>>4 != 4 {
		return 0
	}
	if p := frame[at+9]; p != 1 && p != 17 {
		return 0
	}
	return at + int(frame[at]&0x0f)*4 + 8
}
