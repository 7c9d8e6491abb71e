package switchtest

import (
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/iface"
)

// overhead is what a message has in front of what belongs to it, behind the
// Ethernet header.
const overhead = inband.HeaderLen + messageLen

// line is a port that also carries the talk with a partner: answers are taken
// out of what it receives.
type line struct {
	iface.Port
	peer    MAC
	own     MAC
	answers chan message
	sending sync.Mutex
}

func newLine(port iface.Port, to net.HardwareAddr) *line {
	l := &line{Port: port, answers: make(chan message, 16)}
	copy(l.peer[:], to)
	copy(l.own[:], port.HardwareAddr())
	return l
}

// frame is a question in a frame of at least so many bytes.
func (l *line) frame(m message, size int) []byte {
	h := ether.Header{Dst: l.peer[:], Src: l.own[:], Type: inband.EtherType}
	body := m.append(nil)
	body = append(body, make([]byte, max(max(size, shortest)-headerLen-inband.HeaderLen-len(body), 0))...)
	return inband.Append(h.Append(nil), inband.SwitchRequest, body)
}

// Unwrap lets the inner port's abilities be found.
func (l *line) Unwrap() iface.Port { return l.Port }

func (l *line) send(frame []byte) error {
	_, err := l.Send([][]byte{frame})
	return err
}

// Send sends frames of the test and questions alike.
func (l *line) Send(frames [][]byte) (int, error) {
	l.sending.Lock()
	defer l.sending.Unlock()
	return l.Port.Send(frames)
}

// Receive is the port's, without the answers of the partner.
func (l *line) Receive(rx []iface.Received) (int, error) {
	for {
		n, err := l.Port.Receive(rx)
		kept := 0
		for i := range rx[:max(n, 0)] {
			if !l.takes(rx[i].Bytes) {
				rx[kept], rx[i] = rx[i], rx[kept]
				kept++
			}
		}
		if kept > 0 || err != nil {
			return kept, err
		}
	}
}

// takes says whether a frame is an answer, and passes it on. One that nobody
// waits for is dropped.
func (l *line) takes(frame []byte) bool {
	h, payload, err := ether.Parse(frame)
	if err != nil || h.Type != inband.EtherType || !slices.Equal(h.Src, l.peer[:]) || !slices.Equal(h.Dst, l.own[:]) {
		return false
	}
	m, err := parseMessage(payload, inband.SwitchReply)
	if err != nil {
		return false
	}
	m.rest = slices.Clone(m.rest)
	select {
	case l.answers <- m:
	default:
	}
	return true
}

// serve receives while no test does, until stop.
func (l *line) serve() (stop func()) {
	finished := make(chan struct{})
	l.SetReadDeadline(time.Time{})
	go func() {
		defer close(finished)
		rx := make([]iface.Received, burst)
		for {
			if _, err := l.Receive(rx); err != nil {
				return
			}
		}
	}()
	return func() {
		l.SetReadDeadline(time.Now())
		<-finished
		l.SetReadDeadline(time.Time{})
	}
}

// findFor is how long partners have to answer a hello.
const findFor = 200 * time.Millisecond

// Find says hello to everybody and returns the addresses of the partners that
// answer, at most 16, in the order they did.
func Find(ctx context.Context, port iface.Port) ([]net.HardwareAddr, error) {
	l := newLine(port, net.HardwareAddr(broadcast[:]))
	defer port.SetReadDeadline(time.Time{})
	var found []net.HardwareAddr
	rx := make([]iface.Received, burst)
	for try := 0; try < 3 && len(found) == 0; try++ {
		if err := l.send(l.frame(message{op: opHello, number: uint32(try)}, 0)); err != nil {
			return nil, err
		}
		for until := time.Now().Add(findFor); time.Now().Before(until); {
			port.SetReadDeadline(until)
			n, err := port.Receive(rx)
			for i := range rx[:max(n, 0)] {
				found = l.heard(rx[i].Bytes, found)
			}
			switch {
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case err != nil && !errors.Is(err, os.ErrDeadlineExceeded):
				return nil, err
			}
		}
	}
	if len(found) == 0 {
		return nil, ErrNoPartner
	}
	return found, nil
}

// heard adds the sender of an answer to those found.
func (l *line) heard(frame []byte, found []net.HardwareAddr) []net.HardwareAddr {
	h, payload, err := ether.Parse(frame)
	if err != nil || h.Type != inband.EtherType || !slices.Equal(h.Dst, l.own[:]) || ether.IsGroup(h.Src) || len(found) == 16 {
		return found
	}
	m, err := parseMessage(payload, inband.SwitchReply)
	if err != nil || m.op != opHello || slices.ContainsFunc(found, func(a net.HardwareAddr) bool { return slices.Equal(a, h.Src) }) {
		return found
	}
	return append(found, slices.Clone(h.Src))
}
