package vmtest

import (
	"fmt"
	"strings"
	"testing"
)

// noPriority are the models whose driver gives tags it takes off without their
// priority: e1000 keeps only the 12 bits of the VLAN.
var noPriority = map[string]bool{"e1000": true}

// TestCardHearsTags: tagged frames of VLANs that this host has no device of are
// heard where tags are asked for, on cards that filter VLANs too.
func TestCardHearsTags(t *testing.T) {
	guest(t)
	p := begin(t, true, "listen", "-i", "cb", "-Q", "10", "-c", "5", "-d", "150", "--json")
	run(t, "send", "-i", "ca", "--to", macB, "-c", "5", "-b", "10pps", "-Q", "3:10", "-q")
	if p.wait(t); strings.Contains(p.err.String(), "filters VLANs") {
		t.Errorf("says that the card filters what is asked for: %s", &p.err)
	}
	pcp := 3
	if noPriority[model()] {
		pcp = 0
	}
	if n := p.count("frame", fmt.Sprintf(`"vlan":[{"id":10,"pcp":%d,`, pcp), `"ethertype":"0x88b5"`); n != 5 {
		t.Errorf("heard %d of 5 frames of VLAN 10 with priority %d", n, pcp)
	}
}

// TestCardPriority: a link test with tags finds nothing changed; where the driver
// loses the priority it says that this cannot be told here, and how it can, which is
// so.
func TestCardPriority(t *testing.T) {
	guest(t)
	tagged := func() (link, *program) {
		return linkRun(t, "--tx", "ca", "--rx", "cb", "-b", "100pps", "-c", "50", "-Q", "5:10")
	}
	lost := uint64(0)
	if noPriority[model()] {
		lost = 50
	}
	l, _ := tagged()
	if d := l.Receiver.Report.Damage; l.Received != 50 || l.Corrupted != 0 || d.Retagged != lost || d.NoPriority != lost || lost > 0 && !l.Receiver.TakesTags {
		t.Errorf("%+v, want 50 received, %d of them without their priority", l, lost)
	}
	if lost == 0 {
		return
	}
	must(t, "ethtool", "-K", "cb", "rxvlan", "off")
	defer must(t, "ethtool", "-K", "cb", "rxvlan", "on")
	carrier(t, "cb")
	if l, _ := tagged(); l.Received != 50 || l.Receiver.Report.Damage.Retagged != 0 {
		t.Errorf("with rxvlan off: %+v, want 50 received as they were sent", l)
	}
}

// filters says whether a card filters VLANs now, as ethtool has it.
func filters(t *testing.T, card string) bool {
	return strings.Contains(must(t, "ethtool", "-k", card), "rx-vlan-filter: on")
}

// TestCardSaysThatItFilters: who does not ask for tags is told of the filter,
// and only where there is one.
func TestCardSaysThatItFilters(t *testing.T) {
	guest(t)
	p := run(t, "listen", "-i", "cb", "-d", "1", "-q")
	if said, is := strings.Contains(p.err.String(), "filters VLANs (rx-vlan-filter)"), filters(t, "cb"); said != is {
		t.Errorf("says that the card filters VLANs: %t; it does: %t", said, is)
	}
	if listed := strings.Contains(run(t, "interfaces", "--json").out.String(), `"rx-vlan-filter"`); listed != filters(t, "cb") {
		t.Errorf("interfaces lists the filter: %t", listed)
	}
}

// TestCardAnswersInVLANs: respond hears questions with tags, and ping and arp
// hear its answers.
func TestCardAnswersInVLANs(t *testing.T) {
	guest(t)
	p := begin(t, true, "respond", "-i", "cb", "--ip", "192.0.2.2")
	defer p.stop(t)
	for _, args := range [][]string{
		{"ping", "--src-ip", "192.0.2.1", "192.0.2.2", "-c", "3", "--interval", "0.2", "-W", "60"},
		{"ping", "--l2", macB, "-c", "3", "--interval", "0.2", "-W", "60"},
		{"arp", "--src-ip", "192.0.2.1", "192.0.2.2", "-W", "5s"},
	} {
		args = append(args, "-i", "ca", "-Q", "3:10")
		if p := run(t, args...); p.status != 0 {
			t.Errorf("eterm %s: status %d", strings.Join(args, " "), p.status)
		}
	}
}

// TestCardIsPromiscuousNoLonger: a card is what it was when a command ends.
func TestCardIsPromiscuousNoLonger(t *testing.T) {
	guest(t)
	for _, args := range [][]string{{"--promisc"}, {"-Q", "10"}} {
		p := begin(t, true, append([]string{"listen", "-i", "cb", "-q"}, args...)...)
		if during := promiscuous(t, "cb"); args[0] == "--promisc" && during != 1 {
			t.Errorf("listen %v: promiscuity %d while it listens, want 1", args, during)
		}
		if p.stop(t); promiscuous(t, "cb") != 0 {
			t.Errorf("listen %v: promiscuity %d afterwards", args, promiscuous(t, "cb"))
		}
	}
}

// promiscuous is how many ask a card to be so.
func promiscuous(t *testing.T, card string) (n int) {
	t.Helper()
	_, rest, _ := strings.Cut(must(t, "ip", "-d", "link", "show", "dev", card), " promiscuity ")
	if _, err := fmt.Sscan(rest, &n); err != nil {
		t.Fatal(err)
	}
	return n
}
