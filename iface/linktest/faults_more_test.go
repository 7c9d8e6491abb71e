package linktest_test

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"eterm/iface/lab/labtest"
	"eterm/iface/linktest"
)

// More faults of docs/develop/testing.md, each by the kernel's own means, whose
// counters are the truth.

// does runs a command line on the switch.
func does(t *testing.T, b *bench, line string) {
	t.Helper()
	words := strings.Fields(line)
	labtest.Run(t, b.middle, words[0], words[1:]...)
}

// testFrames are the nft words that pick test frames with a plan block.
var testFrames = []string{"@ll,128,16", "0x1200"}

func TestFaultLossInBursts(t *testing.T) {
	b := newBench(t)
	b.onMiddle(t, "left", append(testFrames, "numgen", "inc", "mod", "100", "<", "20", "counter", "drop")...)
	r := b.run(t, linktest.Load{Count: 1000, Rate: 10_000})
	if l := r.Receiver.Report.Loss; r.OnTheWay != 200 || l.Bursts != 10 || l.Longest != 20 {
		t.Errorf("%d lost on the way, %+v", r.OnTheWay, l)
	}
}

func TestFaultPolicer(t *testing.T) {
	b := newBench(t)
	dropped := b.onMiddle(t, "left", append(testFrames, "limit", "rate", "over", "1000/second", "burst", "5", "packets", "counter", "drop")...)
	r := b.run(t, linktest.Load{Count: 2000, Rate: 5000})
	if n, _ := strconv.ParseUint(dropped(), 10, 64); r.OnTheWay == 0 || r.OnTheWay != n || r.Verdict.Status == linktest.Untrusted && r.LostLocal > 0 {
		t.Errorf("%d lost on the way, the policer dropped %d: %+v", r.OnTheWay, n, r.Verdict)
	}
}

func TestFaultEveryFrameTwice(t *testing.T) {
	b := newBench(t)
	for _, line := range []string{
		"tc qdisc add dev left handle ffff: ingress",
		"tc filter add dev left parent ffff: protocol 0x88b5 u32 match u32 0 0 action mirred egress mirror dev right",
	} {
		does(t, b, line)
	}
	r := b.run(t, linktest.Load{Count: 1000, Rate: 5000})
	if r.Received != 1000 || r.Duplicated != 1000 || r.Lost != 0 || r.Receiver.Report.Delay.Count != 1000 {
		t.Errorf("%d received, %d duplicated, %d lost, %d delays", r.Received, r.Duplicated, r.Lost, r.Receiver.Report.Delay.Count)
	}
}

