package switchtest

import (
	"bytes"
	"sync"
	"time"

	"eterm/frame/seal"
	"eterm/iface/loop"
)

// side is one port of the switch, by the letter it has on the card.
type side uint8

const (
	portA side = iota
	portB
	portC // the third port, where there is one
	sides
)

func (s side) String() string { return string('A' + rune(s)) }

// kept is how many copies of one frame are kept at each port; more are counted.
const kept = 3

// A flight is one frame on its way, and what arrived of it.
type flight struct {
	seq    uint32
	from   side
	spec   spec
	sent   []byte
	copies [sides]int
	bytes  [sides][][]byte
	// order is the place of the first copy among all arrivals, from 1.
	order [sides]uint64
	at    [sides]time.Time
}

// account holds the frames that are on their way, and is filled by the
// receivers of all ports.
type account struct {
	id  session
	key seal.Key // of the frames; the zero Key proves nothing

	mu      sync.Mutex
	open    map[uint32]*flight
	tiny    map[MAC]*flight // frames with no room for a mark, by source
	nextSeq uint32
	arrived uint64
	late    uint64 // test frames that came after their exchange was over
	ports   []side // that receive
	forged  uint64 // frames with a mark of this run that did not prove it
	absent  uint64 // test frames that did not come to a port, each counted at each
	guard   loop.Guard
	err     error // the first thing that ends the run
	changed chan struct{}
}

func newAccount(id session, key seal.Key) *account {
	return &account{id: id, key: key, open: map[uint32]*flight{}, tiny: map[MAC]*flight{}, changed: make(chan struct{}, 1)}
}

// launch gives frames their sequence numbers and waits for them from now on.
func (l *account) launch(from side, specs []spec) []*flight {
	l.mu.Lock()
	defer l.mu.Unlock()
	flights := make([]*flight, len(specs))
	for i, s := range specs {
		f := &flight{seq: l.nextSeq, from: from, spec: s, sent: l.frame(s, l.nextSeq, from)}
		l.nextSeq++
		l.open[f.seq] = f
		if s.unmarked() {
			l.tiny[s.src] = f
		}
		flights[i] = f
	}
	return flights
}

// land stops waiting for frames: nothing writes to them any more.
func (l *account) land(flights []*flight) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range flights {
		if l.open[f.seq] == f && f.spec.kind == test {
			for _, at := range l.ports {
				if at != f.from && f.copies[at] == 0 {
					l.absent++
				}
			}
		}
		delete(l.open, f.seq)
		if l.tiny[f.spec.src] == f {
			delete(l.tiny, f.spec.src)
		}
	}
}

// receive notes a frame that arrived at a port. The bytes are copied.
func (l *account) receive(at side, frame []byte, when time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, m, ours := l.match(frame)
	if !ours {
		return
	}
	if err := loops(&l.guard, m, at, frame); err != nil {
		l.fail(err)
	}
	if f == nil {
		if m.kind == test {
			l.late++
		}
		return
	}
	l.arrived++
	if f.copies[at] == 0 {
		f.order[at], f.at[at] = l.arrived, when
	}
	f.copies[at]++
	if len(f.bytes[at]) < kept && f.spec.kind == test {
		f.bytes[at] = append(f.bytes[at], bytes.Clone(frame))
	}
	l.notify()
}

// loops counts a frame that arrived at a port, and is an error if that shows a
// loop: the port had sent it itself, or it comes again and again.
func loops(g *loop.Guard, m mark, at side, frame []byte) error {
	err := &loop.Error{Returned: true}
	if m.from != at {
		err = g.Copy(uint64(m.seq)*uint64(sides)+uint64(at), time.Now())
	}
	if err == nil {
		return nil
	}
	err.Port, err.Frame = portWord+at.String(), bytes.Clone(frame)
	return err
}

// portWord is before the letter of a port where a sentence names one.
const portWord = "port "

// match finds the flight a frame belongs to; nil if its exchange is over.
func (l *account) match(frame []byte) (*flight, mark, bool) {
	if m, f, ok := l.id.look(frame); ok {
		of := l.open[m.seq]
		if !l.proves(frame, &f, m, of) {
			l.forged++
			return nil, mark{}, false
		}
		return of, m, true
	}
	if len(frame) >= headerLen {
		if f := l.tiny[MAC(frame[6:12])]; f != nil && MAC(frame[:6]) == f.spec.dst {
			return f, mark{seq: f.seq, from: f.from}, true
		}
	}
	return nil, mark{}, false
}

// fail ends the run with the first error.
func (l *account) fail(err error) {
	if l.err == nil {
		l.err = err
	}
	l.notify()
}

func (l *account) notify() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// failure is what ended the run, or nil.
func (l *account) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// reached says whether a frame on its way has arrived at a port.
func (l *account) reached(f *flight, at side) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return f.copies[at] > 0
}
