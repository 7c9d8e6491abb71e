package frame

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// differences writes each difference in one line.
func differences(a, b []byte) (all []string) {
	for _, d := range Diff(Decode(a), Decode(b)) {
		all = append(all, fmt.Sprintf("%v.%s at %d/%d: %s > %s", d.Layer, d.Field, d.OffsetA, d.OffsetB, d.A, d.B))
	}
	return all
}

// TestDiffNamesWhatDiffers: one difference a field, a layer that one frame has
// alone as a whole, and what stands further back because of it is the same.
func TestDiffNamesWhatDiffers(t *testing.T) {
	const (
		eth  = "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / "
		ip   = "ipv4 src=192.0.2.1 dst=192.0.2.2 checksum=0 "
		ip6  = "ipv6 src=2001:db8::1 dst=2001:db8::2 "
		icmp = "/ icmp id=7 seq=1 checksum=0 / count 30"
	)
	for _, c := range []struct {
		a, b string
		want []string
	}{
		{eth + ip + icmp, eth + ip + icmp, nil},
		{eth + ip + "ttl=64 " + icmp, eth + ip + "ttl=63 " + icmp, []string{"ipv4.ttl at 22/22: 64 > 63"}},
		{eth + ip + "dscp=46 df " + icmp, eth + ip + "ecn=1 " + icmp, []string{"ipv4.dscp at 15/15: 46 > 0", "ipv4.ecn at 15/15: 0 > 1", "ipv4.df at 20/20: 1 > 0"}},
		{eth + ip + icmp, strings.Replace(eth, "00:01 ", "00:03 ", 1) + ip + icmp, []string{"eth.src at 6/6: 02:00:00:00:00:01 > 02:00:00:00:00:03"}},
		{eth + ip + icmp, eth + "vlan id=5 pcp=3 / " + ip + icmp, []string{"eth.type at 12/12: 0x0800 > 0x8100", "vlan. at -1/14:  > vlan id=5 pcp=3"}},
		{eth + "vlan id=5 / vlan id=6 / " + ip + icmp, eth + "vlan id=6 / " + ip + icmp, []string{"vlan. at 14/-1: vlan id=5 > "}},
		{eth + "vlan id=5 / " + ip + icmp, eth + "svlan id=5 / " + ip + icmp,
			[]string{"eth.type at 12/12: 0x8100 > 0x88a8", "vlan. at 14/-1: vlan id=5 > ", "svlan. at -1/14:  > svlan id=5"}},
		{eth + ip + "/ icmp id=7 seq=1 checksum=0 / hex 0102030405060708090a0b0c0d0e0f101112", eth + ip + "/ icmp id=7 seq=1 checksum=0 / hex 0102030405060708090a0b0c0d0e0f101113",
			[]string{"data.bytes at 42/42: hex 0102030405060708090a0b0c0d0e0f101112 > hex 0102030405060708090a0b0c0d0e0f101113"}},
		{eth + ip + icmp, eth + ip + "/ icmp echo-reply id=7 seq=1 checksum=0 / count 30",
			[]string{"icmp.type at 34/34: icmp echo-request id=7 seq=1 checksum=0x0000 > icmp echo-reply id=7 seq=1 checksum=0x0000"}},
		{eth + ip6 + "/ hex 00", eth + ip6 + "hops=9 flow=0x00001 / hex 00", []string{"ipv6.flow at 15/15: 0x00000 > 0x00001", "ipv6.hops at 21/21: 64 > 9"}},
		{eth + ip6 + "/ hex 00", eth + strings.Replace(ip6, "db8::2", "db8::3", 1) + "/ hex 00", []string{"ipv6.dst at 38/38: 2001:db8::2 > 2001:db8::3"}},
		{eth + ip + "options=nop,nop,nop,nop ihl=6 " + icmp, eth + ip + "options=router-alert:0 ihl=6 " + icmp, []string{"ipv4.options at 34/34: nop,nop,nop,nop > router-alert:0"}},
	} {
		got := differences(mustBuild(t, c.a), mustBuild(t, c.b))
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\nand %s\ngot  %q\nwant %q", c.a, c.b, got, c.want)
		}
	}
}

