package vmtest

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// cable makes two devices joined by a cable, and brings them up.
func cable(t *testing.T, modules ...string) {
	t.Helper()
	guest(t)
	needs(t, append(modules, "veth")...)
	ip(t, "link add va address "+macA+" type veth peer name vb address "+macB)
	t.Cleanup(func() { ip(t, "link del va") })
	ip(t, "link set vb up")
	ip(t, "link set va up")
	carrier(t, "va")
}

// exact runs a link test of 500 frames, none of which may be missing.
func exact(t *testing.T, tx, rx string, args ...string) {
	t.Helper()
	l, _ := linkRun(t, append([]string{"--tx", tx, "--rx", rx, "-b", "500pps", "-c", "500"}, args...)...)
	if l.Offered != 500 || l.Received != 500 || l.Duplicated+l.Corrupted != 0 {
		t.Errorf("%s to %s: %+v, want 500 offered and received", tx, rx, l)
	}
}

// TestKernelVLANDevice: what goes out by a VLAN device has its tag on the cable, and
// what comes in by one has none.
func TestKernelVLANDevice(t *testing.T) {
	cable(t, "8021q")
	for _, end := range []string{"va", "vb"} {
		ip(t, fmt.Sprintf("link add link %s name %[1]s.10 type vlan id 10 egress-qos-map 0:5", end))
		ip(t, fmt.Sprintf("link set %s.10 up", end))
	}
	exact(t, "va.10", "vb.10")
	wire := begin(t, true, "listen", "-i", "vb", "-Q", "10", "-c", "3", "-d", "150", "--json")
	inside := begin(t, true, "listen", "-i", "vb.10", "-c", "3", "-d", "150", "--json")
	run(t, "send", "-i", "va.10", "--to", macB, "-c", "3", "-b", "10pps", "-q")
	if n := wire.wait(t).count("frame", `"vlan":[{"id":10,"pcp":5,`); n != 3 {
		t.Errorf("%d of 3 frames with the tag on the cable", n)
	}
	if n := inside.wait(t).count("frame", `"vlan":[]`); n != 3 {
		t.Errorf("%d of 3 frames without it in the VLAN", n)
	}
}

// TestKernelMacvlan: a station on another interface's cable.
func TestKernelMacvlan(t *testing.T) {
	cable(t, "macvlan")
	ip(t, "link add link va name mv address 02:00:00:00:00:0c type macvlan mode bridge")
	ip(t, "link set mv up")
	exact(t, "mv", "vb")
	exact(t, "vb", "mv")
	answers := begin(t, true, "respond", "-i", "vb")
	defer answers.stop(t)
	p := run(t, "ping", "-i", "mv", "--l2", macB, "-c", "5", "--interval", "0.1", "-W", "60", "--json")
	if n := p.count("reply", `"clock":"kernel"`); n != 5 {
		t.Errorf("%d of 5 round trips by the kernel's clock, which the interface below has", n)
	}
}

// TestKernelIPVlanL2: frames that go out by one are on the cable, each once. What comes
// in it gets by IP address, and no frame without.
func TestKernelIPVlanL2(t *testing.T) {
	cable(t, "ipvlan")
	ip(t, "link add link va name iv type ipvlan mode l2")
	ip(t, "link set iv up")
	exact(t, "iv", "vb")
}

// TestKernelIPVlanL3: it hands on packets, not frames, and says so.
func TestKernelIPVlanL3(t *testing.T) {
	cable(t, "ipvlan")
	ip(t, "link add link va name iv type ipvlan mode l3")
	ip(t, "link set iv up")
	for _, args := range [][]string{{"send", "-i", "iv", "-c", "1"}, {"listen", "-i", "iv", "-d", "1"}} {
		if p := run(t, args...); p.status != 2 || !strings.Contains(p.err.String(), "takes no frames") {
			t.Errorf("eterm %v: status %d", args, p.status)
		}
	}
}

