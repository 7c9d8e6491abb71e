package icmpv6

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"slices"
	"testing"

	"eterm/frame/ipv6"
	"eterm/ipv4"
)

// packetOf is an IPv6 packet whose header says that what follows is a whole
// upper-layer packet of a protocol.
func packetOf(t *testing.T, next uint8, upper []byte) []byte {
	t.Helper()
	b, err := ipv6.Header{NextHeader: next, HopLimit: 3, Src: one, Dst: two}.Append(nil, len(upper))
	if err != nil {
		t.Fatal(err)
	}
	return append(b, upper...)
}

// TestQuotes: what an error message quotes is read as far as it is there, and
// an echo request in it is told from everything else.
func TestQuotes(t *testing.T) {
	echo := NewEcho(0x1234, 0xfffe, []byte("payload")).Append(nil, one, two)
	reply, _ := NewEcho(0x1234, 5, nil).Reply()
	// A fragment header (RFC 8200, 4.5): next header, reserved, offset and M, identification.
	fragment := func(offset uint16, more byte, upper []byte) []byte {
		return append([]byte{Protocol, 0, byte(offset >> 5), byte(offset<<3) | more, 0, 0, 0, 9}, upper...)
	}
	// Hop-by-hop options (RFC 8200, 4.3) of 8 bytes: PadN.
	hopByHop := append([]byte{Protocol, 0, 1, 4, 0, 0, 0, 0}, echo...)
	for name, c := range map[string]struct {
		m       Message
		ok      bool
		payload []byte
		cut     bool
		echo    bool
	}{
		"whole echo":             {Message{Type: DestinationUnreachable, Body: packetOf(t, Protocol, echo)}, true, echo, false, true},
		"behind options":         {Message{Type: TimeExceeded, Body: packetOf(t, 0, hopByHop)}, true, echo, false, true},
		"first fragment":         {Message{Type: TimeExceeded, Code: 1, Body: packetOf(t, 44, fragment(0, 1, echo))}, true, echo, false, true},
		"second fragment":        {Message{Type: TimeExceeded, Code: 1, Body: packetOf(t, 44, fragment(1, 0, echo))}, true, echo, false, false},
		"a reply":                {Message{Type: ParameterProblem, Body: packetOf(t, Protocol, reply.Append(nil, one, two))}, true, reply.Append(nil, one, two), false, false},
		"UDP":                    {Message{Type: DestinationUnreachable, Code: 4, Body: packetOf(t, ipv4.ProtocolUDP, echo)}, true, echo, false, false},
		"cut in the echo's data": {Message{Type: PacketTooBig, Body: packetOf(t, Protocol, echo)[:ipv6.HeaderLen+10]}, true, echo[:10], true, true},
		"cut in the echo's head": {Message{Type: PacketTooBig, Body: packetOf(t, Protocol, echo)[:ipv6.HeaderLen+7]}, true, echo[:7], true, false},
		"header alone":           {Message{Type: PacketTooBig, Body: packetOf(t, Protocol, echo)[:ipv6.HeaderLen]}, true, nil, true, false},
		"less than a header":     {Message{Type: PacketTooBig, Body: packetOf(t, Protocol, echo)[:ipv6.HeaderLen-1]}, false, nil, false, false},
		"padded behind":          {Message{Type: PacketTooBig, Body: append(packetOf(t, Protocol, echo), 0, 0, 0)}, true, echo, false, true},
		"cut in the options":     {Message{Type: TimeExceeded, Body: packetOf(t, 0, hopByHop)[:ipv6.HeaderLen+4]}, true, nil, true, false},
		"nothing":                {Message{Type: TimeExceeded}, false, nil, false, false},
		"an informational one":   {Message{Type: RouterSolicitation, Body: packetOf(t, Protocol, echo)}, false, nil, false, false},
		"IPv4":                   {Message{Type: TimeExceeded, Body: append([]byte{0x45}, make([]byte, 60)...)}, false, nil, false, false},
	} {
		q, ok := c.m.Quote()
		if ok != c.ok || q.Cut != c.cut || !bytes.Equal(q.Payload, c.payload) {
			t.Errorf("%s: %v, cut %v, payload %x; want %v, %v, %x", name, ok, q.Cut, q.Payload, c.ok, c.cut, c.payload)
		}
		if ok && (q.Header.Src != one || q.Header.Dst != two || q.Header.HopLimit != 3) {
			t.Errorf("%s: header %+v", name, q.Header)
		}
		id, seq, is := q.Echo()
		if is != c.echo || is && (id != 0x1234 || seq != 0xfffe) {
			t.Errorf("%s: echo %v, %#x, %#x", name, is, id, seq)
		}
	}
}

