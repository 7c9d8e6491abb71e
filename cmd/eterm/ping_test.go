package main

import (
	"bufio"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"

	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// pingObject is an object of ping --json, read back.
type pingObject struct {
	Type, Target, From, Clock, Message, MAC string
	Seq                                     int
	Length, TTL, MTU                        int
	RTT                                     *int64 `json:"rtt_ns"`
	Duplicate                               bool

	Sent, Received, Lost, Duplicates, Damaged, Unresolved, Errors int
	BadChecksum                                                   int `json:"bad_checksum"`
}

// pingOn runs ping --json on a host and returns its objects; the last is the
// summary.
func pingOn(t *testing.T, h *lab.Host, args ...string) (status int, list []pingObject, stderr string) {
	t.Helper()
	status, stdout, stderr := runOn(t, h, append([]string{"ping", "--json"}, args...)...)
	return status, jsonLines[pingObject](t, stdout), stderr
}

func jsonLines[T any](t *testing.T, out string) (list []T) {
	t.Helper()
	for line := range strings.Lines(out) {
		var o T
		unmarshal(t, line, &o)
		list = append(list, o)
	}
	return list
}

// numbered is a switched pair with addresses of both families.
func numbered(t *testing.T) (left, right, middle *lab.Host) {
	left, right, middle = switched(t)
	for h, addresses := range map[*lab.Host][]string{left: {"192.0.2.1/24", "2001:db8::1/64"}, right: {"192.0.2.2/24", "2001:db8::2/64"}} {
		for _, a := range addresses {
			address(t, h, "eth0", a)
		}
	}
	return left, right, middle
}

// address gives an interface an address that is usable at once, without
// waiting for duplicate address detection.
func address(t *testing.T, h *lab.Host, name, cidr string) {
	t.Helper()
	if strings.Contains(cidr, ":") {
		must(t, h.Do(func() error {
			return os.WriteFile("/proc/sys/net/ipv6/conf/"+name+"/disable_ipv6", []byte("0"), 0)
		}))
		a, err := netlink.ParseAddr(cidr)
		must(t, err)
		a.Flags = 0x02 // IFA_F_NODAD
		l, err := h.Netlink().LinkByName(name)
		must(t, err)
		must(t, h.Netlink().AddrAdd(l, a))
		return
	}
	must(t, h.AddAddress(name, cidr))
}

func TestPingReachesTheKernel(t *testing.T) {
	left, _, _ := numbered(t)
	for _, args := range [][]string{
		{"192.0.2.2"},
		{"2001:db8::2"},
		{"192.0.2.2", "--pcp", "5"}, // a priority tag is no VLAN: the kernel takes it
		{"192.0.2.2", "--sweep", "64..1518:97", "--df", "--tos", "184"},
		{"2001:db8::2", "-s", "1518"},
		{"192.0.2.2", "--flood"},
		{"192.0.2.0/29"},
		{"192.0.2.2", "--payload", "abc"},
	} {
		if !slices.Contains(args, "--flood") {
			args = append(args, "--interval", "2ms")
		}
		status, list, stderr := pingOn(t, left, append(args, "-c16", "-W2")...)
		s := list[len(list)-1]
		if status != 0 || len(list) != 17 || s.Type != "result" || s.Sent != 16 || s.Received != 16 || s.Damaged+s.BadChecksum+s.Duplicates != 0 {
			t.Errorf("%v: status %d, %+v, %s", args, status, s, stderr)
		}
		for i, o := range list[:len(list)-1] {
			if o.Type != "reply" || o.Seq != i+1 || o.TTL != 64 || o.RTT == nil || *o.RTT <= 0 || o.MAC != rightMAC.String() {
				t.Errorf("%v: %+v", args, o)
			}
		}
	}
}

// An interface without any address asks from one it is told.
func TestPingFromNoAddress(t *testing.T) {
	left, right, _ := switched(t)
	address(t, right, "eth0", "192.0.2.2/24")
	status, list, stderr := pingOn(t, left, "--src-ip", "192.0.2.77", "--from", "02:00:00:00:77:77", "192.0.2.2", "-c3", "--interval", "2ms", "-W2")
	if s := list[len(list)-1]; status != 0 || s.Received != 3 {
		t.Errorf("status %d, %+v, %s", status, s, stderr)
	}
}

func TestPingText(t *testing.T) {
	left, _, _ := numbered(t)
	status, stdout, stderr := runOn(t, left, "ping", "192.0.2.2", "-c2", "--interval", "2ms")
	for _, want := range []string{"60 bytes from 192.0.2.2: icmp_seq=1 ttl=64 time=0.", "icmp_seq=2", "2 packets transmitted, 2 received, 0% packet loss", "rtt min/avg/max/mdev = ", "p50/p90/p99/p99.9"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	if status != 0 || stderr != "" {
		t.Errorf("status %d, %s", status, stderr)
	}
}

func TestPingNobody(t *testing.T) {
	left, _, _ := numbered(t)
	for _, args := range [][]string{{"192.0.2.9"}, {"2001:db8::9"}, {"203.0.113.1", "--gateway", "192.0.2.254"}, {"192.0.2.128/29"}} {
		status, stdout, stderr := runOn(t, left, append([]string{"ping", "-c1", "-W0.1"}, args...)...)
		if status != 1 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "reply") {
			t.Errorf("%v: status %d, %q\n%s", args, status, stderr, stdout)
		}
	}
}

func TestPingRefuses(t *testing.T) {
	left, _, _ := numbered(t)
	for _, c := range []struct{ args, want string }{
		{"", "no target"},
		{"192.0.2.300", "does not resolve"},
		{"no.such.host.invalid", "does not resolve"},
		{"-4 2001:db8::2", "-4 was given"},
		{"-6 192.0.2.2", "-6 was given"},
		{"--src-ip 192.0.2.1 10.1.1.1", "--gateway"},
		{"--src-ip 192.0.2.x 192.0.2.2", "192.0.2.x"},
		{"10.0.0.0/8 --yes --src-ip 10.0.0.1,::1 --gateway 0.0.0.0", "0.0.0.0"},
		{"10.0.0.0/15", "--yes"},
		{"192.0.2.0/33", "192.0.2.0/33"},
		{"224.0.0.1", "--force"},
		{"192.0.2.255", "--force"},
		{"ff02::1", "--force"},
		{"0.0.0.0", "0.0.0.0"},
		{"192.0.2.1", "own address"},
		{"203.0.113.1", "no route names a gateway"},
		{"--ttl 0 192.0.2.2", "--ttl: want 1 to 255"},
		{"--tos 256 192.0.2.2", "--tos: want 0 to 255"},
		{"--pcp 8 192.0.2.2", "--pcp: want 0 to 7"},
		{"-Q 4095 192.0.2.2", "4095"},
		{"-s 63 192.0.2.2", "63"},
		{"-s 1519 192.0.2.2", "MTU 1500"},
		{"--sweep 64 192.0.2.2", "FROM..TO"},
		{"--sweep 64..1518 -s 64 192.0.2.2", "contradict"},
		{"--interval 0 192.0.2.2", "--flood"},
		{"--l2 192.0.2.2", "192.0.2.2"},
		{"--l2 --llc 02:00:00:00:00:01", "contradict"},
		{"--l2 ff:ff:ff:ff:ff:ff", "--force"},
		{"--lbm --level 8 02:00:00:00:00:01", "--level: want 0 to 7"},
		{"--from 01:00:5e:00:00:01 192.0.2.2", "one station"},
		{"-c x 192.0.2.2", "whole number"},
	} {
		status, stdout, stderr := runOn(t, left, append([]string{"ping"}, strings.Fields(c.args)...)...)
		if status != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("ping %s: status %d, %q, want %q", c.args, status, stderr, c.want)
		}
	}
}

