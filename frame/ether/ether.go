// Package ether is the ground floor: what Ethernet itself fixes, said once.
// Sizes and the values of the length/type field, addresses and how they are
// spelled, which types are tags, and a header taken apart for code that
// answers or matches frames. Nothing here allocates or knows what is inside a
// frame. For building frames from values, and for showing them, use package
// frame.
package ether

import (
	"encoding/binary"
	"errors"
	"net"
)

// maxTags bounds the walk over tags.
const maxTags = 16

// ErrShort is what Parse says of bytes that end within the header or a tag.
var ErrShort = errors.New("ether: frame is shorter than its header")

// ErrTags is what Parse says of more than 16 tags.
var ErrTags = errors.New("ether: more than 16 tags")

// Header is what is in front of a frame's payload (IEEE 802.3-2022, 3.1.1):
//
//	| destination, 6 | source, 6 | tags, 4 each | length/type, 2 | payload ...
type Header struct {
	Dst, Src net.HardwareAddr // 6 bytes each
	// Tags are the VLAN tags as on the wire, outer first, 4 bytes each.
	Tags []byte
	// Type is an EtherType, or a length in bytes if it is below MinType.
	Type uint16
}

// Parse reads the header at the start of b; everything shares b's memory. The
// payload still has its padding.
func Parse(b []byte) (h Header, payload []byte, err error) {
	if len(b) < HeaderLen {
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
		at += TagLen
	}
	return Header{}, nil, ErrTags
}

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
