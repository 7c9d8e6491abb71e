package vmtest

import (
	"strings"
	"testing"
)

// losesCarrier are the models that lose their carrier for a while when their MTU
// is changed.
var losesCarrier = map[string]bool{"e1000": true, "e1000e": true}

// TestCardMTUChangedInMidRun: a card that loses its carrier sends what it is
// given to nowhere: status 3, and the card's own count beside ours. One that keeps
// it sends all.
func TestCardMTUChangedInMidRun(t *testing.T) {
	guest(t)
	sent := watch(t, "ca", "tx_packets")
	p := begin(t, false, "send", "-i", "ca", "--to", macB, "-c", "800", "-b", "200pps", "--json")
	sending(t, "ca")
	ip(t, "link set ca mtu 1400")
	if p.wait(t); losesCarrier[model()] && (p.status != 3 || !strings.Contains(p.err.String(), "the carrier was lost")) {
		t.Errorf("status %d, want 3 because the carrier was lost", p.status)
	}
	var s struct{ Sent uint64 }
	p.last(t, &s)
	n := sent(0)
	t.Logf("status %d: sent %d, the card counts %d", p.status, s.Sent, n)
	if n < s.Sent && (p.status != 3 || !strings.Contains(p.err.String(), "frames, and counts")) {
		t.Errorf("status %d: sent %d, the card counts %d, and nothing says so", p.status, s.Sent, n)
	}
}

// sending waits until a card sends what comes from now on.
func sending(t *testing.T, card string) {
	t.Helper()
	before := statistic(t, card, "tx_packets")
	await(t, card+" sends", func() bool { return statistic(t, card, "tx_packets") > before+10 })
}

// TestCardOverloaded: what the receiving card had no room for is this host's loss.
func TestCardOverloaded(t *testing.T) {
	guest(t)
	missed := watch(t, "cb", "rx_missed_errors")
	p := begin(t, true, "listen", "-i", "cb", "-t", "0x88b5", "-q", "--json")
	run(t, "send", "-i", "ca", "--to", macB, "-c", "20000", "-b", "max", "-q")
	var s struct {
		Received      uint64
		DroppedByHost uint64 `json:"dropped_by_host"`
		Counters      struct {
			SocketDropped uint64 `json:"socket_dropped"`
		}
	}
	lost := missed(0)
	p.stop(t).last(t, &s)
	t.Logf("received %d of 20000; the card missed %d", s.Received, lost)
	if missedRises[model()] { // also when eterm asks the driver for its counters
		lost = min(lost, s.DroppedByHost)
		if lost == 0 && s.Received+s.Counters.SocketDropped < 20000 {
			t.Errorf("received %d of 20000, and no frame is said to be dropped by this host", s.Received)
		}
	}
	if s.DroppedByHost < s.Counters.SocketDropped+lost {
		t.Errorf("%d dropped by this host, where the card missed %d and the socket %d", s.DroppedByHost, lost, s.Counters.SocketDropped)
	}
	if lost > 0 && p.status != 3 {
		t.Errorf("status %d, where the card missed %d", p.status, lost)
	}
}

// TestCardReset: counters that begin anew never make a count that cannot be.
func TestCardReset(t *testing.T) {
	guest(t)
	run(t, "send", "-i", "ca", "--to", macB, "-c", "500", "-b", "max", "-q") // something to forget
	heard := begin(t, true, "listen", "-i", "cb", "-t", "0x88b5", "-q", "--json")
	p := begin(t, false, "send", "-i", "ca", "--to", macB, "-c", "600", "-b", "200pps", "--json")
	sending(t, "ca")
	for _, card := range []string{"ca", "cb"} {
		ip(t, "link set "+card+" down")
		ip(t, "link set "+card+" up")
	}
	p.wait(t)
	heard.stop(t)
	for _, p := range []*program{p, heard} {
		if strings.Contains(p.out.String()+p.err.String(), "18446744073") {
			t.Errorf("%v: a count below 0", p.cmd.Args)
		}
		if p.status != 3 {
			t.Errorf("%v: status %d, want 3: the interface went down", p.cmd.Args, p.status)
		}
	}
}

// TestCardTimestamps: a round trip is measured by one clock alone, and the
// program says which: the kernel's where the driver tells it when frames leave, as
// ethtool has it, and the program's where it does not.
func TestCardTimestamps(t *testing.T) {
	guest(t)
	answers := begin(t, true, "respond", "-i", "cb")
	defer answers.stop(t)
	p := run(t, "ping", "-i", "ca", "--l2", macB, "-c", "20", "--interval", "50ms", "-W", "60", "--json")
	var s struct {
		Received uint64
		RTT      struct{ Clock string }
	}
	clock := "user"
	if strings.Contains(must(t, "ethtool", "-T", "ca"), "software-transmit") {
		clock = "kernel"
	}
	if p.last(t, &s); s.Received != 20 || s.RTT.Clock != clock {
		t.Errorf("%+v, want 20 received by the clock %s", s, clock)
	}
	if n := p.count("reply", `"clock":"`+clock+`"`); n != 20 {
		t.Errorf("%d of 20 round trips by the clock %s", n, clock)
	}
}
