package talk

import (
	"errors"
	"sync"
	"time"
)

// Session is a test as the Reflector sees it.
type Session struct {
	// Peer is the address that asks, and the only one that anything of the
	// test may be sent to. Own is the address that was asked.
	Peer, Own [6]byte

	service Service
	token   uint64
	first   uint32 // number of the question that began it
	test    Test
	lease   *time.Timer
	heardAt time.Time
	lapsed  bool
	ended   bool

	// The last question and its answer.
	number uint32
	asked  []byte
	answer []byte
	status status
	done   bool

	mu      sync.Mutex
	credit  int
	reserve int // bytes of credit that are kept, where that is more than mostCredit
	window  *Window
}

const (
	// mostCredit bounds the bytes that may be sent at once without a proof.
	mostCredit = 1 << 16
	// MostReserve bounds what Reserve lets a session keep, in bytes.
	MostReserve = 4 << 20
)

// Reserve lets the session keep so many bytes of credit, at most MostReserve, for
// a service that sends slowly and has to go on while questions do not get
// through. Each of them has been heard from the peer.
func (s *Session) Reserve(bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reserve = min(bytes, MostReserve)
}

// Credit is how many bytes Spend would give.
func (s *Session) Credit() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.credit
}

// heard notes a question of so many bytes.
func (s *Session) heard(size int) {
	s.heardAt = time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.credit = min(s.credit+size, max(mostCredit, s.reserve))
}

// answered notes what goes back for it.
func (s *Session) answered(size int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.credit -= size
}

// Spend takes bytes, of frames about to be sent to the peer, out of what was
// heard from it and not yet answered. It says whether there was enough.
func (s *Session) Spend(bytes int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes > s.credit {
		return false
	}
	s.credit -= bytes
	return true
}

// prove passes a proof on.
func (s *Session) prove(b []byte) {
	s.mu.Lock()
	w := s.window
	s.mu.Unlock()
	if p, err := parseProof(b); err == nil && w != nil {
		w.prove(p)
	}
}

// question deals with one question: it puts its text together, has it done
// once, and answers with the piece that is wanted.
func (s *Session) question(m message, room int, do func(Op, []byte, int) ([]byte, error)) (message, bool) {
	switch ahead := int32(m.number - s.number); {
	case ahead < 0:
		return message{}, false // an old one that took its time
	case ahead > 0:
		s.number, s.done, s.asked, s.answer = m.number, false, s.asked[:0], nil
	}
	a := message{token: s.token}
	if !s.done {
		if int(m.offset) == len(s.asked) {
			s.asked = append(s.asked, m.piece...)
		}
		if len(s.asked) < int(m.total) {
			a.status, a.offset, a.total = more, uint32(len(s.asked)), m.total
			return a, true
		}
		s.finish(do(m.op, s.asked, room))
	}
	from := min(int(m.want), len(s.answer))
	to := min(from+max(room, 0), len(s.answer))
	a.status, a.total, a.offset, a.piece = s.status, uint32(len(s.answer)), uint32(from), s.answer[from:to]
	return a, true
}

// finish keeps the answer to the question at hand.
func (s *Session) finish(text []byte, err error) {
	s.done, s.status, s.answer = true, done, text
	if len(text) > MaxText {
		err = errors.New("the answer is too long")
	}
	if err != nil {
		s.status, s.answer = refused, []byte(err.Error())
	}
}
