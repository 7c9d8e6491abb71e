package talk

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/impair"
	"eterm/iface/respond"
)

// double is a service whose answer is what was asked, twice.
type double struct {
	begun, lapsed, ended, did int
	refuse                    bool
	windows                   []*Window
}

func (d *double) Begin(s *Session, text []byte, room int) (Test, []byte, error) {
	if d.refuse {
		return nil, nil, errors.New("not \x1b today")
	}
	d.begun++
	d.windows = append(d.windows, NewWindow(s, 1<<20, len(text)))
	return d, append([]byte{}, text...), nil
}

func (d *double) Do(op Op, text []byte, room int) ([]byte, error) {
	d.did++
	if op == FirstOp {
		return bytes.Repeat(text, 2), nil
	}
	return nil, fmt.Errorf("operation %d", op)
}

func (d *double) Lapse() { d.lapsed++ }
func (d *double) End()   { d.ended++ }

// conversation is an asker and a reflector on a switch in memory.
type conversation struct {
	sw     *ifacetest.Switch
	asker  *Asker
	double *double
	stop   func()
}

// converse puts a reflector on port 1 and an asker on port 0.
func converse(t *testing.T, ours, theirs seal.Key, opts ...ifacetest.Option) *conversation {
	c := &conversation{sw: ifacetest.NewSwitch(4, opts...), double: &double{}}
	ctx, cancel := context.WithCancel(t.Context())
	r := c.reflect(ctx, 1, theirs, c.double)
	c.asker = NewAsker(c.sw.Port(0), c.sw.Port(1).HardwareAddr(), nil, ours)
	go c.asker.Listen(ctx, nil)
	c.stop = func() { cancel(); r.Close(); synctest.Wait() }
	return c
}

func (c *conversation) reflect(ctx context.Context, port int, key seal.Key, d *double) *Reflector {
	r := NewReflector(key, map[Service]Server{Link: d})
	go respond.New(c.sw.Port(port), respond.Config{More: []respond.Answerer{r.Answerer()}}).Serve(ctx)
	return r
}

// text is so many bytes that are not all the same.
func text(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * i >> 3)
	}
	return b
}

// Texts of any length come through whole and each thing is done once, also over
// a link that loses, doubles, delays and damages frames.
func TestTextsComeThroughWhole(t *testing.T) {
	p := impair.Chance(0.1)
	for name, faults := range map[string][]ifacetest.Fault{
		"sound": nil, "bad": {impair.Drop(p), impair.Duplicate(p), impair.Swap(p), impair.Corrupt(p), impair.Delay(impair.Chance(0.02), 200*time.Millisecond)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := converse(t, seal.Key{}, seal.Key{}, ifacetest.Faults(faults...), ifacetest.Seed(3))
				defer c.stop()
				c.asker.Patience = time.Minute
				begun, err := c.asker.Begin(t.Context(), Link, text(3000), 1514)
				if err != nil || !bytes.Equal(begun, text(3000)) {
					t.Fatalf("begin: %v, %d bytes", err, len(begun))
				}
				for i, n := range []int{0, 1, c.asker.Room() - 1, c.asker.Room(), c.asker.Room() + 1, 10_000, 50_000} {
					got, err := c.asker.Ask(t.Context(), FirstOp, text(n))
					if err != nil || !bytes.Equal(got, bytes.Repeat(text(n), 2)) {
						t.Errorf("%d bytes: %v, %d bytes come back", n, err, len(got))
					}
					if c.double.did != i+1 {
						t.Errorf("%d questions were done %d times", i+1, c.double.did)
					}
				}
				if _, err := c.asker.Ask(t.Context(), FirstOp+1, nil); !errors.Is(err, ErrRefused) {
					t.Errorf("an operation that there is not: %v", err)
				}
				if err := c.asker.End(t.Context()); err != nil || name == "sound" && c.double.ended != 1 || c.double.begun != 1 {
					t.Errorf("end: %v, begun %d times, ended %d times", err, c.double.begun, c.double.ended)
				}
			})
		})
	}
}

func TestNobodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := converse(t, seal.Key{}, seal.Key{})
		defer c.stop()
		a := NewAsker(c.sw.Port(2), net.HardwareAddr{2, 9, 9, 9, 9, 9}, nil, seal.Key{})
		began := time.Now()
		if _, err := a.Begin(t.Context(), Link, nil, 1514); !errors.Is(err, ErrNoPeer) || time.Since(began) > Lease+time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// With a key, only those who have it are answered, and only their answers are
// taken.
func TestOnlyTheSameKeyIsHeard(t *testing.T) {
	one, _ := seal.New([]byte("one key of 16 bytes"))
	two, _ := seal.New([]byte("two keys of 16 bytes"))
	for _, k := range []struct {
		ours, theirs seal.Key
		want         error
	}{{one, one, nil}, {one, two, ErrNoPeer}, {seal.Key{}, one, ErrNoPeer}, {one, seal.Key{}, ErrNoPeer}} {
		synctest.Test(t, func(t *testing.T) {
			c := converse(t, k.ours, k.theirs)
			defer c.stop()
			if _, err := c.asker.Begin(t.Context(), Link, nil, 1514); !errors.Is(err, k.want) {
				t.Errorf("got %v, want %v", err, k.want)
			}
		})
	}
}

// A small frame gets through where a large one does not.
func TestQuestionsGetSmallerUntilTheyGetThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		large := impair.Where(func(f []byte) bool { return len(f) > 600 })
		c := converse(t, seal.Key{}, seal.Key{}, ifacetest.Faults(impair.Drop(large)))
		defer c.stop()
		if got, err := c.asker.Begin(t.Context(), Link, text(2000), 1514); err != nil || !bytes.Equal(got, text(2000)) {
			t.Fatal(err)
		}
		if c.asker.Room() != 590-Overhead {
			t.Errorf("%d bytes of text in a question", c.asker.Room())
		}
	})
}

func TestOneTestAtATimeAndNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := converse(t, seal.Key{}, seal.Key{})
		defer c.stop()
		other := NewAsker(c.sw.Port(2), c.sw.Port(1).HardwareAddr(), nil, seal.Key{})
		go other.Listen(t.Context(), nil)
		ask := func(a *Asker) error { _, err := a.Ask(t.Context(), FirstOp, nil); return err }
		begin := func(a *Asker) error { _, err := a.Begin(t.Context(), Link, nil, 1514); return err }
		if err := begin(c.asker); err != nil {
			t.Fatal(err)
		}
		if err := begin(other); !errors.Is(err, ErrBusy) {
			t.Errorf("a second one: %v", err)
		}
		other.token.Store(c.asker.token.Load())
		other.service = Link
		if err := ask(other); !errors.Is(err, ErrLapsed) {
			t.Errorf("with the token of another: %v", err)
		}
		for range 10 {
			time.Sleep(Lease - 100*time.Millisecond)
			if err := ask(c.asker); err != nil {
				t.Fatal("within the lease:", err)
			}
		}
		time.Sleep(Lease + time.Second)
		synctest.Wait()
		if c.double.lapsed != 1 || c.double.ended != 0 {
			t.Errorf("lapsed %d times, ended %d times", c.double.lapsed, c.double.ended)
		}
		if err := begin(other); err != nil {
			t.Errorf("after the lease, a second one: %v", err)
		}
		// The first is known still, for minutes.
		time.Sleep(Lease + time.Minute)
		if err := ask(c.asker); err != nil {
			t.Errorf("after an outage: %v", err)
		}
		time.Sleep(KeepFor + time.Minute)
		if err := ask(c.asker); !errors.Is(err, ErrLapsed) {
			t.Errorf("after all that: %v", err)
		}
		synctest.Wait()
		if c.double.ended != 2 {
			t.Errorf("ended %d times", c.double.ended)
		}
	})
}

func TestTwoReflectorsAtOneAddressAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(2)
		a := NewAsker(sw.Port(0), sw.Port(1).HardwareAddr(), nil, seal.Key{})
		go a.Listen(t.Context(), nil)
		one, two := NewReflector(seal.Key{}, nil), NewReflector(seal.Key{}, nil)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go respond.New(sw.Port(1), respond.Config{More: []respond.Answerer{{Name: "both", Type: inband.EtherType, Group: true,
			Answer: func(dst []byte, q *respond.Request) ([]byte, bool) {
				if out, ok := two.answer(nil, q); ok {
					frame := append(q.Back(q.Own).Append(nil), out...)
					sw.Port(1).Send([][]byte{frame})
				}
				return one.answer(dst, q)
			}}}}).Serve(ctx)
		if _, err := a.Begin(t.Context(), Link, nil, 1514); !errors.Is(err, ErrTwoPeers) {
			t.Errorf("got %v", err)
		}
		if _, err := a.find(t.Context()); err != nil && !errors.Is(err, ErrTwoPeers) {
			t.Errorf("found: %v", err)
		}
	})
}

func TestFind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := converse(t, seal.Key{}, seal.Key{})
		defer c.stop()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		c.reflect(ctx, 2, seal.Key{}, &double{})
		found, err := Find(t.Context(), c.sw.Port(3), nil, seal.Key{})
		if err != nil || len(found) != 2 {
			t.Errorf("found %v: %v", found, err)
		}
	})
}

// A refusal says why, harmlessly, and leaves room for others.
func TestRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := converse(t, seal.Key{}, seal.Key{})
		defer c.stop()
		c.double.refuse = true
		if _, err := c.asker.Begin(t.Context(), Link, nil, 1514); !errors.Is(err, ErrRefused) || !bytes.Contains([]byte(err.Error()), []byte("not . today")) {
			t.Errorf("got %v", err)
		}
		c.double.refuse = false
		if _, err := c.asker.Begin(t.Context(), Switch, nil, 1514); !errors.Is(err, ErrRefused) {
			t.Errorf("a service that there is not: %v", err)
		}
		if _, err := c.asker.Begin(t.Context(), Link, nil, 1514); err != nil {
			t.Errorf("after a refusal: %v", err)
		}
	})
}

// reflector is one without a network, and what is asked of it.
func question(r *Reflector, m message, from [6]byte, size int) (message, int, int) {
	payload := m.append(nil, r.key, inband.TalkRequest, from, size)
	q := &respond.Request{Header: ether.Header{Dst: net.HardwareAddr{2, 0, 0, 0, 0, 2}, Src: from[:]}, Payload: payload, Own: net.HardwareAddr{2, 0, 0, 0, 0, 2}}
	out, ok := r.answer(nil, q)
	if !ok {
		return message{}, len(payload), 0
	}
	a, _, err := parse(out, r.key, inband.TalkReply, [6]byte(q.Own))
	if err != nil {
		panic(err)
	}
	return a, len(payload), len(out)
}

// TestNoMoreBytesThanAsked is the argument of the package's comment, counted: a
// forger who has a token but never hears anything gets out at most what he put
// in, whatever he does.
func TestNoMoreBytesThanAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &double{}
		r := NewReflector(seal.Key{}, map[Service]Server{Link: d})
		defer r.Close()
		victim := [6]byte{2, 0, 0, 0, 0, 7}
		in, out := 0, 0
		ask := func(m message, size int) message {
			a, i, o := question(r, m, victim, size)
			in, out = in+headerLen+i, out+o
			if o > 0 {
				out += headerLen
			}
			return a
		}
		token := r.token(victim, time.Now()) // he should not, but he has it
		a := ask(message{service: Link, op: opBegin, token: token, number: 1, total: 8, piece: text(8)}, 1514)
		if a.status != done {
			t.Fatalf("%+v", a)
		}
		w := d.windows[0]
		spent := func() {
			for w.Due(60) {
				w.Challenge(1, 2)
				out += 60
			}
			for size := 1514; size >= 60; size /= 2 {
				for w.Take(size) {
					out += size
				}
			}
		}
		for i := range 200 {
			spent()
			m := message{service: Link, op: FirstOp, token: a.token, number: uint32(2 + i)}
			size := 60
			switch i % 4 {
			case 1:
				m.op, size = opProve, 72
				m.piece, m.total = (Proof{1, 2, uint32(i)}).append(nil), 12
			case 2:
				m.total, m.piece, size = 400, text(400), 1514
			case 3:
				m.number = 1 // again
			}
			ask(m, size)
			spent()
			time.Sleep(10 * time.Millisecond)
			if out > in {
				t.Fatalf("%d bytes out for %d in", out, in)
			}
		}
		if out < in/2 {
			t.Errorf("%d bytes out for %d in: the test tries too little", out, in)
		}
	})
}

