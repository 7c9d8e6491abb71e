package icmpv6

import (
	"bytes"
	"encoding/hex"
	"net"
	"net/netip"
	"reflect"
	"testing"

	"eterm/frame/ipv6"
)

var (
	one  = netip.MustParseAddr("2001:db8::1")
	two  = netip.MustParseAddr("2001:db8::2")
	link = net.HardwareAddr{2, 0, 0, 0, 0, 1}
)

// Bytes as scapy builds them.
func TestKnown(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		m         Message
		dst       netip.Addr
	}{
		{"echo", "8000176e12340007616263646566676869", NewEcho(0x1234, 7, []byte("abcdefghi")), two},
		{"solicitation", "87001c270000000020010db80000000000000000000000020101020000000001", Neighbor{Target: two, Link: link}.Solicitation(nil), SolicitedNode(two)},
		{"advertisement", "88008a736000000020010db80000000000000000000000010201020000000001", Neighbor{Target: one, Link: link, Solicited: true, Override: true}.Advertisement(nil), two},
	} {
		got := c.m.Append([]byte{0xa5}, one, c.dst)[1:]
		if hex.EncodeToString(got) != c.hex {
			t.Errorf("%s:\ngot  %x\nwant %s", c.name, got, c.hex)
		}
		if !Valid(got, one, c.dst) || Valid(got, one, one) && c.dst != one {
			t.Errorf("%s: checksum", c.name)
		}
		back, err := Parse(got)
		if err != nil || back.Type != c.m.Type || back.Rest != c.m.Rest || !bytes.Equal(back.Body, c.m.Body) {
			t.Errorf("%s: %+v %v", c.name, back, err)
		}
	}
}

func TestNeighbor(t *testing.T) {
	want := Neighbor{Target: one, Link: link, Router: true, Solicited: true, Override: true}
	if got, ok := want.Advertisement(nil).Neighbor(); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, ok)
	}
	ns := Neighbor{Target: one}
	if got, ok := ns.Solicitation(nil).Neighbor(); !ok || !reflect.DeepEqual(got, ns) {
		t.Errorf("%+v %v", got, ok)
	}
	for name, m := range map[string]Message{
		"multicast target": {Type: NeighborSolicitation, Body: append([]byte{0xff}, make([]byte, 15)...)},
		"short":            {Type: NeighborSolicitation, Body: make([]byte, 15)},
		"option length 0":  {Type: NeighborSolicitation, Body: make([]byte, 24)},
		"code 1":           {Type: NeighborSolicitation, Code: 1, Body: make([]byte, 16)},
		"echo":             NewEcho(1, 2, make([]byte, 16)),
	} {
		if _, ok := m.Neighbor(); ok {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestAddresses(t *testing.T) {
	s := SolicitedNode(netip.MustParseAddr("2001:db8::1234:5678"))
	if s != netip.MustParseAddr("ff02::1:ff34:5678") {
		t.Error(s)
	}
	if m := net.HardwareAddr(MulticastMAC(nil, s)); m.String() != "33:33:ff:34:56:78" {
		t.Error(m)
	}
}

func TestErrorsQuote(t *testing.T) {
	probe := NewEcho(0xbeef, 42, make([]byte, 2000)).Append(nil, one, two)
	packet, _ := ipv6.Header{NextHeader: Protocol, HopLimit: 1, Src: one, Dst: two}.Append(nil, len(probe))
	packet = append(packet, probe...)
	// As much as fits into the smallest MTU (RFC 4443, 2.4 c).
	m := Message{Type: PacketTooBig, Rest: 1400, Body: packet[:1280-ipv6.HeaderLen-HeaderLen]}
	q, ok := m.Quote()
	if id, seq, ok2 := q.Echo(); !ok || !ok2 || !q.Cut || id != 0xbeef || seq != 42 || m.MTU() != 1400 {
		t.Errorf("%+v %v", q, ok)
	}
	if _, ok := NewEcho(1, 2, packet).Quote(); ok {
		t.Error("an echo quotes")
	}
	if r, ok := NewEcho(1, 2, nil).Reply(); !ok || r.Type != EchoReply || r.Seq() != 2 {
		t.Error(r, ok)
	}
	if _, ok := m.Reply(); ok {
		t.Error("an error has a reply")
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
		{1, 8, "Destination Unreachable", "Headers too long", true},
		{1, 9, "Destination Unreachable", "", false},
		{3, 0, "Time Exceeded", "hop limit exceeded in transit", true},
		{8, 0, "type 8", "", false}, // echo in ICMP for IPv4
		{127, 0, "Reserved for expansion of ICMPv6 error messages", "", false},
		{138, 255, "Router Renumbering", "Sequence Number Reset", true},
		{155, 77, "RPL Control Message", "", true},
	} {
		if c.t.String() != c.name || c.t.CodeName(c.code) != c.cn || c.t.Known(c.code) != c.ok {
			t.Errorf("%d/%d: %q %q %v", c.t, c.code, c.t, c.t.CodeName(c.code), c.t.Known(c.code))
		}
	}
}

func TestNoAllocations(t *testing.T) {
	buf, body := make([]byte, 0, 128), make([]byte, 0, 64)
	if n := testing.AllocsPerRun(100, func() {
		m, _ := Parse(Neighbor{Target: two, Link: link}.Solicitation(body).Append(buf, one, two))
		m.Neighbor()
		m.Quote()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(NewEcho(1, 2, []byte("abc")).Append(nil, one, two))
	f.Add(Neighbor{Target: two, Link: link}.Advertisement(nil).Append(nil, one, two))
	packet, _ := ipv6.Header{NextHeader: Protocol, Src: one, Dst: two}.Append(nil, 8)
	f.Add(Message{Type: TimeExceeded, Body: append(packet, 128, 0, 0, 0, 1, 2, 3, 4)}.Append(nil, one, two))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			return
		}
		again := m.Append(nil, one, two)
		want := bytes.Clone(b)
		copy(want[2:4], again[2:4])
		if !bytes.Equal(again, want) || !Valid(again, one, two) {
			t.Fatalf("\ngot  %x\nwant %x", again, want)
		}
		if q, ok := m.Quote(); ok {
			q.Echo()
		}
		m.Neighbor()
	})
}
