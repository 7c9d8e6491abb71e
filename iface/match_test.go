package iface_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"testing"

	"github.com/mdlayher/packet"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

var (
	macA      = net.HardwareAddr{2, 0, 0, 0, 0, 0xa}
	macB      = net.HardwareAddr{2, 0, 0, 0, 0, 0xb}
	broadcast = net.HardwareAddr{255, 255, 255, 255, 255, 255}
)

// sample is one test frame, and what an oracle needs to judge it.
type sample struct {
	to, from  net.HardwareAddr
	tags      []uint32 // TPID and TCI
	etherType uint16
	payload   string
}

// bytes is the frame with its number in the last two bytes, which no filter
// under test looks at.
func (s sample) bytes(number int) []byte {
	b := append(append([]byte(nil), s.to...), s.from...)
	for _, t := range s.tags {
		b = binary.BigEndian.AppendUint32(b, t)
	}
	b = binary.BigEndian.AppendUint16(b, s.etherType)
	b = append(b, s.payload...)
	for len(b) < 58 {
		b = append(b, 0)
	}
	return binary.BigEndian.AppendUint16(b, uint16(number))
}

func tag(id, pcp uint32) uint32        { return 0x8100<<16 | pcp<<13 | id }
func serviceTag(id, pcp uint32) uint32 { return 0x88a8<<16 | pcp<<13 | id }

// tap is a socket on the receiving side with a filter of its own.
type tap struct{ conn *packet.Conn }

func newTap(h *lab.Host, filter []bpf.RawInstruction) (s tap, err error) {
	err = h.Do(func() error {
		ifi, err := net.InterfaceByName("eth0")
		if err == nil {
			s.conn, err = packet.Listen(ifi, packet.Raw, unix.ETH_P_ALL, &packet.Config{Filter: filter})
		}
		return err
	})
	return s, err
}

func openTap(t *testing.T, h *lab.Host, filter []bpf.RawInstruction) tap {
	t.Helper()
	s, err := newTap(h, filter)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.conn.Close() })
	return s
}

