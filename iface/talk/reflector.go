package talk

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/frame/seal"
	"eterm/iface/respond"
)

// A Server takes on the tests of one service.
type Server interface {
	// Begin takes on a test; text is what the asker says of it. The text it
	// returns is the answer, with or without an error; room is how much of it
	// fits into one frame. It is called with no other call of this Reflector
	// under way, and so are the methods of Test.
	Begin(s *Session, text []byte, room int) (Test, []byte, error)
}

// A Test is one test at the end that answers.
type Test interface {
	// Do does what an operation asks and answers with a text. It may keep
	// neither text.
	Do(op Op, text []byte, room int) ([]byte, error)
	// Lapse: nothing was asked for Lease. What the test sends must stop; its
	// account may still be asked for.
	Lapse()
	// End: nothing will be asked any more. It follows Lapse, or comes alone.
	End()
}

// Reflector answers the questions of Askers.
type Reflector struct {
	// Keep is how long the account of a test that lapsed can be fetched; that
	// of NewReflector is KeepFor.
	Keep time.Duration

	key      seal.Key
	secret   seal.Key
	services map[Service]Server

	mu   sync.Mutex
	busy *Session   // the test under way
	kept []*Session // lapsed, latest last
}

// mostKept bounds the accounts of lapsed tests.
const mostKept = 4

// NewReflector makes a Reflector; its Answerer must be given to a
// respond.Responder. The zero key is that of everybody.
func NewReflector(key seal.Key, services map[Service]Server) *Reflector {
	return &Reflector{Keep: KeepFor, key: key, secret: randomKey(), services: services}
}

func randomKey() seal.Key {
	var b [16]byte
	rand.Read(b[:])
	return seal.Raw(b)
}

// Answerer answers questions.
func (r *Reflector) Answerer() respond.Answerer {
	return respond.Answerer{Name: "talk", Type: inband.EtherType, Group: true, Answer: r.answer}
}

// Close ends all tests.
func (r *Reflector) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range append(r.kept, r.busy) {
		if s != nil {
			r.end(s)
		}
	}
}

func (r *Reflector) answer(dst []byte, q *respond.Request) ([]byte, bool) {
	from := [6]byte(q.Src)
	m, size, err := parse(q.Payload, r.key, inband.TalkRequest, from)
	if err != nil || ether.IsGroup(q.Dst) && m.op != opHello {
		return dst, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	a, ok := r.do(m, from, [6]byte(q.Own), size)
	if !ok {
		return dst, false
	}
	a.service, a.op, a.number = m.service, m.op, m.number
	at := len(dst)
	dst = a.append(dst, r.key, inband.TalkReply, [6]byte(q.Own), 0)
	return dst, len(dst)-at <= size-headerLen
}

// do does what was asked in a frame of so many bytes, and says what to answer,
// if anything.
func (r *Reflector) do(m message, from, own [6]byte, size int) (message, bool) {
	if m.op == opHello {
		return message{token: r.token(from, time.Now())}, true
	}
	room := size - Overhead
	if m.op == opBegin {
		return r.begin(m, from, own, size)
	}
	s := r.find(m.token, from)
	if s == nil {
		return message{status: lapsed}, true
	}
	s.heard(size)
	if m.op == opProve {
		s.prove(m.piece)
		return message{}, false
	}
	if m.op == opEnd {
		r.end(s)
		return message{token: s.token}, true
	}
	a, ok := s.question(m, room, s.test.Do)
	s.answered(Overhead + len(a.piece))
	return a, ok
}

// token proves that who shows it got an answer of ours at its address, within
// the last minute or two.
func (r *Reflector) token(mac [6]byte, at time.Time) uint64 {
	b := binary.BigEndian.AppendUint64(mac[:], uint64(at.Unix()/60))
	return r.secret.Sum(b)
}

func (r *Reflector) greeted(token uint64, mac [6]byte) bool {
	now := time.Now()
	return same(token, r.token(mac, now)) || same(token, r.token(mac, now.Add(-time.Minute)))
}

// same compares tokens in a time that does not tell where they differ.
func same(a, b uint64) bool { x := a ^ b; return (x|-x)>>63 == 0 }

// begin takes on a test, unless another is under way. Its text may come in
// pieces, like any other.
func (r *Reflector) begin(m message, from, own [6]byte, size int) (message, bool) {
	s := r.busy
	switch {
	case !r.greeted(m.token, from):
		return message{status: stranger}, true
	case s != nil && (s.Peer != from || s.service != m.service || s.first != m.number):
		return message{status: busy}, true
	case s == nil:
		s = &Session{Peer: from, Own: own, service: m.service, first: m.number, number: m.number - 1, token: randomToken(), heardAt: time.Now()}
		s.lease = time.AfterFunc(Lease, func() { r.lapse(s) })
		r.busy = s
	}
	s.heard(size)
	server := r.services[m.service]
	a, ok := s.question(m, size-Overhead, func(_ Op, text []byte, room int) ([]byte, error) {
		if server == nil {
			return nil, ErrRefused
		}
		test, answer, err := server.Begin(s, text, room)
		s.test = test
		return answer, err
	})
	a.token = s.token
	s.answered(Overhead + len(a.piece))
	if s.done && s.test == nil { // refused: make room for others
		s.lease.Stop()
		r.busy = nil
	}
	return a, ok
}

func randomToken() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.BigEndian.Uint64(b[:])
}

// find is the test with a token, if it is this peer's.
func (r *Reflector) find(token uint64, from [6]byte) *Session {
	for _, s := range append(r.kept[:len(r.kept):len(r.kept)], r.busy) {
		if s != nil && s.test != nil && same(s.token, token) && bytes.Equal(s.Peer[:], from[:]) {
			return s
		}
	}
	return nil
}

// lapse stops a test of which nothing is heard, and keeps its account. The
// timer is started anew by every question, so it looks first.
func (r *Reflector) lapse(s *Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	limit := Lease
	if s.lapsed {
		limit = r.Keep
	}
	switch left := limit - time.Since(s.heardAt); {
	case s.ended:
	case left > 0:
		s.lease.Reset(left)
	case s.test == nil || s.lapsed:
		r.end(s)
	default:
		s.lapsed, r.busy = true, nil
		s.test.Lapse()
		r.kept = append(r.kept, s)
		if len(r.kept) > mostKept {
			r.end(r.kept[0])
		}
		s.lease.Reset(r.Keep)
	}
}

func (r *Reflector) end(s *Session) {
	if s.ended {
		return
	}
	s.ended = true
	s.lease.Stop()
	if r.busy == s {
		r.busy = nil
	}
	r.kept = slices.DeleteFunc(r.kept, func(k *Session) bool { return k == s })
	if s.test != nil {
		s.test.End()
	}
}
