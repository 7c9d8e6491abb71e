package frame

import (
	"errors"
	"net"
	"strings"
	"testing"

	"eterm/frame/ether"
)

// TestRefusalsSayWhatIsTaken: what is wrong is named with what would be right.
func TestRefusalsSayWhatIsTaken(t *testing.T) {
	for notation, want := range map[string]string{
		"eth / ipv4 protocol=300":                                    "300 is too large for protocol: 0 to 255, or",
		"eth / ipv4 protocol=bogus":                                  `"bogus" is no value for protocol: 0 to 255, or`,
		"eth type=bogus":                                             `"bogus" is no value for type: 0 to 65535, or`,
		"eth / ipv4 src=192.0.2":                                     `"192.0.2" is no IPv4 address`,
		"eth / ipv4 src=192.0.2.1.2":                                 `"192.0.2.1.2" is no IPv4 address`,
		"eth / ipv4 src=192.0.2.0001":                                "no IPv4 address",
		"eth / ipv4 src=1.2.3.4,5.6.7":                               `"5.6.7" is no IPv4 address`,
		"eth / ipv6 src=1.2.3.4":                                     "no IPv6 address",
		"eth / ipv6 src=random":                                      "an IPv6 address varies as a range or list, not at random",
		"eth / ipv6 src=::1..x":                                      `"x" is no IPv6 address`,
		"eth / ipv6 src=::9..::1":                                    "the range ends below where it starts",
		"eth / ipv4 id=random:9..1":                                  "the range ends below where it starts",
		"eth / ipv4 id=random:x..9":                                  `"x" is no value for id`,
		"eth / ipv4 id=1..x":                                         `"x" is no value for id`,
		"eth / ipv4 id=1..9+x":                                       `"x" is no step: a number from 1`,
		"eth / ipv4 id=1,2,x":                                        `"x" is no value for id`,
		"eth / ipv4 id=0x10000":                                      "too large for id: 0 to 65535",
		"eth / ipv4 id=0x10000000000000000":                          "no value for id",
		"eth / ipv4 id=99999999999999999999":                         "no value for id",
		"eth / ipv4 id=0xg":                                          "no value for id",
		"eth / igmp query-v3 sources=192.0.2.1,x":                    `"x" is no IPv4 address`,
		"eth / ipv6 / icmpv6 query-v2 sources=2001:db8::1,192.0.2.1": `"192.0.2.1" is no IPv6 address`,
		"eth / lldp system-name text=\"a":                            "the closing quote is missing",
		"eth / lldp system-name text=0x1":                            "odd number of hex digits",
		"eth / text \"\\x4\"":                                        `unknown escape: known are \" \\ \n \r \t \xNN`,
		"eth / zeros 1 2":                                            "zeros takes one number of bytes",
		"eth / count x":                                              `"x" is no number of bytes from 0 to`,
		"eth / random -1":                                            "is no number of bytes",
		"eth / pad x":                                                "is no number of bytes",
		"eth / pad 1 / pad 1":                                        "nothing can follow the trailer",
		"eth / pad 1 / trailer 00":                                   "nothing can follow the trailer",
		"eth / trailer 0":                                            "odd number of hex digits",
		"eth / ipv4 / udp / surplus ends=0 00":                       `"0" is no number of packets from 1 to 16`,
		"eth / ipv4 / udp / surplus ends=17 00":                      `"17" is no number of packets from 1 to 16`,
		"eth / ipv4 / udp / surplus ends=3 00":                       "surplus ends more packets (ipv4, ipv6, udp) than there are",
		"eth / ipv4 / udp / surplus 0g":                              "is no hex digit",
		"eth / tcp options=wscale:300":                               "no value for wscale",
		"eth / tcp options=ts:1":                                     "too few",
		"eth / tcp options=,":                                        "option",
		"eth src=0g:00:00:00:00:01":                                  "is no address",
		"eth dst=" + strings.Repeat("a", 60):                         strings.Repeat("a", 40) + "...",
	} {
		_, err := Parse(notation)
		var e *SyntaxError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%s: %v, want %s", notation, err, want)
			continue
		}
		if e.Offset < 0 || e.Offset+e.Length > len(notation) || !strings.Contains(e.Caret(), "^") {
			t.Errorf("%s: place %d, %d", notation, e.Offset, e.Length)
		}
	}
}

