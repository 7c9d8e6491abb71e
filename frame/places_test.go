package frame

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"eterm/frame/ether"
)

// places are the fields of every form of every layer as its document draws them:
// name, byte from the start of the header, and which bits of the bytes there are
// the field's. They are written off the diagrams of the documents, not off the
// table that decodes.
var places = map[string]string{
	// IEEE 802.3, 3.1.1.
	"eth": "dst 0 ffffffffffff, src 6 ffffffffffff, type 12 ffff, length 12 ffff",
	// IEEE 802.1Q, 9.3 and 9.6: the TPID stands in front.
	"vlan":  "tpid -2 ffff, pcp 0 e0, dei 0 10, id 0 0fff, type 2 ffff, length 2 ffff",
	"svlan": "tpid -2 ffff, pcp 0 e0, dei 0 10, id 0 0fff, type 2 ffff, length 2 ffff",
	// IEEE 802.2, 3.2 and 5.4: control has one byte in unnumbered PDUs, else two.
	"llc":          "dsap 0 ff, ssap 1 ff, control 2 ff",
	"llc numbered": "dsap 0 ff, ssap 1 ff, control 2 ffff",
	"snap":         "oui 0 ffffff, type 3 ffff",
	"mpls":         "label 0 fffff0, tc 2 0e, s 2 01, ttl 3 ff", // RFC 3032, 2.1
	"arp":          "htype 0 ffff, ptype 2 ffff, hlen 4 ff, plen 5 ff, op 6 ffff, sha 8 ffffffffffff, spa 14 ffffffff, tha 18 ffffffffffff, tpa 24 ffffffff",
	// RFC 791, 3.1, with the DS field of RFC 2474 and 3168 in place of the type of service.
	"ipv4": "version 0 f0, ihl 0 0f, tos 1 ff, dscp 1 fc, ecn 1 03, length 2 ffff, id 4 ffff, rf 6 80, df 6 40, mf 6 20, offset 6 1fff, " +
		"ttl 8 ff, protocol 9 ff, checksum 10 ffff, src 12 ffffffff, dst 16 ffffffff",
	// RFC 8200, 3 and 4.
	"ipv6": "version 0 f0, class 0 0ff0, dscp 0 0fc0, ecn 1 30, flow 1 0fffff, length 4 ffff, next 6 ff, hops 7 ff, " +
		"src 8 ffffffffffffffffffffffffffffffff, dst 24 ffffffffffffffffffffffffffffffff",
	"hopopts":  "next 0 ff, len 1 ff",
	"dstopts":  "next 0 ff, len 1 ff",
	"routing":  "next 0 ff, len 1 ff, type 2 ff, left 3 ff",
	"fragment": "next 0 ff, reserved 1 ff, offset 2 fff8, res 3 06, mf 3 01, id 4 ffffffff",
	"ah":       "next 0 ff, len 1 ff, reserved 2 ffff, spi 4 ffffffff, seq 8 ffffffff", // RFC 4302, 2
	"esp":      "spi 0 ffffffff, seq 4 ffffffff",                                       // RFC 4303, 2
	// RFC 792, with the MTU of RFC 1191, 4, and the length of RFC 4884, 4.
	"icmp echo-request":            icmpHead + "id 4 ffff, seq 6 ffff",
	"icmp echo-reply":              icmpHead + "id 4 ffff, seq 6 ffff",
	"icmp destination-unreachable": icmpHead + "unused 4 ff, length 5 ff, mtu 6 ffff",
	"icmp source-quench":           icmpHead + "unused 4 ffffffff",
	"icmp redirect":                icmpHead + "gateway 4 ffffffff",
	"icmp time-exceeded":           icmpHead + "unused 4 ff, length 5 ff, unused2 6 ffff",
	"icmp parameter-problem":       icmpHead + "pointer 4 ff, length 5 ff, unused 6 ffff",
	"icmp timestamp":               icmpHead + "id 4 ffff, seq 6 ffff, originate 8 ffffffff, receive 12 ffffffff, transmit 16 ffffffff",
	"icmp timestamp-reply":         icmpHead + "id 4 ffff, seq 6 ffff, originate 8 ffffffff, receive 12 ffffffff, transmit 16 ffffffff",
	"icmp information-request":     icmpHead + "id 4 ffff, seq 6 ffff",
	"icmp information-reply":       icmpHead + "id 4 ffff, seq 6 ffff",
	"icmp address-mask-request":    icmpHead + "id 4 ffff, seq 6 ffff, mask 8 ffffffff", // RFC 950, appendix I
	"icmp address-mask-reply":      icmpHead + "id 4 ffff, seq 6 ffff, mask 8 ffffffff",
	"icmp router-advertisement":    icmpHead + "addresses 4 ff, size 5 ff, lifetime 6 ffff", // RFC 1256, 3
	"icmp router-solicitation":     icmpHead + "unused 4 ffffffff",
	"icmp photuris":                icmpHead + "unused 4 ffff, pointer 6 ffff",                                                   // RFC 2521, 2
	"icmp extended-echo-request":   icmpHead + "id 4 ffff, seq 6 ff, unused 7 fe, local 7 01",                                    // RFC 8335, 2
	"icmp extended-echo-reply":     icmpHead + "id 4 ffff, seq 6 ff, state 7 e0, unused 7 18, active 7 04, has4 7 02, has6 7 01", // 3
	"icmp other":                   icmpHead + "rest 4 ffffffff",
	// RFC 4443, 3 and 4, and the length of RFC 4884.
	"icmpv6 echo-request":            icmpHead + "id 4 ffff, seq 6 ffff",
	"icmpv6 echo-reply":              icmpHead + "id 4 ffff, seq 6 ffff",
	"icmpv6 destination-unreachable": icmpHead + "length 4 ff, unused 5 ffffff",
	"icmpv6 packet-too-big":          icmpHead + "mtu 4 ffffffff",
	"icmpv6 time-exceeded":           icmpHead + "length 4 ff, unused 5 ffffff",
	"icmpv6 parameter-problem":       icmpHead + "pointer 4 ffffffff",
	"icmpv6 other":                   icmpHead + "rest 4 ffffffff",
	// RFC 2710, 3, and RFC 3810, 5.1 and 5.2.
	"icmpv6 query":     icmpHead + mldHead,
	"icmpv6 report":    icmpHead + mldHead,
	"icmpv6 done":      icmpHead + mldHead,
	"icmpv6 query-v2":  icmpHead + mldHead + ", reserved2 24 f0, s 24 08, qrv 24 07, qqic 25 ff, number 26 ffff",
	"icmpv6 report-v2": icmpHead + "reserved 4 ffff, records 6 ffff",
	"mld-record":       "type 0 ff, aux 1 ff, number 2 ffff, group 4 ffffffffffffffffffffffffffffffff",
	// RFC 4861, 4.1 to 4.5.
	"icmpv6 router-solicitation":    icmpHead + "reserved 4 ffffffff",
	"icmpv6 router-advertisement":   icmpHead + "hops 4 ff, managed 5 80, stateful 5 40, reserved 5 3f, lifetime 6 ffff, reachable 8 ffffffff, retransmit 12 ffffffff",
	"icmpv6 neighbor-solicitation":  icmpHead + "reserved 4 ffffffff, target 8 ffffffffffffffffffffffffffffffff",
	"icmpv6 neighbor-advertisement": icmpHead + "router 4 80, solicited 4 40, override 4 20, reserved 4 1fffffff, target 8 ffffffffffffffffffffffffffffffff",
	"icmpv6 redirect":               icmpHead + "reserved 4 ffffffff, target 8 ffffffffffffffffffffffffffffffff, dst 24 ffffffffffffffffffffffffffffffff",
	// RFC 4861, 4.6, RFC 3971, 5.3.2, and RFC 8106, 5.
	"nd source":     "kind 0 ff, len 1 ff, mac 2 ffffffffffff",
	"nd target":     "kind 0 ff, len 1 ff, mac 2 ffffffffffff",
	"nd prefix":     "kind 0 ff, len 1 ff, prefix-length 2 ff, on-link 3 80, autonomous 3 40, reserved 3 3f, valid 4 ffffffff, preferred 8 ffffffff, reserved2 12 ffffffff, prefix 16 ffffffffffffffffffffffffffffffff",
	"nd redirected": "kind 0 ff, len 1 ff, reserved 2 ffffffffffff",
	"nd mtu":        "kind 0 ff, len 1 ff, reserved 2 ffff, mtu 4 ffffffff",
	"nd nonce":      "kind 0 ff, len 1 ff",
	"nd rdnss":      "kind 0 ff, len 1 ff, reserved 2 ffff, lifetime 4 ffffffff",
	"nd dnssl":      "kind 0 ff, len 1 ff, reserved 2 ffff, lifetime 4 ffffffff",
	"nd option":     "kind 0 ff, len 1 ff",
	// RFC 2236, 2, and RFC 3376, 4.1 and 4.2.
	"igmp query":     igmpHead + "group 4 ffffffff",
	"igmp report-v1": igmpHead + "group 4 ffffffff",
	"igmp report-v2": igmpHead + "group 4 ffffffff",
	"igmp leave":     igmpHead + "group 4 ffffffff",
	"igmp query-v3":  igmpHead + "group 4 ffffffff, reserved 8 f0, s 8 08, qrv 8 07, qqic 9 ff, number 10 ffff",
	"igmp report-v3": igmpHead + "reserved 4 ffff, records 6 ffff",
	"igmp other":     igmpHead + "rest 4 ffffffff",
	"igmp-record":    "type 0 ff, aux 1 ff, number 2 ffff, group 4 ffffffff",
	"udp":            "sport 0 ffff, dport 2 ffff, length 4 ffff, checksum 6 ffff", // RFC 768
	// RFC 9293, 3.1, and RFC 9768, 3.1, of AE.
	"tcp": "sport 0 ffff, dport 2 ffff, seq 4 ffffffff, ackno 8 ffffffff, offset 12 f0, reserved 12 0e, ae 12 01, flags 13 ff, " +
		"cwr 13 80, ece 13 40, urg 13 20, ack 13 10, psh 13 08, rst 13 04, syn 13 02, fin 13 01, window 14 ffff, checksum 16 ffff, urgent 18 ffff",
	// IEEE 802.1AB, 8.4 and 8.5: seven bits of type, nine of length.
	"lldp end":                lldpHead,
	"lldp chassis-id":         lldpHead + ", subtype 2 ff",
	"lldp port-id":            lldpHead + ", subtype 2 ff",
	"lldp ttl":                lldpHead + ", seconds 2 ffff",
	"lldp port-description":   lldpHead,
	"lldp system-name":        lldpHead,
	"lldp system-description": lldpHead,
	"lldp capabilities":       lldpHead + ", system 2 ffff, enabled 4 ffff",
	"lldp management-address": lldpHead,
	"lldp organization":       lldpHead + ", oui 2 ffffff, subtype 5 ff",
	"lldp tlv":                lldpHead,
	// IEEE 802.1D, 9.3.1 to 9.3.3.
	"stp config":          stpHead + ", tcack 4 80, reserved 4 7e, tc 4 01" + stpVectors,
	"stp rapid":           stpHead + ", tcack 4 80, agreement 4 40, forwarding 4 20, learning 4 10, role 4 0c, proposal 4 02, tc 4 01" + stpVectors + ", version1 35 ff",
	"stp topology-change": stpHead,
	"stp other":           stpHead,
	// IEEE 802.3, annex 31B and 31D.
	"pause":       "opcode 0 ffff, quanta 2 ffff",
	"pause pfc":   "opcode 0 ffff, classes 2 ffff, quanta0 4 ffff, quanta1 6 ffff, quanta2 8 ffff, quanta3 10 ffff, quanta4 12 ffff, quanta5 14 ffff, quanta6 16 ffff, quanta7 18 ffff",
	"pause other": "opcode 0 ffff",
}

