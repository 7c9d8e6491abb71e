package frame

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"testing"
)

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		notation, word, problem string
	}{
		{"", "", "a layer's name is missing"},
		{"eth /", "", "a layer's name is missing"},
		{"/ eth", "/", "a layer's name is missing before /"},
		{"eth / ipv5", "ipv5", "did you mean ipv4?"},
		{"eth dst=1 / hex 00", "1", "want a MAC address of six bytes"},
		{"eth / ipv4 src=192.0.2.256", "192.0.2.256", "no IPv4 address"},
		{"eth / ipv4 src=192.0.2.01", "192.0.2.01", "no IPv4 address"},
		{"eth / ipv6 src=fe80::1%eth0", "fe80::1%eth0", "no IPv6 address"},
		{"eth / ipv4 ttl=256", "256", "too large for ttl: 0 to 255"},
		{"eth / ipv4 ttl=", "", "no value for ttl"},
		{"eth / ipv4 ttl", "ttl", "needs a value"},
		{"eth / ipv4 tll=5", "tll", "did you mean ttl?"},
		{"eth / icmp echo-reqest", "echo-reqest", "did you mean echo-request?"},
		{"eth / ipv4 src=192.0.2.1..192.0.2.9 src=192.0.2.1", "192.0.2.1", "src is given twice"},
		{"eth / ipv4 tos=1 ecn=1", "1", "tos and ecn share bits: give one"},
		{"eth / tcp options=nop options=nop", "nop", "options is given twice"},
		{"eth type=0x88a8 / vlan tpid=0x9100", "0x9100", "type and tpid share bits: give one"},
		{"eth / ipv4 dscp=1 tos=1", "1", "dscp and tos share bits: give one"},
		{"eth / ipv4 tos=1 dscp=1", "1", "tos and dscp share bits: give one"},
		{"eth / ipv4 dscp=1 dscp=1", "1", "dscp is given twice"},
		{"eth / tcp syn syn", "syn", "syn is given twice"},
		{"eth / icmp unreachable", "unreachable", "did you mean destination-unreachable?"},
		{"eth / vlan id=4096", "4096", "0 to 4095"},
		{"vlan tpid=0x9100 / ipv4 / vlan tpid=0x9100", "0x9100", "needs eth, vlan or svlan before it"},
		{"eth / hex 0g", "0g", "no hex digit"},
		{"eth / hex 012", "012", "odd number"},
		{"eth / text \"a", "\"a", "closing quote"},
		{"eth / text \"a\"b", "\"a\"b", "behind its closing quote"},
		{`eth / text "\q"`, `"\q"`, "unknown escape"},
		{"eth / zeros", "zeros", "takes one number"},
		{"eth / zeros 999999999", "999999999", "no number of bytes"},
		{"eth / zeros 1000000 / zeros 200000", "zeros", "longer than 1 MiB"},
		{"eth / pad 4 / hex 00", "hex", "nothing can follow the trailer"},
		{"hex 00 / eth", "eth", "starts with data"},
		{"eth / surplus 00", "surplus", "more packets"},
		{"eth / tcp options=mss:1:2", "mss:1:2", "no value for mss"},
		{"eth / tcp options=nop,mss", "mss", "too few"},
		{"eth / tcp options=bogus", "bogus", "unknown option"},
		{"eth / icmp seq=5..3", "5..3", "ends below"},
		{"eth / icmp seq=0..9+0", "0..9+0", "no step"},
		{"eth / ipv6 src=2001:db8::1..2001:db9::1", "2001:db8::1..2001:db9::1", "lower 64 bits"},
		{"eth / icmp seq=0..70000", "0..70000", "too large"},
		{strings.Repeat("vlan / ", 300) + "hex 00", "vlan", "too many layers"},
	} {
		_, err := Parse(c.notation)
		var e *SyntaxError
		if !errors.As(err, &e) {
			t.Errorf("%.60s: error %v, want one about %q", c.notation, err, c.problem)
			continue
		}
		if !strings.Contains(e.Error(), c.problem) || e.Notation[e.Offset:e.Offset+e.Length] != c.word {
			t.Errorf("%.60s: %v under %q, want %q under %q", c.notation, e, e.Notation[e.Offset:e.Offset+e.Length], c.problem, c.word)
		}
	}
}