// TestWindowGrowsByProofAndClosesWithout one.
func TestWindowGrowsByProofAndClosesWithout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Session{credit: 1500}
		w := NewWindow(s, 1<<20, 40)
		ahead := func() uint64 { n, _ := w.Ahead(); return n }
		if ahead() != 1500-Overhead-40 {
			t.Errorf("begins with %d", ahead())
		}
		for i := range uint32(20) {
			if !w.Due(60) {
				time.Sleep(2 * challengeEvery)
				if !w.Due(60) {
					t.Fatal("no challenge is due")
				}
			}
			nonce := w.Challenge(i, 7)
			before := ahead()
			w.prove(Proof{i, 7, nonce + 2})
			w.prove(Proof{i, 8, nonce})
			if ahead() != before {
				t.Fatal("a wrong proof counts")
			}
			w.prove(Proof{i, 7, nonce})
			w.prove(Proof{i, 7, nonce}) // and only once
			if want := min(2*before, 1<<20); ahead() != want {
				t.Fatalf("from %d to %d, want %d", before, ahead(), want)
			}
		}
		took := uint64(0)
		for w.Take(1000) {
			took += 1000
		}
		if took < 1<<20-4000 || took > 1<<20 {
			t.Errorf("%d bytes ahead, want %d", took, 1<<20)
		}
		time.Sleep(ProofLease - 1)
		if !w.Open() {
			t.Error("closed too soon")
		}
		time.Sleep(time.Nanosecond)
		if w.Open() || w.Take(1) {
			t.Error("open without a proof")
		}
		s.credit = 60 // one frame is paid for, and opens it again
		if !w.Due(60) || w.Due(60) {
			t.Error("a challenge where none was paid for, or none where one was")
		}
		w.prove(Proof{1, 1, w.Challenge(1, 1)})
		if !w.Take(1000) {
			t.Error("it stays closed")
		}
	})
}

// FuzzReflector: whatever is asked, with a token or without, there is no answer
// or one no longer than the question, it is no question, and nothing panics.
func FuzzReflector(f *testing.F) {
	f.Add(uint8(opHello), uint32(1), uint32(0), uint32(0), uint32(0), []byte{}, 60, true, false)
	f.Add(uint8(opBegin), uint32(1), uint32(4), uint32(0), uint32(0), []byte("text"), 200, true, true)
	f.Add(uint8(FirstOp), uint32(2), uint32(100), uint32(50), uint32(3), text(50), 1514, true, false)
	f.Add(uint8(opProve), uint32(2), uint32(12), uint32(0), uint32(3), text(12), 60, false, false)
	f.Fuzz(func(t *testing.T, op uint8, number, total, offset, want uint32, piece []byte, size int, token, group bool) {
		if len(piece) > 2000 {
			return
		}
		d := &double{}
		r := NewReflector(seal.Key{}, map[Service]Server{Link: d})
		defer r.Close()
		from := [6]byte{2, 0, 0, 0, 0, 9}
		begun, _, _ := question(r, message{service: Link, op: opBegin, token: r.token(from, time.Now()), number: 1}, from, 200)
		m := message{service: Link, op: Op(op), number: number, total: total, offset: offset, want: want, piece: piece}
		if token {
			m.token = begun.token
			if m.op == opBegin {
				m.token = r.token(from, time.Now())
			}
		}
		payload := m.append(nil, seal.Key{}, inband.TalkRequest, from, min(max(size, 0), 9000))
		q := &respond.Request{Header: ether.Header{Dst: net.HardwareAddr{2, 0, 0, 0, 0, 2}, Src: from[:]}, Payload: payload, Own: net.HardwareAddr{2, 0, 0, 0, 0, 2}}
		if group {
			q.Dst = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
		}
		for _, b := range [][]byte{payload, piece, payload[:len(payload)/2]} {
			q.Payload = b
			out, ok := r.answer([]byte("head"), q)
			if !ok {
				continue
			}
			k, body, err := inband.Parse(out[4:])
			if err != nil || !k.IsAnswer() || len(out)-4 > len(b) {
				t.Fatalf("%x is answered by %x", b, out)
			}
			if !token && (m.op != opHello || d.did > 0) && status(body[10]) != lapsed && status(body[10]) != stranger {
				t.Fatalf("without a token %x is answered by %x", b, out)
			}
			if group && m.op != opHello {
				t.Fatal("a group is answered")
			}
		}
	})
}

