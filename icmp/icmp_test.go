package icmp

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"reflect"
	"testing"

	"eterm/ipv4"
)

// An echo request with an odd length, as scapy builds it, and its reply.
func TestEchoKnown(t *testing.T) {
	m := NewEcho(0x1234, 7, []byte("abcdefghi"))
	got := m.Append([]byte{0xa5})
	want := "a5" + "0800" + "eb2e" + "12340007" + "616263646566676869"
	if hex.EncodeToString(got) != want {
		t.Errorf("got  %x\nwant %s", got, want)
	}
	back, err := Parse(got[1:])
	if err != nil || !reflect.DeepEqual(back, m) || back.ID() != 0x1234 || back.Seq() != 7 {
		t.Errorf("%+v, %v", back, err)
	}
	r, ok := back.Reply(nil, 0)
	if !ok || r.Type != EchoReply || r.ID() != 0x1234 || r.Seq() != 7 || !bytes.Equal(r.Body, m.Body) {
		t.Errorf("reply %+v, %v", r, ok)
	}
	if _, ok := r.Reply(nil, 0); ok {
		t.Error("a reply has a reply")
	}
	b := r.Append(nil)
	if !ipv4.Valid(b) {
		t.Errorf("checksum of the reply: %x", b)
	}
}

func TestTimestamp(t *testing.T) {
	m := Message{Type: Timestamp, Rest: 1<<16 | 2, Body: Times{Originate: 1000}.append(nil)}
	b := m.Append(nil)
	if len(b) != 20 || !ipv4.Valid(b) {
		t.Fatalf("%x", b)
	}
	back, _ := Parse(b)
	r, ok := back.Reply(nil, 2000)
	if !ok || r.Type != TimestampReply {
		t.Fatal(r)
	}
	if got, ok := r.Times(); !ok || got != (Times{1000, 2000, 2000}) {
		t.Errorf("%+v", got)
	}
	if _, ok := NewEcho(1, 2, make([]byte, 12)).Times(); ok {
		t.Error("an echo has times")
	}
	if _, ok := (Message{Type: Timestamp, Body: make([]byte, 11)}).Reply(nil, 0); ok {
		t.Error("a short timestamp is answered")
	}
}

func TestErrorsQuote(t *testing.T) {
	probe := NewEcho(0xbeef, 42, make([]byte, 1000)).Append(nil)
	packet, _ := ipv4.Header{TTL: 1, Protocol: ipv4.ProtocolICMP,
		Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("198.51.100.9")}.Append(nil, len(probe))
	packet = append(packet, probe...)
	m := NewError(TimeExceeded, TTLExceeded, 0, packet)
	if n := len(m.Append(nil)); n != MaxErrorLen-ipv4.HeaderLen {
		t.Errorf("error message of %d bytes", n)
	}
	q, ok := m.Quote()
	if !ok || !q.Cut || q.Header.Dst != netip.MustParseAddr("198.51.100.9") || q.Header.TTL != 1 {
		t.Fatalf("%+v %v", q, ok)
	}
	if id, seq, ok := q.Echo(); !ok || id != 0xbeef || seq != 42 {
		t.Errorf("%x %d %v", id, seq, ok)
	}
	// The least a router may quote: header and 8 bytes.
	q, ok = NewError(DestinationUnreachable, HostUnreachable, 0, packet[:28]).Quote()
	if id, _, ok2 := q.Echo(); !ok || !ok2 || id != 0xbeef {
		t.Error("28 quoted bytes do not name the probe")
	}
	if _, ok := NewEcho(1, 1, packet).Quote(); ok {
		t.Error("an echo quotes")
	}
}