// TestDiffTurnedAround: frames differ from themselves in nothing, from others in
// something, and as many layers have their like the other way round.
func TestDiffTurnedAround(t *testing.T) {
	var frames [][]byte
	for _, n := range everyLayer {
		frames = append(frames, mustBuild(t, n))
	}
	lone := func(all []Difference) (a, b int) {
		for _, d := range all {
			if d.OffsetB < 0 {
				a++
			}
			if d.OffsetA < 0 {
				b++
			}
		}
		return a, b
	}
	for i, a := range frames {
		for _, b := range frames[i:] {
			one, two := Diff(Decode(a), Decode(b)), Diff(Decode(b), Decode(a))
			if (string(a) == string(b)) != (len(one) == 0) || (len(one) == 0) != (len(two) == 0) {
				t.Errorf("%x\nand %x: %d differences, %d the other way round", a, b, len(one), len(two))
			}
			a1, b1 := lone(one)
			b2, a2 := lone(two)
			if a1 != a2 || b1 != b2 || len(Decode(a).Parts)-a1 != len(Decode(b).Parts)-b1 {
				t.Errorf("%x\nand %x: %d and %d layers without their like, %d and %d the other way round", a, b, a1, b1, a2, b2)
			}
		}
	}
}

// TestDiffRows: rows both have stand once, others below one another, each behind
// its mark, and colours paint what differs and names alone.
func TestDiffRows(t *testing.T) {
	a := mustBuild(t, "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 type=0x88b5 / hex 000102030405060708090a0b0c0d0e0f1011")
	b := mustBuild(t, "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 type=0x88b5 / hex 000102030405060708090a0b0c0d0e0f1012ff")
	const want = `  0000  02 00 00 00 00 02 02 00  00 00 00 01 88 b5        |..............|    eth
  000e  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  |................|  data
- 001e  10 11 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
+ 001e  10 12 ff 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
  002e  00 00 00 00 00 00 00 00  00 00 00 00 00 00        |..............|
`
	trim := func(s string) string {
		var out strings.Builder
		for line := range strings.Lines(s) {
			out.WriteString(strings.TrimRight(line, " \n") + "\n")
		}
		return out.String()
	}
	got := string(AppendDiff(nil, Decode(a), Decode(b), DumpOptions{}))
	if trim(got) != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	painted := string(AppendDiff(nil, Decode(a), Decode(b), DumpOptions{Color: true}))
	for _, mark := range []string{"\x1b[31m- 001e  10 11", "\x1b[32m+ 001e  10 12 ff", "\x1b[36meth\x1b[0m"} {
		if !strings.Contains(painted, mark) {
			t.Errorf("no %q in\n%q", mark, painted)
		}
	}
	for _, code := range []string{"\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[0m"} {
		painted = strings.ReplaceAll(painted, code, "")
	}
	if trim(painted) != want {
		t.Errorf("without its colours\n%s", painted)
	}
	// What one frame alone has is marked as its own, whichever it is.
	tagged := mustBuild(t, "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan id=5 type=0x88b5 / hex 000102030405060708090a0b0c0d0e0f1011")
	for _, c := range []struct {
		a, b []byte
		mark string
	}{{a, tagged, "+ 000e  00 05 88 b5"}, {tagged, a, "- 000e  00 05 88 b5"}} {
		if got := string(AppendDiff(nil, Decode(c.a), Decode(c.b), DumpOptions{})); !strings.Contains(got, c.mark) || strings.Count(got, "vlan") != 1 {
			t.Errorf("no %q in\n%s", c.mark, got)
		}
	}
}

// TestDumpColours: faults and names are painted and nothing else changes.
func TestDumpColours(t *testing.T) {
	b := unhex(t, taggedEcho)
	b[28] ^= 0xff
	plain := string(Decode(b).AppendDump(nil, DumpOptions{}))
	painted := string(Decode(b).AppendDump(nil, DumpOptions{Color: true}))
	if strings.Count(painted, "\x1b[36m") != len(Decode(b).Parts) || strings.Count(painted, "\x1b[31m# ! ") != 1 || strings.Count(painted, "\x1b[0m") != len(Decode(b).Parts)+1 {
		t.Errorf("%q", painted)
	}
	for _, code := range []string{"\x1b[31m", "\x1b[36m", "\x1b[0m"} {
		painted = strings.ReplaceAll(painted, code, "")
	}
	if painted != plain {
		t.Errorf("without its colours\n%s\nwant\n%s", painted, plain)
	}
}

// TestDumpOfTheLongest: offsets of merged frames have a fifth digit.
func TestDumpOfTheLongest(t *testing.T) {
	b := append(mustBuild(t, "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 type=0x88b5 / zeros 46"), make([]byte, 0x10000)...)
	rows := strings.Split(string(Decode(b).AppendDump(nil, DumpOptions{})), "\n")
	last := rows[len(rows)-2]
	if want := fmt.Sprintf("%05x  00", 14+(len(b)-14)/16*16); !strings.HasPrefix(last, want) {
		t.Errorf("the last row is %q, want %q", last, want)
	}
	if !slices.ContainsFunc(rows, func(r string) bool { return strings.HasPrefix(r, "fffe  00") }) ||
		!slices.ContainsFunc(rows, func(r string) bool { return strings.HasPrefix(r, "1000e  00") }) {
		t.Error("rows around 64 KiB are missing")
	}
}
