package talk

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/frame/seal"
	"eterm/iface"
)

// Asker asks the Reflector at one address, one question at a time.
type Asker struct {
	// Patience is how long a question is asked again; Lease if 0.
	Patience time.Duration

	port     iface.Port
	own      [6]byte
	peer     net.HardwareAddr
	tags     []byte
	key      seal.Key
	replies  chan reply
	asking   sync.Mutex
	sending  sync.Mutex
	service  Service
	token    atomic.Uint64
	number   uint32
	most     int // bytes of the longest question, with its Ethernet header
	greeting uint64
}

type reply struct {
	message
	from [6]byte
	at   time.Time
}

// NewAsker makes an Asker that sends from a port to an address with VLAN tags as
// they are on the wire. What the port
// receives must be given to Take: Listen does that for a port of its own.
func NewAsker(port iface.Port, to net.HardwareAddr, tags []byte, key seal.Key) *Asker {
	return &Asker{port: port, own: [6]byte(port.HardwareAddr()), peer: to, tags: tags, key: key, Patience: Lease,
		replies: make(chan reply, 64), number: rand.Uint32(), most: ether.MinFrame}
}

// Peer is the address that is asked.
func (a *Asker) Peer() net.HardwareAddr { return a.peer }

// Room is how many bytes of text a question of the greatest length has room
// for, and its answer.
func (a *Asker) Room() int { return a.most - Overhead }

// Listen gives Take what the port receives, and other what that does not take,
// until ctx ends or the port is gone.
func (a *Asker) Listen(ctx context.Context, other func(*iface.Received)) error {
	return iface.Frames(ctx, a.port, make([]iface.Received, 16), func(rx []iface.Received) error {
		for i := range rx {
			if !a.Take(&rx[i]) && other != nil {
				other(&rx[i])
			}
		}
		return nil
	})
}

// Take takes a frame if it is an answer to this Asker, and says whether it was.
// One that nobody waits for is dropped.
func (a *Asker) Take(rx *iface.Received) bool {
	h, payload, err := ether.Parse(rx.Bytes)
	if err != nil || h.Type != inband.EtherType || ether.IsGroup(h.Src) || [6]byte(h.Dst) != a.own ||
		!ether.IsGroup(a.peer) && [6]byte(h.Src) != [6]byte(a.peer) {
		return false
	}
	m, _, err := parse(payload, a.key, inband.TalkReply, [6]byte(h.Src))
	if err != nil {
		return false
	}
	m.piece = append([]byte{}, m.piece...)
	select {
	case a.replies <- reply{m, [6]byte(h.Src), rx.At}:
	default:
	}
	return true
}

// send sends a question in a frame of at least so many bytes. A full queue or
// an interface that is down now may pass: the question is asked again.
func (a *Asker) send(m message, size int) error {
	h := ether.Header{Dst: a.peer, Src: a.own[:], Tags: a.tags, Type: inband.EtherType}
	frame := m.append(h.Append(nil), a.key, inband.TalkRequest, a.own, max(size, ether.MinFrame))
	err := a.Send(frame)
	if errors.Is(err, iface.ErrQueueFull) || errors.Is(err, iface.ErrDown) {
		return nil
	}
	return err
}

// Send sends a frame of the caller's own over the Asker's port.
func (a *Asker) Send(frame []byte) error {
	a.sending.Lock()
	defer a.sending.Unlock()
	_, err := a.port.Send([][]byte{frame})
	return err
}

// Waits for an answer before a question is asked again.
const (
	firstWait = 30 * time.Millisecond
	longWait  = 250 * time.Millisecond
)

