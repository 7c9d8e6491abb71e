package frame

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"
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

// checkGeneral fails unless the short way through usual frames found what the
// general one does.
func checkGeneral(t testing.TB, d *Decoded) {
	t.Helper()
	var g Decoded
	g.general(d.Bytes)
	if !slices.Equal(g.Parts, d.Parts) || !slices.Equal(g.Faults, d.Faults) {
		t.Fatalf("%x: got %v %v, the general way %v %v", d.Bytes, d.Parts, d.Faults, g.Parts, g.Faults)
	}
}

func TestDecodeLayers(t *testing.T) {
	for _, c := range []struct{ name, frame, layers, faults string }{
		{"tagged echo", taggedEcho, "eth:14 vlan:4 ipv4:20 icmp:8 data:5 trailer:9", ""},
		{"nothing", "", "", "eth at 0: short header: 0, should be 14"},
		{"13 bytes", "01020304050607080910111213", "data:13", "eth at 0: short header: 13, should be 14"},
		{"802.3 with trailer", "0180c20000000200000000010003420003" + strings.Repeat("00", 43), "eth:14 llc:3 trailer:43", ""},
	} {
		d := Decode(unhex(t, c.frame))
		checkTiles(t, d)
		var faults []string
		for i := range d.Faults {
			faults = append(faults, string(d.Faults[i].Append(nil)))
		}
		if got := layersOf(d); got != c.layers {
			t.Errorf("%s: layers %s, want %s", c.name, got, c.layers)
		}
		if got := strings.Join(faults, "; "); got != c.faults {
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
! ipv4.checksum at 28: bad checksum: 0x09d8, should be 0xf6d8
`
	if got := string(Decode(b).AppendDump(nil, DumpOptions{})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	snap := string(Decode(b).AppendDump(nil, DumpOptions{Snap: 16}))
	if !strings.Contains(snap, "\n000e  60 0a   ") || !strings.Contains(snap, "... 44 more bytes\n") {
		t.Errorf("with Snap 16:\n%s", snap)
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
		checkGeneral(t, &d)
		for _, c := range d.AppendDump(nil, DumpOptions{}) {
			if c != '\n' && !printable(c) {
				t.Fatalf("the dump holds byte %#x", c)
			}
		}
		d.AppendSummary(nil)
	})
}
