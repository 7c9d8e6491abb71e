package ipv4

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

var (
	one = netip.MustParseAddr("192.168.0.1")
	two = netip.MustParseAddr("192.168.0.199")
)

// The header every textbook shows: UDP, 95 bytes, checksum b861.
func TestAppendKnown(t *testing.T) {
	h := Header{DontFragment: true, TTL: 64, Protocol: ProtocolUDP, Src: one, Dst: two}
	pre := []byte{0xa5, 0xa5, 0xa5}
	got, err := h.Append(pre, 95)
	if err != nil {
		t.Fatal(err)
	}
	want := "a5a5a5" + "4500007300004000" + "4011b861c0a80001c0a800c7"
	if hex.EncodeToString(got) != want {
		t.Errorf("got  %x\nwant %s", got, want)
	}
	back, n, total, err := Parse(append(got[3:], make([]byte, 100)...))
	if err != nil || n != 20 || total != 115 || !reflect.DeepEqual(back, h) {
		t.Errorf("Parse = %+v, %d, %d, %v", back, n, total, err)
	}
	if !Valid(got[3:]) {
		t.Error("checksum of a header just written is not valid")
	}
}

func TestOptionsArePadded(t *testing.T) {
	h := Header{TTL: 1, Protocol: ProtocolIGMP, Src: one, Dst: two, Options: []byte{148, 4, 0, 0, 1}}
	b, err := h.Append(nil, 0)
	if err != nil || len(b) != 28 || b[0] != 0x47 || !Valid(b) {
		t.Fatalf("%x, %v", b, err)
	}
	back, n, total, err := Parse(b)
	if err != nil || n != 28 || total != 28 || !bytes.Equal(back.Options, []byte{148, 4, 0, 0, 1, 0, 0, 0}) {
		t.Fatalf("%+v %d %d %v", back, n, total, err)
	}
}

func TestAppendRefuses(t *testing.T) {
	ok := Header{Src: one, Dst: two}
	for want, change := range map[string]func(*Header) int{
		"source ::1 is not":      func(h *Header) int { h.Src = netip.IPv6Loopback(); return 0 },
		"destination invalid IP": func(h *Header) int { h.Dst = netip.Addr{}; return 0 },
		"41 bytes of options":    func(h *Header) int { h.Options = make([]byte, 41); return 0 },
		"fragment offset 8192":   func(h *Header) int { h.FragmentOffset = 8192; return 0 },
		"payload of 65516 bytes": func(h *Header) int { return 65516 },
		"payload of -1 bytes":    func(h *Header) int { return -1 },
	} {
		h := ok
		n := change(&h)
		dst, err := h.Append([]byte{1}, n)
		if err == nil || !strings.Contains(err.Error(), want) || len(dst) != 1 {
			t.Errorf("want %q, got %v (dst %x)", want, err, dst)
		}
	}
	if _, err := ok.Append(nil, MaxLen-HeaderLen); err != nil {
		t.Errorf("largest packet refused: %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	good, _ := Header{Src: one, Dst: two}.Append(nil, 0)
	edit := func(at int, v byte) []byte { b := bytes.Clone(good); b[at] = v; return b }
	for _, c := range []struct {
		name string
		b    []byte
		err  error
	}{
		{"nothing", nil, ErrShort},
		{"version 6", edit(0, 0x65), ErrVersion},
		{"IHL 4", edit(0, 0x44), ErrIHL},
		{"IHL beyond the end", edit(0, 0x46), ErrShort},
		{"19 bytes", good[:19], ErrShort},
		{"total 19", edit(3, 19), ErrTotal},
	} {
		if _, _, _, err := Parse(c.b); err != c.err {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	h := Header{TTL: 64, Protocol: 1, Src: one, Dst: two, Options: []byte{7, 3, 4}}
	buf := make([]byte, 0, 64)
	if n := testing.AllocsPerRun(100, func() {
		b, _ := h.Append(buf, 10)
		Parse(b)
		Checksum(b, b[:3])
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// What parses is written again as the same bytes, but for the checksum, which
// Append puts right.
func FuzzParse(f *testing.F) {
	b, _ := Header{DontFragment: true, TTL: 64, Protocol: 17, Src: one, Dst: two}.Append(nil, 95)
	f.Add(b)
	b, _ = Header{Reserved: true, MoreFragments: true, FragmentOffset: 7, Src: one, Dst: two, Options: []byte{7, 3, 4}}.Append(nil, 0)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n, total, err := Parse(b)
		if err != nil {
			return
		}
		if n < HeaderLen || n > len(b) || total < n {
			t.Fatalf("header %d, total %d of %d bytes", n, total, len(b))
		}
		again, err := h.Append(nil, total-n)
		if err != nil {
			t.Fatalf("parsed, but not written: %v", err)
		}
		want := bytes.Clone(b[:n])
		copy(want[10:12], again[10:12])
		if !bytes.Equal(again, want) || !Valid(again) {
			t.Fatalf("\ngot  %x\nwant %x", again, want)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	h := Header{TTL: 64, Protocol: 1, Src: one, Dst: two}
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		h.Append(buf, 64)
	}
}

func BenchmarkParse(b *testing.B) {
	buf, _ := Header{TTL: 64, Protocol: 1, Src: one, Dst: two}.Append(nil, 64)
	b.ReportAllocs()
	for b.Loop() {
		Parse(buf)
	}
}