func setMTU(t *testing.T, h *lab.Host, name string, mtu int) {
	t.Helper()
	l, err := h.Netlink().LinkByName(name)
	must(t, err)
	must(t, h.Netlink().LinkSetMTU(l, mtu))
}

// routed is left and right with a router between them instead of a bridge; the
// link on the right has the MTU given.
func routed(t *testing.T, mtu int) (left, right *lab.Host) {
	left, right = labtest.Host(t, "left"), labtest.Host(t, "right")
	router := labtest.Host(t, "router")
	labtest.Cable(t, left, "eth0", router, "left")
	labtest.Cable(t, right, "eth0", router, "right")
	for _, end := range []struct {
		h    *lab.Host
		name string
	}{{right, "eth0"}, {router, "right"}} {
		setMTU(t, end.h, end.name, mtu)
	}
	must(t, router.Do(func() error {
		for _, knob := range []string{"ipv4/conf/all/forwarding", "ipv6/conf/all/forwarding"} {
			if err := os.WriteFile("/proc/sys/net/"+knob, []byte("1"), 0); err != nil {
				return err
			}
		}
		return os.WriteFile("/proc/sys/net/ipv4/icmp_ratelimit", []byte("0"), 0)
	}))
	address(t, left, "eth0", "192.0.2.1/24")
	address(t, left, "eth0", "2001:db8:1::1/64")
	address(t, right, "eth0", "198.51.100.1/24")
	address(t, right, "eth0", "2001:db8:2::1/64")
	for name, list := range map[string][]string{"left": {"192.0.2.254/24", "2001:db8:1::fe/64"}, "right": {"198.51.100.254/24", "2001:db8:2::fe/64"}} {
		for _, a := range list {
			address(t, router, name, a)
		}
	}
	for h, gateways := range map[*lab.Host][]string{left: {"192.0.2.254", "2001:db8:1::fe"}, right: {"198.51.100.254", "2001:db8:2::fe"}} {
		for _, gw := range gateways {
			must(t, h.Netlink().RouteAdd(&netlink.Route{Gw: netip.MustParseAddr(gw).AsSlice()}))
		}
	}
	return left, right
}

