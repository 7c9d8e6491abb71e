package switchtest

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"

	"eterm/frame/ether"
	"eterm/frame/probe"
	"eterm/iface"
	"eterm/iface/talk"
)

// The operations of switch tests over package talk. A test begins with the
// session (4 bytes) and is answered with the MTU (2).
const (
	// opSend: number of frames (1), frames packed. Its answer: a status (1),
	// how many were sent (1).
	opSend = talk.FirstOp + iota
	// opCollect: nothing. Its answer: frames lost by the host (8), carrier
	// changes (8), whether there is more (1), number of frames (1), and those,
	// packed, each with its time (8).
	opCollect
)

// status says why a peer did not send what it was asked to.
type status uint8

const (
	done     status = iota
	unable          // the interface does not work
	indebted        // more bytes to send than were received: ask with more
	refused         // not a frame of this test
	statuses
)

// Error says it.
func (s status) Error() string {
	return "the other end " + [...]string{
		"did it", "cannot use its interface", "was asked with too few bytes", "refuses to send what is no test frame", "says nothing of use",
	}[min(s, statuses)]
}

// mostFrames bounds what a peer keeps until it is collected.
const mostFrames = 8192

// Peer is the reflector's end of a test between two machines: a service of a
// talk.Reflector. It sends the test frames it is asked for, never more bytes
// than it was asked with, and tells which ones arrived.
type Peer struct {
	// open opens the interface, all frames included, for as long as a test
	// takes.
	open func() (iface.Port, error)
}

// NewPeer makes a peer on the interface that open opens.
func NewPeer(open func() (iface.Port, error)) *Peer { return &Peer{open: open} }

// Begin takes on a test: it is the talk.Server.
func (p *Peer) Begin(s *talk.Session, text []byte, _ int) (talk.Test, []byte, error) {
	if len(text) != 4 {
		return nil, nil, errors.New("not a switch test of this version")
	}
	port, err := p.open()
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	t := &remoteTest{session: s, id: session(binary.BigEndian.Uint32(text)), port: port, cancel: cancel, over: make(chan struct{})}
	go t.receive(ctx)
	return t, binary.BigEndian.AppendUint16(nil, uint16(min(port.MTU(), 0xffff))), nil
}

// remoteTest is a test at its peer.
type remoteTest struct {
	session *talk.Session
	id      session
	port    iface.Port
	cancel  context.CancelFunc
	over    chan struct{}

	mu     sync.Mutex
	frames [][]byte // packed, with their time behind
	lost   uint64
	closed bool
}

// Do does what was asked.
func (t *remoteTest) Do(op talk.Op, text []byte, room int) ([]byte, error) {
	switch op {
	case opSend:
		n, s := t.send(text)
		return []byte{byte(s), n}, nil
	case opCollect:
		return t.collect(room), nil
	}
	return nil, errors.New("not an operation of switch tests")
}

// Lapse ends the test: there is nothing to come back for.
func (t *remoteTest) Lapse() { t.End() }

// End gives the interface back.
func (t *remoteTest) End() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.closed, t.frames = true, nil
		t.cancel()
		t.port.Close()
	}
}

// send sends the frames of a question that are test frames and paid for.
func (t *remoteTest) send(b []byte) (sent byte, why status) {
	if len(b) == 0 {
		return 0, refused
	}
	n, b := b[0], b[1:]
	for ; sent < n; sent++ {
		f, rest, err := parsePacked(b)
		if err != nil {
			return sent, refused
		}
		b = rest
		frame := f.frame(nil)
		switch {
		case !t.id.owns(frame):
			return sent, refused
		case !t.session.Spend(max(len(frame), ether.MinFrame)):
			return sent, indebted
		}
		if _, err := t.port.Send([][]byte{frame}); err != nil {
			return sent, unable
		}
	}
	return sent, done
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
func (t *remoteTest) receive(ctx context.Context) {
	defer close(t.over)
	_ = iface.Frames(ctx, t.port, make([]iface.Received, burst), func(rx []iface.Received) error {
		t.keep(rx)
		return nil
	})
}

func (t *remoteTest) keep(rx []iface.Received) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range rx {
		b := rx[i].Bytes
		if _, ok := t.id.find(b); !ok && !short(b) || talk.Is(b) {
			continue
		}
		if len(t.frames) == mostFrames {
			t.lost++
			continue
		}
		kept := pack(b).append(nil)
		t.frames = append(t.frames, binary.BigEndian.AppendUint64(kept, uint64(rx[i].At.UnixNano())))
	}
}

// short says whether a frame may be a test frame without room for a mark. Such
// a one may have been padded.
func short(b []byte) bool {
	h, _, err := ether.Parse(b)
	return err == nil && h.Type == probe.EtherType && len(b) <= shortest+8
}

// collectHead is the length of an answer to opCollect without frames.
const collectHead = 18

// collect is the frames that arrived, as many as there is room for.
func (t *remoteTest) collect(room int) []byte {
	c, err := t.port.Counters()
	if err != nil {
		c = iface.Counters{}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	b := binary.BigEndian.AppendUint64(nil, c.HostDropped()+t.lost)
	b = binary.BigEndian.AppendUint64(b, c.CarrierChanges)
	b = append(b, 0, 0)
	n := 0
	for n < len(t.frames) && n < 255 && len(b)+len(t.frames[n]) <= room {
		b = append(b, t.frames[n]...)
		n++
	}
	t.frames = t.frames[n:]
	if len(t.frames) > 0 {
		b[16] = 1
	}
	b[17] = byte(n)
	return b
}