func TestFaultTTLRewritten(t *testing.T) {
	b := newBench(t)
	nft := func(args ...string) { labtest.Run(t, b.middle, "nft", args...) }
	nft("add", "table", "netdev", "f")
	nft("add", "chain", "netdev", "f", "i", "{ type filter hook ingress device \"left\" priority 0; }")
	nft("add", "rule", "netdev", "f", "i", "ip", "protocol", "udp", "counter", "ip", "ttl", "set", "1")
	ip := &linktest.IP{Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2")}
	r := b.run(t, linktest.Load{Count: 500, Rate: 5000, Sizes: []int{128}, IP: ip})
	if r.Received != 500 || r.Lost+r.Duplicated != 0 {
		t.Errorf("%d received, %d lost, %d corrupted", r.Received, r.Lost, r.Corrupted)
	}
}

// TestFaultMisdelivered: frames that come with another station's address are
// of the run, and are said to be for somebody else.
func TestFaultMisdelivered(t *testing.T) {
	b := newBench(t)
	b.onMiddle(t, "left", append(testFrames, "numgen", "inc", "mod", "10", "0", "counter", "ether", "daddr", "set", "02:00:00:00:00:99")...)
	r := b.run(t, linktest.Load{Count: 1000, Rate: 10_000})
	if r.Received != 1000 || r.Lost != 0 || r.Corrupted != 100 || r.Receiver.OtherHost != 100 {
		t.Errorf("%d received, %d lost, %d corrupted, %d for others", r.Received, r.Lost, r.Corrupted, r.Receiver.OtherHost)
	}
}

func TestFaultEtherTypeChanged(t *testing.T) {
	b := newBench(t)
	b.onMiddle(t, "left", append(testFrames, "numgen", "inc", "mod", "10", "0", "counter", "@ll,96,16", "set", "0x88b6")...)
	r := b.run(t, linktest.Load{Count: 1000, Rate: 10_000})
	if r.Received != 1000 || r.Lost != 0 || r.Corrupted != 100 {
		t.Errorf("%d received, %d lost, %d corrupted", r.Received, r.Lost, r.Corrupted)
	}
}

// TestFaultPortsThatForwardNothing: whatever the switch is set to, all is lost on
// the way, no host is blamed, and the answer is no.
func TestFaultPortsThatForwardNothing(t *testing.T) {
	for name, lines := range map[string][]string{
		"isolated":     {"ip link set left type bridge_slave isolated on", "ip link set right type bridge_slave isolated on"},
		"flooding off": {"ip link set right type bridge_slave flood off learning off"},
		"disabled":     {"bridge link set dev right state 0"},
		"wrong entry":  {"bridge fdb add 02:00:00:00:00:99 dev left master static"},
	} {
		b := newBench(t)
		l := linktest.Load{Count: 200, Rate: 5000, Sizes: []int{64}, Src: b.tx.HardwareAddr(), Dst: b.rx.HardwareAddr()}
		if name == "wrong entry" {
			l.Dst = net.HardwareAddr{2, 0, 0, 0, 0, 0x99}
		}
		for _, line := range lines {
			does(t, b, line)
		}
		r, err := linktest.Direct(context.Background(), b.tx, b.rx, l, linktest.DirectOptions{Session: 7})
		if err != nil || r.Received != 0 || r.OnTheWay != 200 || r.LostLocal != 0 || len(r.Verdict.Exceeded) != 1 || r.Verdict.Exceeded[0] != "no frame arrived" {
			t.Errorf("%s: %v: %d received, %+v, %+v", name, err, r.Received, r.Where, r.Verdict)
		}
	}
}

// TestFaultOddNumbersDropped by a classic BPF program that reads the number in
// the mark.
func TestFaultOddNumbersDropped(t *testing.T) {
	b := newBench(t)
	labtest.Run(t, b.middle, "tc", "qdisc", "add", "dev", "left", "clsact")
	// ldh [12]; jne 0x88b5 pass; ldb [16]; jne 0x12 pass; ldb [25]; and 1; jne 1 pass; ret 2 (shot); ret -1
	labtest.Run(t, b.middle, "tc", "filter", "add", "dev", "left", "ingress", "protocol", "all", "bpf", "da", "bytecode",
		"9,40 0 0 12,21 0 6 34997,48 0 0 16,21 0 4 18,48 0 0 25,84 0 0 1,21 0 1 1,6 0 0 2,6 0 0 4294967295,")
	r := b.run(t, linktest.Load{Count: 1000, Rate: 5000})
	if l := r.Receiver.Report.Loss; r.OnTheWay != 500 || l.Bursts != 500 || l.Longest != 1 || l.First != 1 || l.Last != 999 {
		t.Errorf("%d lost on the way, %+v", r.OnTheWay, l)
	}
}

// TestFaultStorm: a loop in the switch multiplies a broadcast without end. The
// test ends at once, says loop, and keeps a bounded account.
func TestFaultStorm(t *testing.T) {
	b := newBench(t)
	for _, line := range []string{
		"ip link add l0 type veth peer name l1", "ip link set l0 master br0", "ip link set l1 master br0",
		"tc qdisc add dev l0 root tbf rate 5mbit burst 1540 limit 3000", "tc qdisc add dev l1 root tbf rate 5mbit burst 1540 limit 3000",
		"ip link set l0 up", "ip link set l1 up",
	} {
		does(t, b, line)
	}
	defer labtest.Run(t, b.middle, "ip", "link", "del", "l0")
	l := linktest.Load{Src: b.tx.HardwareAddr(), Dst: net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, Sizes: []int{64}, Rate: 100, Duration: time.Minute}
	began := time.Now()
	r, err := linktest.Direct(context.Background(), b.tx, b.rx, l, linktest.DirectOptions{Session: 7})
	if err != nil || time.Since(began) > 20*time.Second || r.Offered > 500 || r.Verdict.Status != linktest.Untrusted || !says(r, "loop: one frame came to eth0") {
		t.Errorf("%v: after %v, %d offered, %d duplicated, %+v", err, time.Since(began), r.Offered, r.Duplicated, r.Verdict)
	}
}
