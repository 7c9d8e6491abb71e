package ipv4

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// Checksum is the Internet checksum (RFC 1071) of the parts as if they were
// one piece: what belongs in the checksum field when that field is zero in the
// parts, and 0 when the field already holds the right value. A last odd byte
// counts as the high byte of a word whose low byte is zero (RFC 1071, 4.1),
// also at the end of the parts; a part of odd length in between is joined to
// the next without padding.
func Checksum(parts ...[]byte) uint16 {
	if len(parts) == 1 {
		return ^Sum(0, parts[0])
	}
	var sum uint16
	odd := false
	for _, p := range parts {
		s := Sum(0, p)
		if odd { // the sum of bytes moved by one is the sum with its bytes swapped (RFC 1071, 2.B)
			s = bits.ReverseBytes16(s)
		}
		sum = add(sum, s)
		odd = odd != (len(p)%2 == 1)
	}
	return ^sum
}

// Valid says whether b, checksum field included, sums up as a correct one must:
// to all ones. It is false for no bytes at all.
func Valid(b []byte) bool { return Sum(0, b) == 0xffff }

// Sum is the one's complement sum (not inverted) of b in 16-bit words in
// network order, added to initial, which is such a sum too: 0, the result of
// [PseudoSum], or the Sum of earlier bytes of even number. It is 0 only if
// initial and all bytes are 0.
func Sum(initial uint16, b []byte) uint16 {
	// Byte order does not matter to the sum (RFC 1071, 2.B): add eight bytes a
	// step as the machine loads them and swap once at the end.
	var sum, carry uint64
	for len(b) >= 64 {
		s := b[:64:64]
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(s[0:]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(s[8:]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(s[16:]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(s[24:]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(s[32:]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(s[40:]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(s[48:]), carry)
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(s[56:]), carry)
		b = b[64:]
		sum, carry = bits.Add64(sum, 0, carry)
	}
	for len(b) >= 8 {
		sum, carry = bits.Add64(sum, binary.LittleEndian.Uint64(b), carry)
		b = b[8:]
	}
	if len(b) > 0 {
		sum, carry = bits.Add64(sum, tail(b), carry)
	}
	sum, carry = bits.Add64(sum, 0, carry)
	sum += carry
	return add(initial, bits.ReverseBytes16(fold(sum)))
}

// tail is the last one to seven bytes as the low bytes of a little-endian
// word, so that a last odd byte is the high byte of its word in network order.
func tail(b []byte) uint64 {
	var v uint64
	if len(b) >= 4 {
		n := len(b)
		// The last four bytes overlap the first four; shift the overlap out.
		v = uint64(binary.LittleEndian.Uint32(b[n-4:])) >> (8 * (8 - n)) << 32
		return v | uint64(binary.LittleEndian.Uint32(b))
	}
	if len(b) >= 2 {
		v = uint64(binary.LittleEndian.Uint16(b))
	}
	if len(b)%2 == 1 {
		v |= uint64(b[len(b)-1]) << (8 * (len(b) - 1))
	}
	return v
}

// fold adds the four words of v, and then its carries, until none is left.
func fold(v uint64) uint16 {
	v = v>>32 + v&0xffffffff
	v = v>>32 + v&0xffffffff
	v = v>>16 + v&0xffff
	v = v>>16 + v&0xffff
	return uint16(v)
}

// add is the one's complement sum of two words: a carry comes in at the bottom.
func add(a, b uint16) uint16 {
	s := uint32(a) + uint32(b)
	return uint16(s>>16 + s)
}

// PseudoSum is the one's complement sum of the pseudo-header that the
// checksums of UDP, TCP (RFC 768, RFC 9293) and ICMPv6 cover besides their own
// bytes, for IPv4 or IPv6 (RFC 8200, 8.1) addresses. The length is that of the
// upper-layer packet in bytes. Give it to [Sum] as the initial value.
func PseudoSum(src, dst netip.Addr, protocol uint8, length int) uint16 {
	sum := add(uint16(uint32(length)>>16), uint16(length))
	sum = add(sum, uint16(protocol))
	for _, a := range [2]netip.Addr{src, dst} {
		if a.Is4() {
			b := a.As4()
			sum = Sum(sum, b[:])
		} else {
			b := a.As16()
			sum = Sum(sum, b[:])
		}
	}
	return sum
}
