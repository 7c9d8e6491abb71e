// Package inband is how eterm talks to eterm over layer 2 itself: messages on
// EtherType 0x88b5 (IEEE 802, local experimental 1) that begin with
//
//	0               1               2               3
//	+---------------+---------------+---------------+---------------+
//	|     0x65 e         0x54 T     |     0x72 r         0x6d m     |
//	+---------------+---------------+-------------------------------+
//	|    version    |     kind      |    length of the body, bytes  |
//	+---------------+---------------+-------------------------------+
//
// all in network order. The length tells the body from padding. Kinds come in
// pairs: an even one asks, the odd one after it answers, so that no answer can
// be taken for a question, and two that answer can never keep each other busy.
package inband

import (
	"encoding/binary"
	"errors"
)

const (
	// EtherType is the one of frames that carry these messages.
	EtherType = 0x88b5
	// Version is the one this package writes and reads.
	Version = 1
	// HeaderLen is the length in bytes of what is in front of the body.
	HeaderLen = 8
	// MaxBody is the length of the longest body.
	MaxBody = 0xffff

	// Magic is what messages begin with, for filters.
	Magic = 0x6554726d
)

// ErrForeign is what Parse says of bytes that are no such message, of another
// version, or cut short.
var ErrForeign = errors.New("inband: not a message of eterm's")

// Kind says what a message is about. Even kinds ask, odd ones answer.
type Kind uint8

// The kinds. Further pairs are reserved here as they come into use.
const (
	EchoRequest Kind = 2
	EchoReply   Kind = 3
	TalkRequest Kind = 4 // tests between two machines: see package iface/talk
	TalkReply   Kind = 5
)

// IsAnswer says whether a kind answers: such a message is never answered.
func (k Kind) IsAnswer() bool { return k&1 == 1 }

// Append appends a message. A body longer than MaxBody is cut.
func Append(dst []byte, k Kind, body []byte) []byte {
	if len(body) > MaxBody {
		body = body[:MaxBody]
	}
	dst = binary.BigEndian.AppendUint32(dst, Magic)
	dst = append(dst, Version, byte(k))
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(body)))
	return append(dst, body...)
}

// Parse reads the message at the start of b; what follows it is padding. The
// body shares b's memory.
func Parse(b []byte) (k Kind, body []byte, err error) {
	if len(b) < HeaderLen || binary.BigEndian.Uint32(b) != Magic || b[4] != Version {
		return 0, nil, ErrForeign
	}
	n := int(binary.BigEndian.Uint16(b[6:]))
	if HeaderLen+n > len(b) {
		return 0, nil, ErrForeign
	}
	return Kind(b[5]), b[HeaderLen : HeaderLen+n : HeaderLen+n], nil
}

// Echo is the body of an echo request and of its reply, which repeats it:
//
//	0               1               2               3
//	+---------------+---------------+---------------+---------------+  0
//	|           identifier          |        sequence number        |
//	+---------------+---------------+---------------+---------------+  4
//	|  data ...
type Echo struct {
	ID, Seq uint16
	Data    []byte
}

// EchoHeaderLen is what an echo's body has in front of its data.
const EchoHeaderLen = 4

// Append appends an echo request, or a reply, as a whole message.
func (e Echo) Append(dst []byte, k Kind) []byte {
	at := len(dst)
	dst = Append(dst, k, nil)
	dst = binary.BigEndian.AppendUint16(dst, e.ID)
	dst = binary.BigEndian.AppendUint16(dst, e.Seq)
	dst = append(dst, e.Data...)
	binary.BigEndian.PutUint16(dst[at+6:], uint16(len(dst)-at-HeaderLen))
	return dst
}

// ParseEcho reads the body of an echo; the data share its memory.
func ParseEcho(body []byte) (Echo, error) {
	if len(body) < EchoHeaderLen {
		return Echo{}, ErrForeign
	}
	return Echo{ID: binary.BigEndian.Uint16(body), Seq: binary.BigEndian.Uint16(body[2:]), Data: body[EchoHeaderLen:]}, nil
}
