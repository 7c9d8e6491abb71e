package frame

import (
	"strings"
	"testing"
)

// faultsOf is what a decoder says is wrong, one fault a line of the result.
func faultsOf(d *Decoded) (all []string) {
	for i := range d.Faults {
		all = append(all, string(d.Faults[i].Append(nil)))
	}
	return all
}

const (
	byHand4 = "020000000002 020000000001 0800"
	byHand6 = "020000000002 020000000001 86dd"
	// hosts6 is the addresses of an IPv6 header.
	hosts6 = "20010db8000000000000000000000001 20010db8000000000000000000000002"
)

// upper4 is an IPv4 packet of a protocol, whose header is right, with a body.
func upper4(t *testing.T, protocol byte, body string) string {
	t.Helper()
	n := byte(20 + len(unhex(t, body)))
	h := []byte{0x45, 0, 0, n, 0, 0, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2}
	sum := 0
	for i := 0; i < len(h); i += 2 {
		sum += int(h[i])<<8 | int(h[i+1])
	}
	sum = ^(sum>>16 + sum&0xffff)
	h[10], h[11] = byte(sum>>8), byte(sum)
	return byHand4 + string(appendHex(nil, h)) + body
}

// upper6 is an IPv6 packet with a next header and a body.
func upper6(t *testing.T, next byte, body string) string {
	t.Helper()
	n := byte(len(unhex(t, body)))
	return byHand6 + "60000000" + string(appendHex(nil, []byte{0, n, next, 64})) + hosts6 + body
}

// faulty is a frame with one thing wrong in it, and what is said of it.
type faulty struct{ name, frame, fault string }

// checkFaulty holds what is said, once the frame is long enough to send.
func checkFaulty(t *testing.T, cases []faulty) {
	t.Helper()
	for _, c := range cases {
		b := unhex(t, c.frame)
		for len(b) < 60 {
			b = append(b, 0)
		}
		d := Decode(b)
		if got := strings.Join(faultsOf(d), "; "); got != c.fault {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.fault)
		}
		checkTiles(t, d)
		checkAgain(t, d)
		checkRoundTrip(t, d)
		checkPrints(t, d)
	}
}

