// Package ipv6 reads and writes the IPv6 header and walks the extension
// headers behind it (RFC 8200). Headers are plain values; nothing here
// allocates.
package ipv6

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

const (
	// EtherType is the one of frames that carry IPv6.
	EtherType = 0x86dd
	// HeaderLen is the length in bytes of the fixed header.
	HeaderLen = 40
	// MaxFlowLabel is the largest flow label: 20 bits (RFC 6437).
	MaxFlowLabel = 1<<20 - 1
)

// Why Parse and the walks refuse bytes.
var (
	ErrShort   = errors.New("ipv6: fewer bytes than the header has")
	ErrVersion = errors.New("ipv6: version is not 6")
	ErrChain   = errors.New("ipv6: more than 16 extension headers")
)

// Header is the fixed header (RFC 8200, 3). Version and payload length follow
// from the rest.
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  0
//	|Version| Traffic Class |           Flow Label                  |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  4
//	|         Payload Length        |  Next Header  |   Hop Limit   |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  8
//	|                                                               |
//	+                   Source Address, 16 bytes                    +
//	|                                                               |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ 24
//	|                                                               |
//	+                 Destination Address, 16 bytes                 +
//	|                                                               |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ 40
type Header struct {
	TrafficClass uint8 // DSCP in the upper 6 bits (RFC 2474), ECN in the lower 2 (RFC 3168)
	FlowLabel    uint32
	NextHeader   uint8
	HopLimit     uint8
	Src, Dst     netip.Addr
}

// Append appends the header of a packet that carries payloadLen bytes,
// extension headers included. If a field is out of range it returns dst as it
// was and an error that names the field.
func (h Header) Append(dst []byte, payloadLen int) ([]byte, error) {
	switch {
	case !h.Src.Is6():
		return dst, fmt.Errorf("ipv6: source %v is not an IPv6 address", h.Src)
	case !h.Dst.Is6():
		return dst, fmt.Errorf("ipv6: destination %v is not an IPv6 address", h.Dst)
	case h.FlowLabel > MaxFlowLabel:
		return dst, fmt.Errorf("ipv6: flow label 0x%x is above 0x%x", h.FlowLabel, MaxFlowLabel)
	case payloadLen < 0 || payloadLen > 0xffff:
		return dst, fmt.Errorf("ipv6: payload of %d bytes, a packet has room for %d", payloadLen, 0xffff)
	}
	dst = binary.BigEndian.AppendUint32(dst, 6<<28|uint32(h.TrafficClass)<<20|h.FlowLabel)
	dst = binary.BigEndian.AppendUint16(dst, uint16(payloadLen))
	dst = append(dst, h.NextHeader, h.HopLimit)
	src, to := h.Src.As16(), h.Dst.As16()
	dst = append(dst, src[:]...)
	return append(dst, to[:]...), nil
}

// Parse reads the header at the start of b and returns it with the payload
// length in bytes that it states: greater than what is behind the header when
// the packet was cut, less when padding follows.
func Parse(b []byte) (h Header, payloadLen int, err error) {
	if len(b) < 1 {
		return Header{}, 0, ErrShort
	}
	if b[0]>>4 != 6 {
		return Header{}, 0, ErrVersion
	}
	if len(b) < HeaderLen {
		return Header{}, 0, ErrShort
	}
	w := binary.BigEndian.Uint32(b)
	return Header{
		TrafficClass: uint8(w >> 20), FlowLabel: w & MaxFlowLabel,
		NextHeader: b[6], HopLimit: b[7],
		Src: netip.AddrFrom16([16]byte(b[8:24])), Dst: netip.AddrFrom16([16]byte(b[24:40])),
	}, int(binary.BigEndian.Uint16(b[4:])), nil
}
