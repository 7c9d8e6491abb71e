package frame

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// checkRoundTrip fails unless the frame's notation builds the same bytes.
func checkRoundTrip(t testing.TB, d *Decoded) {
	t.Helper()
	text := string(d.AppendNotation(nil))
	for i := range len(text) {
		if !printable(text[i]) {
			t.Fatalf("notation of %x holds byte %#x", d.Bytes, text[i])
		}
	}
	tpl, err := Parse(text)
	if err != nil {
		t.Fatalf("%x\nnotation %s\nis refused: %v", d.Bytes, text, err)
	}
	if got := tpl.Append(nil); !bytes.Equal(got, d.Bytes) {
		t.Fatalf("notation %s\nof    %x\nbuilds %x", text, d.Bytes, got)
	}
}

// notations are canonical: what is built from one decodes to it.
var notations = []string{
	`eth dst=ff:ff:ff:ff:ff:ff src=02:00:00:00:00:01 / count 16 / pad 0`,
	`eth dst=ff:ff:ff:ff:ff:ff src=02:00:00:00:00:01 / count 16`,
	`eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan id=10 pcp=3 / ipv4 src=192.0.2.1 dst=192.0.2.2 ttl=5 / icmp echo-request id=7 seq=1 / text "hello"`,
	`eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / svlan id=5 / vlan id=4095 dei / mpls label=16 / mpls label=17 ttl=3 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=53 dport=1024 / hex 0001`,
	`eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / arp request sha=02:00:00:00:00:01 spa=192.0.2.1 tpa=192.0.2.2`,
	`eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 options=router-alert:0,nop / igmp report-v2 group=224.0.0.9`,
	`eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / tcp sport=1 dport=80 seq=7 syn options=mss:1460,sack-ok,ts:1:0,nop,wscale:7`,
	`eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv6 src=fe80::1 dst=ff02::1:ff00:2 hops=255 / icmpv6 neighbor-solicitation target=fe80::2 / nd source mac=02:00:00:00:00:01`,
	`eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv6 src=fe80::1 dst=ff02::16 hops=1 / hopopts options=router-alert:0 / icmpv6 report-v2 / mld-record to-exclude group=ff02::9 / mld-record is-include group=ff02::8 sources=2001:db8::1,2001:db8::2`,
	`eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp destination-unreachable code=port-unreachable / ipv4 src=192.0.2.2 dst=192.0.2.1 length=1500 / udp sport=5 dport=6 length=1480 checksum=0x0000 / hex 00`,
	`eth dst=01:80:c2:00:00:00 src=02:00:00:00:00:01 / llc / stp config root=02:00:00:00:00:01 bridge=02:00:00:00:00:01`,
	`eth dst=01:80:c2:00:00:0e src=02:00:00:00:00:01 / lldp chassis-id id=0x020000000001 / lldp port-id id="eth0" / lldp ttl / lldp end`,
	`eth dst=01:80:c2:00:00:01 src=02:00:00:00:00:01 / pause quanta=65535`,
	`hex 010203`,
}

func TestNotationIsCanonical(t *testing.T) {
	for _, n := range notations {
		tpl, err := Parse(n)
		if err != nil {
			t.Errorf("%s\n%v", n, err)
			continue
		}
		d := Decode(tpl.Append(nil))
		if got := string(d.AppendNotation(nil)); got != n {
			t.Errorf("built from %s\nprints as  %s", n, got)
		}
		checkTiles(t, d)
		checkRoundTrip(t, d)
		for _, f := range d.Faults {
			if f.Problem != "runt" && f.Problem != "short header" {
				t.Errorf("%s: %s", n, f.Append(nil))
			}
		}
	}
}

// A frame built by the table's rules has nothing wrong with it, and every form
// of every layer is among them.
func TestBuiltFramesAreSound(t *testing.T) {
	seen := map[[2]uint8]bool{}
	for _, n := range everyLayer {
		d := Decode(mustBuild(t, n))
		for _, p := range d.Parts {
			seen[[2]uint8{uint8(p.Layer), p.form}] = true
		}
		if !strings.Contains(n, "length=100") { // those are fragments
			checkRoundTrip(t, d)
		}
		for _, f := range d.Faults {
			t.Errorf("%s: %s", n, f.Append(nil))
		}
	}
	for l, s := range table {
		for i := 0; s != nil && i < len(s.forms); i++ {
			if !seen[[2]uint8{uint8(l), uint8(i)}] {
				t.Errorf("no frame has %v %s", Layer(l), s.forms[i].name)
			}
		}
	}
}

// Every frame cut short anywhere, and with every byte changed, is printed so
// that it builds the same.
func TestRoundTripOfDamagedFrames(t *testing.T) {
	var d Decoded
	for _, n := range append(everyLayer, notations...) {
		tpl, err := Parse(n)
		if err != nil {
			t.Fatal(err)
		}
		b := tpl.Append(nil)
		for i := range b {
			d.Decode(b[:i])
			checkTiles(t, &d)
			checkRoundTrip(t, &d)
			old := b[i]
			for _, flip := range []byte{0x01, 0x80, 0xff, 0x10, old} {
				b[i] = old ^ flip
				d.Decode(b)
				checkTiles(t, &d)
				checkAgain(t, &d)
				checkRoundTrip(t, &d)
			}
			b[i] = old
		}
	}
}

func FuzzRoundTrip(f *testing.F) {
	for _, n := range append(everyLayer, notations...) {
		f.Add(mustBuild(f, n))
	}
	var d Decoded
	f.Fuzz(func(t *testing.T, b []byte) {
		d.Decode(b)
		checkTiles(t, &d)
		checkRoundTrip(t, &d)
		checkPrints(t, &d)
		AppendDiff(nil, &d, Decode(b[:len(b)/2]), DumpOptions{})
	})
}

// Bytes of no meaning, and frames whose bytes were changed at random, of any
// length up to 64 KiB, build again from what is printed of them.
func TestRoundTripOfRandomBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	types := []uint16{TypeIPv4, TypeIPv6, TypeARP, TypeVLAN, TypeSVLAN, TypeMPLS, TypeLLDP, TypePause, 40, TypeLocal}
	var d Decoded
	check := func(b []byte) {
		d.Decode(b)
		checkTiles(t, &d)
		checkAgain(t, &d)
		checkRoundTrip(t, &d)
	}
	for range 1500 {
		b := make([]byte, r.IntN(300))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		check(b)
		if len(b) > 16 {
			ty := types[r.IntN(len(types))]
			b[12], b[13] = byte(ty>>8), byte(ty)
			check(b)
			b[14] = 0x45
			check(b)
		}
	}
	for range 1500 {
		b := mustBuild(t, everyLayer[r.IntN(len(everyLayer))])
		for range 1 + r.IntN(4) {
			b[r.IntN(len(b))] = byte(r.Uint32())
		}
		check(b)
	}
	for _, n := range everyLayer {
		b := mustBuild(t, n)
		check(append(b, make([]byte, 1<<16-len(b))...))
		check(append(b, bytes.Repeat([]byte{1, 2, 3}, 20000)...))
	}
}