// TestEscapes: every byte can be written in text in quotes.
func TestEscapes(t *testing.T) {
	for text, want := range map[string]string{
		`"\n\r\t\\\""`: "\n\r\t\\\"", `"\x00\xff\xAb"`: "\x00\xff\xab", `"a / b"`: "a / b", `""`: "", `"\x5c\x22"`: `\"`,
	} {
		b := mustBuild(t, "eth src=02:00:00:00:00:01 / text "+text+" / pad 0")
		if got := string(b[ether.HeaderLen:]); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for c := range 256 {
		b := append(mustBuild(t, "eth src=02:00:00:00:00:01 type=0x88b5 / pad 0"), byte(c), 'x', 'y', 'z', ' ', byte(c))
		printed := string(Decode(b).AppendNotation(nil))
		if again := mustBuild(t, printed); string(again) != string(b) {
			t.Errorf("byte %#x: %s builds %x, not %x", c, printed, again, b)
		}
	}
}

// TestRangesWrap: ranges begin anew where a step would leave them, at the ends of
// a field's width too.
func TestRangesWrap(t *testing.T) {
	for notation, want := range map[string][]uint64{
		"eth src=02:00:00:00:00:fe..02:00:00:00:01:01+2":              {0x0200000000fe, 0x020000000100, 0x0200000000fe},
		"eth src=ff:ff:ff:ff:ff:fe..ff:ff:ff:ff:ff:ff":                {0xfffffffffffe, 0xffffffffffff, 0xfffffffffffe},
		"eth src=02:00:00:00:00:09,02:00:00:00:00:01":                 {0x020000000009, 0x020000000001, 0x020000000009},
		"eth src=02:00:00:00:00:05..02:00:00:00:00:05":                {0x020000000005, 0x020000000005},
		"eth src=00:00:00:00:00:00..ff:ff:ff:ff:ff:ff+0x800000000000": {0, 0x800000000000, 0},
	} {
		tpl, err := Parse(notation + " type=0x88b5 / zeros 46")
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			if got := getBits(tpl.Append(nil), 48, 48); got != w {
				t.Errorf("%s, frame %d: %#x, want %#x", notation, i, got, w)
			}
		}
	}
	// Of IPv6 the lower 64 bits vary, over their whole width.
	tpl, err := Parse("ipv6 src=2001:db8::ffff:ffff:ffff:fffe..2001:db8::ffff:ffff:ffff:ffff dst=::1 / hex 00")
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range []uint64{1<<64 - 2, 1<<64 - 1, 1<<64 - 2} {
		if b := tpl.Append(nil); getBits(b, 30*8, 64) != w || getBits(b, 22*8, 64) != 0x20010db800000000 {
			t.Errorf("frame %d: %x", i, b[22:38])
		}
	}
}

// TestRandomAddresses: random MAC addresses are local ones of single hosts, and
// random values keep to their bounds and reach them.
func TestRandomAddresses(t *testing.T) {
	tpl, err := Parse("eth src=random / ipv4 ttl=random:7..9 / hex 00")
	if err != nil {
		t.Fatal(err)
	}
	tpl.Seed(3)
	seen, ttl := map[uint64]bool{}, map[byte]int{}
	for range 300 {
		b := tpl.Append(nil)
		if b[6] != 2 {
			t.Fatalf("the source is %x", b[6:12])
		}
		seen[getBits(b, 48, 48)] = true
		ttl[b[22]]++
	}
	if len(seen) < 299 || len(ttl) != 3 || ttl[7] < 50 || ttl[8] < 50 || ttl[9] < 50 {
		t.Errorf("%d addresses, %v", len(seen), ttl)
	}
}

