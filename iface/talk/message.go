package talk

import (
	"encoding/binary"
	"errors"

	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/frame/seal"
)

// message is the body of inband.TalkRequest and inband.TalkReply: see
// inband.Talk for its form.
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
	messageLen = inband.TalkLen
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
// address, and how long the frame is without its padding, which nothing is paid
// for with. The piece shares its memory.
func parse(payload []byte, key seal.Key, want inband.Kind, from [6]byte) (m message, size int, err error) {
	k, body, err := inband.Parse(payload)
	if err != nil || k != want || len(body) < messageLen || len(body) > longest || !key.Valid(body[:8], sealed(body[8:], k, from)) {
		return m, 0, errForeign
	}
	t, err := inband.ParseTalk(body)
	if err != nil || t.Total > MaxText || t.Offset > t.Total || uint64(t.Offset)+uint64(len(t.Piece)) > uint64(t.Total) || t.Want > MaxText {
		return m, 0, errForeign
	}
	return message{
		service: Service(t.Service), op: Op(t.Op), status: status(t.Status), token: t.Token,
		number: t.Number, total: t.Total, offset: t.Offset, want: t.Want, piece: t.Piece,
	}, headerLen + inband.HeaderLen + len(body), nil
}

// Is says whether a frame is a message between two eterms. Those of a test are not
// foreign to it, though the frames that they tell of have marks too.
func Is(frame []byte) bool {
	h, payload, err := ether.Parse(frame)
	if err != nil || h.Type != inband.EtherType {
		return false
	}
	_, _, err = inband.Parse(payload)
	return err == nil
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