func TestPingThroughRouter(t *testing.T) {
	left, _ := routed(t, 1400)
	for _, c := range []struct {
		args    string
		message string
		mtu     int
	}{
		{"203.0.113.9", "Destination Unreachable: Net Unreachable", 0},
		{"198.51.100.1", "", 0},
		{"2001:db8:2::1", "", 0},
		{"198.51.100.1 --gateway 192.0.2.254", "", 0},
		{"198.51.100.1 --ttl 1", "Time Exceeded: Time to Live exceeded in Transit", 0},
		{"2001:db8:2::1 --ttl 1", "Time Exceeded: hop limit exceeded in transit", 0},
		{"2001:db8:9::9", "Destination Unreachable: no route to destination", 0},
		{"198.51.100.1 --df -s 1518", "Destination Unreachable: Fragmentation Needed and Don't Fragment was Set", 1400},
		{"2001:db8:2::1 -s 1518", "Packet Too Big", 1400},
	} {
		// One probe each: kernels limit how often they complain.
		status, list, stderr := pingOn(t, left, append(strings.Fields(c.args), "-c1", "-W", "0.2")...)
		s := list[len(list)-1]
		if c.message == "" {
			if status != 0 || s.Received != 1 || list[0].TTL != 63 {
				t.Errorf("%s: status %d, %+v, %s", c.args, status, list, stderr)
			}
			continue
		}
		if status != 1 || s.Received != 0 || s.Errors != 1 || len(list) != 2 {
			t.Errorf("%s: status %d, %+v, %s", c.args, status, list, stderr)
			continue
		}
		if o := list[0]; o.Type != "error" || o.Message != c.message || o.MTU != c.mtu || o.Seq != 1 || o.From != "192.0.2.254" && o.From != "2001:db8:1::fe" {
			t.Errorf("%s: %+v", c.args, o)
		}
	}
}

// Two kernels have the address: both answer ARP, one is asked.
func TestPingNamesConflict(t *testing.T) {
	left, _, middle := numbered(t)
	third := labtest.Host(t, "third")
	labtest.Cable(t, third, "eth0", middle, "third")
	must(t, middle.AddPort("br0", "third"))
	address(t, third, "eth0", "192.0.2.2/24")
	status, list, stderr := pingOn(t, left, "192.0.2.2", "-c3", "--interval", "20ms")
	conflicts := 0
	for _, o := range list {
		if o.Type == "conflict" {
			conflicts++
		}
	}
	if status != 0 || conflicts != 1 {
		t.Errorf("status %d, %+v, %s", status, list, stderr)
	}
}

// A host that goes away in mid-run and comes back.
func TestPingHostComesAndGoes(t *testing.T) {
	left, right, _ := numbered(t)
	p := on(t, left, "ping", "192.0.2.2", "-c60", "--interval", "20ms", "--json")
	must(t, right.Down("eth0"))
	must(t, right.Up("eth0"))
	must(t, right.Running("eth0"))
	status := p.end(t)
	list := jsonLines[pingObject](t, p.stdout.String())
	s := list[len(list)-1]
	if last := list[len(list)-2]; status != 0 || s.Sent != 60 || last.Type != "reply" || last.Seq != 60 {
		t.Errorf("status %d, %+v, then %+v\n%s", status, last, s, &p.stderr)
	}
}

// The interface under us goes down and comes back, and then is taken away.
func TestPingOutlivesItsInterface(t *testing.T) {
	left, _, _ := numbered(t)
	p := on(t, left, "ping", "192.0.2.2", "--interval", "20ms", "--json")
	must(t, left.Down("eth0"))
	must(t, left.Up("eth0"))
	must(t, left.Running("eth0"))
	l, err := left.Netlink().LinkByName("eth0")
	must(t, err)
	must(t, left.Netlink().LinkDel(l))
	status := p.end(t)
	list := jsonLines[pingObject](t, p.stdout.String())
	if s := list[len(list)-1]; status != 3 || s.Type != "result" || strings.Count(p.stderr.String(), "\n") != 1 || !strings.Contains(p.stderr.String(), "gone") {
		t.Errorf("status %d, %+v, %s", status, s, &p.stderr)
	}
}

// Ctrl-C ends the run with what was measured.
func TestPingInterrupted(t *testing.T) {
	left, _, _ := numbered(t)
	cmd := program(t.Context(), "ping", "-i", "eth0", "192.0.2.2", "2001:db8::2", "--interval", "4ms")
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, left.Start(cmd))
	lines := bufio.NewReader(out)
	for range 10 {
		_, err := lines.ReadString('\n')
		must(t, err)
	}
	must(t, cmd.Process.Signal(os.Interrupt))
	rest, err := io.ReadAll(lines)
	must(t, err)
	if err := cmd.Wait(); err != nil || !strings.Contains(string(rest), "2001:db8::2 : xmt/rcv/%loss = ") || !strings.Contains(string(rest), "all 2 ping statistics") {
		t.Errorf("%v: %s", err, rest)
	}
}
