package frame

import (
	"strings"
	"testing"
)

// TestFaultsByHand: frames written by hand, each with one thing wrong that no
// builder makes, and what is said of it.
func TestFaultsByHand(t *testing.T) {
	const (
		head = "020000000002020000000001"
		ip4  = head + "0800"
		ip6  = head + "86dd"
		zero = "0000000000000000000000000000000000000000000000000000000000000000"
	)
	for _, c := range []struct{ name, frame, layers, faults string }{
		{"IPv4 header beyond the frame", ip4 + "4f00003c" + strings.Repeat("00", 42), "eth:14 data:46", "ipv4.ihl at 14: length beyond the frame: 15"},
		{"IPv4 of 10 bytes", ip4 + "45000021000000004001", "eth:14 data:10", "eth at 0: runt: 24, should be 60; ipv4 at 14: short header: 10, should be 20"},
		{"IPv6 of version 7", ip6 + "70000000" + strings.Repeat("00", 42), "eth:14 data:46", "ipv6.version at 14: unknown version: 7, should be 6"},
		{"IPv6 of 30 bytes", ip6 + "6000000000003b40" + strings.Repeat("00", 22), "eth:14 data:30", "eth at 0: runt: 44, should be 60; ipv6 at 14: short header: 30, should be 40"},
		{"ARP of 20 bytes", head + "0806" + "0001080006040001" + strings.Repeat("00", 12), "eth:14 data:20", "eth at 0: runt: 34, should be 60; arp at 14: short header: 20, should be 28"},
		{"tag cut short", head + "8100" + "00", "eth:14 data:1", "eth at 0: runt: 15, should be 60; vlan at 14: short header: 1, should be 4"},
		{"MPLS cut short", head + "8847" + "000101", "eth:14 data:3", "eth at 0: runt: 17, should be 60; mpls at 14: short header: 3, should be 4"},
		{"802.3 of no bytes", head + "0000" + zero + "0000000000000000000000000000", "eth:14 trailer:46", ""},
		{"a bare header", head + "88b5", "eth:14", "eth at 0: runt: 14, should be 60"},
		{"all ones", strings.Repeat("ff", 60), "eth:14 data:46", "eth.src at 6: group address as source: ff:ff:ff:ff:ff:ff"},
	} {
		d := Decode(unhex(t, c.frame))
		checkTiles(t, d)
		checkRoundTrip(t, d)
		checkPrints(t, d)
		if got := layersOf(d); got != c.layers {
			t.Errorf("%s: layers %s, want %s", c.name, got, c.layers)
		}
		if got := strings.Join(faultsOf(d), "; "); got != c.faults {
			t.Errorf("%s: faults %q, want %q", c.name, got, c.faults)
		}
	}
}

// TestBigTCP: a total length of 0 in a packet longer than the field can say is
// Linux's own (BIG TCP) and no fault; in a shorter one it is.
func TestBigTCP(t *testing.T) {
	big := mustBuild(t, "eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 length=0 / tcp sport=1 dport=2 / zeros 70000")
	d := Decode(big)
	for _, f := range d.Faults {
		if f.Field == "ipv4.length" {
			t.Errorf("%s", f.Append(nil))
		}
	}
	if got := layersOf(d); got != "eth:14 ipv4:20 tcp:20 data:70000" {
		t.Errorf("layers %s", got)
	}
	small := Decode(mustBuild(t, "eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 length=0 / tcp sport=1 dport=2 / zeros 1000"))
	if len(small.Faults) == 0 || string(small.Faults[0].Append(nil)) != "ipv4.length at 16: length below the header's: 0, should be 1040" {
		t.Errorf("%+v", small.Faults)
	}
}
