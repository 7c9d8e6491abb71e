package switchtest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
	"eterm/iface/respond"
)

// partnerOn lets a host answer, as eterm respond does.
func partnerOn(t *testing.T, h *lab.Host) net.HardwareAddr {
	t.Helper()
	p := NewPartner(func() (port iface.Port, err error) {
		err = h.Do(func() error {
			port, err = iface.Open("eth0", iface.Options{Promiscuous: true, Immediate: true})
			return err
		})
		return port, err
	})
	port := plug(t, h, "eth0")
	r := respond.New(port, respond.Config{More: []respond.Answerer{p.Answerer()}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- r.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
		p.Close()
	})
	return port.HardwareAddr()
}

// The card of a switch between two machines is that of two ports of one.
func TestTwoMachines(t *testing.T) {
	t.Parallel()
	left, right, middle := labtest.Switched(t)
	does(t, middle, "ip link set br0 type bridge group_fwd_mask 0x4000")
	here, there, err := Dial(t.Context(), plug(t, left, "eth0"), partnerOn(t, right))
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

func TestNobodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ifacetest.Wire()
		if _, _, err := Dial(t.Context(), a, b.HardwareAddr()); !errors.Is(err, ErrNoPartner) {
			t.Errorf("%v: want ErrNoPartner", err)
		}
	})
}

// asker asks a partner without a network between.
type asker struct {
	t      *testing.T
	p      *Partner
	from   net.HardwareAddr
	number uint32
	token  uint64
	opened int
	wire   *ifacetest.Port // the other end of the partner's interface
}

func newAsker(t *testing.T) *asker {
	a := &asker{t: t, from: net.HardwareAddr{2, 0, 0, 0, 0, 1}}
	a.p = NewPartner(func() (iface.Port, error) {
		near, far := ifacetest.Wire()
		a.opened++
		a.wire = far
		return near, nil
	})
	return a
}

// ask asks with a payload of so many bytes and returns the answer, if any.
func (a *asker) ask(m message, size int) (message, bool) {
	a.t.Helper()
	a.number++
	m.number, m.token = a.number, a.token
	body := m.append(nil)
	body = append(body, make([]byte, max(size-inband.HeaderLen-len(body), 0))...)
	q := respond.Request{Header: ether.Header{Src: a.from}, Payload: inband.Append(nil, inband.SwitchRequest, body)}
	out, ok := a.p.reply(nil, &q)
	if !ok {
		return message{}, false
	}
	if len(out) > len(q.Payload) {
		a.t.Errorf("%d bytes answer %d", len(out), len(q.Payload))
	}
	answer, err := parseMessage(out, inband.SwitchReply)
	if err != nil || answer.number != m.number || answer.op != m.op {
		a.t.Errorf("%+v answered with %+v: %v", m, answer, err)
	}
	return answer, true
}

func (a *asker) begin(id session) message {
	a.t.Helper()
	m, _ := a.ask(message{op: opBegin, rest: binary.BigEndian.AppendUint32(nil, uint32(id))}, 60)
	a.token = m.token
	return m
}

// sending is a question to send frames.
func sending(frames ...[]byte) message {
	body := []byte{byte(len(frames))}
	for _, f := range frames {
		body = pack(f).append(body)
	}
	return message{op: opSend, rest: body}
}

func TestPartnerSendsOnlyWhatIsOfTheTestAndPaidFor(t *testing.T) {
	a := newAsker(t)
	defer a.p.Close()
	const id = 0x1234
	own := spec{dst: MAC{2, 9}, src: MAC{2, 8}}.build(id, 5, portB)
	big := spec{dst: MAC{2, 9}, src: MAC{2, 8}, size: 1514}.build(id, 6, portB)
	foreign := spec{dst: MAC{2, 9}, src: MAC{2, 8}}.build(id+1, 5, portB)
	pause := append([]byte{1, 0x80, 0xc2, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0x88, 0x08, 0, 1}, make([]byte, 44)...)

	if m, _ := a.ask(sending(own), 100); m.status != unknown {
		t.Errorf("before a test: %v", m.status)
	}
	if m := a.begin(id); m.status != done || m.token == 0 || len(m.rest) != 2 {
		t.Fatalf("begin: %+v", m)
	}
	for _, c := range []struct {
		name  string
		frame []byte
		size  int
		want  status
	}{
		{"its own", own, 100, done}, {"of another session", foreign, 100, refused}, {"a pause frame", pause, 100, refused},
		{"more than paid for", big, 200, indebted}, {"too short for a mark", own[:20], 100, done},
	} {
		m, ok := a.ask(sending(c.frame), c.size)
		if !ok || m.status != c.want || len(m.rest) != 1 || m.rest[0] != map[bool]byte{true: 1}[c.want == done] {
			t.Errorf("%s: %v, %v, want %v", c.name, m.status, m.rest, c.want)
		}
	}
	rx := make([]iface.Received, 8)
	a.wire.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, err := a.wire.Receive(rx)
	if n < 1 || err != nil || !bytes.Equal(rx[0].Bytes, own) {
		t.Errorf("%d frames (%v), the first %x, want %x", n, err, rx[0].Bytes, own)
	}
}

