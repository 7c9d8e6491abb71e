// Package udp reads and writes UDP datagrams (RFC 768) over IPv4 and IPv6.
// Headers are plain values; nothing here allocates but what a refusal says.
package udp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"eterm/ipv4"
)

// Protocol is UDP's number in an IPv4 or IPv6 header.
const Protocol = ipv4.ProtocolUDP

// Offsets of the fields (RFC 768):
//
//	 0      7 8     15 16    23 24    31
//	+--------+--------+--------+--------+
//	|     source      |   destination   |
//	|      port       |      port       |
//	+--------+--------+--------+--------+
//	|                 |                 |
//	|     length      |    checksum     |
//	+--------+--------+--------+--------+
//	|          data octets ...
const (
	srcAt      = 0
	dstAt      = 2
	lengthAt   = 4
	checksumAt = 6

	// HeaderLen is the length in bytes of the header.
	HeaderLen = 8
	// MaxLen is the length of the longest datagram, header included.
	MaxLen = 65535
)

// Why Parse refuses bytes; fixed values, so that refusing allocates nothing.
var (
	ErrShort  = errors.New("udp: fewer than 8 bytes")
	ErrLength = errors.New("udp: length is below the header's or beyond the bytes there are")
)

// Header is what a datagram says beside its data. Length and checksum follow
// from the rest.
type Header struct{ Src, Dst uint16 }

// Append appends the datagram with its length and its checksum, which covers
// the addresses of the IP header around it too. If the payload is too long it
// returns dst as it was and an error.
func (h Header) Append(dst []byte, src, to netip.Addr, payload []byte) ([]byte, error) {
	n := HeaderLen + len(payload)
	if n > MaxLen {
		return dst, fmt.Errorf("udp: payload of %d bytes, a datagram has room for %d", len(payload), MaxLen-HeaderLen)
	}
	at := len(dst)
	dst = binary.BigEndian.AppendUint64(dst, uint64(h.Src)<<48|uint64(h.Dst)<<32|uint64(n)<<16)
	dst = append(dst, payload...)
	Seal(dst[at:], src, to)
	return dst, nil
}

// Seal writes the checksum of a whole datagram whose data was changed in
// place. b must have HeaderLen bytes or more.
func Seal(b []byte, src, to netip.Addr) {
	b[checksumAt], b[checksumAt+1] = 0, 0
	sum := ^ipv4.Sum(ipv4.PseudoSum(src, to, Protocol, len(b)), b)
	if sum == 0 {
		sum = 0xffff // 0 says that there is none (RFC 768)
	}
	binary.BigEndian.PutUint16(b[checksumAt:], sum)
}

// Parse reads the datagram at the start of b; the payload ends where its
// length says and shares b's memory. What follows is padding or, in IPv4,
// surplus. The checksum is not looked at. An error is ErrShort or ErrLength.
func Parse(b []byte) (h Header, payload []byte, err error) {
	if len(b) < HeaderLen {
		return Header{}, nil, ErrShort
	}
	n := int(binary.BigEndian.Uint16(b[lengthAt:]))
	if n < HeaderLen || n > len(b) {
		return Header{}, nil, ErrLength
	}
	h = Header{Src: binary.BigEndian.Uint16(b[srcAt:]), Dst: binary.BigEndian.Uint16(b[dstAt:])}
	return h, b[HeaderLen:n:n], nil
}
