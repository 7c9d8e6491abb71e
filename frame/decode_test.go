package frame

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"eterm/frame/ether"
)

// An echo request with VLAN tag, padded; bytes as tcpdump -xx shows them.
const taggedEcho = "020000000002020000000001" + "8100" + "600a" + "0800" +
	"45000021000000004001f6d8c0000201c0000202" + "0800b4250007000168656c6c6f" + "000000000000000000"

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// layersOf writes the parts of a frame as name:length.
func layersOf(d *Decoded) string {
	var s []byte
	for i, p := range d.Parts {
		if i > 0 {
			s = append(s, ' ')
		}
		s = appendInt(append(append(s, p.Layer.String()...), ':'), p.Length)
	}
	return string(s)
}

// checkTiles fails unless the parts are every byte of the frame in order.
func checkTiles(t testing.TB, d *Decoded) {
	t.Helper()
	at := 0
	for _, p := range d.Parts {
		if p.Offset != at || p.Length <= 0 || p.end > len(d.Bytes) {
			t.Fatalf("%x: part %v at %d, not at %d, ends %d", d.Bytes, p.Layer, p.Offset, at, p.end)
		}
		at += p.Length
	}
	if at != len(d.Bytes) {
		t.Fatalf("%x: parts end at %d of %d", d.Bytes, at, len(d.Bytes))
	}
}

// checkAgain fails unless a value that was used before finds what the general
// way finds in a new one, and unless cutting a frame short in the capture adds faults.
func checkAgain(t testing.TB, d *Decoded) {
	t.Helper()
	g := new(Decoded)
	g.general(d.Bytes, Captured{})
	if !slices.Equal(g.Parts, d.Parts) || !slices.Equal(g.Faults, d.Faults) {
		t.Fatalf("%x: got %v %v, the general way %v %v", d.Bytes, d.Parts, d.Faults, g.Parts, g.Faults)
	}
	if len(d.Faults) == maxFaults {
		return
	}
	for n := len(d.Bytes) - 1; n > 0; n -= 1 + n/16 {
		g.DecodeCaptured(d.Bytes[:n:n], Captured{Length: len(d.Bytes)})
		checkTiles(t, g)
		for _, f := range g.Faults {
			if !slices.Contains(d.Faults, f) && f.Problem != "bad checksum" {
				t.Fatalf("%x cut to %d has %+v, the whole frame has %v", d.Bytes, n, f, d.Faults)
			}
			if f.Problem == "bad checksum" && !slices.ContainsFunc(d.Faults, func(w Fault) bool { return w.Field == f.Field && w.Offset == f.Offset }) {
				t.Fatalf("%x cut to %d has %+v, the whole frame has %v", d.Bytes, n, f, d.Faults)
			}
		}
	}
}

func TestDecodeLayers(t *testing.T) {
	for _, c := range []struct{ name, frame, layers, faults string }{
		{"tagged echo", taggedEcho, "eth:14 vlan:4 ipv4:20 icmp:8 data:5 trailer:9", ""},
		{"nothing", "", "", "eth at 0: short header: 0, should be 14"},
		{"13 bytes", "01020304050607080910111213", "data:13", "eth at 0: short header: 13, should be 14"},
		{"IPv4 header below 5 words", "ffffffffffff020000000001080044" + strings.Repeat("00", 45), "eth:14 data:46",
			"ipv4.ihl at 14: length below the header's: 4"},
		{"IPv4 of version 5", "ffffffffffff020000000001080055" + strings.Repeat("00", 45), "eth:14 data:46",
			"ipv4.version at 14: unknown version: 5, should be 4"},
		{"group source and 1501", "ffffffffffff03000000000105dd" + strings.Repeat("00", 46), "eth:14 data:46",
			"eth.src at 6: group address as source: 03:00:00:00:00:01; eth.type at 12: neither a length nor a type: 0x05dd"},
		{"802.3 longer than the frame", "0180c20000000200000000010100424203" + strings.Repeat("00", 43), "eth:14 llc:3 stp:35 data:8",
			"eth.length at 12: length beyond the frame: 256, should be 46"},
		{"LLDP TLV beyond the frame", "0180c200000e02000000000188cc" + "0600" + "ffff" + strings.Repeat("00", 42), "eth:14 lldp:2 data:44",
			"lldp.length at 16: length beyond the frame: 511"},
		{"802.3 with trailer", "0180c20000000200000000010003420003" + strings.Repeat("00", 43), "eth:14 llc:3 trailer:43", ""},
	} {
		d := Decode(unhex(t, c.frame))
		checkTiles(t, d)
		if got := layersOf(d); got != c.layers {
			t.Errorf("%s: layers %s, want %s", c.name, got, c.layers)
		}
		if got := strings.Join(faultsOf(d), "; "); got != c.faults {
			t.Errorf("%s: faults %q, want %q", c.name, got, c.faults)
		}
	}
}

