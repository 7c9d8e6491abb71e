package switchtest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
	"eterm/iface/respond"
	"eterm/iface/talk"
)

// peerOn lets a host answer, as eterm respond does.
func peerOn(t *testing.T, h *lab.Host, key seal.Key) net.HardwareAddr {
	t.Helper()
	p := NewPeer(func() (port iface.Port, err error) {
		err = h.Do(func() error {
			port, err = iface.Open("eth0", iface.Options{Promiscuous: true, Immediate: true})
			return err
		})
		return port, err
	})
	port := plug(t, h, "eth0")
	reflector := talk.NewReflector(key, map[talk.Service]talk.Server{talk.Switch: p})
	r := respond.New(port, respond.Config{More: []respond.Answerer{reflector.Answerer()}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- r.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
		reflector.Close()
	})
	return port.HardwareAddr()
}

// The card of a switch between two machines is that of two ports of one.
func TestTwoMachines(t *testing.T) {
	t.Parallel()
	left, right, middle := labtest.Switched(t)
	does(t, middle, "ip link set br0 type bridge group_fwd_mask 0x4000")
	here, there, err := Dial(t.Context(), plug(t, left, "eth0"), peerOn(t, right, seal.Key{}), seal.Key{})
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	cases, err := Select([]string{"forwarding", "sizes", "flooding", "transparency", "learning", "addresses", "vlan", "reserved.00-stp", "reserved.0e-lldp-ptp", "load"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	card, err := Check(t.Context(), Config{A: here, B: there, Cases: cases, MaxMACs: 512, LoadTime: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Verdict{
		"sizes.jumbo": Untestable, "learning.confined": Untestable, "learning.vlan": Note, "vlan.4095": Note,
		"reserved.00-stp": Note, "reserved.0e-lldp-ptp": Fail,
	}
	for _, r := range card.Results {
		if r.Verdict != want[r.Case.Name] {
			t.Errorf("%s is %v, want %v: %s: %s%s", r.Case.Name, r.Verdict, want[r.Case.Name], r.Value, r.Seen, r.Why)
		}
	}
}

// With a shared key too, frames of all lengths described by the other end included.
func TestTwoMachinesWithAKey(t *testing.T) {
	t.Parallel()
	left, right, _ := labtest.Switched(t)
	key := keyOf(t, "a key of two friends")
	here, there, err := Dial(t.Context(), plug(t, left, "eth0"), peerOn(t, right, key), key)
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	cases, err := Select([]string{"forwarding", "sizes.untagged", "transparency"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	card, err := Check(t.Context(), Config{A: here, B: there, Cases: cases, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range card.Results {
		if r.Verdict != Pass {
			t.Errorf("%s is %v: %s: %s%s", r.Case.Name, r.Verdict, r.Value, r.Seen, r.Why)
		}
	}
	if card.Forged != 0 || !card.Trusted() {
		t.Errorf("%d forged, trusted %v", card.Forged, card.Trusted())
	}
}

func TestNobodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ifacetest.Wire()
		if _, _, err := Dial(t.Context(), a, b.HardwareAddr(), seal.Key{}); !errors.Is(err, talk.ErrNoPeer) {
			t.Errorf("%v: want ErrNoPeer", err)
		}
	})
}

// remotePeer is a conversation with a peer in memory. Wire is where its frames
// come out, and what is sent there arrives at it.
type remotePeer struct {
	ask    *talk.Asker
	wire   *ifacetest.Port
	opened int
	stop   func()
}

func newRemotePeer(t *testing.T) *remotePeer {
	p := &remotePeer{}
	asks, answers := ifacetest.Wire()
	peer := NewPeer(func() (iface.Port, error) {
		near, far := ifacetest.Wire(ifacetest.Buffer(1 << 15))
		p.opened++
		p.wire = far
		return near, nil
	})
	reflector := talk.NewReflector(seal.Key{}, map[talk.Service]talk.Server{talk.Switch: peer})
	ctx, cancel := context.WithCancel(t.Context())
	go respond.New(answers, respond.Config{More: []respond.Answerer{reflector.Answerer()}}).Serve(ctx)
	p.ask = talk.NewAsker(asks, answers.HardwareAddr(), nil, seal.Key{})
	go p.ask.Listen(ctx, nil)
	p.stop = func() { cancel(); reflector.Close(); synctest.Wait() }
	return p
}

func (p *remotePeer) begin(t *testing.T, id session) {
	t.Helper()
	if a, err := p.ask.Begin(t.Context(), talk.Switch, binary.BigEndian.AppendUint32(nil, uint32(id)), 1514); err != nil || len(a) != 2 {
		t.Fatalf("begin: %v, %x", err, a)
	}
}

// sending is what asks to send frames.
func sending(frames ...[]byte) []byte {
	body := []byte{byte(len(frames))}
	for _, f := range frames {
		body = pack(f).append(body)
	}
	return body
}

func TestPeerSendsOnlyWhatIsOfTheTestAndPaidFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newRemotePeer(t)
		defer p.stop()
		const id = 0x1234
		own := spec{dst: MAC{2, 9}, src: MAC{2, 8}}.build(id, 5, portB)
		big := spec{dst: MAC{2, 9}, src: MAC{2, 8}, size: 1514}.build(id, 6, portB)
		foreign := spec{dst: MAC{2, 9}, src: MAC{2, 8}}.build(id+1, 5, portB)
		pause := append([]byte{1, 0x80, 0xc2, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0x88, 0x08, 0, 1}, make([]byte, 44)...)
		p.begin(t, id)
		for _, c := range []struct {
			name  string
			frame []byte
			size  int
			want  status
		}{
			{"its own", own, 200, done}, {"of another session", foreign, 200, refused}, {"a pause frame", pause, 200, refused},
			{"too short for a mark", own[:20], 200, done},
		} {
			a, err := p.ask.AskIn(t.Context(), opSend, sending(c.frame), c.size)
			if err != nil || len(a) != 2 || status(a[0]) != c.want || a[1] != map[bool]byte{true: 1}[c.want == done] {
				t.Errorf("%s: %v, %x, want %v", c.name, err, a, c.want)
			}
		}
		// However often it is asked: what it may send is what it was asked with.
		paid, got := 1514+4*200, 2*60
		for range 200 {
			a, err := p.ask.AskIn(t.Context(), opSend, sending(big), 200)
			if err != nil || len(a) != 2 || status(a[0]) != done && status(a[0]) != indebted {
				t.Fatalf("%v, %x", err, a)
			}
			paid += 200
			if status(a[0]) == done {
				got += 1514
			}
			if got > paid {
				t.Fatalf("%d bytes were sent for %d", got, paid)
			}
		}
		if got < paid/2 {
			t.Errorf("%d bytes were sent for %d: too few", got, paid)
		}
		rx := make([]iface.Received, 64)
		p.wire.SetReadDeadline(time.Now().Add(5 * time.Second))
		n, err := p.wire.Receive(rx)
		if n < 2 || err != nil || !bytes.Equal(rx[0].Bytes, own) {
			t.Errorf("%d frames (%v), the first %x, want %x", n, err, rx[0].Bytes, own)
		}
	})
}

// Without a token nothing begins: no interface is opened for it, and no place
// is taken.
func TestPeerBeginsNothingWithoutAToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newRemotePeer(t)
		defer p.stop()
		if _, err := p.ask.AskIn(t.Context(), opCollect, nil, 200); !errors.Is(err, talk.ErrLapsed) || p.opened > 0 {
			t.Errorf("%v, opened %d times", err, p.opened)
		}
		p.begin(t, 7)
		if p.opened != 1 {
			t.Errorf("opened %d times", p.opened)
		}
		if err := p.ask.End(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := p.wire.Send([][]byte{make([]byte, 60)}); err != nil {
			t.Error(err)
		}
	})
}