// RFC 4884: length 32 words of quoted packet, then an extension structure.
func TestQuoteWithExtensions(t *testing.T) {
	packet, _ := ipv4.Header{Protocol: 17, Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2")}.Append(nil, 10)
	packet = append(packet, make([]byte, 128-len(packet))...)
	ext := []byte{0x20, 0, 0xdf, 0xff}
	q, ok := Message{Type: TimeExceeded, Rest: 32 << 16, Body: append(packet, ext...)}.Quote()
	if !ok || !bytes.Equal(q.Extensions, ext) || len(q.Payload) != 10 || q.Cut {
		t.Errorf("%+v %v", q, ok)
	}
}

func TestFieldsOfErrors(t *testing.T) {
	if m := (Message{Type: DestinationUnreachable, Code: FragmentationNeeded, Rest: 1400}); m.MTU() != 1400 {
		t.Error(m.MTU())
	}
	if m := (Message{Type: DestinationUnreachable, Code: HostUnreachable, Rest: 1400}); m.MTU() != 0 {
		t.Error(m.MTU())
	}
	if m := (Message{Type: Redirect, Rest: 0xc0000201}); m.Gateway() != netip.MustParseAddr("192.0.2.1") {
		t.Error(m.Gateway())
	}
}

func TestRegistry(t *testing.T) {
	for _, c := range []struct {
		t    Type
		code uint8
		name string
		cn   string
		ok   bool
	}{
		{3, 4, "Destination Unreachable", "Fragmentation Needed and Don't Fragment was Set", true},
		{3, 16, "Destination Unreachable", "", false},
		{4, 0, "Source Quench", "", true},
		{8, 1, "Echo", "", false},
		{9, 16, "Router Advertisement", "Does not route common traffic", true},
		{25, 0, "Reserved (for Robustness Experiment)", "", false},
		{43, 4, "Extended Echo Reply", "Multiple Interfaces Satisfy Query", true},
		{128, 0, "type 128", "", false}, // ICMPv6 echo request
		{253, 99, "RFC3692-style Experiment 1", "", true},
	} {
		if c.t.String() != c.name || c.t.CodeName(c.code) != c.cn || c.t.Known(c.code) != c.ok {
			t.Errorf("%d/%d: %q %q %v", c.t, c.code, c.t, c.t.CodeName(c.code), c.t.Known(c.code))
		}
	}
	assigned := 0
	for i := range 256 {
		if kinds[i].assigned {
			assigned++
		}
		if kinds[i].codes != nil && !kinds[i].assigned {
			t.Errorf("row %d contradicts itself", i)
		}
	}
	if assigned != 32 { // 0, 3-6, 8-18, 30-43, 253, 254
		t.Errorf("%d types assigned", assigned)
	}
}

func TestNoAllocations(t *testing.T) {
	buf, data := make([]byte, 0, 128), make([]byte, 56)
	if n := testing.AllocsPerRun(100, func() {
		m, _ := Parse(NewEcho(1, 2, data).Append(buf))
		m.Reply(nil, 0)
		m.Quote()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// What parses is written again as the same bytes but for the checksum.
func FuzzParse(f *testing.F) {
	f.Add(NewEcho(1, 2, []byte("abc")).Append(nil))
	packet, _ := ipv4.Header{Protocol: 1, Src: netip.IPv4Unspecified(), Dst: netip.IPv4Unspecified()}.Append(nil, 8)
	f.Add(NewError(TimeExceeded, 0, 5<<16, append(packet, 8, 0, 0, 0, 1, 2, 3, 4)).Append(nil))
	f.Add(Message{Type: Timestamp, Body: Times{Originate: 3}.append(nil)}.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			return
		}
		again := m.Append(nil)
		want := bytes.Clone(b)
		copy(want[2:4], again[2:4])
		if !bytes.Equal(again, want) || !ipv4.Valid(again) {
			t.Fatalf("\ngot  %x\nwant %x", again, want)
		}
		if q, ok := m.Quote(); ok {
			q.Echo()
			if len(q.Payload)+len(q.Extensions) > len(m.Body) {
				t.Fatalf("quote is longer than the message: %+v", q)
			}
		}
		m.Reply(nil, 1)
		m.Times()
	})
}

func BenchmarkEcho(b *testing.B) {
	buf, data := make([]byte, 0, 128), make([]byte, 56)
	b.ReportAllocs()
	for b.Loop() {
		NewEcho(1, 2, data).Append(buf)
	}
}
