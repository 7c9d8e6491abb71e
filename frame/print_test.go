package frame

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestJSON(t *testing.T) {
	b := mustBuild(t, `eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 df / icmp echo-request id=7 seq=1 / text "a\"\\b" / pad 1`)
	b[24] ^= 0xff
	const want = `"layers":[{"layer":"eth","dst":"02:00:00:00:00:02","src":"02:00:00:00:00:01","type":"0x0800"},` +
		`{"layer":"ipv4","src":"192.0.2.1","dst":"192.0.2.2","version":4,"ihl":5,"dscp":0,"ecn":0,"length":32,"id":0,` +
		`"rf":false,"df":true,"mf":false,"offset":0,"ttl":64,"protocol":1,"checksum":"0x49d9","options":""},` +
		`{"layer":"icmp","id":7,"seq":1,"type":8,"code":0,"checksum":"0x3a73"},` +
		`{"layer":"data","length":4,"hex":"61225c62"},{"layer":"trailer","length":1,"hex":"00"}],` +
		`"faults":[{"field":"eth","offset":0,"got":"47","want":"60","problem":"runt"},` +
		`{"field":"ipv4.checksum","offset":24,"got":"0x49d9","want":"0xb6d9","problem":"bad checksum"}],` +
		`"notation":"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 df checksum=0x49d9 / icmp echo-request id=7 seq=1 / text \"a\\\"\\\\b\" / pad 1"`
	if got := string(Decode(b).AppendJSON(nil)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Whatever a frame holds, the JSON is valid and gives the notation back.
func TestJSONIsValid(t *testing.T) {
	for _, n := range everyLayer {
		b := mustBuild(t, n)
		for i := range b {
			old := b[i]
			for _, c := range []byte{'"', '\\', 0x1b, 0xff, 0} {
				b[i] = c
				checkPrints(t, Decode(b))
			}
			b[i] = old
		}
	}
}

// checkPrints fails unless all forms of output are as they promise.
func checkPrints(t testing.TB, d *Decoded) {
	t.Helper()
	var v struct {
		Layers   []map[string]any
		Faults   []map[string]any
		Notation string
	}
	text := append(append([]byte{'{'}, d.AppendJSON(nil)...), '}')
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if v.Notation != string(d.AppendNotation(nil)) || len(v.Layers) != len(d.Parts) || len(v.Faults) != len(d.Faults) {
		t.Fatalf("%s holds another frame", text)
	}
	out := append(d.AppendTree(text), d.AppendSummary(nil)...)
	out = d.AppendDump(out, DumpOptions{})
	for _, c := range out {
		if c != '\n' && !printable(c) {
			t.Fatalf("the output for %x holds byte %#x", d.Bytes, c)
		}
	}
}

func TestTreeGolden(t *testing.T) {
	b := mustBuild(t, `eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan id=10 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=53 dport=1024 / hex 000102 / pad 0`)
	b[28] ^= 0xff
	const want = `eth, 14 bytes at 0: Ethernet II, or IEEE 802.3 when llc follows
  0       dst             02:00:00:00:00:02           destination address
  6       src             02:00:00:00:00:01           source address
  12      type            0x8100 (vlan)               EtherType of what follows
vlan, 4 bytes at 14: 802.1Q tag
  14.0    pcp             0                           priority code point
  14.3    dei             0                           drop eligible
  14.4    id              10                          VLAN identifier
  16      type            0x0800 (ipv4)               EtherType of what follows
ipv4, 20 bytes at 18: IPv4 header
  18.0    version         4                           version
  18.4    ihl             5                           header length in 4 bytes
  19.0    dscp            0                           differentiated services code point
  19.6    ecn             0                           explicit congestion notification
  20      length          31                          total length, header included
  22      id              0                           identification
  24.0    rf              0                           reserved flag
  24.1    df              0                           don't fragment
  24.2    mf              0                           more fragments
  24.3    offset          0                           fragment offset in 8 bytes
  26      ttl             64                          time to live
  27      protocol        17 (udp)                    what follows
  28      checksum        0x09ca                      header checksum  ! bad checksum, should be 0xf6ca
  30      src             192.0.2.1                   source address
  34      dst             192.0.2.2                   destination address
udp, 8 bytes at 38: user datagram
  38      sport           53                          source port
  40      dport           1024                        destination port
  42      length          11                          length, header included
  44      checksum        0x759e                      checksum, with pseudo-header
data, 3 bytes at 46
  002e  00 01 02                                          |...|
! eth at 0: runt: 49, should be 60
`
	if got := string(Decode(b).AppendTree(nil)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDiff(t *testing.T) {
	a := Decode(mustBuild(t, notations[2]))
	b := Decode(mustBuild(t, strings.Replace(strings.Replace(notations[2], "vlan id=10 pcp=3 / ", "", 1), "ttl=5", "ttl=4", 1)))
	var got []string
	for _, d := range Diff(a, b) {
		got = append(got, d.Layer.String()+"."+d.Field+" "+d.A+" "+d.B)
	}
	want := []string{
		"eth.type 0x8100 0x0800", "vlan. vlan id=10 pcp=3 ", "ipv4.ttl 5 4", "ipv4.checksum 0x31d9 0x32d9",
		"trailer.bytes pad 9 pad 13",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if d := Diff(a, a); len(d) != 0 {
		t.Errorf("a frame differs from itself: %v", d)
	}
	text := string(AppendDiff(nil, a, b, DumpOptions{}))
	for _, want := range []string{"- 000e  60 0a 08 00  ", "+ 000e  45 00 00 21", "  0026  08 00"} {
		if !strings.Contains("\n"+text, "\n"+want) {
			t.Errorf("no row %q in\n%s", want, text)
		}
	}
}
