// Package mac takes a frame apart where code that answers or matches frames
// must: into addresses, tags as they are, and type or length. Nothing here
// allocates or knows what is inside. For building frames from values, and for
// showing them, use package frame.
package ether

import (
	"encoding/binary"
	"errors"
	"net"
)

const (
	// AddrLen is the length in bytes of an address.
	AddrLen = 6
	// MinLen is the length of the shortest frame with a whole header.
	MinLen = 14
	// MinFrame is the length of the shortest frame on the wire, without FCS
	// (IEEE 802.3, 4.2.3.3).
	MinFrame = 60
	// maxTags bounds the walk over tags.
	maxTags = 16
)

// ErrShort is what Parse says of bytes that end within the header or a tag.
var ErrShort = errors.New("mac: frame is shorter than its header")

// ErrTags is what Parse says of more than 16 tags.
var ErrTags = errors.New("mac: more than 16 tags")

// Header is what is in front of a frame's payload.
type Header struct {
	Dst, Src net.HardwareAddr // 6 bytes each
	// Tags are the VLAN tags as on the wire, outer first, 4 bytes each.
	Tags []byte
	// Type is an EtherType, or a length in bytes if it is below 0x0600.
	Type uint16
}

// IsTag says whether an EtherType is that of a VLAN tag: IEEE 802.1Q, 802.1ad
// and the 0x9100 of before.
func IsTag(t uint16) bool { return t == 0x8100 || t == 0x88a8 || t == 0x9100 }

// Parse reads the header at the start of b; everything shares b's memory. The
// payload still has its padding.
func Parse(b []byte) (h Header, payload []byte, err error) {
	if len(b) < MinLen {
		return Header{}, nil, ErrShort
	}
	at := 2 * AddrLen
	for range maxTags + 1 {
		if len(b) < at+2 {
			return Header{}, nil, ErrShort
		}
		t := binary.BigEndian.Uint16(b[at:])
		if !IsTag(t) {
			return Header{Dst: b[:6:6], Src: b[6:12:12], Tags: b[12:at:at], Type: t}, b[at+2:], nil
		}
		at += 4
	}
	return Header{}, nil, ErrTags
}

// Len is the length in bytes of the header Append writes.
func (h Header) Len() int { return MinLen + len(h.Tags) }

// Append appends the header. Addresses of another length are written as zeros.
func (h Header) Append(dst []byte) []byte {
	var zero [AddrLen]byte
	for _, a := range [2]net.HardwareAddr{h.Dst, h.Src} {
		if len(a) != AddrLen {
			a = zero[:]
		}
		dst = append(dst, a...)
	}
	dst = append(dst, h.Tags...)
	return binary.BigEndian.AppendUint16(dst, h.Type)
}

// Back is the header of an answer: the same tags and type, to the sender.
func (h Header) Back(from net.HardwareAddr) Header {
	return Header{Dst: h.Src, Src: from, Tags: h.Tags, Type: h.Type}
}

// IsGroup says whether an address is a multicast or broadcast one.
func IsGroup(a net.HardwareAddr) bool { return len(a) > 0 && a[0]&1 != 0 }
