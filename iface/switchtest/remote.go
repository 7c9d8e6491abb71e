package switchtest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/talk"
)

// pollEvery is how often the other end is asked what arrived there.
const pollEvery = 4 * time.Millisecond

// Remote is a port of another machine: what is sent from it and what arrives
// there is asked of a Peer, in frames through the switch under test. It
// takes test frames of this package only.
type Remote struct {
	line    *line
	session session
	mtu     int

	mu       sync.Mutex
	counters iface.Counters
	arrived  []arrivedFrame
	deadline time.Time
	changed  chan struct{} // the deadline was set
	closed   bool
}

type arrivedFrame struct {
	frame packed
	at    time.Time
}

// Dial begins a test with the peer at an address. It returns the port given,
// through which the test has to go on, and the port at the other end. Until
// Check runs nothing else may receive from the port.
func Dial(ctx context.Context, port iface.Port, to net.HardwareAddr, key seal.Key) (here iface.Port, there *Remote, err error) {
	l := newLine(port, to, key)
	r := &Remote{line: l, session: session(rand.Uint32() & 0xffffff), changed: make(chan struct{}, 1)}
	stop := l.serve()
	defer stop()
	answer, err := l.ask.Begin(ctx, talk.Switch, binary.BigEndian.AppendUint32(nil, uint32(r.session)), headerLen+port.MTU())
	switch {
	case err != nil:
		return nil, nil, err
	case len(answer) != 2:
		return nil, nil, fmt.Errorf("%s: %w", to, statuses)
	}
	l.ask.Patience = askPatience
	r.mtu = int(binary.BigEndian.Uint16(answer))
	return l, r, nil
}

// askPatience is how long the peer is asked one thing while the test lasts.
const askPatience = 2500 * time.Millisecond

// question asks in a frame of so many bytes at least.
func (r *Remote) question(op talk.Op, text []byte, size int) ([]byte, error) {
	answer, err := r.line.ask.AskIn(context.Background(), op, text, size)
	if errors.Is(err, talk.ErrNoPeer) {
		err = fmt.Errorf("%w: the peer does not reply", errSilent)
	}
	return answer, err
}

// Send lets the other end send frames, in questions as long as they are.
func (r *Remote) Send(frames [][]byte) (n int, err error) {
	for n < len(frames) {
		var body []byte
		count, bytes := 0, 0
		for _, f := range frames[n:] {
			p := pack(f)
			if count > 0 && (bytes+len(f) > r.room() || len(body)+p.size() > r.room()-1 || count == 255) {
				break
			}
			body = p.append(body)
			bytes += len(f)
			count++
		}
		sent, err := r.sendSome(append([]byte{byte(count)}, body...), bytes)
		n += sent
		if err != nil {
			return n, fmt.Errorf("%s: %w", r.Name(), err)
		}
	}
	return n, nil
}

// room is how many bytes of a question are for what belongs to it.
func (r *Remote) room() int { return r.line.ask.Room() }

// most is the length of the longest question.
func (r *Remote) most() int { return r.room() + talk.Overhead }

// sendSome asks for some frames. What is too long to be asked for at once is
// paid for in advance, by asking for other things with long questions. The
// answer is paid for too.
func (r *Remote) sendSome(body []byte, bytes int) (int, error) {
	for paid := 0; ; paid++ {
		a, err := r.question(opSend, body, bytes+2*talk.Overhead)
		if err != nil {
			return 0, err
		}
		if len(a) != 2 {
			return 0, statuses
		}
		sent, why := int(a[1]), status(a[0])
		switch {
		case why == done, why == indebted && sent > 0:
			return sent, nil
		case why != indebted || paid > 20:
			return sent, why
		}
		if err := r.collect(r.most()); err != nil {
			return 0, err
		}
	}
}

// collect asks what arrived, with a question of so many bytes.
func (r *Remote) collect(size int) error {
	a, err := r.question(opCollect, nil, size)
	if err != nil || len(a) < collectHead {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counters.SocketDropped = binary.BigEndian.Uint64(a)
	r.counters.CarrierChanges = binary.BigEndian.Uint64(a[8:])
	b := a[collectHead:]
	for range a[17] {
		p, rest, err := parsePacked(b)
		if err != nil || len(rest) < 8 {
			return nil // the rest is damaged: it will be missed
		}
		r.arrived = append(r.arrived, arrivedFrame{p, time.Unix(0, int64(binary.BigEndian.Uint64(rest)))})
		b = rest[8:]
	}
	return nil
}

// Receive is what arrived at the other end. Times are those of its clock.
func (r *Remote) Receive(rx []iface.Received) (int, error) {
	for {
		if n, err := r.take(rx); n > 0 || err != nil {
			return n, err
		}
		// Ask with few bytes, and with many as long as something comes.
		for size, before := r.most()/4, -1; r.waiting() > before && r.waiting() < len(rx); size = r.most() {
			before = r.waiting()
			if err := r.collect(size); err != nil && !errors.Is(err, errSilent) {
				return 0, fmt.Errorf("%s: %w", r.Name(), err)
			}
		}
		if r.waiting() > 0 {
			continue
		}
		pause := time.NewTimer(pollEvery)
		select {
		case <-pause.C:
		case <-r.changed:
			pause.Stop()
		}
	}
}

// waiting is how many frames were collected and not handed out.
func (r *Remote) waiting() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.arrived)
}

// take hands out what was collected.
func (r *Remote) take(rx []iface.Received) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return 0, net.ErrClosed
	case !r.deadline.IsZero() && !time.Now().Before(r.deadline):
		return 0, os.ErrDeadlineExceeded
	}
	n := min(len(rx), len(r.arrived))
	for i, a := range r.arrived[:n] {
		b := a.frame.frame(rx[i].Bytes[:0])
		rx[i] = iface.Received{Bytes: b, Length: len(b), At: a.at}
	}
	r.arrived = slices.Delete(r.arrived, 0, n)
	r.counters.Delivered += uint64(n)
	return n, nil
}

// Name is the peer's address.
func (r *Remote) Name() string { return r.line.ask.Peer().String() }

// HardwareAddr is the address of the peer's interface.
func (r *Remote) HardwareAddr() net.HardwareAddr {
	return slices.Clone(r.line.ask.Peer())
}

// MTU is that of the peer's interface.
func (r *Remote) MTU() int { return r.mtu }

// SetReadDeadline ends Receive, as that of other ports does.
func (r *Remote) SetReadDeadline(t time.Time) error {
	r.mu.Lock()
	r.deadline = t
	r.mu.Unlock()
	select {
	case r.changed <- struct{}{}:
	default:
	}
	return nil
}

// Counters is what the peer last said it had lost.
func (r *Remote) Counters() (iface.Counters, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counters, nil
}

// Close tells the peer that the test is over.
func (r *Remote) Close() error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	stop := r.line.serve()
	defer stop()
	return r.line.ask.End(context.Background())
}
