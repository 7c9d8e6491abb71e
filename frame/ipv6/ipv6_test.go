package ipv6

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
)

var src, dst = netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("ff02::1:ff00:2")

func TestKnown(t *testing.T) {
	h := Header{TrafficClass: 0xb8, FlowLabel: 0x12345, NextHeader: 58, HopLimit: 255, Src: src, Dst: dst}
	got, err := h.Append([]byte{0xa5}, 32)
	want := "a5" + "6b812345" + "00203aff" + "20010db8000000000000000000000001" + "ff0200000000000000000001ff000002"
	if err != nil || hex.EncodeToString(got) != want {
		t.Fatalf("got  %x\nwant %s (%v)", got, want, err)
	}
	if back, n, err := Parse(got[1:]); back != h || n != 32 || err != nil {
		t.Errorf("%+v %d %v", back, n, err)
	}
}

func TestRefused(t *testing.T) {
	ok := Header{Src: src, Dst: dst}
	for want, f := range map[string]func(*Header) int{
		"source 192.0.2.1 is not": func(h *Header) int { h.Src = netip.MustParseAddr("192.0.2.1"); return 0 },
		"destination invalid IP":  func(h *Header) int { h.Dst = netip.Addr{}; return 0 },
		"flow label 0x100000":     func(h *Header) int { h.FlowLabel = 1 << 20; return 0 },
		"payload of 65536 bytes":  func(*Header) int { return 65536 },
	} {
		h := ok
		n := f(&h)
		if b, err := h.Append(nil, n); err == nil || !strings.Contains(err.Error(), want) || b != nil {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	for _, b := range [][]byte{nil, {0x60}, make([]byte, 40), append([]byte{0x60}, make([]byte, 38)...)} {
		if _, _, err := Parse(b); err == nil {
			t.Errorf("%x parsed", b)
		}
	}
}

func TestWalk(t *testing.T) {
	hop := []byte{Fragment, 0, 5, 2, 0, 0, 1, 0}       // router alert, PadN
	frag := []byte{DestOptions, 0, 0, 1, 0, 0, 0, 9}   // offset 0, more
	later := []byte{DestOptions, 0, 0, 9, 0, 0, 0, 9}  // offset 1, more
	dest := append([]byte{AH, 1}, make([]byte, 14)...) // 16 bytes
	ah := append([]byte{58, 4}, make([]byte, 22)...)   // 24 bytes
	join := func(p ...[]byte) []byte { return bytes.Join(p, nil) }
	for _, c := range []struct {
		name string
		next uint8
		b    []byte
		want Upper
		err  error
	}{
		{"none", 58, []byte{1}, Upper{Protocol: 58}, nil},
		{"all", HopByHop, join(hop, frag, dest, ah, []byte{128}), Upper{58, 56, true, 0, true}, nil},
		{"a later fragment", HopByHop, join(hop, later, []byte("data")), Upper{DestOptions, 16, true, 1, true}, nil},
		{"cut", HopByHop, join(hop, frag, dest[:9]), Upper{DestOptions, 16, true, 0, true}, ErrShort},
		{"nothing follows", DestOptions, []byte{NoNext, 0, 1, 4, 0, 0, 0, 0}, Upper{Protocol: NoNext, Offset: 8}, nil},
		{"too many", DestOptions, bytes.Repeat([]byte{DestOptions, 0, 1, 4, 0, 0, 0, 0}, 20), Upper{Protocol: DestOptions, Offset: 128}, ErrChain},
	} {
		if got, err := Walk(c.next, c.b); got != c.want || err != c.err {
			t.Errorf("%s: %+v %v", c.name, got, err)
		}
	}
}

func FuzzWalk(f *testing.F) {
	h, _ := Header{NextHeader: HopByHop, Src: src, Dst: dst}.Append(nil, 16)
	f.Add(append(h, 44, 0, 5, 2, 0, 0, 1, 0, 58, 0, 0, 1, 0, 0, 0, 9))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n, err := Parse(b)
		if err != nil {
			return
		}
		again, err := h.Append(nil, n)
		if err != nil || !bytes.Equal(again, b[:HeaderLen]) {
			t.Fatalf("%x is written as %x (%v)", b[:HeaderLen], again, err)
		}
		u, _ := Walk(h.NextHeader, b[HeaderLen:])
		if u.Offset > len(b)-HeaderLen {
			t.Fatalf("%+v lies beyond %d bytes", u, len(b)-HeaderLen)
		}
	})
}

func TestNoAllocations(t *testing.T) {
	buf := make([]byte, 0, 64)
	if n := testing.AllocsPerRun(100, func() {
		b, _ := Header{Src: src, Dst: dst}.Append(buf, 0)
		h, _, _ := Parse(b)
		Walk(h.NextHeader, nil)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