// A message reads back as it was, and damage anywhere in it is noticed.
func TestMessage(t *testing.T) {
	key, _ := seal.New([]byte("a key of sixteen bytes"))
	from := [6]byte{2, 0, 0, 0, 0, 1}
	m := message{service: Switch, op: 17, status: refused, token: 5, number: 6, total: 100, offset: 7, want: 8, piece: text(20)}
	b := m.append(nil, key, inband.TalkReply, from, 100)
	got, _, err := parse(b, key, inband.TalkReply, from)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(m) || len(b) != 100-headerLen {
		t.Fatalf("%+v, %v", got, err)
	}
	for i := range 8 * len(b) {
		bad := bytes.Clone(b)
		bad[i/8] ^= 1 << (i % 8)
		if _, _, err := parse(bad, key, inband.TalkReply, from); err == nil {
			t.Fatalf("bit %d can be wrong", i)
		}
	}
	if _, _, err := parse(b, key, inband.TalkReply, [6]byte{2}); err == nil {
		t.Error("from another address it is taken too")
	}
	binary.BigEndian.PutUint32(b[8+28:], 90) // offset 90 and 20 bytes of 100
	key.Append(b[:8], sealed(b[16:], inband.TalkReply, from))
	if _, _, err := parse(b, key, inband.TalkReply, from); err == nil {
		t.Error("a piece beyond the end is taken")
	}
}

var _ iface.Port = (*ifacetest.Port)(nil)

// TestAFloodOfHellosKeepsNothing: from as many addresses as one likes, each gets
// an answer no longer than its question, and nothing is kept of it, nor is
// anybody kept from a test.
func TestAFloodOfHellosKeepsNothing(t *testing.T) {
	sw := ifacetest.NewSwitch(2)
	r := NewReflector(seal.Key{}, map[Service]Server{Link: &double{}})
	responder := respond.New(sw.Port(1), respond.Config{Rate: 1e9, More: []respond.Answerer{r.Answerer()}})
	at, own := time.Now(), sw.Port(1).HardwareAddr()
	var dst []byte
	flood := func(from, to uint32) (answered int) {
		for n := from; n < to; n++ {
			src := [6]byte{6}
			binary.BigEndian.PutUint32(src[2:], n)
			h := ether.Header{Dst: own, Src: src[:], Type: inband.EtherType}
			asked := message{op: opHello, number: n, token: uint64(n)}.append(h.Append(nil), seal.Key{}, inband.TalkRequest, src, ether.MinFrame)
			if dst = responder.Answer(dst[:0], asked, at); len(dst) > len(asked) {
				t.Fatalf("%d bytes for %d", len(dst), len(asked))
			} else if len(dst) > 0 {
				answered++
			}
		}
		return answered
	}
	inUse := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	first := flood(0, 10_000)
	before := inUse()
	second := flood(10_000, 110_000)
	if after := inUse(); after > before+256<<10 {
		t.Errorf("%d bytes are kept of 100,000 hellos", after-before)
	}
	if first != 10_000 || second != 100_000 || r.busy != nil || len(r.kept) != 0 {
		t.Errorf("%d and %d answered, busy %v, %d kept", first, second, r.busy != nil, len(r.kept))
	}
}
