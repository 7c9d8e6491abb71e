// Package llc reads and writes the LLC header (IEEE 802.2, ISO/IEC 8802-2) of
// frames whose type field is a length, for the one exchange in it that every
// station must answer: TEST.
package llc

import "errors"

const (
	// HeaderLen is the length in bytes of the header of unnumbered frames.
	HeaderLen = 3
	// Null is the service access point of the station itself.
	Null = 0x00
	// MaxLength is the largest value of the field that is a length (IEEE
	// 802.3, 3.2.6).
	MaxLength = 1500

	test     = 0xe3 // control of TEST; 0x10 more is the poll/final bit
	poll     = 0x10
	response = 0x01 // in the source's access point: response, not command
)

// ErrShort is what Parse says of fewer bytes than a header, or than the length
// field promised.
var ErrShort = errors.New("llc: shorter than its length says")

// Header is an LLC header of an unnumbered frame (ISO/IEC 8802-2, 3.2 and 5.4.1):
//
//	 0                   1                   2
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  0
//	|     DSAP    |I|     SSAP    |R|M M M F M M 1 1|  I: group, R: response,
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  3  F: poll/final
type Header struct {
	DSAP, SSAP uint8 // SSAP without its response bit
	Control    uint8
	Response   bool
}

// Test is a TEST command to the station itself, with the poll bit.
func Test() Header { return Header{DSAP: Null, SSAP: Null, Control: test | poll} }

// IsTest says whether h is TEST, command or response.
func (h Header) IsTest() bool { return h.Control&^poll == test }

// Answer is the response to a command: access points swapped, the final bit
// as the poll bit was (ISO/IEC 8802-2, 5.4.1.2.2).
func (h Header) Answer() Header {
	return Header{DSAP: h.SSAP, SSAP: h.DSAP, Control: h.Control, Response: true}
}

// Append appends the header.
func (h Header) Append(dst []byte) []byte {
	ssap := h.SSAP &^ response
	if h.Response {
		ssap |= response
	}
	return append(dst, h.DSAP, ssap, h.Control)
}

// Parse reads the header at the start of b, the payload of a frame whose
// length field says length; the information behind it shares b's memory and is
// free of padding.
func Parse(b []byte, length uint16) (h Header, info []byte, err error) {
	n := int(length)
	if n < HeaderLen || n > len(b) || n > MaxLength {
		return Header{}, nil, ErrShort
	}
	return Header{DSAP: b[0], SSAP: b[1] &^ response, Control: b[2], Response: b[1]&response != 0}, b[HeaderLen:n:n], nil
}