const (
	icmpHead = "type 0 ff, code 1 ff, checksum 2 ffff, "
	mldHead  = "max-response 4 ffff, reserved 6 ffff, group 8 ffffffffffffffffffffffffffffffff"
	igmpHead = "type 0 ff, max-response 1 ff, checksum 2 ffff, "
	lldpHead = "type 0 fe, length 0 01ff"
	stpHead  = "protocol 0 ffff, version 2 ff, type 3 ff"
	// stpVectors are in the flags' wake: root, cost, bridge, port, times.
	stpVectors = ", root-priority 5 f0, root-ext 5 0fff, root 7 ffffffffffff, cost 13 ffffffff, bridge-priority 17 f0, bridge-ext 17 0fff, " +
		"bridge 19 ffffffffffff, port 25 ffff, age 27 ffff, max-age 29 ffff, hello 31 ffff, delay 33 ffff"
)

// TestFieldsStandWhereDocumentsDrawThem sets each field to zeros and to ones: the
// bits that differ are those of the document, and no field is without a place.
func TestFieldsStandWhereDocumentsDrawThem(t *testing.T) {
	left := map[string]bool{}
	for form := range places {
		left[form] = true
	}
	for _, notation := range everyLayer {
		b := mustBuild(t, notation)
		seen := map[Layer]int{}
		parts := slices.Clone(Decode(b).Parts)
		for i := range parts {
			p := &parts[i]
			index := seen[p.Layer]
			seen[p.Layer]++
			if table[p.Layer] == nil {
				continue
			}
			name := strings.TrimSpace(p.Layer.String() + " " + table[p.Layer].forms[p.form].name)
			if left[name] {
				delete(left, name)
				checkPlaces(t, name, b, p, index)
			}
		}
	}
	for form := range left {
		t.Errorf("no frame of everyLayer has the form %q", form)
	}
	for _, s := range table {
		for i := 0; s != nil && i < len(s.forms); i++ {
			if name := strings.TrimSpace(s.layer.String() + " " + s.forms[i].name); places[name] == "" {
				t.Errorf("the form %q has no places", name)
			}
		}
	}
}

