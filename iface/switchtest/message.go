package switchtest

import (
	"encoding/binary"
	"errors"

	"eterm/frame/inband"
)

// A message is what the two ends of a test say to each other, in the body of
// inband.SwitchRequest and inband.SwitchReply. The end that has the cases asks,
// the partner answers, with no more bytes than it was asked with:
//
//	bytes  meaning
//	1      what is asked: begin, send, collect, end
//	1      of an answer: whether it was done
//	8      token that the partner gave in its answer to begin
//	4      number of the question; one that is asked again has the same
//	n      what belongs to it
type message struct {
	op     op
	status status
	token  uint64
	number uint32
	rest   []byte
}

type op uint8

const (
	opBegin   op = iota + 1 // session (4): MTU (2)
	opSend                  // number of frames (1), frames: how many were sent (1)
	opCollect               // nothing: lost by the host (8), carrier changes (8), more (1), number (1), frames with time (8)
	opEnd                   // nothing: nothing
	opHello                 // nothing, to everybody: nothing
)

type status uint8

const (
	done     status = iota
	busy            // another test is under way
	unknown         // no such test: it ended, or was not asked anything for too long
	unable          // the interface does not work
	indebted        // more bytes to send than were received: ask with more
	refused         // not a frame of this test
)

// Error says why a partner did not do what it was asked.
func (s status) Error() string {
	return "the other end " + [...]string{
		"did it", "is busy with another test", "knows no such test: it was silent for too long",
		"cannot use its interface", "was asked with too few bytes", "refuses to send what is no test frame",
	}[s]
}

// messageLen is the length of a message without what belongs to it.
const messageLen = 14

var errMessage = errors.New("not a message of a switch test")

func (m message) append(dst []byte) []byte {
	dst = append(dst, byte(m.op), byte(m.status))
	dst = binary.BigEndian.AppendUint64(dst, m.token)
	dst = binary.BigEndian.AppendUint32(dst, m.number)
	return append(dst, m.rest...)
}

// parseMessage reads the message of this kind in the payload of a frame.
func parseMessage(payload []byte, want inband.Kind) (m message, err error) {
	k, body, err := inband.Parse(payload)
	if err != nil || k != want || len(body) < messageLen {
		return m, errMessage
	}
	m = message{
		op: op(body[0]), status: status(body[1]), token: binary.BigEndian.Uint64(body[2:]),
		number: binary.BigEndian.Uint32(body[10:]), rest: body[messageLen:],
	}
	if m.op < opBegin || m.op > opHello || m.status > refused {
		return m, errMessage
	}
	return m, nil
}
