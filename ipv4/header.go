package ipv4

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

const (
	// HeaderLen is the length in bytes of a header without options.
	HeaderLen = 20
	// MaxHeaderLen is the length of the longest header: 15 words.
	MaxHeaderLen = 60
	// MaxLen is the length of the longest packet, header included.
	MaxLen = 65535
	// MaxFragmentOffset is the largest fragment offset, in units of 8 bytes.
	MaxFragmentOffset = 1<<13 - 1
)

// Why Parse refuses bytes. These are fixed values, so that refusing allocates
// nothing.
var (
	ErrShort   = errors.New("ipv4: fewer bytes than the header has")
	ErrVersion = errors.New("ipv4: version is not 4")
	ErrIHL     = errors.New("ipv4: header length is below 5 words")
	ErrTotal   = errors.New("ipv4: total length is below the header length")
)

// Header is an IPv4 header (RFC 791, 3.1). Version, header length, total
// length and checksum follow from the rest.
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  0
//	|Version|  IHL  |Type of Service|          Total Length         |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  4
//	|         Identification        |Flags|      Fragment Offset    |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  8
//	|  Time to Live |    Protocol   |         Header Checksum       |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ 12
//	|                       Source Address                          |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ 16
//	|                    Destination Address                        |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ 20
//	|                    Options                    |    Padding    |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
type Header struct {
	TOS uint8  // DSCP in the upper 6 bits (RFC 2474), ECN in the lower 2 (RFC 3168)
	ID  uint16 // RFC 6864 on when it means anything
	// Reserved is the first flag bit, which must be zero (RFC 791, 3.1).
	Reserved       bool
	DontFragment   bool
	MoreFragments  bool
	FragmentOffset uint16 // in units of 8 bytes, at most MaxFragmentOffset
	TTL            uint8
	Protocol       uint8
	Src, Dst       netip.Addr
	// Options are at most 40 bytes as on the wire; Append pads them with
	// End of Option List (zero) bytes to whole words. After Parse they share
	// the memory of the bytes parsed.
	Options []byte
}

// Len is the length in bytes of the header Append writes.
func (h Header) Len() int { return HeaderLen + (len(h.Options)+3)&^3 }

// Append appends the header of a packet that carries payloadLen bytes, its
// checksum filled in, and returns the longer slice. If a field is out of range
// it returns dst as it was and an error that names the field.
func (h Header) Append(dst []byte, payloadLen int) ([]byte, error) {
	if err := h.check(payloadLen); err != nil {
		return dst, err
	}
	at, n := len(dst), h.Len()
	src, to := h.Src.As4(), h.Dst.As4()
	// Written in the pieces that Sum reads: it would wait for smaller ones.
	dst = binary.BigEndian.AppendUint64(dst, uint64(4<<4|n/4)<<56|uint64(h.TOS)<<48|
		uint64(n+payloadLen)<<32|uint64(h.ID)<<16|uint64(h.fragment()))
	dst = binary.BigEndian.AppendUint64(dst, uint64(h.TTL)<<56|uint64(h.Protocol)<<48|
		uint64(binary.BigEndian.Uint32(src[:])))
	dst = binary.BigEndian.AppendUint32(dst, binary.BigEndian.Uint32(to[:]))
	dst = append(dst, h.Options...)
	for len(dst)-at < n {
		dst = append(dst, 0)
	}
	binary.BigEndian.PutUint16(dst[at+10:], ^Sum(0, dst[at:]))
	return dst, nil
}

// fragment is the word of flags and fragment offset.
func (h Header) fragment() uint16 {
	v := h.FragmentOffset
	if h.Reserved {
		v |= 1 << 15
	}
	if h.DontFragment {
		v |= 1 << 14
	}
	if h.MoreFragments {
		v |= 1 << 13
	}
	return v
}

// check says what Append cannot write.
func (h Header) check(payloadLen int) error {
	switch {
	case !h.Src.Is4():
		return fmt.Errorf("ipv4: source %v is not an IPv4 address", h.Src)
	case !h.Dst.Is4():
		return fmt.Errorf("ipv4: destination %v is not an IPv4 address", h.Dst)
	case len(h.Options) > MaxHeaderLen-HeaderLen:
		return fmt.Errorf("ipv4: %d bytes of options, the header has room for %d", len(h.Options), MaxHeaderLen-HeaderLen)
	case h.FragmentOffset > MaxFragmentOffset:
		return fmt.Errorf("ipv4: fragment offset %d is above %d (it counts units of 8 bytes)", h.FragmentOffset, MaxFragmentOffset)
	case payloadLen < 0 || h.Len()+payloadLen > MaxLen:
		return fmt.Errorf("ipv4: payload of %d bytes, a packet with this header has room for %d", payloadLen, MaxLen-h.Len())
	}
	return nil
}

// Parse reads the header at the start of b and returns it with its length and
// the total length it states, both in bytes, total at least the header length.
// The total is greater than len(b) when the packet was cut, and less when
// something follows it (padding). The checksum is not looked at: see
// [Valid] (for b[:header length]). It refuses only what has no header in it: one of
// the errors above.
func Parse(b []byte) (Header, int, int, error) {
	if len(b) < 1 {
		return Header{}, 0, 0, ErrShort
	}
	if b[0]>>4 != 4 {
		return Header{}, 0, 0, ErrVersion
	}
	n := int(b[0]&0xf) * 4
	if n < HeaderLen {
		return Header{}, 0, 0, ErrIHL
	}
	if len(b) < n {
		return Header{}, 0, 0, ErrShort
	}
	total := int(binary.BigEndian.Uint16(b[2:]))
	if total < n {
		return Header{}, 0, 0, ErrTotal
	}
	f := binary.BigEndian.Uint16(b[6:])
	h := Header{
		TOS: b[1], ID: binary.BigEndian.Uint16(b[4:]),
		Reserved: f&(1<<15) != 0, DontFragment: f&(1<<14) != 0, MoreFragments: f&(1<<13) != 0,
		FragmentOffset: f & MaxFragmentOffset,
		TTL:            b[8], Protocol: b[9],
		Src: netip.AddrFrom4([4]byte(b[12:16])), Dst: netip.AddrFrom4([4]byte(b[16:20])),
	}
	if n > HeaderLen {
		h.Options = b[HeaderLen:n:n]
	}
	return h, n, total, nil
}