// checkPlaces looks at all fields of one header of a frame.
func checkPlaces(t *testing.T, form string, b []byte, p *Part, index int) {
	t.Helper()
	named := map[string]bool{}
	for row := range strings.SplitSeq(places[form], ", ") {
		var name, digits string
		var at int
		if n, err := fmt.Sscan(row, &name, &at, &digits); n != 3 {
			t.Fatalf("%s: row %q: %v", form, row, err)
		}
		named[name] = true
		mask, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]byte, len(b))
		copy(want[p.Offset+at:], mask)
		got := differing(t, b, p, index, name)
		if !bytes.Equal(got, want) {
			t.Errorf("%s.%s: bits\n%x, the document has\n%x", form, name, got[p.Offset:], want[p.Offset:])
		}
	}
	for _, f := range fieldsOf(p) {
		if f.Bits > 0 && !named[f.Name] {
			t.Errorf("%s.%s has no place", form, f.Name)
		}
	}
}

// differing is a field of ones against one of zeros, bit by bit, without the
// checksums that follow it.
func differing(t *testing.T, b []byte, p *Part, index int, name string) []byte {
	t.Helper()
	var f Field
	for _, one := range fieldsOf(p) {
		if one.Name == name {
			f = one
		}
	}
	if f.Name == "" {
		t.Errorf("%v has no field %s", p.Layer, name)
		return make([]byte, len(b))
	}
	low, high := "0", fmt.Sprint(largest(f.Bits))
	switch f.Kind {
	case MAC:
		low, high = "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"
	case IP4:
		low, high = "0.0.0.0", "255.255.255.255"
	case IP6:
		low, high = "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
	}
	var made [2][]byte
	for i, v := range []string{low, high} {
		var e Edit
		if err := e.Set(fmt.Sprintf("%v[%d].%s=%s", p.Layer, index, name, v)); err != nil {
			t.Fatal(err)
		}
		// With wrong checksums, none follows.
		wrong := bytes.Clone(b)
		d := Decode(wrong)
		for j := range d.Parts {
			if d.sumIsRight(j) {
				at := d.Parts[j].Offset + sumAt(d.Parts[j].Layer)
				wrong[at] ^= 0x55
			}
		}
		got, err := e.Apply(Decode(wrong))
		if err != nil || len(got) != len(b) {
			t.Fatalf("%v.%s=%s: %d bytes, %v", p.Layer, name, v, len(got), err)
		}
		made[i] = got
	}
	for i := range made[0] {
		made[0][i] ^= made[1][i]
	}
	return made[0]
}

// TestLargest: what the highest value of a width is.
func TestLargest(t *testing.T) {
	for bits, want := range map[int]uint64{1: 1, 3: 7, 13: 8191, 32: 1<<32 - 1, 64: 1<<64 - 1} {
		if got := largest(bits); got != want || !fitsBits(want, bits) || bits < 64 && fitsBits(want+1, bits) {
			t.Errorf("%d bits: %d, want %d", bits, got, want)
		}
	}
	if ether.MinFrame != 60 {
		t.Error("the least frame is 60 bytes (IEEE 802.3, 4.2.3.3: 64 with FCS)")
	}
}