func TestCaret(t *testing.T) {
	_, err := Parse("eth / ipv4 tll=5 / icmp")
	var e *SyntaxError
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if want := "eth / ipv4 tll=5 / icmp\n           ^^^"; e.Caret() != want {
		t.Errorf("got\n%s\nwant\n%s", e.Caret(), want)
	}
	_, err = Parse("eth / hex " + strings.Repeat("00", 100) + " / \x1b[31m tll=5")
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	caret := e.Caret()
	for i := range len(caret) {
		if caret[i] != '\n' && !printable(caret[i]) {
			t.Errorf("the caret line holds byte %#x", caret[i])
		}
	}
}

// What may be written in several ways is the same frame.
func TestSpellings(t *testing.T) {
	for _, c := range [][2]string{
		{"eth dst=broadcast", "eth dst=ff:ff:ff:ff:ff:ff"},
		{"eth src=02-00-00-00-00-01", "eth src=0200.0000.0001"},
		{"eth src=020000000001", "eth src=02:00:00:00:00:01"},
		{"ipv4 src=192.0.2.1", "eth / ipv4 src=192.0.2.1"},
		{"eth type=ipv4 / hex 00", "eth type=0x0800 / hex 00"},
		{"ipv4 tos=0xb9", "ipv4 dscp=46 ecn=1"},
		{"ipv4 protocol=udp / hex 00", "ipv4 protocol=17 / hex 00"},
		{"icmp destination code=port", "icmp type=3 code=3"},
		{"icmp seq=0x10", "icmp seq=16"},
		{"tcp flags=0x12", "tcp syn ack"},
		{"vlan tpid=0x9100 id=5", "eth type=0x9100 / vlan id=5"},
		{"eth / vlan / vlan tpid=0x88a8", "eth / vlan type=0x88a8 / vlan"},
		{`eth / text "a b"`, "eth / text a b"},
		{`eth / text "\x41\"\\"`, `eth / hex 41 22:5c`},
		{"eth / count 4", "eth / hex 00010203"},
		{`lldp system-name text="sw1"`, "lldp system-name text=sw1"},
		{`lldp system-name text="sw1"`, "lldp system-name text=0x737731"},
		{"eth length=4 / hex 00010203", "eth type=0x0004 / hex 00010203"},
	} {
		var got [2][]byte
		for i, n := range c {
			tpl, err := Parse(n)
			if err != nil {
				t.Fatalf("%s: %v", n, err)
			}
			got[i] = tpl.Append(nil)
		}
		if !bytes.Equal(got[0], got[1]) {
			t.Errorf("%s\n%x\n%s\n%x", c[0], got[0], c[1], got[1])
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"eth", "/", "text", "hello world"}, `eth / text "hello world"`},
		{[]string{"eth", "/", "text", `say "hi"`}, `eth / text "say \"hi\""`},
		{[]string{"eth", "/", "text", "a / b", "/", "hex", "00"}, `eth / text "a / b" / hex 00`},
		{[]string{"eth", "/", "text", `"a b"`}, `eth / text "a b"`},
		{[]string{"lldp", "system-name", "text=a b"}, `lldp system-name text="a b"`},
		{[]string{"eth / ipv4", "ttl=5"}, "eth / ipv4 ttl=5"},
		{[]string{"eth / text \"a b\""}, "eth / text \"a b\""},
	} {
		if got := Words(c.args); got != c.want {
			t.Errorf("%q: got %s, want %s", c.args, got, c.want)
		}
	}
}