// taken is the set of numbers of the frames that wait in the socket. A frame
// on a virtual cable is in every socket when the call that sent it returns.
func (s tap) taken(t *testing.T) map[int]bool {
	t.Helper()
	raw, err := s.conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	got := map[int]bool{}
	buf := make([]byte, 4096)
	err = raw.Control(func(fd uintptr) {
		for {
			n, _, err := unix.Recvfrom(int(fd), buf, unix.MSG_DONTWAIT)
			if err != nil || n < 2 {
				return
			}
			got[int(binary.BigEndian.Uint16(buf[n-2:n]))] = true
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// sendSamples sends every sample from the host's eth0, in order.
func sendSamples(t *testing.T, h *lab.Host, frames []sample) {
	t.Helper()
	out := openTap(t, h, nil)
	for i, f := range frames {
		if _, err := out.conn.WriteTo(f.bytes(i), &packet.Addr{HardwareAddr: f.to}); err != nil {
			t.Fatalf("send sample %d: %v", i, err)
		}
	}
}

func verdicts(got map[int]bool, n int) string {
	var b bytes.Buffer
	for i := range n {
		if got[i] {
			fmt.Fprintf(&b, "%d ", i)
		}
	}
	return b.String()
}

// oracle says what a Match means, on the frame as it was on the wire.
func oracle(m iface.Match, s sample) bool {
	if m.To != nil && !bytes.Equal(m.To, s.to) || m.From != nil && !bytes.Equal(m.From, s.from) {
		return false
	}
	if len(s.tags) < len(m.Tags) {
		return false
	}
	for i, want := range m.Tags {
		tci := s.tags[i]
		if uint16(tci&0xfff) != want.ID || want.PCP >= 0 && uint32(want.PCP) != tci>>13&7 {
			return false
		}
	}
	for _, t := range m.EtherTypes {
		if t == s.etherType && len(s.tags)-len(m.Tags) <= 4 {
			return true
		}
	}
	return len(m.EtherTypes) == 0
}

func TestMatchOnLiveTaggedTraffic(t *testing.T) {
	frames := []sample{
		{to: macB, from: macA, etherType: 0x88b5},
		{to: broadcast, from: macA, etherType: 0x88b5},
		{to: macB, from: macB, etherType: 0x0800},
		{to: macB, from: macA, etherType: 0x88b5, tags: []uint32{tag(10, 0)}},
		{to: macB, from: macA, etherType: 0x88b5, tags: []uint32{tag(10, 5)}},
		{to: macB, from: macA, etherType: 0x88b5, tags: []uint32{tag(0, 5)}},
		{to: macB, from: macA, etherType: 0x88b5, tags: []uint32{tag(4095, 7)}},
		{to: macB, from: macA, etherType: 0x88b6, tags: []uint32{tag(10, 3)}},
		{to: macB, from: macA, etherType: 0x88b5, tags: []uint32{serviceTag(20, 1), tag(10, 5)}},
		{to: macB, from: macA, etherType: 0x88b5, tags: []uint32{tag(10, 0), tag(20, 0)}},
		{to: macB, from: macA, etherType: 0x88b5, tags: []uint32{0x9100<<16 | 10}},
		{to: macB, from: macA, etherType: 0x88b5, tags: []uint32{0x9100<<16 | 20, 0x9200<<16 | 10, 0x9300<<16 | 10}},
		{to: macB, from: macA, etherType: 0x88b5, tags: []uint32{tag(1, 0), tag(2, 0), tag(3, 0), tag(4, 0)}},
	}
	matches := []iface.Match{
		{},
		{To: macB},
		{From: macA},
		{To: broadcast, From: macA},
		{EtherTypes: []uint16{0x88b5}},
		{EtherTypes: []uint16{0x0800, 0x0806, 0x88b6}},
		{Tags: []iface.TagMatch{{ID: 10, PCP: -1}}},
		{Tags: []iface.TagMatch{{ID: 10, PCP: 5}}},
		{Tags: []iface.TagMatch{{ID: 0, PCP: 5}}},
		{Tags: []iface.TagMatch{{ID: 4095, PCP: -1}}},
		{Tags: []iface.TagMatch{{ID: 20, PCP: -1}, {ID: 10, PCP: -1}}},
		{Tags: []iface.TagMatch{{ID: 10, PCP: 0}, {ID: 20, PCP: 0}}, EtherTypes: []uint16{0x88b5}},
		{Tags: []iface.TagMatch{{ID: 10, PCP: -1}}, EtherTypes: []uint16{0x88b6}},
		{To: macB, From: macA, Tags: []iface.TagMatch{{ID: 1, PCP: -1}}, EtherTypes: []uint16{0x88b5}},
		{EtherTypes: []uint16{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x88b5}},
	}
	left, right := labtest.Pair(t)
	taps := make([]tap, len(matches))
	for i, m := range matches {
		program, err := m.Compile(nil)
		if err != nil {
			t.Fatal(err)
		}
		taps[i] = openTap(t, right, program)
	}
	sendSamples(t, left, frames)
	for i, m := range matches {
		want := map[int]bool{}
		for n, f := range frames {
			want[n] = oracle(m, f)
		}
		got := verdicts(taps[i].taken(t), len(frames))
		if want := verdicts(want, len(frames)); got != want {
			t.Errorf("%+v takes frames %s, want %s", m, got, want)
		}
	}
}

// TestMatchAndRest shows that a frame must pass both the flags and the program
// behind them.
func TestMatchAndRest(t *testing.T) {
	frames := []sample{
		{to: macB, from: macA, etherType: 0x88b5, payload: "yes"},
		{to: macB, from: macA, etherType: 0x88b5, payload: "no"},
		{to: macB, from: macB, etherType: 0x88b5, payload: "yes"},
	}
	rest, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: 14, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: 'y', SkipFalse: 1},
		bpf.RetConstant{Val: 2000},
		bpf.RetConstant{},
	})
	if err != nil {
		t.Fatal(err)
	}
	program, err := iface.Match{From: macA, EtherTypes: []uint16{0x88b5}}.Compile(rest)
	if err != nil {
		t.Fatal(err)
	}
	left, right := labtest.Pair(t)
	receiver := openTap(t, right, program)
	sendSamples(t, left, frames)
	if got := verdicts(receiver.taken(t), len(frames)); got != "0 " {
		t.Errorf("takes frames %s, want 0", got)
	}
}

func TestMatchRefusesWhatIsNoFrame(t *testing.T) {
	for _, m := range []iface.Match{
		{To: net.HardwareAddr{1, 2, 3}},
		{Tags: []iface.TagMatch{{ID: 4096}}},
		{Tags: []iface.TagMatch{{ID: 1, PCP: 8}}},
		{Tags: make([]iface.TagMatch, 9)},
		{EtherTypes: make([]uint16, 17)},
	} {
		if p, err := m.Compile(nil); err == nil {
			t.Errorf("%+v made %d instructions, want an error", m, len(p))
		}
	}
}