// question asks until there is an answer that fits, for as long as patience
// lasts, in a frame of so many bytes.
func (a *Asker) question(ctx context.Context, m message, size int, fits func(reply) bool) (reply, error) {
	wait := firstWait
	for end := time.Now().Add(a.Patience); ; wait = min(2*wait, longWait) {
		if err := a.send(m, size); err != nil {
			return reply{}, err
		}
		r, ok, err := a.await(ctx, wait, func(r reply) bool {
			return r.op == m.op && r.number == m.number && fits(r)
		})
		switch {
		case err != nil:
			return reply{}, err
		case ok:
			return r, nil
		case !time.Now().Before(end):
			return reply{}, fmt.Errorf("%v: %w", a.peer, ErrNoPeer)
		}
	}
}

// await waits for a reply that fits.
func (a *Asker) await(ctx context.Context, wait time.Duration, fits func(reply) bool) (reply, bool, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case r := <-a.replies:
			if fits(r) {
				return r, true, nil
			}
		case <-timer.C:
			return reply{}, false, nil
		case <-ctx.Done():
			return reply{}, false, ctx.Err()
		}
	}
}

// Ask asks one thing of the test that was begun, and returns the answer. The
// text and the answer may be longer than a frame. Questions have the greatest
// length, so that answers have room.
func (a *Asker) Ask(ctx context.Context, op Op, text []byte) ([]byte, error) {
	return a.AskIn(ctx, op, text, a.most)
}

// AskIn is Ask with questions of so many bytes at least, with their Ethernet
// header: no more than that is needed where the answer is short.
func (a *Asker) AskIn(ctx context.Context, op Op, text []byte, size int) ([]byte, error) {
	a.asking.Lock()
	defer a.asking.Unlock()
	a.number++
	answer, _, err := a.whole(ctx, message{service: a.service, op: op, token: a.token.Load(), number: a.number}, text, min(size, a.most))
	return answer, err
}

// whole sends a text piece by piece and gets the answer piece by piece.
func (a *Asker) whole(ctx context.Context, m message, text []byte, size int) (answer []byte, token uint64, err error) {
	if len(text) > MaxText {
		return nil, 0, fmt.Errorf("a text of %d bytes is too long for a conversation", len(text))
	}
	m.total = uint32(len(text))
	for at := 0; ; {
		m.offset, m.piece, m.want = uint32(at), text[at:min(at+a.most-Overhead, len(text))], uint32(len(answer))
		r, err := a.question(ctx, m, size, func(r reply) bool {
			switch r.status {
			case more:
				return int(r.offset) > at && int(r.offset) <= len(text)
			case done, refused:
				return r.offset == m.want
			}
			return true
		})
		if err != nil {
			return nil, 0, err
		}
		switch r.status {
		case more:
			at = int(r.offset)
			continue
		case stranger, lapsed:
			return nil, 0, fmt.Errorf("%v: %w", a.peer, ErrLapsed)
		case busy:
			return nil, 0, fmt.Errorf("%v: %w", a.peer, ErrBusy)
		}
		answer, at = append(answer, r.piece...), len(text)
		if len(answer) < int(r.total) && len(r.piece) > 0 {
			continue
		}
		if r.status == refused {
			return nil, 0, fmt.Errorf("%v: %w: %s", a.peer, ErrRefused, printable(answer))
		}
		return answer, r.token, nil
	}
}

// Prove tells a Window what a challenge said. There is no answer, and it does
// not wait for one to another question.
func (a *Asker) Prove(p Proof) error {
	m := message{op: opProve, token: a.token.Load(), piece: p.append(nil)}
	m.total = uint32(len(m.piece))
	return a.send(m, 0)
}

// End says that the test is over. Nobody has to answer that.
func (a *Asker) End(ctx context.Context) error {
	a.asking.Lock()
	defer a.asking.Unlock()
	defer func(p time.Duration) { a.Patience = p }(a.Patience)
	a.Patience = 3 * firstWait
	a.number++
	_, _, err := a.whole(ctx, message{service: a.service, op: opEnd, token: a.token.Load(), number: a.number}, nil, 0)
	if errors.Is(err, ErrNoPeer) || errors.Is(err, ErrLapsed) {
		return nil
	}
	return err
}
