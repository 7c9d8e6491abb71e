package talk

import (
	"encoding/binary"
	"errors"

	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/frame/seal"
)

// message is the body of inband.TalkRequest and inband.TalkReply:
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
// A shared key makes the seal. Without one it is a checksum of 64 bits, which
// a link that flips bits needs: what arrives as a message is one.
type message struct {
	service Service
	op      Op
	status  status
	token   uint64
	number  uint32
	total   uint32
	offset  uint32
	want    uint32
	piece   []byte
}

// status says what became of a question.
type status uint8

const (
	done     status = iota
	more            // the next piece of the question, please
	stranger        // wrong token: say hello first
	busy            // another test is under way
	lapsed          // no such test
	refused         // the piece says why
)

// Lengths in bytes.
const (
	headerLen  = ether.HeaderLen
	messageLen = 38
	// Overhead is what a frame has besides the piece. A frame of the least
	// length has room for a whole message without one.
	Overhead = headerLen + inband.HeaderLen + messageLen
	// longest is the longest question, with its Ethernet header.
	longest = 9018
)

var errForeign = errors.New("talk: not a message of ours")

// append appends the message as the payload of a frame from an address, with
// zeros behind it so that the whole frame has size bytes.
func (m message) append(dst []byte, key seal.Key, k inband.Kind, from [6]byte, size int) []byte {
	body := make([]byte, max(messageLen+len(m.piece), size-headerLen-inband.HeaderLen))
	body[8], body[9], body[10] = byte(m.service), byte(m.op), byte(m.status)
	binary.BigEndian.PutUint64(body[12:], m.token)
	binary.BigEndian.PutUint32(body[20:], m.number)
	binary.BigEndian.PutUint32(body[24:], m.total)
	binary.BigEndian.PutUint32(body[28:], m.offset)
	binary.BigEndian.PutUint32(body[32:], m.want)
	binary.BigEndian.PutUint16(body[36:], uint16(len(m.piece)))
	copy(body[messageLen:], m.piece)
	key.Append(body[:0], sealed(body[8:], k, from))
	return inband.Append(dst, k, body)
}

// sealed is what the seal is of.
func sealed(rest []byte, k inband.Kind, from [6]byte) []byte {
	b := make([]byte, 0, len(rest)+7)
	return append(append(append(b, byte(k)), from[:]...), rest...)
}

// parse reads the message of this kind in the payload of a frame from an
// address. The piece shares its memory.
func parse(payload []byte, key seal.Key, want inband.Kind, from [6]byte) (m message, err error) {
	k, body, err := inband.Parse(payload)
	if err != nil || k != want || len(body) < messageLen || len(body) > longest || !key.Valid(body[:8], sealed(body[8:], k, from)) {
		return m, errForeign
	}
	m = message{
		service: Service(body[8]), op: Op(body[9]), status: status(body[10]),
		token: binary.BigEndian.Uint64(body[12:]), number: binary.BigEndian.Uint32(body[20:]),
		total: binary.BigEndian.Uint32(body[24:]), offset: binary.BigEndian.Uint32(body[28:]), want: binary.BigEndian.Uint32(body[32:]),
	}
	n := int(binary.BigEndian.Uint16(body[36:]))
	if messageLen+n > len(body) || m.total > MaxText || m.offset > m.total || uint64(m.offset)+uint64(n) > uint64(m.total) || m.want > MaxText {
		return m, errForeign
	}
	m.piece = body[messageLen : messageLen+n : messageLen+n]
	return m, nil
}

// printable keeps what the other end says harmless.
func printable(s []byte) string {
	b := append([]byte{}, s[:min(len(s), 200)]...)
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '.'
		}
	}
	return string(b)
}
