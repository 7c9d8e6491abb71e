package frame

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestPatchWritesWhatVaries: frame after frame, what stands at a place of the
// frame, and that all bytes but these and the checksum stay.
func TestPatchWritesWhatVaries(t *testing.T) {
	const ip4 = "eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 "
	for _, c := range []struct {
		notation  string
		at, bits  int // in bits from the frame's start
		sums      []int
		transport byte
		want      []uint64
	}{
		{ip4 + "/ icmp id=1 seq=65534..65535 / hex 01", 40 * 8, 16, []int{36}, 0, []uint64{65534, 65535, 65534}},
		{ip4 + "/ icmp id=1 seq=0..65535+32768 / hex 01", 40 * 8, 16, []int{36}, 0, []uint64{0, 32768, 0, 32768}},
		{ip4 + "/ icmp id=1 seq=0..65535+65535 / hex 01", 40 * 8, 16, []int{36}, 0, []uint64{0, 65535, 0}},
		{ip4 + "/ icmp id=1 seq=0..65535+65536 / hex 01", 40 * 8, 16, []int{36}, 0, []uint64{0, 0, 0}},
		{ip4 + "/ icmp id=5..7 seq=1 / hex 01", 38 * 8, 16, []int{36}, 0, []uint64{5, 6, 7, 5}},
		{ip4 + "/ icmp id=7,7,5 seq=1 / hex 01", 38 * 8, 16, []int{36}, 0, []uint64{7, 7, 5, 7}},
		{ip4 + "ttl=1..3 / icmp id=1 seq=1", 22 * 8, 8, []int{24}, 0, []uint64{1, 2, 3, 1}},
		{ip4 + "ttl=255,0 / icmp id=1 seq=1", 22 * 8, 8, []int{24}, 0, []uint64{255, 0, 255}},
		{ip4 + "dscp=62..63 / icmp id=1 seq=1", 15 * 8, 6, []int{24}, 0, []uint64{62, 63, 62}},
		{ip4 + "offset=8190..8191 protocol=253 / hex 01", 20*8 + 3, 13, []int{24}, 0, []uint64{8190, 8191, 8190}},
		{ip4 + "id=1..2 / icmp id=1 seq=1", 18 * 8, 16, []int{24}, 0, []uint64{1, 2, 1}},
		{ip4 + "/ udp sport=1..2 dport=9 / hex 010203", 34 * 8, 16, []int{40}, 17, []uint64{1, 2, 1}},
		{ip4 + "/ udp sport=1 dport=53,67 / hex 010203", 36 * 8, 16, []int{40}, 17, []uint64{53, 67, 53}},
		{ip4 + "/ tcp sport=1 dport=2 seq=4294967294..4294967295", 38 * 8, 32, []int{50}, 6, []uint64{1<<32 - 2, 1<<32 - 1, 1<<32 - 2}},
		{ip4 + "/ tcp sport=1 dport=2 window=1,65535 / hex 01", 48 * 8, 16, []int{50}, 6, []uint64{1, 65535, 1}},
		{strings.Replace(ip4, "src=192.0.2.1 ", "src=192.0.2.254..192.0.3.1 ", 1) + "/ udp sport=1 dport=2 / hex 01", 26 * 8, 32, []int{24, 40}, 17, []uint64{0xc00002fe, 0xc00002ff, 0xc0000300, 0xc0000301, 0xc00002fe}},
		{strings.Replace(ip4, "dst=192.0.2.2 ", "dst=0.0.0.0..255.255.255.255+2147483648 ", 1) + "/ tcp sport=1 dport=2 / hex 01", 30 * 8, 32, []int{24, 50}, 6, []uint64{0, 1 << 31, 0}},
		{"eth src=02:00:00:00:00:01 / vlan id=4093..4094 pcp=5 / ipv4 src=192.0.2.1 dst=192.0.2.2 / hex 01", 14*8 + 4, 12, nil, 0, []uint64{4093, 4094, 4093}},
		{"eth src=02:00:00:00:00:01 / mpls label=1048574..1048575 tc=7 / hex 01", 14 * 8, 20, nil, 0, []uint64{1<<20 - 2, 1<<20 - 1, 1<<20 - 2}},
		{"eth src=02:00:00:00:00:01 dst=02:00:00:00:00:ff..02:00:00:00:01:00 type=0x88b5 / hex 01", 0, 48, nil, 0, []uint64{0x0200000000ff, 0x020000000100, 0x0200000000ff}},
	} {
		tpl, err := Parse(c.notation)
		if err != nil {
			t.Fatalf("%s: %v", c.notation, err)
		}
		first := tpl.Clone().Append(nil)
		b := slices.Clone(first)
		for i, want := range c.want {
			tpl.Patch(b)
			if got := getBits(b, c.at, c.bits); got != want {
				t.Errorf("%s: frame %d has %d, want %d", c.notation, i, got, want)
			}
			rest := slices.Clone(b)
			putBits(rest, c.at, c.bits, getBits(first, c.at, c.bits))
			for _, at := range c.sums {
				checkSlowly(t, b, at, c.transport)
				putBits(rest, at*8, 16, getBits(first, at*8, 16))
			}
			if string(rest) != string(first) {
				t.Errorf("%s: frame %d is\n%x, the first was\n%x", c.notation, i, b, first)
			}
		}
	}
}

