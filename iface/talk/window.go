package talk

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	mathrand "math/rand/v2"
	"sync"
	"time"
)

// Proof is what a frame sent under a Window says and nothing else does: the
// number and time of its mark, and a random number.
type Proof struct{ Seq, Time, Nonce uint32 }

func (p Proof) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, p.Seq)
	dst = binary.BigEndian.AppendUint32(dst, p.Time)
	return binary.BigEndian.AppendUint32(dst, p.Nonce)
}

func parseProof(b []byte) (Proof, error) {
	if len(b) != 12 {
		return Proof{}, errForeign
	}
	u := binary.BigEndian.Uint32
	return Proof{u(b), u(b[4:]), u(b[8:])}, nil
}

// Window bounds what is sent to a peer by what it has proved to receive. Frames
// are sent in order, each after Take; now and then one is a challenge, whose
// Proof the peer tells. What was sent up to a challenge is proved by it.
type Window struct {
	session *Session
	most    uint64

	mu     sync.Mutex
	sent   uint64 // bytes
	proved uint64 // of them
	ahead  uint64 // bytes that may be sent beyond those proved
	last   time.Time
	at     uint64 // sent when the last challenge was
	asked  time.Time
	every  time.Duration // until the next one
	open   [challenges]challenge
	next   int
	// answered: the last challenge was, and so there was a proof since.
	answered bool
	changed  chan struct{}
}

type challenge struct {
	proof Proof
	sent  uint64
}

const (
	// challenges is how many the peer may still prove: with one every
	// challengeEvery or so, those of more than the last second.
	challenges     = 64
	challengeEvery = 25 * time.Millisecond
)

// ErrUnproven means that the peer has not proved for ProofLease that it receives.
var ErrUnproven = errors.New("the peer does not prove that it receives")

// NewWindow opens the window of a session, in the end to most bytes. It begins
// with what the peer has paid for, less the answer about to be given, whose text
// has so many bytes.
func NewWindow(s *Session, most uint64, answer int) *Window {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := max(s.credit-Overhead-answer, 0)
	w := &Window{session: s, most: most, ahead: uint64(first), last: time.Now(), changed: make(chan struct{}, 1)}
	s.credit -= first
	s.window = w
	return w
}

// Take takes so many bytes out of the window, if it is open and there is room.
func (w *Window) Take(bytes int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.isOpen() || w.sent+uint64(bytes) > w.proved+w.ahead {
		return false
	}
	w.sent += uint64(bytes)
	return true
}

// Open says whether there was a proof within ProofLease. Whether there is room
// is another matter.
func (w *Window) Open() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.isOpen()
}

func (w *Window) isOpen() bool { return time.Since(w.last) < ProofLease }

// Due says whether a challenge of so many bytes should be sent now, and takes
// it out of the window, or of the peer's credit where that is closed: now and
// then, and as long as the window grows whenever the last one was proved.
func (w *Window) Due(bytes int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	growing := w.ahead < w.most && w.answered
	if !growing && w.sent-w.at < w.ahead/4 && now.Sub(w.asked) < w.every {
		return false
	}
	if w.isOpen() && w.sent+uint64(bytes) <= w.proved+w.ahead {
		w.sent += uint64(bytes)
	} else if !w.session.Spend(bytes) {
		return false
	}
	w.at, w.asked, w.answered = w.sent, now, false
	// At any time of half to one and a half of it: where a device loses in step
	// with the load, challenges in step with that would all be lost.
	w.every = challengeEvery/2 + mathrand.N(challengeEvery)
	return true
}

// Challenge notes a challenge about to be sent, and says what it has to carry.
func (w *Window) Challenge(seq, at uint32) (nonce uint32) {
	var b [4]byte
	rand.Read(b[:])
	nonce = binary.BigEndian.Uint32(b[:]) | 1 // never 0, which is none
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[w.next%challenges] = challenge{Proof{seq, at, nonce}, w.sent}
	w.next++
	return nonce
}

// prove takes a proof. Each counts once.
func (w *Window) prove(p Proof) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.open {
		c := &w.open[i]
		if p.Nonce == 0 || c.proof != p {
			continue
		}
		w.last = time.Now()
		w.proved = max(w.proved, c.sent)
		*c, w.answered = challenge{}, true
		w.ahead = min(2*w.ahead, max(w.most, w.ahead))
		select {
		case w.changed <- struct{}{}:
		default:
		}
		return
	}
}

// Ahead is how many bytes may be sent beyond those proved, and how many may be
// in the end.
func (w *Window) Ahead() (now, most uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ahead, w.most
}

// Changed gets a value after a proof.
func (w *Window) Changed() <-chan struct{} { return w.changed }