// TestExtensionsAreNotQuoted: RFC 4884 puts objects behind the quoted packet of
// two types and gives its length in words of 8 bytes. What is there is not the
// packet's, and a length that cannot be is none.
func TestExtensionsAreNotQuoted(t *testing.T) {
	echo := NewEcho(7, 8, make([]byte, 16)).Append(nil, one, two)
	long := NewEcho(7, 8, make([]byte, 500)).Append(nil, one, two)
	object := []byte{0x20, 0, 0, 0, 0, 8, 2, 1, 0, 0, 0, 1} // header, and an interface object
	for name, c := range map[string]struct {
		kind    Type
		words   uint32
		quoted  []byte
		payload int
		cut     bool
	}{
		"the packet, its length given":      {DestinationUnreachable, 8, packetOf(t, Protocol, echo), len(echo), false},
		"cut to the length given":           {TimeExceeded, 16, packetOf(t, Protocol, long)[:128], 128 - ipv6.HeaderLen, true},
		"no length":                         {TimeExceeded, 0, packetOf(t, Protocol, long)[:128], 128 - ipv6.HeaderLen + len(object), true},
		"a length beyond the message":       {TimeExceeded, 255, packetOf(t, Protocol, long)[:128], 128 - ipv6.HeaderLen + len(object), true},
		"a type without: MTU in these bits": {PacketTooBig, 8, packetOf(t, Protocol, long)[:128], 128 - ipv6.HeaderLen + len(object), true},
	} {
		m := Message{Type: c.kind, Rest: c.words << 24, Body: slices.Concat(c.quoted, object)}
		if q, ok := m.Quote(); !ok || len(q.Payload) != c.payload || q.Cut != c.cut {
			t.Errorf("%s: %v, %d bytes, cut %v; want %d, %v", name, ok, len(q.Payload), q.Cut, c.payload, c.cut)
		}
	}
}

// TestNextOption: options are units of 8 bytes, and one that has no length or
// goes beyond the end spoils the message (RFC 4861, 4.6).
func TestNextOption(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		want      []Option
		err       error
	}{
		{"none", "", nil, nil},
		{"one", "0101020000000001", []Option{{SourceLink, []byte{2, 0, 0, 0, 0, 1}}}, nil},
		{"MTU of 1500 behind it", "0101020000000001" + "05010000000005dc", []Option{{SourceLink, []byte{2, 0, 0, 0, 0, 1}}, {MTU, []byte{0, 0, 0, 0, 5, 0xdc}}}, nil},
		{"two units", "03020000000000000000000000000000", []Option{{Prefix, make([]byte, 14)}}, nil},
		{"length 0", "0100020000000001", nil, ErrOption},
		{"beyond the end", "0102020000000001", nil, ErrOption},
		{"a lone byte", "01", nil, ErrOption},
		{"good, then length 0", "0101020000000001" + "0000", []Option{{SourceLink, []byte{2, 0, 0, 0, 0, 1}}}, ErrOption},
	} {
		rest, err := hex.DecodeString(c.hex)
		if err != nil {
			t.Fatal(err)
		}
		var got []Option
		for more := true; more && err == nil; {
			var o Option
			if o, rest, more, err = NextOption(rest); more {
				got = append(got, o)
			}
		}
		same := slices.EqualFunc(got, c.want, func(a, b Option) bool { return a.Type == b.Type && bytes.Equal(a.Data, b.Data) })
		if !same || !errors.Is(err, c.err) {
			t.Errorf("%s: %v, %v; want %v, %v", c.name, got, err, c.want, c.err)
		}
	}
}