// A question that is asked again, because its answer was lost, is not done
// again.
func TestPartnerDoesNothingTwice(t *testing.T) {
	a := newAsker(t)
	defer a.p.Close()
	const id = 0x1234
	a.begin(id)
	first := a.token
	a.number--
	if m := a.begin(id); m.token != first || a.opened != 1 {
		t.Errorf("begun twice: %+v, opened %d times", m, a.opened)
	}
	question := sending(spec{dst: MAC{2, 9}, src: MAC{2, 8}}.build(id, 5, portB))
	a.ask(question, 100)
	a.number--
	if m, ok := a.ask(question, 100); !ok || m.status != done {
		t.Errorf("asked again: %v", m.status)
	}
	rx := make([]iface.Received, 8)
	a.wire.SetReadDeadline(time.Now().Add(5 * time.Second))
	if n, err := a.wire.Receive(rx); n != 1 {
		t.Errorf("%d frames were sent (%v), want 1", n, err)
	}
}

func TestPartnerWorksForOneAtATimeAndNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsker(t)
		a.begin(1)
		other := *a
		other.from = net.HardwareAddr{2, 0, 0, 0, 0, 2}
		if m := other.begin(2); m.status != busy {
			t.Errorf("a second one gets %v", m.status)
		}
		other.token = a.token
		if m, _ := other.ask(message{op: opCollect}, 200); m.status != unknown {
			t.Errorf("with the token of another it gets %v", m.status)
		}
		for range 10 {
			time.Sleep(lease - time.Second)
			if m, _ := a.ask(message{op: opCollect}, 200); m.status != done {
				t.Fatalf("within the lease: %v", m.status)
			}
		}
		time.Sleep(lease + time.Second)
		if m, _ := a.ask(message{op: opCollect}, 200); m.status != unknown {
			t.Errorf("after the lease: %v", m.status)
		}
		if m := other.begin(2); m.status != done {
			t.Errorf("the second one gets %v then", m.status)
		}
		other.ask(message{op: opEnd}, 60)
		if a.p.port != nil {
			t.Error("a test that has ended keeps the interface")
		}
	})
}

// What arrives is bounded, what is too much is counted, and all else is told
// exactly.
func TestPartnerTellsWhatArrived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAsker(t)
		defer a.p.Close()
		const id = 0x77
		a.begin(id)
		var sent [][]byte
		for i := range mostFrames + 10 {
			f := spec{dst: MAC{2, 9}, src: MAC{2, 8}, size: 60 + i%1000}.build(id, uint32(i), portA)
			if i == 3 {
				f[50] ^= 0x10
			}
			sent = append(sent, f)
		}
		for i := 0; i < len(sent); i += 100 {
			if _, err := a.wire.Send(sent[i:min(i+100, len(sent))]); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		var got [][]byte
		for {
			m, ok := a.ask(message{op: opCollect}, 1500)
			if !ok || m.status != done || len(m.rest) < 18 {
				t.Fatalf("%+v", m)
			}
			if lost := binary.BigEndian.Uint64(m.rest); lost != 10 {
				t.Fatalf("%d lost, want 10", lost)
			}
			b := m.rest[18:]
			for range m.rest[17] {
				p, rest, err := parsePacked(b)
				if err != nil {
					t.Fatal(err)
				}
				got, b = append(got, p.frame(nil)), rest[8:]
			}
			if m.rest[16] == 0 {
				break
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

// Whatever a partner is asked, it answers with no more than it was asked with.
func FuzzPartner(f *testing.F) {
	f.Add(message{op: opBegin, rest: []byte{0, 0, 0, 1}}.append(nil), sending(spec{}.build(1, 2, portA)).append(nil))
	f.Add(message{op: opCollect}.append(nil), message{op: opEnd}.append(nil))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		a := newAsker(t)
		defer a.p.Close()
		a.begin(1)
		for _, body := range [][]byte{one, two} {
			if len(body) >= messageLen {
				binary.BigEndian.PutUint64(body[2:], a.token)
			}
			q := respond.Request{Header: ether.Header{Src: a.from}, Payload: inband.Append(nil, inband.SwitchRequest, body)}
			if out, ok := a.p.reply(nil, &q); ok && len(out) > len(q.Payload) {
				t.Fatalf("%d bytes answer %d", len(out), len(q.Payload))
			}
		}
	})
}