// TestEthernetHeaders: AppendHeader is the beginning of Append, with every kind
// of tags, and refuses the same.
func TestEthernetHeaders(t *testing.T) {
	b := net.HardwareAddr{2, 0, 0, 0, 0, 2}
	payload := make([]byte, 60)
	for _, c := range []struct {
		name string
		e    Ethernet
		want string // tags and type
	}{
		{"untagged", Ethernet{Dst: b, Src: macA, EtherType: 0x88b5}, "88b5"},
		{"one tag", Ethernet{Dst: b, Src: macA, EtherType: 0x88b5, VLANs: []VLAN{{ID: 5, PCP: 3, DEI: true}}}, "8100" + "7005" + "88b5"},
		{"service tag alone", Ethernet{Dst: b, Src: macA, EtherType: 0x88b5, VLANs: []VLAN{{ID: 5, TPID: 0x88a8}}}, "88a8" + "0005" + "88b5"},
		{"service and customer", Ethernet{Dst: b, Src: macA, EtherType: 0x88b5, VLANs: []VLAN{{ID: 100, TPID: 0x88a8}, {ID: 4094}}}, "88a8" + "0064" + "8100" + "0ffe" + "88b5"},
		{"two alike", Ethernet{Dst: b, Src: macA, EtherType: 0x88b5, VLANs: []VLAN{{ID: 1}, {ID: 2}}}, "8100" + "0001" + "8100" + "0002" + "88b5"},
		{"an old TPID", Ethernet{Dst: b, Src: macA, EtherType: 0x88b5, VLANs: []VLAN{{ID: 1, TPID: 0x9100}}}, "9100" + "0001" + "88b5"},
		{"three", Ethernet{Dst: b, Src: macA, EtherType: 0x88b5, VLANs: []VLAN{{ID: 1}, {ID: 2}, {ID: 3}}}, "8100" + "0001" + "8100" + "0002" + "8100" + "0003" + "88b5"},
		{"nearly all ones", Ethernet{Dst: b, Src: macA, EtherType: 0xffff, VLANs: []VLAN{{ID: 4094, PCP: 7, DEI: true}}}, "8100" + "fffe" + "ffff"},
	} {
		want := append(unhex(t, "0200000000020200000000 01"), unhex(t, c.want)...)
		head, err := c.e.AppendHeader([]byte{0xa5})
		whole, err2 := c.e.Append([]byte{0xa5}, payload)
		if err != nil || err2 != nil || string(head[1:]) != string(want) || string(whole[1:]) != string(want)+string(payload) || head[0] != 0xa5 || whole[0] != 0xa5 {
			t.Errorf("%s: %v, %v\nheader %x\nwant   %x\nframe  %x", c.name, err, err2, head, want, whole)
		}
	}
	for name, e := range map[string]Ethernet{
		"short destination": {Dst: b[:5], Src: macA}, "long source": {Dst: b, Src: append(net.HardwareAddr{1, 2}, macA...)},
		"VID 4095": {Dst: b, Src: macA, VLANs: []VLAN{{ID: 4095}}}, "VID 4096": {Dst: b, Src: macA, VLANs: []VLAN{{ID: 4096}}}, "PCP 8": {Dst: b, Src: macA, VLANs: []VLAN{{PCP: 8}}},
	} {
		head, err := e.AppendHeader([]byte{1})
		whole, err2 := e.Append([]byte{1}, payload)
		if err == nil || err2 == nil || len(head) != 1 || len(whole) != 1 {
			t.Errorf("%s: %v, %v, %d and %d bytes", name, err, err2, len(head), len(whole))
		}
	}
}

// TestEmptyEdit: an edit that says nothing changes nothing, and says so.
func TestEmptyEdit(t *testing.T) {
	var e Edit
	if !e.Empty() {
		t.Error("the zero value changes something")
	}
	for _, n := range everyLayer {
		b := mustBuild(t, n)
		got, err := e.Apply(Decode(append([]byte(nil), b...)))
		if err != nil || string(got) != string(b) {
			t.Errorf("%s: %x, %v", n, got, err)
		}
	}
	if e.Retag(nil); e.Empty() {
		t.Error("taking tags off is said to change nothing")
	}
	if e = *mustEdit(t, "ipv4.ttl=1"); e.Empty() {
		t.Error("a setting is said to change nothing")
	}
}

// TestNamesOfLayersAndKinds: each layer has a name of its own, and no number
// beyond them.
func TestNamesOfLayersAndKinds(t *testing.T) {
	names := map[string]Layer{}
	for l := range layers {
		if other, twice := names[l.String()]; twice || l.String() == "" || l.String() == "unknown" {
			t.Errorf("layer %d is called %q, as %d is", l, l, other)
		}
		names[l.String()] = l
	}
	if layers.String() != "unknown" || none.String() != "unknown" {
		t.Errorf("%s, %s", layers, none)
	}
	for k := range Bytes + 1 {
		if k.String() == "" {
			t.Errorf("kind %d has no name", k)
		}
	}
}