// checkSlowly holds a checksum of an IPv4 packet without options at byte 14,
// or of what it carries, to the words of RFC 1071.
func checkSlowly(t *testing.T, b []byte, at int, protocol byte) {
	t.Helper()
	from, to := 34, 14+int(getBits(b, 16*8, 16))
	if at == 24 {
		from, to = 14, 34
	}
	covered := slices.Clone(b[from:to])
	if protocol != 0 && at != 24 {
		covered = append(slowPseudo(b[26:34], to-from, protocol), covered...)
	}
	if got := slowSum(covered); got != 0xffff {
		t.Errorf("%x: with the checksum at %d the sum is %#04x, want 0xffff", b, at, got)
	}
}

// TestPatchLeavesWhatIsBehind: b may be longer than the frame.
func TestPatchLeavesWhatIsBehind(t *testing.T) {
	tpl, err := Parse("eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=1..9 dport=2 / count 30")
	if err != nil {
		t.Fatal(err)
	}
	b := append(tpl.Clone().Append(nil), 0xa5, 0xa5)
	for range 20 {
		tpl.Patch(b)
	}
	if tail := b[tpl.Len():]; string(tail) != "\xa5\xa5" {
		t.Errorf("behind the frame stands %x", tail)
	}
}

// TestSizes: what is short is padded to 60 bytes, tags included, unless a
// trailer says otherwise.
func TestSizes(t *testing.T) {
	for _, c := range []struct {
		notation string
		want     int
	}{
		{"eth src=02:00:00:00:00:01 type=0x88b5 / pad 0", 14},
		{"eth src=02:00:00:00:00:01 type=0x88b5 / zeros 1 / pad 0", 15},
		{"eth src=02:00:00:00:00:01 type=0x88b5", 60},
		{"eth src=02:00:00:00:00:01 type=0x88b5 / zeros 45", 60},
		{"eth src=02:00:00:00:00:01 type=0x88b5 / zeros 46", 60},
		{"eth src=02:00:00:00:00:01 type=0x88b5 / zeros 47", 61},
		{"eth src=02:00:00:00:00:01 / vlan id=1 type=0x88b5 / zeros 41", 60},
		{"eth src=02:00:00:00:00:01 / vlan id=1 type=0x88b5 / zeros 42", 60},
		{"eth src=02:00:00:00:00:01 / vlan id=1 type=0x88b5 / zeros 43", 61},
		{"eth src=02:00:00:00:00:01 type=0x88b5 / zeros 1500", 1514},
		{"eth src=02:00:00:00:00:01 / vlan id=1 type=0x88b5 / zeros 1500", 1518},
		{"eth src=02:00:00:00:00:01 / svlan id=1 / vlan id=1 type=0x88b5 / zeros 1500", 1522},
		{"eth src=02:00:00:00:00:01 type=0x88b5 / zeros 9000", 9014},
		{"eth src=02:00:00:00:00:01 type=0x88b5 / zeros 10 / pad 5", 29},
		{"hex 01", 1},
	} {
		tpl, err := Parse(c.notation)
		if err != nil {
			t.Fatalf("%s: %v", c.notation, err)
		}
		if b := tpl.Append(nil); len(b) != c.want || tpl.Len() != c.want {
			t.Errorf("%s: %d bytes, Len says %d, want %d", c.notation, len(b), tpl.Len(), c.want)
		}
	}
	// 1500 is the longest 802.3 length; one more is no length.
	for n, want := range map[int]string{1500: "05dc", 1501: "05dd"} {
		b := unhex(t, "020000000002020000000001"+want+"e0e003"+strings.Repeat("00", n-3))
		if d := Decode(b); (len(d.Faults) == 0) != (n == 1500) || d.Parts[1].Layer == LayerLLC != (n == 1500) {
			t.Errorf("%d: %s, %v", n, layersOf(d), faultsOf(d))
		}
	}
}

