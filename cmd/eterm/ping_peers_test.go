package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"eterm/iface/lab/labtest"
)

// TestPingLosesWhatPingLoses: a bridge that drops exactly every tenth echo
// request, then none but doubles every tenth, as seen by us and by ping.
func TestPingLosesWhatPingLoses(t *testing.T) {
	left, _, middle := numbered(t)
	nft := func(args ...string) { labtest.Run(t, middle, "nft", args...) }
	labtest.Tool(t, "ping")
	nft(`add table netdev f; add chain netdev f i { type filter hook ingress device "left" priority 0; }`)
	for _, c := range []struct {
		action               string
		received, duplicates int
	}{
		{"drop", 180, 0},
		{`dup to "right"`, 200, 20},
	} {
		rule := "add rule netdev f i ip protocol icmp icmp type echo-request numgen inc mod 10 0 " + c.action
		nft("flush chain netdev f i; " + rule)
		_, out := tool(t, left, "ping", "-n", "-q", "-c", "200", "-i", "0.002", "-W", "1", "192.0.2.2")
		theirs := regexp.MustCompile(fmt.Sprintf(`200 packets transmitted, %d received(, \+%d duplicates)?`, c.received, c.duplicates))
		if !theirs.MatchString(out) {
			t.Errorf("%s: ping says %s", c.action, out)
		}
		nft("flush chain netdev f i; " + rule) // count from 0 again
		status, list, stderr := pingOn(t, left, "-q", "-c", "200", "--interval", "2ms", "-W", "1", "192.0.2.2")
		s := list[len(list)-1]
		if status != 0 || len(list) != 1 || s.Sent != 200 || s.Received != c.received || s.Lost != 200-c.received || s.Duplicates != c.duplicates {
			t.Errorf("%s: status %d, %+v, %s", c.action, status, s, stderr)
		}
	}
}

// TestPingNamesDamage: the bridge writes into the data of every fifth request
// and leaves the checksum wrong; the kernel drops those. At layer 2 nothing
// but our comparison notices.
func TestPingNamesDamage(t *testing.T) {
	left, right, middle := numbered(t)
	nft := func(args ...string) { labtest.Run(t, middle, "nft", args...) }
	nft(`add table netdev f; add chain netdev f i { type filter hook ingress device "right" priority 0; }`)
	nft(`add rule netdev f i ether type 0x88b5 numgen inc mod 5 0 @ll,320,16 set 0xdead`)
	nft(`add rule netdev f i ip protocol icmp numgen inc mod 5 0 @ll,400,16 set 0xdead`)
	status, list, stderr := pingOn(t, left, "-c", "20", "--interval", "2ms", "-W", "0.2", "192.0.2.2")
	if s := list[len(list)-1]; status != 1 || s.BadChecksum != 4 || s.Received != 16 || s.Damaged != 0 {
		t.Errorf("icmp: status %d, %+v, %s", status, s, stderr)
	}
	peer := on(t, right, "respond")
	status, stdout, _ := runOn(t, left, "ping", "--l2", "-c", "20", "--interval", "2ms", rightMAC.String())
	if n := strings.Count(stdout, "wrong data byte #14 should be 0x0e but was 0xde"); status != 1 || n != 4 || !strings.Contains(stdout, "4 damaged") {
		t.Errorf("l2: status %d, %d times, %s", status, n, stdout)
	}
	peer.stop(t)
}

// TestPingTaggedToTheKernel: Open vSwitch takes our VLAN 10 to a port where it
// is untagged, and the kernel there answers.
func TestPingTaggedToTheKernel(t *testing.T) {
	left, right := labtest.Host(t, "left"), labtest.Host(t, "right")
	ovs := labtest.NewOVS(t, left, right)
	ovs.Ctl("set", "port", "p0", "trunks=10,20")
	ovs.Ctl("set", "port", "p1", "tag=10")
	address(t, right, "eth0", "192.0.2.2/24")
	address(t, right, "eth0", "2001:db8::2/64")
	for _, target := range []string{"192.0.2.2", "2001:db8::2"} {
		status, list, stderr := pingOn(t, left, "-Q", "3:10", "--src-ip", "192.0.2.1,2001:db8::1", target, "-c5", "--interval", "10ms", "-W2")
		if s := list[len(list)-1]; status != 0 || s.Received != 5 {
			t.Errorf("%s: status %d, %+v, %s", target, status, s, stderr)
		}
	}
	// In another VLAN, and in none, nobody is there.
	for _, vlan := range []string{"-Q20", "-Q0"} {
		status, _, stderr := pingOn(t, left, vlan, "--src-ip", "192.0.2.1", "192.0.2.2", "-c1", "-W0.1")
		if status != 1 || !strings.Contains(stderr, "no reply to ARP") {
			t.Errorf("%s: status %d, %s", vlan, status, stderr)
		}
	}
}
