package ipv4

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/netip"
	"testing"
)

// plain is RFC 1071's definition written out word by word, as the referee of
// the fast one.
func plain(b []byte) uint16 {
	var s uint32
	for i := 0; i < len(b); i += 2 {
		w := uint32(b[i]) << 8
		if i+1 < len(b) {
			w |= uint32(b[i+1])
		}
		s += w
		for s > 0xffff {
			s = s>>16 + s&0xffff
		}
	}
	return uint16(s)
}

func TestChecksumKnown(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		sum, chk  uint16
	}{
		{"RFC 1071 section 3", "0001f203f4f5f6f7", 0xddf2, 0x220d},
		{"wikipedia header", "45000073000040004011" + "0000" + "c0a80001c0a800c7", 0x479e, 0xb861},
		{"nothing", "", 0, 0xffff},
		{"one byte is the high byte", "12", 0x1200, 0xedff},
		{"three bytes", "ffff01", 0x0100, 0xfeff},
		{"all ones", "ffffffffffffffffffff", 0xffff, 0},
		{"zeros", "000000000000000000", 0, 0xffff},
	} {
		b, _ := hex.DecodeString(c.hex)
		if got := Sum(0, b); got != c.sum {
			t.Errorf("%s: Sum = %04x, want %04x", c.name, got, c.sum)
		}
		if got := Checksum(b); got != c.chk {
			t.Errorf("%s: Checksum = %04x, want %04x", c.name, got, c.chk)
		}
	}
}

// Every length to 300, at every alignment, of random bytes and of all ones
// (where carries are worst).
func TestSumAgainstDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	buf := make([]byte, 310)
	for _, ones := range []bool{false, true} {
		for i := range buf {
			buf[i] = byte(r.Uint32())
			if ones {
				buf[i] = 0xff
			}
		}
		for n := 0; n <= 300; n++ {
			for off := 0; off < 8; off++ {
				b := buf[off : off+n]
				if got, want := Sum(0, b), plain(b); got != want {
					t.Fatalf("ones %v, %d bytes at %d: %04x, want %04x", ones, n, off, got, want)
				}
			}
		}
	}
}

func TestChecksumOfParts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		b := make([]byte, r.IntN(100))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		i := r.IntN(len(b) + 1)
		j := i + r.IntN(len(b)-i+1)
		if got, want := Checksum(b[:i], b[i:j], b[j:]), Checksum(b); got != want {
			t.Fatalf("%x cut at %d and %d: %04x, want %04x", b, i, j, got, want)
		}
	}
}

func TestPseudoSum(t *testing.T) {
	// RFC 768 and RFC 8200, 8.1, written out.
	v4 := PseudoSum(netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), ProtocolUDP, 9)
	if want := plain([]byte{192, 0, 2, 1, 192, 0, 2, 2, 0, 17, 0, 9}); v4 != want {
		t.Errorf("IPv4: %04x, want %04x", v4, want)
	}
	src, dst := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("ff02::1:ff00:2")
	s, d := src.As16(), dst.As16()
	b := append(append(s[:], d[:]...), 0, 1, 0x86, 0xa0, 0, 0, 0, ProtocolICMPv6)
	if got, want := PseudoSum(src, dst, ProtocolICMPv6, 100000), plain(b); got != want {
		t.Errorf("IPv6: %04x, want %04x", got, want)
	}
}

func FuzzSum(f *testing.F) {
	f.Add([]byte{1}, uint16(0))
	f.Add([]byte{0xff, 0xff, 0xff}, uint16(0xffff))
	f.Fuzz(func(t *testing.T, b []byte, initial uint16) {
		if got, want := Sum(initial, b), plain(append([]byte{byte(initial >> 8), byte(initial)}, b...)); got != want {
			t.Fatalf("%04x, want %04x", got, want)
		}
		filled := append([]byte{0, 0}, b...)
		binary.BigEndian.PutUint16(filled, Checksum(filled))
		if !Valid(filled) {
			t.Fatalf("filled in, yet not valid: %x", filled)
		}
	})
}

func BenchmarkSum(b *testing.B) {
	for _, c := range []struct {
		name string
		n    int
	}{{"64", 64}, {"1500", 1500}, {"9000", 9000}} {
		buf := make([]byte, c.n)
		for i := range buf {
			buf[i] = byte(i * 7)
		}
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(c.n))
			b.ReportAllocs()
			for b.Loop() {
				Sum(0, buf)
			}
		})
	}
}