// TestNestedTooDeep: of packets in packets only so many are taken apart; what
// is deeper is data, and nothing is lost.
func TestNestedTooDeep(t *testing.T) {
	for _, c := range []struct {
		packet, inner string
		want          int
	}{
		{"ipv4 src=192.0.2.1 dst=192.0.2.2 / ", "hex 01", maxNest},
		{"ipv6 src=2001:db8::1 dst=2001:db8::2 / ", "hex 01", maxNest},
		{"ipv4 src=192.0.2.1 dst=192.0.2.2 / ", "udp sport=1 dport=2 / hex 01", maxNest},
	} {
		for _, n := range []int{maxNest - 1, maxNest, maxNest + 1} {
			b := mustBuild(t, "eth src=02:00:00:00:00:01 / "+strings.Repeat(c.packet, n)+c.inner)
			d := Decode(b)
			packets := 0
			for i := range d.Parts {
				if l := d.Parts[i].Layer; l == LayerIPv4 || l == LayerIPv6 || l == LayerUDP {
					packets++
				}
			}
			most := n
			if strings.HasPrefix(c.inner, "udp") {
				most++
			}
			if packets != min(most, c.want) || len(d.Faults) != 0 {
				t.Errorf("%d times %s: %d packets, %v", n, c.packet, packets, faultsOf(d))
			}
			checkTiles(t, d)
			checkRoundTrip(t, d)
		}
	}
}

// TestWhatIsOtherwiseRare: words, digits and addresses that few frames have.
func TestWhatIsOtherwiseRare(t *testing.T) {
	if got := fmt.Sprintf("%x", mustBuild(t, "hex 0x0102 03:04 0x05")); got != "0102030405" {
		t.Errorf("digits with 0x and colons: %s", got)
	}
	if _, err := Parse("eth / tcp sny"); err == nil || !strings.Contains(err.Error(), `unknown word "sny": did you mean syn?`) {
		t.Errorf("a flag misspelt: %v", err)
	}
	if names := EtherTypeNames(); !slices.Equal(names, []string{"ipv4", "arp", "vlan", "ipv6", "pause", "mpls", "svlan", "lldp"}) {
		t.Errorf("names of EtherTypes, by number: %q", names)
	}
	long := unhex(t, "020000000002 020000000001 0806 0001 0800 08 04 0001"+strings.Repeat("00", 38))
	if d := Decode(long); layersOf(d) != "eth:14 data:46" || len(d.Faults) != 0 {
		t.Errorf("ARP of 8-byte hardware addresses: %s, %v", layersOf(d), faultsOf(d))
	}
	e := mustEdit(t, "vlan.tpid=0x9100")
	if _, err := e.Apply(Decode(mustBuild(t, "eth src=02:00:00:00:00:01 / llc / snap / vlan id=5 / zeros 40"))); err == nil || err.Error() != `"vlan.tpid=0x9100": nothing before this tag has a type` {
		t.Errorf("a tag behind SNAP: %v", err)
	}
}