// TestNeighborOptions: the address is that of the option which belongs to the
// message; others, and link layers of other lengths, are passed over.
func TestNeighborOptions(t *testing.T) {
	target := one.AsSlice()
	source, other := []byte{1, 1, 2, 0, 0, 0, 0, 1}, []byte{2, 1, 2, 0, 0, 0, 0, 2}
	long := []byte{1, 2, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}
	for name, c := range map[string]struct {
		kind    Type
		options []byte
		want    string
	}{
		"solicitation":             {NeighborSolicitation, source, "02:00:00:00:00:01"},
		"solicitation, both":       {NeighborSolicitation, slices.Concat(other, source), "02:00:00:00:00:01"},
		"solicitation, the other":  {NeighborSolicitation, other, ""},
		"advertisement":            {NeighborAdvertisement, other, "02:00:00:00:00:02"},
		"advertisement, the other": {NeighborAdvertisement, source, ""},
		"14 bytes of address":      {NeighborSolicitation, long, ""},
		"none (duplicates)":        {NeighborSolicitation, nil, ""},
	} {
		n, ok := Message{Type: c.kind, Body: slices.Concat(target, c.options)}.Neighbor()
		if !ok || n.Link.String() != c.want || n.Target != one {
			t.Errorf("%s: %+v, %v; want %q", name, n, ok, c.want)
		}
	}
	if _, ok := (Message{Type: NeighborSolicitation, Body: slices.Concat(target, source, []byte{1, 9})}).Neighbor(); ok {
		t.Error("a message with a wrong option behind a right one is taken")
	}
}

func TestParseIsShort(t *testing.T) {
	for n := range HeaderLen {
		if _, err := Parse(make([]byte, n)); !errors.Is(err, ErrShort) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	m, err := Parse([]byte{2, 0, 0, 0, 0, 0, 5, 0})
	if err != nil || m.MTU() != 1280 || m.ID() != 0 || m.Seq() != 1280 || len(m.Body) != 0 {
		t.Errorf("%+v, %v", m, err)
	}
	if m.Type = EchoReply; m.MTU() != 0 {
		t.Error("an echo reply has an MTU")
	}
	if m.Code, m.Type = 1, EchoRequest; !func() bool { _, ok := m.Reply(); return !ok }() {
		t.Error("an echo request of code 1 has a reply")
	}
}

// TestTypesAreWhole holds every type against what RFC 4443, 2.1, says of the
// numbers, and the registry's rows against each other.
func TestTypesAreWhole(t *testing.T) {
	for n := range 256 {
		kind := Type(n)
		if kind.IsError() != (n < 128) {
			t.Errorf("type %d: error %v", n, kind.IsError())
		}
		known := 0
		for code := range 256 {
			if kind.Known(uint8(code)) {
				known++
			}
			if name := kind.CodeName(uint8(code)); name != "" && !kind.Known(uint8(code)) {
				t.Errorf("type %d, code %d has the name %q and is not assigned", n, code, name)
			}
		}
		if kind.Assigned() != (known > 0) || kind.String() == "" {
			t.Errorf("type %d, %q: assigned %v with %d codes", n, kind, kind.Assigned(), known)
		}
	}
	for kind, want := range map[Type]string{
		0: "Reserved", 5: "type 5", 126: "type 126", 199: "type 199",
		255: "Reserved for expansion of ICMPv6 informational messages",
	} {
		if kind.String() != want || kind.Assigned() {
			t.Errorf("type %d: %q, want %q", kind, kind, want)
		}
	}
}

// TestChecksumCoversTheHeader: addresses, length and next header are summed too
// (RFC 8200, 8.1), so that what was delivered to the wrong place is found out.
func TestChecksumCoversTheHeader(t *testing.T) {
	b := NewEcho(1, 2, []byte("odd")).Append(nil, one, two)
	three := netip.MustParseAddr("2001:db8::3")
	if !Valid(b, one, two) || Valid(b, one, three) || Valid(b, three, two) || Valid(append(b, 0, 0), one, two) {
		t.Error("the checksum does not cover the pseudo-header")
	}
	for i := range b {
		for bit := range 8 {
			b[i] ^= 1 << bit
			if Valid(b, one, two) {
				t.Errorf("bit %d of byte %d turned, and the checksum is right", bit, i)
			}
			b[i] ^= 1 << bit
		}
	}
}
