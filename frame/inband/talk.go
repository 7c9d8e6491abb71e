package inband

import "encoding/binary"

// TalkLen is what a conversation's message has in front of its piece.
const TalkLen = 38

// Talk is the body of TalkRequest and TalkReply, all numbers in network order:
//
//	bytes  meaning
//	8      seal of all that follows, of the kind and of the sender's address
//	1      service
//	1      operation
//	1      status, of an answer
//	1      0
//	8      token; hello: random, so that each hello has answers of its own
//	4      number of the question
//	4      length of the text that the piece is of
//	4      where in the text the piece is
//	4      of a question: from where on the answer is wanted
//	2      length of the piece
//	n      the piece; behind it a question is filled up with zeros
//
// What the numbers mean is package iface/talk's.
type Talk struct {
	Seal                        uint64
	Service, Op, Status         uint8
	Token                       uint64
	Number, Total, Offset, Want uint32
	Piece                       []byte
}

// ParseTalk reads the body of a conversation's message; the piece shares its
// memory. It does not look at the seal.
func ParseTalk(body []byte) (Talk, error) {
	if len(body) < TalkLen {
		return Talk{}, ErrForeign
	}
	n := int(binary.BigEndian.Uint16(body[36:]))
	if TalkLen+n > len(body) {
		return Talk{}, ErrForeign
	}
	u32 := binary.BigEndian.Uint32
	return Talk{
		Seal: binary.BigEndian.Uint64(body), Service: body[8], Op: body[9], Status: body[10],
		Token: binary.BigEndian.Uint64(body[12:]), Number: u32(body[20:]),
		Total: u32(body[24:]), Offset: u32(body[28:]), Want: u32(body[32:]),
		Piece: body[TalkLen : TalkLen+n : TalkLen+n],
	}, nil
}