// TestShortHeaders: a packet that ends one byte before a header does. The
// packet says so itself; the frame is padded.
func TestShortHeaders(t *testing.T) {
	nought := func(n int) string { return strings.Repeat("00", n) }
	checkFaulty(t, []faulty{
		{"ICMP", upper4(t, 1, nought(7)), "icmp at 34: short header: 7, should be 8"},
		{"IGMP", upper4(t, 2, nought(7)), "igmp at 34: short header: 7, should be 8"},
		{"IPv4 in IPv4", upper4(t, 4, nought(19)), "ipv4 at 34: short header: 19, should be 20"},
		{"TCP", upper4(t, 6, nought(19)), "tcp at 34: short header: 19, should be 20"},
		{"UDP", upper4(t, 17, nought(7)), "udp at 34: short header: 7, should be 8"},
		{"IPv6 in IPv4", upper4(t, 41, nought(39)), "ipv6 at 34: short header: 39, should be 40"},
		{"ESP in IPv4", upper4(t, 50, nought(7)), "esp at 34: short header: 7, should be 8"},
		{"AH in IPv4", upper4(t, 51, nought(7)), "ah at 34: short header: 7, should be 8"},
		{"ICMP of no bytes", upper4(t, 1, ""), "icmp at 34: short header: 0, should be 8"},
		{"hop-by-hop options", upper6(t, 0, nought(7)), "hopopts at 54: short header: 7, should be 8"},
		{"IPv4 in IPv6", upper6(t, 4, nought(19)), "ipv4 at 54: short header: 19, should be 20"},
		{"TCP in IPv6", upper6(t, 6, nought(19)), "tcp at 54: short header: 19, should be 20"},
		{"UDP in IPv6", upper6(t, 17, nought(7)), "udp at 54: short header: 7, should be 8"},
		{"IPv6 in IPv6", upper6(t, 41, nought(39)), "ipv6 at 54: short header: 39, should be 40"},
		{"routing header", upper6(t, 43, nought(7)), "routing at 54: short header: 7, should be 8"},
		{"fragment header", upper6(t, 44, nought(7)), "fragment at 54: short header: 7, should be 8"},
		{"ESP", upper6(t, 50, nought(7)), "esp at 54: short header: 7, should be 8"},
		{"AH", upper6(t, 51, nought(7)), "ah at 54: short header: 7, should be 8"},
		{"ICMPv6", upper6(t, 58, nought(7)), "icmpv6 at 54: short header: 7, should be 8"},
		{"destination options", upper6(t, 60, nought(7)), "dstopts at 54: short header: 7, should be 8"},
		{"SNAP", "020000000002 020000000001 0007 aaaa03 00000008", "snap at 17: short header: 4, should be 5"},
		{"LLC of the numbered format", "020000000002 020000000001 0003 040500", "llc at 14: short header: 3, should be 4"},
		{"BPDU", "0180c2000000 020000000001 0006 424203 000000", "stp at 17: short header: 3, should be 4"},
		{"record of IGMPv3", upper4(t, 2, "2200ddff00000001 04000000ef0000"), "igmp.checksum at 36: bad checksum: 0xddff, should be 0xeafd; igmp-record at 42: short header: 7, should be 8"},
	})
	// Nothing bounds these but the frame, which then is a runt too.
	for frame, want := range map[string]string{
		"020000000002 020000000001 8808 01":               "eth at 0: runt: 15, should be 60; pause at 14: short header: 1, should be 2",
		"020000000002 020000000001 88cc 02":               "eth at 0: runt: 15, should be 60; lldp at 14: short header: 1, should be 2",
		"020000000002 020000000001 88a8 006488":           "eth at 0: runt: 17, should be 60; svlan at 14: short header: 3, should be 4",
		"020000000002 020000000001 8847 0001 00ff 000201": "eth at 0: runt: 21, should be 60; mpls at 18: short header: 3, should be 4",
		"020000000002 020000000001 0806 0001":             "eth at 0: runt: 16, should be 60; arp at 14: short header: 2, should be 28",
		"020000000002 020000000001 0000":                  "eth at 0: runt: 14, should be 60",
		"020000000002 020000000001 88":                    "eth at 0: short header: 13, should be 14",
	} {
		if got := strings.Join(faultsOf(Decode(unhex(t, frame))), "; "); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", frame, got, want)
		}
	}
}

