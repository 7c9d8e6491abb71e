// Package loop finds out that frames of ours go round in a network without end,
// so that who sends stops at once and does not feed the storm.
//
// A frame that comes back to the port that sent it shows a loop the first time.
// At another port a frame may come twice for good reasons; more than ten copies
// within a second have none.
package loop

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"eterm/iface"
)

// Limits of a Guard.
const (
	// Copies of one frame within Window are no loop yet, one more is.
	Copies = 10
	Window = time.Second
	// remembered is how many of the frames sent last are known again.
	remembered = 1024
)

// Error says that there is a loop.
type Error struct {
	Port string
	// Returned: a frame came back to the port that had sent it.
	Returned bool
	// Seen copies of one frame came within so much time, of how many sent.
	Seen   int
	Within time.Duration
	// Frame is the one that showed it, where it was kept.
	Frame []byte
}

// Error says what was seen, and by how much the loop multiplies.
func (e *Error) Error() string {
	if e.Returned {
		return fmt.Sprintf("loop: a frame came back to %s, which had sent it%s: take the loop out of the network first", e.Port, e.gain())
	}
	return fmt.Sprintf("loop: one frame came to %s %d times within %v%s: take the loop out of the network first", e.Port, e.Seen, e.Within.Round(time.Microsecond), e.gain())
}

// gain is an estimate: what one frame sent becomes in a second.
func (e *Error) gain() string {
	if e.Within <= 0 || e.Seen < 2 {
		return ""
	}
	return fmt.Sprintf(" (one frame becomes about %.0f in a second)", float64(e.Seen)/e.Within.Seconds())
}

// Guard counts copies of frames in a table of fixed size: a storm costs no
// memory. Two frames that share a place forget each other, which is harmless,
// for a storm is of one frame. The zero Guard is ready.
type Guard [256]struct {
	key    uint64
	copies int
	since  time.Time
}

// Copy counts a frame known by a number, and returns an Error without a port
// when that is one copy too many.
func (g *Guard) Copy(key uint64, now time.Time) *Error {
	e := &g[(key*0x9e3779b97f4a7c15)>>56]
	if e.key != key || e.copies == 0 || now.Sub(e.since) > Window {
		e.key, e.copies, e.since = key, 0, now
	}
	if e.copies++; e.copies <= Copies {
		return nil
	}
	return &Error{Seen: e.copies, Within: now.Sub(e.since)}
}

// Watch is a port that notices when frames sent over it come back to it. From
// then on Send and Receive return an *Error, as wrap makes it where that is not
// nil. It knows the last 1,024 frames sent, and a frame again that was padded.
func Watch(port iface.Port, wrap func(error) error) iface.Port {
	if wrap == nil {
		wrap = func(err error) error { return err }
	}
	return &watched{Port: port, wrap: wrap, seed: maphash.MakeSeed()}
}

type watched struct {
	iface.Port
	wrap func(error) error
	seed maphash.Seed

	mu    sync.Mutex
	sent  [remembered]uint64 // by hash
	found error
}

// Unwrap is the port behind, for its abilities.
func (w *watched) Unwrap() iface.Port { return w.Port }

// Send sends, and remembers what.
func (w *watched) Send(frames [][]byte) (int, error) {
	w.mu.Lock()
	for _, f := range frames {
		h := w.hash(f)
		w.sent[h%remembered] = h
	}
	err := w.found
	w.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return w.Port.Send(frames)
}

// Receive receives, and looks whether any of it was sent here.
func (w *watched) Receive(rx []iface.Received) (int, error) {
	n, err := w.Port.Receive(rx)
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range rx[:max(n, 0)] {
		r := &rx[i]
		if w.found == nil && r.To != iface.Outgoing && len(r.Bytes) == r.Length {
			if h := w.hash(r.Bytes); w.sent[h%remembered] == h {
				w.found = w.wrap(&Error{Port: w.Port.Name(), Returned: true})
				return i, w.found
			}
		}
	}
	if w.found != nil {
		return 0, w.found
	}
	return n, err
}

// hash is of a frame without its padding; never 0.
func (w *watched) hash(frame []byte) uint64 {
	return maphash.Bytes(w.seed, bytes.TrimRight(frame, "\x00")) | 1
}
