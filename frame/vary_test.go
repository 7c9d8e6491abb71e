package frame

import (
	"bytes"
	"fmt"
	"testing"
)

// checkSums fails unless every checksum the template fills is right in each of
// its next frames, computed over the whole and not from what changed.
func checkSums(t testing.TB, tpl *Template) {
	t.Helper()
	b := tpl.Append(nil)
	for range 3 {
		tpl.Patch(b)
		again := tpl.Clone()
		again.first.Bytes = append(again.first.Bytes[:0], b...)
		again.vary = nil
		again.fillSums()
		if !bytes.Equal(again.first.Bytes, b) {
			t.Fatalf("patched to\n%x, whole sums give\n%x", b, again.first.Bytes)
		}
	}
}

func TestVaryingFields(t *testing.T) {
	for _, c := range []struct {
		notation string
		field    string // with %d
		values   []int
	}{
		{"ipv4 / icmp id=1 seq=65534..65535", "seq=%d", []int{65534, 65535, 65534}},
		{"ipv4 / icmp id=1 seq=1..10+4", "seq=%d", []int{1, 5, 9, 1}},
		{"ipv4 / icmp id=1 seq=9,2,9", "seq=%d", []int{9, 2, 9, 9, 2}},
		{"ipv4 ttl=254..255 / icmp id=1 seq=1", "ttl=%d", []int{254, 255, 254}},
		{"vlan id=4094..4095", "id=%d", []int{4094, 4095, 4094}},
	} {
		tpl, err := Parse(c.notation)
		if err != nil {
			t.Fatal(err)
		}
		if !tpl.Varies() || tpl.Random() {
			t.Errorf("%s: Varies %v, Random %v", c.notation, tpl.Varies(), tpl.Random())
		}
		for i, v := range c.values {
			d := Decode(tpl.Append(nil))
			want := fmt.Sprintf(" "+c.field, v)
			if got := string(d.AppendNotation(nil)); !bytes.Contains([]byte(got+" "), []byte(want+" ")) {
				t.Errorf("%s: frame %d is %s, want%s", c.notation, i, got, want)
			}
			for _, f := range d.Faults {
				if f.Problem == "bad checksum" {
					t.Errorf("%s: frame %d: %s", c.notation, i, f.Append(nil))
				}
			}
		}
		checkSums(t, tpl)
	}
}

// Whatever varies, all checksums that are not given follow, through
// pseudo-headers and quotes too.
func TestChecksumsFollow(t *testing.T) {
	for _, n := range []string{
		"ipv4 src=192.0.2.1..192.0.2.9 dst=random id=random / udp sport=1..9 dport=random / random 33",
		"ipv4 src=192.0.2.1..192.0.2.9 / tcp seq=random syn=0,1 window=5..9 / hex 01",
		"ipv6 src=2001:db8::1..2001:db8::ffff dst=2001:db8::5,2001:db8::6 flow=random / udp sport=random",
		"ipv6 hops=1..255 / icmpv6 neighbor-solicitation target=2001:db8::1..2001:db8::9 / nd source mac=random",
		"ipv4 / icmp time-exceeded / ipv4 src=192.0.2.1..192.0.2.9 ttl=random / udp sport=random / hex 0001",
		"ipv4 dst=192.0.2.1..192.0.2.9 / ipv6 / ipv4 src=random / udp sport=0..65535",
		"ipv6 dst=2001:db8::1,2001:db8::2 / routing type=4 left=1 data=0x0000000020010db8000000000000000000000001 / udp sport=random",
		"ipv4 / udp checksum=random sport=random",
		"ipv4 / icmp time-exceeded / hex 00 / ipv6 src=2001:db8::1..2001:db8:0:0:ffff:ffff:ffff:ffff / udp sport=random dport=1..3",
		"ipv4 dscp=random ecn=random offset=random df=0,1 ttl=random protocol=random",
	} {
		tpl, err := Parse(n)
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			checkSums(t, tpl)
		}
	}
}

// A UDP checksum that comes out as 0 is sent as 0xffff (RFC 768).
func TestZeroChecksumOfUDP(t *testing.T) {
	tpl, err := Parse("ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=0..65535 dport=1")
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	b := make([]byte, 0, 64)
	for range 1 << 16 {
		b = tpl.Append(b[:0])
		switch sum := getBits(b, 40*8, 16); sum {
		case 0:
			t.Fatalf("%x has the checksum 0", b)
		case 0xffff:
			seen = true
		}
	}
	if !seen {
		t.Error("no port gave the checksum 0xffff")
	}
}

func TestSeedRepeats(t *testing.T) {
	const n = "ipv4 src=random / udp sport=random:1024..2048 / random 16"
	run := func(seed uint64) (all []byte) {
		tpl, err := Parse(n)
		if err != nil {
			t.Fatal(err)
		}
		tpl.Seed(seed)
		if !tpl.Random() {
			t.Fatal("nothing is random")
		}
		for range 10 {
			all = tpl.Append(all)
			port := getBits(all, (len(all)-tpl.Len()+34)*8, 16)
			if port < 1024 || port > 2048 {
				t.Fatalf("port %d is outside the range", port)
			}
		}
		checkSums(t, tpl)
		return all
	}
	if !bytes.Equal(run(1), run(1)) {
		t.Error("the same seed gave other frames")
	}
	if bytes.Equal(run(1), run(2)) {
		t.Error("another seed gave the same frames")
	}
}

func TestCloneIsIndependent(t *testing.T) {
	tpl, err := Parse("ipv4 / icmp id=1 seq=1..9")
	if err != nil {
		t.Fatal(err)
	}
	tpl.Append(nil)
	c := tpl.Clone()
	second := c.Append(nil)
	if !bytes.Equal(tpl.Append(nil), second) {
		t.Error("the copy does not go on where the template was")
	}
	if bytes.Equal(tpl.Append(nil), second) {
		t.Error("the template did not go on")
	}
}

func mustBuild(t testing.TB, notation string) []byte {
	t.Helper()
	tpl, err := Parse(notation)
	if err != nil {
		t.Fatalf("%s: %v", notation, err)
	}
	return tpl.Append(nil)
}