// TestKernelMACsec: frames through an encrypted link, each one accounted for.
func TestKernelMACsec(t *testing.T) {
	cable(t, "macsec")
	const key = " key 01 00112233445566778899aabbccddeeff"
	for _, end := range []struct{ under, name, peer string }{{"va", "sa", macB}, {"vb", "sb", macA}} {
		ip(t, fmt.Sprintf("link add link %s name %s type macsec encrypt on", end.under, end.name))
		ip(t, fmt.Sprintf("macsec add %s tx sa 0 pn 1 on", end.name)+key)
		ip(t, fmt.Sprintf("macsec add %s rx port 1 address %s", end.name, end.peer))
		ip(t, fmt.Sprintf("macsec add %s rx port 1 address %s sa 0 pn 1 on", end.name, end.peer)+key)
		ip(t, "link set "+end.name+" up")
	}
	exact(t, "sa", "sb")
	run(t, "send", "-i", "va", "--to", macB, "-c", "1", "-q")
	exact(t, "sb", "sa", "-Q", "3:10")
}

// TestKernelBondFailover: the loss while a bond changes to its other cable is on the
// way, in one piece, and the run goes on.
func TestKernelBondFailover(t *testing.T) {
	guest(t)
	needs(t, "veth", "bonding", "bridge")
	ip(t, "link add bond9 type bond mode active-backup miimon 100")
	t.Cleanup(func() { ip(t, "link del bond9") })
	ip(t, "link add br9 type bridge")
	t.Cleanup(func() { ip(t, "link del br9") })
	for _, c := range []string{"s0 t0", "s1 t1", "vx px"} {
		near, far, _ := strings.Cut(c, " ")
		ip(t, "link add "+near+" type veth peer name "+far)
		t.Cleanup(func() { ip(t, "link del "+near) })
		ip(t, "link set "+far+" master br9 up")
		if near == "vx" {
			ip(t, "link set vx up")
			continue
		}
		ip(t, "link set "+near+" master bond9")
	}
	ip(t, "link set br9 up")
	ip(t, "link set bond9 up")
	carrier(t, "bond9")
	must(t, "ip", "link", "set", "bond9", "type", "bond", "active_slave", "s0")
	p := begin(t, false, "link", "run", "--json", "--tx", "bond9", "--rx", "vx", "-b", "500pps", "-c", "2500")
	sending(t, "bond9")
	ip(t, "link set t0 down")
	var l link
	p.wait(t).last(t, &l)
	t.Logf("%+v", l)
	if l.Offered != 2500 || l.Offered != l.Received+l.Lost || l.Lost != l.Where.sum() || l.Received < 1000 {
		t.Errorf("%+v: want 2500 offered, the loss of a moment and all of it with a place", l)
	}
	if active, _ := os.ReadFile("/sys/class/net/bond9/bonding/active_slave"); strings.TrimSpace(string(active)) != "s1" {
		t.Errorf("the bond sends by %q", active)
	}
}

// TestKernelPktgen: what the kernel's own generator sends is what listen counts.
func TestKernelPktgen(t *testing.T) {
	cable(t, "pktgen")
	control := func(file string, lines ...string) {
		t.Helper()
		for _, line := range lines {
			if err := os.WriteFile("/proc/net/pktgen/"+file, []byte(line+"\n"), 0); err != nil {
				t.Fatalf("%s: %q: %v", file, line, err)
			}
		}
	}
	control("kpktgend_0", "rem_device_all", "add_device va")
	control("va", "count 5000", "pkt_size 60", "delay 100000", "dst 192.0.2.2", "src_min 192.0.2.1", "src_max 192.0.2.1", "dst_mac "+macB)
	defer control("kpktgend_0", "rem_device_all")
	p := begin(t, true, "listen", "-i", "vb", "-t", "0x0800", "-q", "--json", "-c", "5000", "-d", "150")
	control("pgctrl", "start") // returns when all are sent
	var s struct{ Received uint64 }
	if p.wait(t).last(t, &s); s.Received != 5000 || p.status != 0 {
		t.Errorf("status %d, received %d of the 5000 that pktgen sent", p.status, s.Received)
	}
}
