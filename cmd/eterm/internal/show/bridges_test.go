package show

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eterm/frame"
	"eterm/iface/linktest"
	"eterm/iface/switchtest"
)

// settings are those of bridges, in a directory of their own.
func settings(t *testing.T, value string) string {
	t.Helper()
	dir := t.TempDir()
	if value != "" {
		if err := os.WriteFile(filepath.Join(dir, "bridge-nf-call-iptables"), []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// built is the first bytes of the frame of a notation, without its padding.
func built(t *testing.T, bytes int, notation string) []byte {
	t.Helper()
	tmpl, err := frame.Parse(notation)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl.Append(nil)[:bytes]
}

// linkOf is a link test that lost frames, which the sender or the receiver knows to
// be IP packets.
func linkOf(sent, received bool, lost uint64) linktest.Total {
	return linktest.Total{Result: linktest.Result{OnTheWay: lost, Sender: &linktest.SenderSide{InIP: sent}, Receiver: &linktest.ReceiverSide{InIP: received}}}
}

// TestBridgesThatFilterAreNamed: only where the pattern is seen and the setting is on.
func TestBridgesThatFilterAreNamed(t *testing.T) {
	ip4 := built(t, 42, "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request id=1 seq=1")
	ip6 := built(t, 58, "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan id=5 / ipv6 src=2001:db8::1 dst=2001:db8::2 hops=1 next=59")
	padded := append(bytes.Clone(ip4), make([]byte, 60-len(ip4))...)
	other := built(t, 16, "eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 type=0x88b5 / text hi")
	lost := switchtest.Result{Verdict: switchtest.Fail, Outcome: switchtest.Outcome{Evidence: []switchtest.Evidence{{Sent: padded}}}}
	cut := switchtest.Result{Verdict: switchtest.Note, Outcome: switchtest.Outcome{Evidence: []switchtest.Evidence{{Sent: padded, Arrived: []switchtest.Arrival{{Bytes: ip4}}}}}}
	fine := switchtest.Result{Verdict: switchtest.Fail, Outcome: switchtest.Outcome{Evidence: []switchtest.Evidence{{Sent: other}, {Sent: ip4, Arrived: []switchtest.Arrival{{Bytes: padded}}}}}}
	for name, c := range map[string]struct {
		setting string
		note    func(b *Bridges, m *Messages)
		want    string
	}{
		"IPv4 without padding": {"1", func(b *Bridges, m *Messages) { b.Take(ip4, len(ip4)); b.Frames(m) }, "1 frame shorter than 60 bytes ends with the IP packet"},
		"both":                 {"1", func(b *Bridges, m *Messages) { b.Take(ip4, len(ip4)); b.Take(ip6, len(ip6)); b.Frames(m) }, "2 frames shorter"},
		"padded": {"1", func(b *Bridges, m *Messages) {
			b.Take(padded, len(padded))
			b.Take(other, len(other))
			b.Take(nil, 0)
			b.Frames(m)
		}, ""},
		"off":           {"0", func(b *Bridges, m *Messages) { b.Take(ip4, len(ip4)); b.Frames(m) }, ""},
		"no module":     {"", func(b *Bridges, m *Messages) { b.Take(ip4, len(ip4)); b.Frames(m) }, ""},
		"card, lost":    {"1", func(b *Bridges, m *Messages) { b.Card(&switchtest.Card{Results: []switchtest.Result{lost}}, m) }, "br_netfilter"},
		"card, cut":     {"1", func(b *Bridges, m *Messages) { b.Card(&switchtest.Card{Results: []switchtest.Result{cut}}, m) }, "br_netfilter"},
		"card, neither": {"1", func(b *Bridges, m *Messages) { b.Card(&switchtest.Card{Results: []switchtest.Result{fine}}, m) }, ""},
		"card, off":     {"0", func(b *Bridges, m *Messages) { b.Card(&switchtest.Card{Results: []switchtest.Result{lost}}, m) }, ""},
		"link":          {"1", func(b *Bridges, m *Messages) { b.Link(linkOf(true, false, 3), m) }, "lost or damaged on the way"},
		"link receive":  {"1", func(b *Bridges, m *Messages) { b.Link(linkOf(false, true, 3), m) }, "lost or damaged on the way"},
		"link, both": {"1", func(b *Bridges, m *Messages) {
			b.Link(linktest.Total{Result: linktest.Result{OnTheWay: 1}, Directions: []linktest.Result{{}, linkOf(true, true, 1).Result}}, m)
		}, "lost or"},
		"link, off":   {"0", func(b *Bridges, m *Messages) { b.Link(linkOf(true, true, 3), m) }, ""},
		"link, sound": {"1", func(b *Bridges, m *Messages) { b.Link(linkOf(true, true, 0), m) }, ""},
		"link, no IP": {"1", func(b *Bridges, m *Messages) { b.Link(linkOf(false, false, 3), m) }, ""},
	} {
		var said bytes.Buffer
		c.note(LookForBridges(settings(t, c.setting)), NewMessages(&said))
		if got := said.String(); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