func TestSource(t *testing.T) {
	tpl, err := Parse("eth / arp spa=192.0.2.1 tpa=192.0.2.2")
	if err != nil {
		t.Fatal(err)
	}
	if tpl.HasSource() {
		t.Error("a source is said to be given")
	}
	tpl.Source(macA)
	b := tpl.Append(nil)
	if !bytes.Equal(b[6:12], macA) || !bytes.Equal(b[22:28], macA) {
		t.Errorf("got %x", b)
	}
	tpl.Source(net.HardwareAddr{2, 0, 0, 0, 0, 9})
	if got := tpl.Append(nil); !bytes.Equal(got, b) {
		t.Errorf("a second source changed it to %x", got)
	}
}

// A Template that was never parsed is an empty frame.
func TestZeroTemplate(t *testing.T) {
	var tpl Template
	tpl.Source(macA)
	tpl.Seed(1)
	if tpl.HasSource() || tpl.Len() != 0 || len(tpl.Clone().Append(nil)) != 0 {
		t.Error("it has bytes")
	}
}

// In steady state nothing on the way of a frame allocates.
func TestNothingAllocates(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	var d Decoded
	var tpl Template
	varies, err := Parse("ipv4 src=random / udp sport=1..9 / count 20")
	if err != nil {
		t.Fatal(err)
	}
	frames := make([][]byte, len(refereed))
	for i, n := range refereed {
		frames[i] = mustBuild(t, n)
	}
	buf := make([]byte, 0, 1<<16)
	line := make([]byte, 0, 1<<16)
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"decode", func() {
			for _, b := range frames {
				d.Decode(b)
			}
		}},
		{"print", func() {
			for _, b := range frames {
				d.Decode(b)
				buf = d.AppendNotation(buf[:0])
				buf = d.AppendSummary(buf[:0])
				buf = d.AppendDump(buf[:0], DumpOptions{})
				buf = d.AppendTree(buf[:0])
				line = d.AppendJSON(line[:0])
			}
		}},
		{"parse", func() {
			for _, n := range refereed {
				if err := tpl.Parse(n); err != nil {
					t.Fatal(err)
				}
			}
		}},
		{"vary", func() { buf = varies.Append(buf[:0]) }},
	} {
		c.run()
		if n := testing.AllocsPerRun(20, c.run); n != 0 {
			t.Errorf("%s allocates %v times a round", c.name, n)
		}
	}
}

// A template must be as good as new when its memory is used again.
func TestParseAgain(t *testing.T) {
	var again Template
	for range 2 {
		for _, n := range notations {
			if err := again.Parse(n); err != nil {
				t.Fatal(err)
			}
			fresh, err := Parse(n)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := again.Append(nil), fresh.Append(nil); !bytes.Equal(got, want) {
				t.Errorf("%s: %x, fresh %x", n, got, want)
			}
		}
	}
}

// No flag may be named like a form of its layer: a bare word means one thing.
func TestBareWordsAreClear(t *testing.T) {
	for _, s := range table {
		if s == nil {
			continue
		}
		for i := range s.forms {
			if name := s.forms[i].name; name != "" && s.hasFlag(name) {
				t.Errorf("%v: %s is a form and a flag", s.layer, name)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, n := range notations {
		f.Add(n)
	}
	f.Add("eth / ipv4 src=192.0.2.1..192.0.2.9+2 / udp sport=1,2,3 dport=random / random 20")
	f.Add(`ipv6 src=2001:db8::1..2001:db8::f / hopopts options=5:00,raw:01 / nd option kind=7 data="\x00"`)
	f.Add("eth / ipv4 / udp / hex 00 / surplus ends=2 01 / pad 3")
	f.Fuzz(func(t *testing.T, notation string) {
		tpl, err := Parse(notation)
		var e *SyntaxError
		if errors.As(err, &e) {
			if e.Offset < 0 || e.Length < 0 || e.Offset+e.Length > len(notation) || !strings.Contains(e.Caret(), "^") {
				t.Fatalf("%q: error at %d, %d", notation, e.Offset, e.Length)
			}
			return
		}
		b := tpl.Append(nil)
		if len(b) != tpl.Len() {
			t.Fatalf("%d bytes, Len says %d", len(b), tpl.Len())
		}
		d := Decode(b)
		checkTiles(t, d)
		checkRoundTrip(t, d)
		checkSums(t, tpl)
	})
}
