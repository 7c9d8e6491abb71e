package frame

import (
	"fmt"
	"strings"
	"testing"

	"eterm/ipv4"
)

// slowSum is the Internet checksum as RFC 1071, 1 says it in words: pairs of
// bytes are added in one's complement, a last byte alone counts as if 0 followed.
func slowSum(b []byte) uint16 {
	sum := 0
	for i, c := range b {
		if i%2 == 0 {
			sum += int(c) << 8
		} else {
			sum += int(c)
		}
		if sum > 0xffff {
			sum -= 0xffff // the carry is added at the right end
		}
	}
	return uint16(sum)
}

// slowPseudo is the pseudo-header's bytes (RFC 768; RFC 8200, 8.1).
func slowPseudo(addresses []byte, length int, protocol byte) []byte {
	b := append([]byte(nil), addresses...)
	return append(b, 0, 0, byte(length>>8), byte(length), 0, 0, 0, protocol)
}

// TestRFC1071Example is the numerical example of RFC 1071, 3.
func TestRFC1071Example(t *testing.T) {
	b := unhex(t, "0001 f203 f4f5 f6f7")
	if got := ipv4.Sum(0, b); got != 0xddf2 {
		t.Errorf("the sum is %#x, want 0xddf2", got)
	}
	if got := ipv4.Sum(ipv4.Sum(0, b[4:]), b[:4]); got != 0xddf2 {
		t.Errorf("in two pieces, turned around, the sum is %#x, want 0xddf2", got)
	}
}

// TestChecksumsOfEveryLength: each length of data from none on, odd ones too,
// of bytes that carry (all ones), that do not (all zeros), and that differ.
func TestChecksumsOfEveryLength(t *testing.T) {
	const ip4, ip6 = "ipv4 src=192.0.2.1 dst=192.0.2.2 / ", "ipv6 src=2001:db8::1 dst=2001:db8::2 / "
	for _, c := range []struct {
		notation     string
		at, sum      int // where what is covered starts, and the checksum
		from, to     int // the addresses, if they are covered
		protocol     byte
		zeroIsOneish bool
	}{
		{notation: ip4 + "icmp echo-request id=1 seq=2", at: 34, sum: 36},
		{notation: ip4 + "igmp query group=224.0.0.1", at: 34, sum: 36},
		{notation: ip4 + "udp sport=1 dport=2", at: 34, sum: 40, from: 26, to: 34, protocol: 17, zeroIsOneish: true},
		{notation: ip4 + "tcp sport=1 dport=2", at: 34, sum: 50, from: 26, to: 34, protocol: 6},
		{notation: ip6 + "icmpv6 echo-request id=1 seq=2", at: 54, sum: 56, from: 22, to: 54, protocol: 58},
		{notation: ip6 + "udp sport=1 dport=2", at: 54, sum: 60, from: 22, to: 54, protocol: 17, zeroIsOneish: true},
		{notation: ip6 + "tcp sport=1 dport=2", at: 54, sum: 70, from: 22, to: 54, protocol: 6},
	} {
		for n := range 67 {
			for _, data := range []string{strings.Repeat("ff", n), strings.Repeat("00", n), strings.Repeat("8001fe", n)[:2*n]} {
				notation := "eth src=02:00:00:00:00:01 / " + c.notation + " / hex " + data + " / pad 0"
				if n == 0 {
					notation = strings.Replace(notation, "/ hex  ", "", 1)
				}
				b := mustBuild(t, notation)
				got := uint16(getBits(b, c.sum*8, 16))
				putBits(b, c.sum*8, 16, 0)
				var covered []byte
				if c.to > 0 {
					covered = slowPseudo(b[c.from:c.to], len(b)-c.at, c.protocol)
				}
				want := ^slowSum(append(covered, b[c.at:]...))
				if want == 0 && c.zeroIsOneish {
					want = 0xffff
				}
				if got != want {
					t.Fatalf("%s: checksum %#04x, want %#04x", notation, got, want)
				}
			}
		}
	}
}

// TestZeroAndAllOnes: data is chosen so that the sum comes out as all ones,
// which only UDP must not send as 0 (RFC 768), whatever version of IP it is in.
func TestZeroAndAllOnes(t *testing.T) {
	for _, c := range []struct {
		notation string
		at       int
		sum      uint64
	}{
		{"ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=1 dport=2 / hex %04x", 40, 0xffff},
		{"ipv6 src=2001:db8::1 dst=2001:db8::2 / udp sport=1 dport=2 / hex %04x", 60, 0xffff},
		{"ipv4 src=192.0.2.1 dst=192.0.2.2 / tcp sport=1 dport=2 / hex %04x", 50, 0},
		{"ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp id=1 seq=2 / hex %04x", 36, 0},
		{"ipv6 src=2001:db8::1 dst=2001:db8::2 / icmpv6 echo-request id=1 seq=2 / hex %04x", 56, 0},
	} {
		// With data 0 the checksum is what data must be for the sum to be all ones.
		need := getBits(mustBuild(t, fmt.Sprintf("eth src=02:00:00:00:00:01 / "+c.notation, 0)), c.at*8, 16)
		b := mustBuild(t, fmt.Sprintf("eth src=02:00:00:00:00:01 / "+c.notation+" / pad 0", need))
		if got := getBits(b, c.at*8, 16); got != c.sum {
			t.Errorf("%s with %#x: checksum %#04x, want %#04x", c.notation, need, got, c.sum)
		}
		for _, f := range faultsOf(Decode(b)) {
			if strings.Contains(f, "checksum") {
				t.Errorf("%s: %s", c.notation, f)
			}
		}
	}
}

// TestBothZerosAreRight: in one's complement 0x0000 and 0xffff are one number,
// so a receiver takes either; what UDP over IPv4 says with 0 is that there is none.
func TestBothZerosAreRight(t *testing.T) {
	checkFaulty(t, []faulty{
		{"ICMP of zeros sums to all ones", upper4(t, 1, "0000 ffff 0000 0000"), ""},
		{"all zeros is no sum of something", upper4(t, 1, "0000 0000 0000 0000"), "icmp.checksum at 36: bad checksum: 0x0000, should be 0xffff"},
		{"UDP over IPv4 without checksum", upper4(t, 17, "0001 0002 0008 0000"), ""},
		{"UDP over IPv6 without checksum (RFC 8200, 8.1)", upper6(t, 17, "0001 0002 0008 0000"), "udp.checksum at 60: bad checksum: 0x0000, should be 0xa466"},
		{"TCP over IPv4 without checksum", upper4(t, 6, "0001 0002 00000000 00000000 5000 0000 0000 0000"), "tcp.checksum at 50: bad checksum: 0x0000, should be 0x2bde"},
	})
}

// TestOneBitIsFound: a checksum finds each single bit that is wrong.
func TestOneBitIsFound(t *testing.T) {
	b := mustBuild(t, "eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 id=7 / icmp echo-request id=1 seq=2 / count 32")
	for bit := 34 * 8; bit < len(b)*8; bit++ {
		putBits(b, bit, 1, getBits(b, bit, 1)^1)
		if d := Decode(b); len(d.Faults) == 0 || !strings.Contains(strings.Join(faultsOf(d), " "), "icmp.checksum at 36: bad checksum") {
			t.Errorf("bit %d of byte %d: %v", bit%8, bit/8, faultsOf(d))
		}
		putBits(b, bit, 1, getBits(b, bit, 1)^1)
	}
	if d := Decode(b); len(d.Faults) != 0 {
		t.Errorf("the frame itself: %v", faultsOf(d))
	}
}
