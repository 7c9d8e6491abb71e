package udp

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"eterm/ipv4"
)

var (
	src4, dst4 = netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	src6, dst6 = netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
)

// valid says whether the checksum of a datagram is right, none included where
// IPv4 allows it.
func valid(b []byte, src, to netip.Addr) bool {
	if b[checksumAt]|b[checksumAt+1] == 0 {
		return src.Is4()
	}
	return ipv4.Sum(ipv4.PseudoSum(src, to, Protocol, len(b)), b) == 0xffff
}

// TestVectors are datagrams as scapy builds them:
// raw(IP(src=...,dst=...)/UDP(sport=...,dport=...)/b"...")[20:].
func TestVectors(t *testing.T) {
	for _, v := range []struct {
		h        Header
		src, dst netip.Addr
		payload  string
		want     string
	}{
		{Header{1234, 9}, src4, dst4, "hello", "04d20009000d3323" + "68656c6c6f"},
		{Header{53, 40000}, src6, dst6, "", "00359c40000807f4"},
	} {
		b, err := v.h.Append([]byte{0xa5}, v.src, v.dst, []byte(v.payload))
		if err != nil || b[0] != 0xa5 {
			t.Fatalf("%x %v", b, err)
		}
		b = b[1:]
		if got := hex.EncodeToString(b); got != v.want {
			t.Errorf("%v: %s, want %s", v.h, got, v.want)
		}
		h, payload, err := Parse(append(b, 0, 0, 0))
		if err != nil || h != v.h || string(payload) != v.payload || cap(payload) != len(payload) {
			t.Errorf("%v: parsed %v %q %v", v.h, h, payload, err)
		}
		if !valid(b, v.src, v.dst) || valid(b, v.src, v.src) {
			t.Errorf("%v: verdicts on the checksum", v.h)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, v := range []struct {
		hex  string
		want error
	}{
		{"", ErrShort}, {"04d20009000800", ErrShort}, {"04d2000900070000", ErrLength}, {"04d2000900090000", ErrLength}, {"04d2000900080000", nil},
	} {
		b, _ := hex.DecodeString(v.hex)
		if _, _, err := Parse(b); err != v.want {
			t.Errorf("%s: %v, want %v", v.hex, err, v.want)
		}
	}
}

// TestZeroIsNoChecksum holds to RFC 768 and RFC 8200, 8.1: a sum of zero is
// sent as all ones, and none at all is right in IPv4 alone.
func TestZeroIsNoChecksum(t *testing.T) {
	b, _ := Header{}.Append(nil, src4, dst4, []byte{0, 0})
	b[8], b[9] = b[6], b[7] // data that makes the sum come out as zero
	Seal(b, src4, dst4)
	if b[6] != 0xff || b[7] != 0xff || !valid(b, src4, dst4) {
		t.Errorf("%x", b)
	}
	b[6], b[7] = 0, 0
	if !valid(b, src4, dst4) || valid(b, src6, dst6) {
		t.Error("no checksum")
	}
}

func TestTooLong(t *testing.T) {
	dst := []byte{1, 2}
	if b, err := (Header{}).Append(dst, src4, dst4, make([]byte, MaxLen-HeaderLen+1)); err == nil || !strings.Contains(err.Error(), "65528") || !bytes.Equal(b, dst) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	b, err := (Header{}).Append(dst, src4, dst4, make([]byte, MaxLen-HeaderLen))
	if err != nil || len(b) != 2+MaxLen || !valid(b[2:], src4, dst4) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

func TestNothingAllocates(t *testing.T) {
	buf, payload := make([]byte, 0, 64), []byte("data")
	if n := testing.AllocsPerRun(100, func() {
		b, _ := Header{1, 2}.Append(buf, src6, dst6, payload)
		Parse(b)
		Parse(b[:3])
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("\x04\xd2\x00\x09\x00\x0d\x1d\x39hello"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, payload, err := Parse(b)
		if err != nil {
			return
		}
		again, err := h.Append(nil, src4, dst4, payload)
		if err != nil || !bytes.Equal(again[:6], b[:6]) || !bytes.Equal(again[8:], b[8:len(again)]) || !valid(again, src4, dst4) {
			t.Fatalf("%x became %x, %v", b, again, err)
		}
	})
}
