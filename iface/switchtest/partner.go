package switchtest

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/frame/probe"
	"eterm/iface"
	"eterm/iface/respond"
)

// Bounds of what a partner does for the other end.
const (
	lease      = 15 * time.Second // without a question, after which a test is over
	mostFrames = 8192             // kept until they are collected
	mostCredit = 1 << 16          // bytes that may be sent at once
)

// Partner is the other end of a test between two machines. It sends the test
// frames it is asked for, never more bytes than it was asked with, and tells
// which ones arrived. It works for one other end at a time.
type Partner struct {
	// open opens the interface, all frames included, for as long as a test
	// takes.
	open func() (iface.Port, error)

	mu     sync.Mutex
	port   iface.Port // nil: no test is under way
	peer   [6]byte
	id     session
	token  uint64
	ends   *time.Timer
	credit int
	frames [][]byte // packed, with their time behind
	lost   uint64
	number uint32 // of the last question, with its answer
	answer message
}

// NewPartner makes a partner; its Answerer must be given to a Responder on the
// interface that open opens.
func NewPartner(open func() (iface.Port, error)) *Partner { return &Partner{open: open} }

// Answerer answers the other end's questions.
func (p *Partner) Answerer() respond.Answerer {
	return respond.Answerer{Name: "switch", Type: inband.EtherType, Group: true, Answer: p.reply}
}

// Close ends the test that is under way, if any.
func (p *Partner) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
}

func (p *Partner) reply(dst []byte, q *respond.Request) ([]byte, bool) {
	m, err := parseMessage(q.Payload, inband.SwitchRequest)
	if err != nil || ether.IsGroup(q.Dst) && m.op != opHello {
		return dst, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	room := len(q.Payload) - inband.HeaderLen - messageLen
	a := p.do(m, [6]byte(q.Src), room)
	a.op, a.number = m.op, m.number
	return inband.Append(dst, inband.SwitchReply, a.append(nil)), len(a.rest) <= room
}

// do does what was asked. A question that is asked again gets the same answer
// and is not done again.
func (p *Partner) do(m message, from [6]byte, room int) message {
	switch m.op {
	case opHello:
		return message{}
	case opBegin:
		return p.begin(m, from)
	}
	if p.port == nil || m.token != p.token || from != p.peer {
		return message{status: unknown}
	}
	p.ends.Reset(lease)
	if m.number == p.number {
		return p.answer
	}
	p.credit = min(p.credit+room, mostCredit)
	a := message{token: p.token}
	switch m.op {
	case opSend:
		a.rest, a.status = p.send(m.rest)
	case opCollect:
		a.rest = p.collect(room)
	case opEnd:
		p.end()
	}
	p.number, p.answer = m.number, a
	return a
}

// begin begins a test, instead of an earlier one of the same peer.
func (p *Partner) begin(m message, from [6]byte) message {
	if len(m.rest) < 4 {
		return message{status: refused}
	}
	id := session(binary.BigEndian.Uint32(m.rest))
	switch {
	case p.port == nil:
	case from != p.peer:
		return message{status: busy}
	case id == p.id && m.number == p.number:
		return p.answer
	default:
		p.end()
	}
	port, err := p.open()
	if err != nil {
		return message{status: unable}
	}
	var token [8]byte
	rand.Read(token[:])
	p.port, p.peer, p.id, p.token = port, from, id, binary.BigEndian.Uint64(token[:])
	p.frames, p.lost, p.credit, p.number = nil, 0, 0, m.number
	p.ends = time.AfterFunc(lease, func() { p.expire(port) })
	go p.receive(port)
	p.answer = message{token: p.token, rest: binary.BigEndian.AppendUint16(nil, uint16(min(port.MTU(), 0xffff)))}
	return p.answer
}

func (p *Partner) expire(port iface.Port) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.port == port {
		p.end()
	}
}

func (p *Partner) end() {
	if p.port != nil {
		p.ends.Stop()
		p.port.Close()
		p.port, p.frames = nil, nil
	}
}

// send sends the frames of a question that are test frames and paid for.
func (p *Partner) send(b []byte) ([]byte, status) {
	if len(b) == 0 {
		return []byte{0}, refused
	}
	n, b := b[0], b[1:]
	for sent := range n {
		f, rest, err := parsePacked(b)
		if err != nil {
			return []byte{sent}, refused
		}
		b = rest
		frame := f.frame(nil)
		switch {
		case !p.id.owns(frame):
			return []byte{sent}, refused
		case len(frame) > p.credit:
			return []byte{sent}, indebted
		}
		if _, err := p.port.Send([][]byte{frame}); err != nil {
			return []byte{sent}, unable
		}
		p.credit -= len(frame)
	}
	return []byte{n}, done
}

// owns says whether a frame is one of a session's, or one too short to say so.
func (id session) owns(frame []byte) bool {
	h, payload, err := ether.Parse(frame)
	if err != nil {
		return false
	}
	if _, ok := id.find(frame); ok {
		return true
	}
	return h.Type == probe.EtherType && len(payload) < probe.Size+6 && len(frame) < shortest
}

// receive keeps the frames of the test that arrive, as many as there is room
// for.
func (p *Partner) receive(port iface.Port) {
	rx := make([]iface.Received, burst)
	for {
		n, err := port.Receive(rx)
		p.keep(port, rx[:max(n, 0)])
		switch {
		case err == nil, errors.Is(err, iface.ErrDown), errors.Is(err, os.ErrDeadlineExceeded):
		case errors.Is(err, net.ErrClosed):
			return
		default:
			p.expire(port)
			return
		}
	}
}

func (p *Partner) keep(port iface.Port, rx []iface.Received) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.port != port {
		return
	}
	for i := range rx {
		b := rx[i].Bytes
		if _, ok := p.id.find(b); !ok && !short(b) || talk(b) {
			continue
		}
		if len(p.frames) == mostFrames {
			p.lost++
			continue
		}
		kept := pack(b).append(nil)
		p.frames = append(p.frames, binary.BigEndian.AppendUint64(kept, uint64(rx[i].At.UnixNano())))
	}
}

// short says whether a frame may be a test frame without room for a mark. Such
// a one may have been padded.
func short(b []byte) bool {
	h, _, err := ether.Parse(b)
	return err == nil && h.Type == probe.EtherType && len(b) <= shortest+8
}

// talk says whether a frame is a message between two ends of a test. The
// frames that it tells of have marks too.
func talk(b []byte) bool {
	h, payload, err := ether.Parse(b)
	if err != nil || h.Type != inband.EtherType {
		return false
	}
	_, _, err = inband.Parse(payload)
	return err == nil
}

// collect is the frames that arrived, as many as there is room for.
func (p *Partner) collect(room int) []byte {
	c, err := p.port.Counters()
	if err != nil {
		c = iface.Counters{}
	}
	b := binary.BigEndian.AppendUint64(nil, c.SocketDropped+c.Interface.RxMissed+p.lost)
	b = binary.BigEndian.AppendUint64(b, c.CarrierChanges)
	b = append(b, 0, 0)
	if len(b) > room {
		return nil
	}
	n := 0
	for n < len(p.frames) && n < 255 && len(b)+len(p.frames[n]) <= room {
		b = append(b, p.frames[n]...)
		n++
	}
	p.frames = p.frames[n:]
	if len(p.frames) > 0 {
		b[16] = 1
	}
	b[17] = byte(n)
	return b
}