// What arrives is bounded, what is too much is counted, and all else is told
// exactly.
func TestPeerTellsWhatArrived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newRemotePeer(t)
		defer p.stop()
		const id = 0x77
		p.begin(t, id)
		var sent [][]byte
		for i := range mostFrames + 10 {
			f := spec{dst: MAC{2, 9}, src: MAC{2, 8}, size: 60 + i%1000}.build(id, uint32(i), portA)
			if i == 3 {
				f[50] ^= 0x10
			}
			sent = append(sent, f)
		}
		for i := 0; i < len(sent); i += 100 {
			if _, err := p.wire.Send(sent[i:min(i+100, len(sent))]); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		var got [][]byte
		for more := true; more; {
			a, err := p.ask.Ask(t.Context(), opCollect, nil)
			if err != nil || len(a) < collectHead {
				t.Fatalf("%v, %x", err, a)
			}
			if lost := binary.BigEndian.Uint64(a); lost != 10 {
				t.Fatalf("%d lost, want 10", lost)
			}
			more = a[16] == 1
			b := a[collectHead:]
			for range a[17] {
				f, rest, err := parsePacked(b)
				if err != nil {
					t.Fatal(err)
				}
				got, b = append(got, f.frame(nil)), rest[8:]
			}
		}
		if len(got) != mostFrames {
			t.Fatalf("%d frames, want %d", len(got), mostFrames)
		}
		for i := range got {
			if !bytes.Equal(got[i], sent[i]) {
				t.Fatalf("frame %d came as %x, was %x", i, got[i], sent[i])
			}
		}
	})
}

func TestStatusesSayWhy(t *testing.T) {
	for s := range statuses + 3 {
		if text := fmt.Sprint(s); text == "the other end " {
			t.Errorf("status %d says nothing", uint8(s))
		}
	}
}

// A description is exact for every frame that is as sent, and for every other
// up to some bytes behind the first that differs; it never says more than was
// there.
func FuzzPacked(f *testing.F) {
	f.Add(spec{dst: MAC{2, 9}, src: MAC{2, 8}, size: 200}.build(3, 4, portA), 100)
	f.Add(spec{dst: MAC{2, 9}, src: MAC{2, 8}, size: 20}.build(3, 4, portA), 3)
	f.Add(bytes.Repeat([]byte{0xff}, 300), 0)
	f.Fuzz(func(t *testing.T, frame []byte, at int) {
		if len(frame) > mostLen {
			return
		}
		p, rest, err := parsePacked(pack(frame).append(nil))
		if err != nil || len(rest) != 0 {
			t.Fatalf("%x does not read back: %v", frame, err)
		}
		b := p.frame(nil)
		exact := len(p.head) + p.run + len(p.raw)
		if len(b) != len(frame) || !bytes.Equal(b[:exact], frame[:exact]) {
			t.Fatalf("%x came back as %x", frame, b)
		}
		// Whatever bytes claim to be a description do no harm.
		if p, _, err := parsePacked(frame); err == nil && len(p.frame(nil)) != p.length {
			t.Fatalf("%x is %d bytes, says %d", frame, len(p.frame(nil)), p.length)
		}
	})
}