// TestLengthsThatCannotBe: a header that counts more than there is, or less
// than itself.
func TestLengthsThatCannotBe(t *testing.T) {
	const hosts4 = "c0000201 c0000202"
	checkFaulty(t, []faulty{
		{"IPv4 total length below its header", byHand4 + "45000013 00000000 4001f6e6" + hosts4, "ipv4.length at 16: length below the header's: 19, should be 46"},
		{"IPv4 total length beyond the frame", byHand4 + "4500002f 00000000 40fdf5ce" + hosts4, "ipv4.length at 16: length beyond the frame: 47, should be 46"},
		{"IPv4 header of 4 words", byHand4 + "44000014 00000000 40fdf7e9" + hosts4, "ipv4.ihl at 14: length below the header's: 4"},
		{"IPv6 payload length beyond the frame", byHand6 + "60000000 0007fd40" + hosts6, "ipv6.length at 18: length beyond the frame: 7, should be 6"},
		{"UDP length below its header", upper4(t, 17, "0001 0002 0007 0000"), "udp.length at 38: length below the header's: 7, should be 8"},
		{"UDP length of 0", upper4(t, 17, "0001 0002 0000 0000"), "udp.length at 38: length below the header's: 0, should be 8"},
		{"UDP length beyond its packet", upper4(t, 17, "0001 0002 0009 0000"), "udp.length at 38: length beyond the frame: 9, should be 8"},
		{"TCP offset of 4 words", upper4(t, 6, "0001 0002 00000000 00000000 4000 0000 0000 0000"), "tcp.offset at 46: length below the header's: 4"},
		{"TCP offset beyond its packet", upper4(t, 6, "0001 0002 00000000 00000000 6000 0000 0000 0000"), "tcp.offset at 46: length beyond the frame: 6"},
		{"hop-by-hop options", upper6(t, 0, "fd01 0104 00000000"), "hopopts.len at 55: length beyond the frame: 1"},
		{"routing header", upper6(t, 43, "fd02 0000 00000000 00000000 00000000"), "routing.len at 55: length beyond the frame: 2"},
		{"AH", upper6(t, 51, "fd02 0000 00000000 00000000"), "ah.len at 55: length beyond the frame: 2"},
		{"802.3 length", "020000000002 020000000001 002f e0e003", "eth.length at 12: length beyond the frame: 47, should be 46"},
		{"802.3 length in a tag", "020000000002 020000000001 8100 0005 002b e0e003", "vlan.length at 16: length beyond the frame: 43, should be 42"},
		{"neither a length nor a type, the least", "020000000002 020000000001 05dd", "eth.type at 12: neither a length nor a type: 0x05dd"},
		{"neither a length nor a type, the most, in a tag", "020000000002 020000000001 8100 0005 05ff", "vlan.type at 16: neither a length nor a type: 0x05ff"},
		{"the least type", "020000000002 020000000001 0600", ""},
		{"LLDP", "0180c200000e 020000000001 88cc 022d", "lldp.length at 14: length beyond the frame: 45"},
	})
}

// TestNeighborOptionLengths: an option of length 0 must be refused (RFC 4861,
// 4.6), or a receiver never gets past it.
func TestNeighborOptionLengths(t *testing.T) {
	for body, want := range map[string]string{
		"8500 0000 00000000 0100 020000000001": "nd.len at 63: length below the header's: 0",
		"8500 0000 00000000 0102 020000000001": "nd.len at 63: length beyond the frame: 2",
		"8500 0000 00000000 0101 020000000001": "",
		"8500 0000 00000000 01":                "nd at 62: short header: 1, should be 2",
	} {
		var got []string
		for _, f := range faultsOf(Decode(unhex(t, upper6(t, 58, body)))) {
			if !strings.HasPrefix(f, "icmpv6.checksum") { // none is written here
				got = append(got, f)
			}
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%s: %q, want %q", body, s, want)
		}
	}
}

// TestGroupAddressesAsSource: nobody can have sent from one (IEEE 802.3, 3.2.3;
// RFC 1122, 3.2.1.3; RFC 4291, 2.7).
func TestGroupAddressesAsSource(t *testing.T) {
	const rest4 = "4500002e 00000000 40fd"
	checkFaulty(t, []faulty{
		{"a group's MAC address", "020000000002 010000000001 88b5", "eth.src at 6: group address as source: 01:00:00:00:00:01"},
		{"broadcast MAC address", "020000000002 ffffffffffff 88b5", "eth.src at 6: group address as source: ff:ff:ff:ff:ff:ff"},
		{"the first IPv4 group", byHand4 + rest4 + "d7d0 e0000000 c0000202", "ipv4.src at 26: group address as source: 224.0.0.0"},
		{"the last IPv4 group", byHand4 + rest4 + "c7d0 efffffff c0000203", "ipv4.src at 26: group address as source: 239.255.255.255"},
		{"IPv4 broadcast", byHand4 + rest4 + "b7d1 ffffffff c0000202", "ipv4.src at 26: group address as source: 255.255.255.255"},
		{"reserved, but no group", byHand4 + rest4 + "b7d2 fffffffe c0000202", ""},
		{"an IPv6 group", byHand6 + "60000000 0006fd40 ff020000000000000000000000000001 20010db8000000000000000000000002", "ipv6.src at 22: group address as source: ff02::1"},
	})
}
