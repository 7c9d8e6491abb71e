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

	"eterm/iface"
)

// pollEvery is how often the other end is asked what arrived there.
const pollEvery = 4 * time.Millisecond

// ErrNoPartner: nobody answers, or nobody at that address.
var ErrNoPartner = errors.New("no partner answers: start \"eterm respond\" on the other machine, and see that it is on this network")

// Remote is a port of another machine: what is sent from it and what arrives
// there is asked of a Partner, in frames through the switch under test. It
// takes test frames of this package only.
type Remote struct {
	line    *line
	session session
	token   uint64
	most    int // bytes of the longest question
	mtu     int

	ask    sync.Mutex // one question at a time
	number uint32

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

// Dial finds the partner at an address. It returns the port given, through
// which the test has to go on, and the port at the other end. Until Check runs
// nothing else may receive from the port.
func Dial(ctx context.Context, port iface.Port, to net.HardwareAddr) (here iface.Port, there *Remote, err error) {
	l := newLine(port, to)
	r := &Remote{line: l, session: session(rand.Uint32() & 0xffffff), number: rand.Uint32(), changed: make(chan struct{}, 1)}
	stop := l.serve()
	defer stop()
	begin := message{op: opBegin, rest: binary.BigEndian.AppendUint32(nil, uint32(r.session))}
	for _, most := range []int{min(longest, headerLen+port.MTU()), 590, 124} {
		r.most = most
		a, err := r.question(ctx, begin, most, 3)
		switch {
		case err == nil && len(a.rest) >= 2:
			r.token, r.mtu = a.token, int(binary.BigEndian.Uint16(a.rest))
			return l, r, nil
		case !errors.Is(err, errSilent):
			return nil, nil, err
		}
	}
	return nil, nil, fmt.Errorf("%s: %w", to, ErrNoPartner)
}

// question asks and waits for the answer, up to so many times, in a frame of at
// least so many bytes.
func (r *Remote) question(ctx context.Context, m message, size, tries int) (message, error) {
	r.ask.Lock()
	defer r.ask.Unlock()
	r.number++
	m.token, m.number = r.token, r.number
	frame := r.line.frame(m, size)
	for try := range tries {
		if err := r.line.send(frame); err != nil {
			return message{}, err
		}
		timeout := time.NewTimer(30 * time.Millisecond << (2 * try))
		for waiting := true; waiting; {
			select {
			case a := <-r.line.answers:
				if a.op != m.op || a.number != m.number {
					continue // to a question asked twice
				}
				timeout.Stop()
				if a.status != done {
					return a, a.status
				}
				return a, nil
			case <-timeout.C:
				waiting = false
			case <-ctx.Done():
				return message{}, ctx.Err()
			}
		}
	}
	return message{}, fmt.Errorf("%w: the other end does not answer", errSilent)
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
func (r *Remote) room() int { return r.most - headerLen - overhead }

// sendSome asks for some frames. What is too long to be asked for at once is
// paid for in advance, by asking for other things with long questions.
func (r *Remote) sendSome(body []byte, bytes int) (int, error) {
	for paid := 0; ; paid++ {
		a, err := r.question(context.Background(), message{op: opSend, rest: body}, min(bytes+headerLen+overhead, r.most), 4)
		sent := 0
		if len(a.rest) > 0 {
			sent = int(a.rest[0])
		}
		if !errors.Is(err, indebted) || sent > 0 || paid > 20 {
			if errors.Is(err, indebted) && sent > 0 {
				err = nil
			}
			return sent, err
		}
		if err := r.collect(r.most); err != nil {
			return 0, err
		}
	}
}

// collect asks what arrived, with a question of so many bytes.
func (r *Remote) collect(size int) error {
	a, err := r.question(context.Background(), message{op: opCollect}, size, 4)
	if err != nil || len(a.rest) < 18 {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counters.SocketDropped = binary.BigEndian.Uint64(a.rest)
	r.counters.CarrierChanges = binary.BigEndian.Uint64(a.rest[8:])
	b := a.rest[18:]
	for range a.rest[17] {
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
		for size, before := r.most/4, -1; r.waiting() > before && r.waiting() < len(rx); size = r.most {
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

// Name is the partner's address.
func (r *Remote) Name() string { return r.line.peer.String() }

// HardwareAddr is the address of the partner's interface.
func (r *Remote) HardwareAddr() net.HardwareAddr {
	return slices.Clone(net.HardwareAddr(r.line.peer[:]))
}

// MTU is that of the partner's interface.
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

// Counters is what the partner last said it had lost.
func (r *Remote) Counters() (iface.Counters, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counters, nil
}

// Close tells the partner that the test is over.
func (r *Remote) Close() error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	stop := r.line.serve()
	defer stop()
	_, err := r.question(context.Background(), message{op: opEnd}, 0, 2)
	return err
}
