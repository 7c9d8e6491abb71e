package show

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"eterm/cmd/internal/golden"
	"eterm/frame/ether/vendors"
	"eterm/iface"
	"eterm/iface/reach"
	"eterm/iface/switchtest"
)

// hostInterfaces are the widest that a lab machine has.
func hostInterfaces() []iface.Info {
	return []iface.Info{
		{Name: "lo", HardwareAddr: make(net.HardwareAddr, 6), MTU: 65536, Type: "loopback", Up: true, Carrier: true, Timestamps: iface.TimestampAbility{RxSoftware: true}},
		{Name: "enp0s31f6", HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 0xa}, MTU: 1500, Type: "ethernet", Up: true, Carrier: true, Speed: 1e9, Duplex: "full", Driver: "e1000e",
			Offloads: []string{"rx-vlan-hw-parse", "generic-receive-offload", "tx-checksum-ip-generic"}, DefaultRoute: true,
			Timestamps: iface.TimestampAbility{RxSoftware: true, TxSoftware: true, RxHardware: true, TxHardware: true}},
	}
}

func scannedHosts() []reach.Host {
	return []reach.Host{
		{IP: netip.MustParseAddr("192.0.2.2"), MAC: net.HardwareAddr{2, 0, 0, 0, 0, 0xb}, Echoed: true, RTT: 123456, Name: "a-printer-with-a-long-name.example.com", NameSource: "mdns"},
		{IP: netip.MustParseAddr("2001:db8:1234:5678::1"), MAC: net.HardwareAddr{2, 0, 0, 0, 0, 0xc}, Others: []net.HardwareAddr{{2, 0, 0, 0, 0, 0xd}}},
		{IP: netip.MustParseAddr("192.0.2.9")},
	}
}

func switchCard() *switchtest.Card {
	cases, err := switchtest.Select([]string{"forwarding", "learning.zero-source", "vlan.4095", "load"}, nil)
	if err != nil {
		panic(err)
	}
	card := &switchtest.Card{A: "eth1", B: "eth2", Took: 3 * time.Second, Seed: 7}
	for i, c := range cases {
		r := switchtest.Result{Case: c, Verdict: switchtest.Pass, Expected: c.Want}
		r.Seen = "100 of 100 arrived, each way, none of them changed"
		if i%2 == 1 {
			r.Verdict, r.Why = switchtest.Untestable, "the MTU of the ports is 1500: raise it, for instance to 9000"
		}
		if c.Name == "vlan.4095" {
			r.Verdict = switchtest.Fail
		}
		card.Results = append(card.Results, r)
	}
	return card
}

// TestTablesFold: at any width that a terminal has, each table reads well: no
// line is longer, and nothing of a cell is missing.
func TestTablesFold(t *testing.T) {
	for name, print := range map[string]func(*Output){
		"interfaces": func(o *Output) { must(t, o.Interfaces(hostInterfaces(), false)) },
		"scan": func(o *Output) {
			_, err := o.Scan(scannedHosts(), 254, &vendors.Table{}, 1200*time.Millisecond, false)
			must(t, err)
		},
		"card": func(o *Output) {
			card := switchCard()
			p := &Card{Out: o, Messages: NewMessages(&bytes.Buffer{}), Detail: true}
			for _, r := range card.Results {
				p.Cases = append(p.Cases, r.Case)
			}
			for _, r := range card.Results {
				p.Progress(switchtest.Event{Result: &r})
			}
			p.End(card)
		},
	} {
		wide := ""
		for _, width := range []int{0, 132, 100, 80, 60, 40} {
			var out bytes.Buffer
			o := NewOutput(&out)
			o.width = width
			print(o)
			for line := range strings.Lines(out.String()) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); width > 0 && n > width && !strings.Contains(line, " / hex ") {
					t.Errorf("%s at %d: a line of %d: %s", name, width, n, line)
				}
			}
			if width == 0 {
				wide = out.String()
			}
			for _, word := range strings.FieldsFunc(wide, func(r rune) bool { return r == ' ' || r == '\n' || r == ',' }) {
				if len(word) < leastFold && word != "-" && strings.ToUpper(word) != word && !strings.Contains(out.String(), word) {
					t.Errorf("%s at %d: %q is missing in\n%s", name, width, word, &out)
				}
			}
			if width == 80 || width == 60 || width == 0 {
				golden.Check(t, fmt.Sprintf("%s-%d.txt", name, width), out.String())
			}
		}
	}
}

// TestLongWordsBreakAtHyphens where they have one in the second half of the line.
func TestLongWordsBreakAtHyphens(t *testing.T) {
	for word, want := range map[string][]string{
		"addresses.source-is-destination": {"addresses.source-is-", "destination"},
		"a-bcdefghijklmnopqrstuvwxyz":     {"a-bcdefghijklmnopqrst", "uvwxyz"},
	} {
		if got := fold(word, 21); !slices.Equal(got, want) {
			t.Errorf("%s folds to %q, want %q", word, got, want)
		}
	}
}

// failing is a stream that takes nothing.
type failing struct{ writes int }

var errFull = errors.New("no space left on device")

func (f *failing) Write([]byte) (int, error) { f.writes++; return 0, errFull }

// TestOutputFailsOnce: the first error is kept, and nothing is tried after it.
func TestOutputFailsOnce(t *testing.T) {
	f := &failing{}
	o := NewOutput(f)
	for range 3 {
		if err := o.Line("text"); !errors.Is(err, errFull) {
			t.Errorf("the error is %v", err)
		}
	}
	if err := o.JSON(1); !errors.Is(err, errFull) || !errors.Is(o.Err(), errFull) || f.writes != 1 {
		t.Errorf("%v, %v, %d writes", err, o.Err(), f.writes)
	}
	if To(o) != o || Unwrap(o) != f || IsTerminal(o) {
		t.Error("an Output is not known again")
	}
}

// TestLiveLine: on a terminal it is written over, never longer than one line,
// and gone before anything else is said; elsewhere it is nothing.
func TestLiveLine(t *testing.T) {
	var out bytes.Buffer
	m := NewMessages(&out)
	m.Live("%d of %d", 1, 2)
	m.Clear()
	if out.Len() != 0 || m.IsLive() {
		t.Errorf("not a terminal, and %q", &out)
	}
	m.width = 20
	m.Live("%s", strings.Repeat("x", 50)+"\u202e")
	m.Live("too soon after it")
	m.Note("a note")
	m.Clear()
	want := "\r\x1b[K" + strings.Repeat("x", 17) + ".." + "\r\x1b[K" + "eterm: a note\n"
	if out.String() != want {
		t.Errorf("%q, want %q", &out, want)
	}
}
