// Package talk is the one conversation that two eterms have over layer 2: the
// end that tests asks, a Reflector on the other answers. Link tests and switch
// tests are services over it, and bring nothing but their operations.
//
// # The conversation
//
// A question is one frame, an answer is one frame. An Asker says hello, to one
// station or to all; the answer has a token, made of a secret and of the
// asker's address, that is good for a minute or two. With it the asker begins a
// test of one service and gets the token of that test, which goes with every
// further question. A Reflector has one test at a time, whatever its service.
//
// Questions are numbered. One that gets no answer is asked again, with the same
// number, and is not done twice: the answer given before is given again. Texts
// longer than a frame go in pieces, in both directions, each asked for.
//
// A test that hears nothing for Lease lapses: its service stops whatever it
// sends, and another test may begin. Its account is kept for minutes, so that an
// asker that was cut off can still fetch it.
//
// # Why nobody can be flooded through a Reflector
//
// What a Reflector sends to an address is never more, in bytes, than what came
// from there, until that address has proved that it receives:
//
//   - An answer is no longer than its question, and every question has at most
//     one. Hello may be asked of a group, and is answered all the same by one
//     frame of the least length.
//   - Nothing but hello is answered without a token, and a token goes only to
//     the address it is good for. Whoever forges another's address as a source
//     never sees its token.
//   - Frames of a service go to the address that asked and nowhere else. They
//     are paid for out of Session.Credit: bytes heard less bytes answered. So a
//     forger who did get hold of a token still gets out only what he puts in. A
//     service that is to go on while questions do not get through may keep more
//     of it (Session.Reserve): that is paid for in advance, byte by byte.
//   - Where more is to be sent (a load), a Window opens. It begins with that
//     credit, and doubles each time the asker tells one of the random numbers
//     that are in the frames sent to it and nowhere else. It closes one second
//     after the last of them. So even somebody who received for a while, because
//     a switch had learned a wrong port, has at most a second's load sent to
//     another.
//
// With a shared key (package seal) questions and answers of others are not
// taken for messages at all.
package talk

import (
	"errors"
	"time"

	"golang.org/x/net/bpf"

	"eterm/frame/inband"
)

// Service is what a test is about.
type Service uint8

// The services. Others may follow; a Reflector refuses those it has not.
const (
	Link   Service = 1
	Switch Service = 2
	Watch  Service = 3 // switch tests: outages
	Bench  Service = 4 // trials of benchmarks
)

// Op is an operation of a service, from FirstOp on.
type Op uint8

// The operations of the conversation itself.
const (
	opHello Op = iota
	opBegin
	opEnd
	opProve // is not answered

	// FirstOp is the first operation a service may use.
	FirstOp Op = 16
)

// Times of the conversation.
const (
	// Lease is how long a test goes on without a question.
	Lease = 3 * time.Second
	// KeepFor is how long the account of a test that lapsed can be fetched, if
	// the Reflector is not told otherwise.
	KeepFor = 5 * time.Minute
	// ProofLease is how long a Window stays open without a proof.
	ProofLease = time.Second
)

// MaxText is the length in bytes of the longest text that goes in pieces.
const MaxText = 1 << 20

// Errors of an Asker; they are wrapped.
var (
	// ErrNoPeer: no reply came.
	ErrNoPeer = errors.New("nobody replies")
	// ErrTwoPeers: one address is answered for by two.
	ErrTwoPeers = errors.New("two reflectors reply at this address: stop one, or give it another address")
	// ErrBusy: the reflector has another test.
	ErrBusy = errors.New("the other end is busy with another test")
	// ErrLapsed: the reflector does not know the test (any more).
	ErrLapsed = errors.New("the other end knows no such test: nothing was asked for too long, or it was started again")
	// ErrRefused: the reflector does not do what it was asked.
	ErrRefused = errors.New("the other end refuses")
)

// Filter passes only messages between two eterms, and no test frames, to a
// port that talks in so many VLAN tags.
func Filter(tags int) ([]bpf.RawInstruction, error) {
	at := uint32(headerLen + 4*max(0, tags-1)) // the outermost is taken off
	return bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: at - 2, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: inband.EtherType, SkipTrue: 3},
		bpf.LoadAbsolute{Off: at, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: inband.Magic, SkipTrue: 1},
		bpf.RetConstant{Val: 0x40000},
		bpf.RetConstant{Val: 0},
	})
}