func TestDumpGolden(t *testing.T) {
	b := unhex(t, taggedEcho)
	b[len(b)-1] = 0x1b
	b[28] ^= 0xff // the checksum's first byte
	const want = `0000  02 00 00 00 00 02 02 00  00 00 00 01 81 00        |..............|    eth
000e  60 0a 08 00                                       |` + "`" + `...|              vlan
0012  45 00 00 21 00 00 00 00  40 01 09 d8 c0 00 02 01  |E..!....@.......|  ipv4
0022  c0 00 02 02                                       |....|
0026  08 00 b4 25 00 07 00 01                           |...%....|          icmp
002e  68 65 6c 6c 6f                                    |hello|             data
0033  00 00 00 00 00 00 00 00  1b                       |.........|         trailer
# ! ipv4.checksum at 28: bad checksum: 0x09d8, should be 0xf6d8
`
	if got := string(Decode(b).AppendDump(nil, DumpOptions{})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	snap := string(Decode(b).AppendDump(nil, DumpOptions{Snap: 16}))
	if !strings.Contains(snap, "\n000e  60 0a   ") || !strings.Contains(snap, "... 44 more bytes\n") {
		t.Errorf("with Snap 16:\n%s", snap)
	}
}

// Each fault is one fact, at its place, however the frame was made wrong.
func TestFaults(t *testing.T) {
	const ip = "eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 "
	for _, c := range []struct{ notation, faults string }{
		{ip + "length=1000 / udp sport=1 dport=2 / zeros 40", "ipv4.length at 16: length beyond the frame: 1000, should be 68"},
		{ip + "length=19 / udp sport=1 dport=2 / zeros 40", "ipv4.length at 16: length below the header's: 19, should be 68"},
		{ip + "/ udp sport=1 dport=2 length=99 / zeros 40", "udp.length at 38: length beyond the frame: 99, should be 48"},
		{ip + "/ udp sport=1 dport=2 length=7 / zeros 40", "udp.length at 38: length below the header's: 7, should be 48"},
		{ip + "/ tcp sport=1 dport=2 offset=4 / zeros 40", "tcp.offset at 46: length below the header's: 4"},
		{ip + "/ tcp sport=1 dport=2 offset=15", "tcp.offset at 46: length beyond the frame: 15"},
		{ip + "protocol=tcp / hex 0102", "tcp at 34: short header: 2, should be 20"},
		{ip + "checksum=0 / icmp", "ipv4.checksum at 24: bad checksum: 0x0000, should be 0xf6dd"},
		{"eth / ipv4 src=224.0.0.1 dst=192.0.2.2 / hex 00", "ipv4.src at 26: group address as source: 224.0.0.1"},
		{"eth / ipv6 src=ff02::1 dst=::1 / zeros 20", "ipv6.src at 22: group address as source: ff02::1"},
		{"eth / ipv6 length=999 / zeros 20", "ipv6.length at 18: length beyond the frame: 999, should be 20"},
		{"eth / ipv6 src=::1 dst=::2 / udp sport=1 dport=2 checksum=0 / hex 00", "udp.checksum at 60: bad checksum: 0x0000, should be 0xffd6"},
		{"eth / ipv6 / dstopts len=9 / zeros 20", "dstopts.len at 55: length beyond the frame: 9"},
		{"eth / arp / pad 0", "eth at 0: runt: 42, should be 60"},
		{ip + "/ icmp type=99 / zeros 30", "icmp.type at 34: unassigned type: 99"},
		{ip + "/ icmp type=19 / zeros 30", "icmp.type at 34: unassigned type: 19"},
		{ip + "/ icmp echo-request code=9", "icmp.code at 35: unassigned code: 9"},
		{ip + "/ icmp destination-unreachable code=15", ""},
		{ip + "/ icmp destination-unreachable code=16", "icmp.code at 35: unassigned code: 16"},
		{ip + "/ icmpv6 echo-request", "ipv4.protocol at 23: icmpv6 is not for ipv4: 58"},
		{ip + "/ hopopts / zeros 20", "ipv4.protocol at 23: hopopts is not for ipv4: 0"},
		{"eth / ipv6 src=::1 dst=::2 / icmp echo-request", "ipv6.next at 20: icmp is not for ipv6: 1"},
		{"eth / ipv6 src=::1 dst=::2 / dstopts / icmp echo-request", "dstopts.next at 54: icmp is not for ipv6: 1"},
		{"eth / ipv6 src=::1 dst=::2 / icmpv6 type=99 / zeros 4", "icmpv6.type at 54: unassigned type: 99"},
		{"eth / ipv6 src=::1 dst=::2 / icmpv6 packet-too-big code=3", "icmpv6.code at 55: unassigned code: 3"},
		{"eth / ipv6 src=::1 dst=::2 / icmpv6 type=200 code=77 / zeros 4", ""},
	} {
		d := Decode(mustBuild(t, c.notation))
		if got := strings.Join(faultsOf(d), "; "); got != c.faults {
			t.Errorf("%s\ngot  %s\nwant %s", c.notation, got, c.faults)
		}
		checkRoundTrip(t, d)
	}
}

func TestSummary(t *testing.T) {
	for _, c := range []struct{ frame, want string }{
		{taggedEcho, "02:00:00:00:00:01 > 02:00:00:00:00:02, vlan 10 p 3, IPv4, length 60: 192.0.2.1 > 192.0.2.2, ICMP echo request, id 7, seq 1, length 13, data 5 bytes"},
	} {
		if got := string(Decode(unhex(t, c.frame)).AppendSummary(nil)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(unhex(f, taggedEcho))
	f.Add([]byte{})
	for _, n := range notations {
		f.Add(mustBuild(f, n))
	}
	var d Decoded
	f.Fuzz(func(t *testing.T, b []byte) {
		d.Decode(b)
		checkTiles(t, &d)
		checkAgain(t, &d)
		for _, c := range d.AppendDump(nil, DumpOptions{}) {
			if c != '\n' && !printable(c) {
				t.Fatalf("the dump holds byte %#x", c)
			}
		}
		d.AppendSummary(nil)
	})
}

// TestEveryTPIDIsATag holds the decoder to ether's list.
func TestEveryTPIDIsATag(t *testing.T) {
	for _, tpid := range ether.TPIDs {
		d := Decode(mustBuild(t, fmt.Sprintf("eth dst=broadcast src=2:0:0:0:0:1 type=0x%04x / vlan id=5 / text \"x\"", tpid)))
		if got := layersOf(d); !strings.Contains(got, "vlan") {
			t.Errorf("0x%04x: %s", tpid, got)
		}
	}
}

// TestUnpadded: a frame that no NIC has padded yet is not too short; another is.
func TestUnpadded(t *testing.T) {
	b := make([]byte, 42)
	b[12], b[13] = 0x88, 0xb5
	var d Decoded
	for _, c := range []struct {
		how  Captured
		want int
	}{{Captured{}, 1}, {Captured{Unpadded: true}, 0}, {Captured{}, 1}, {Captured{Length: 60}, 0}} {
		if d.DecodeCaptured(b, c.how); len(d.Faults) != c.want {
			t.Errorf("%+v: %+v", c.how, d.Faults)
		}
	}
}
