package show

import (
	"bytes"
	"strings"
	"testing"

	"eterm/iface"

	"eterm/cmd/internal/golden"
)

// TestUnseen: what an interface is that is no port is said, and what cannot be
// seen there.
func TestUnseen(t *testing.T) {
	for _, c := range []struct {
		about iface.Info
		want  string
	}{
		{iface.Info{Kind: "vlan", VLAN: 10, Parent: "eth0"}, "x is VLAN 10 of eth0: other VLANs and untagged frames are not seen here"},
		{iface.Info{Kind: "macvlan", Mode: "bridge", Parent: "eth0"}, "x is a macvlan (bridge) of eth0: frames for other addresses are not seen here, not even with --promisc"},
		{iface.Info{Kind: "macvlan", Mode: "passthru"}, "x is a macvlan (passthru) of an interface of another namespace: it has the interface below for itself"},
		{iface.Info{Kind: "ipvlan", Mode: "l2", Parent: "eth0"}, "x is an ipvlan (l2) of eth0: "},
		{iface.Info{Kind: "bond"}, "x is a bond, several ports as one: which port a frame came by"},
		{iface.Info{Kind: "bridge"}, "x is a bridge, as its own host sees it: "},
		{iface.Info{Kind: "wireless", Driver: "iwlwifi"}, "x is a wireless interface: 802.11 headers"},
		{iface.Info{Kind: "vxlan"}, "x is the end of a tunnel"},
		{iface.Info{Type: "loopback"}, "x is the loopback interface: "},
		{iface.Info{Kind: "dummy"}, "x is a dummy of this host: there is nobody"},
	} {
		c.about.Name = "x"
		if got := Unseen(c.about); !strings.HasPrefix(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.about, got, c.want)
		}
	}
	for _, kind := range []string{"", "veth"} {
		if got := Unseen(iface.Info{Name: "x", Kind: kind, Type: "ethernet"}); got != "" {
			t.Errorf("%q: %q", kind, got)
		}
	}
	if got := Unseen(iface.Info{Name: "x", Kind: "vlan", Parent: "\x1b[31m"}); strings.Contains(got, "\x1b") {
		t.Errorf("%q", got)
	}
}

// TestPrintAbilities: as a table of 80 columns, and as objects.
func TestPrintAbilities(t *testing.T) {
	all := []iface.Ability{
		{Name: "xdp-native", Answer: iface.Yes, Reason: "the driver says so"},
		{Name: "own-fcs", Answer: iface.No, Reason: "tried: the driver refuses SO_NOFCS; it makes every FCS itself"},
		{Name: "af-xdp-zero-copy", Answer: iface.Unknown, Reason: "not allowed to try: bind to queue 0: operation not permitted"},
	}
	var text, objects bytes.Buffer
	o := NewOutput(&text)
	o.width = 80
	must(t, o.Abilities("eth0", all, false))
	must(t, NewOutput(&objects).Abilities("eth0", all, true))
	for line := range strings.Lines(text.String()) {
		if len(line) > 81 {
			t.Errorf("%d columns: %s", len(line)-1, line)
		}
	}
	golden.Check(t, "abilities.txt", text.String())
	golden.Check(t, "abilities.json", objects.String())
}
