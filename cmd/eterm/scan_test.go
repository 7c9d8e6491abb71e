package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/internal/result"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// arpOn runs arp --json on a host.
func arpOn(t *testing.T, h *lab.Host, args ...string) (status int, list []result.Address, stderr string) {
	t.Helper()
	status, stdout, stderr := runOn(t, h, append([]string{"arp", "--json"}, args...)...)
	return status, jsonLines[result.Address](t, stdout), stderr
}

func TestArpAsksTheKernel(t *testing.T) {
	left, _, _ := numbered(t)
	status, list, stderr := arpOn(t, left, "192.0.2.2", "2001:db8::2", "-W", "0.1")
	if status != 0 || len(list) != 3 || stderr != "" {
		t.Fatalf("status %d, %+v, %s", status, list, stderr)
	}
	for i, want := range []string{"192.0.2.2", "2001:db8::2"} {
		if o := list[i]; o.Type != "reply" || o.Address != want || o.MAC != rightMAC.String() || o.Vendor != "locally administered" || o.RTT == nil || *o.RTT <= 0 || o.Clock != "kernel" {
			t.Errorf("%+v", o)
		}
	}
	status, list, _ = arpOn(t, left, "192.0.2.2", "192.0.2.9", "-W", "0.1")
	if status != 1 || len(list) != 3 || list[1].Type != "silent" || list[1].Address != "192.0.2.9" {
		t.Errorf("status %d, %+v", status, list)
	}
	status, list, stderr = arpOn(t, left, "-c1", "-W", "0.1")
	if status != 0 || len(list) != 2 || list[0].Address != "192.0.2.2" {
		t.Errorf("the interface's own network: status %d, %+v, %s", status, list, stderr)
	}
	status, stdout, _ := runOn(t, left, "arp", "192.0.2.2", "-W", "0.1")
	if status != 0 || !strings.Contains(stdout, "192.0.2.2 is at "+rightMAC.String()+" (locally administered) 0.") {
		t.Errorf("status %d: %s", status, stdout)
	}
}

// An interface without an address asks by probes, which change nobody's table.
func TestArpFromNoAddress(t *testing.T) {
	left, right, _ := switched(t)
	address(t, right, "eth0", "192.0.2.2/24")
	address(t, right, "eth0", "2001:db8::2/64")
	status, list, stderr := arpOn(t, left, "192.0.2.2", "-W", "0.1")
	if status != 0 || list[0].MAC != rightMAC.String() {
		t.Errorf("status %d, %+v, %s", status, list, stderr)
	}
	if neighbors, err := right.Netlink().NeighList(0, netlink.FAMILY_V4); err != nil || len(neighbors) > 0 {
		t.Errorf("the other host learnt %v (%v)", neighbors, err)
	}
}

// TestArpConflict: two kernels, one address; then probing and announcing.
func TestArpConflict(t *testing.T) {
	left, right, middle := numbered(t)
	third := labtest.Host(t, "third")
	labtest.Cable(t, third, "eth0", middle, "third")
	must(t, middle.AddPort("br0", "third"))
	address(t, third, "eth0", "192.0.2.2/24")
	status, list, stderr := arpOn(t, left, "192.0.2.2", "-W", "0.2")
	if status != 1 || len(list) != 3 || list[0].Conflict || !list[1].Conflict || !strings.Contains(stderr, "conflict") {
		t.Errorf("status %d, %+v, %s", status, list, stderr)
	}
	status, list, _ = arpOn(t, left, "--probe", "192.0.2.2")
	if status != 1 || list[0].Free == nil || *list[0].Free || list[0].MAC == "" {
		t.Errorf("probe: status %d, %+v", status, list)
	}
	watcher := on(t, right, "arp", "--listen", "-d", "5", "--json")
	if status, _, stderr := arpOn(t, left, "--announce", "192.0.2.66", "--from", "02:00:00:00:66:66"); status != 0 {
		t.Errorf("announce: status %d, %s", status, stderr)
	}
	watcher.stop(t)
	if claims := jsonLines[result.Address](t, watcher.stdout.String()); len(claims) != 3 || claims[0].Kind != "announcement" || claims[0].Address != "192.0.2.66" || claims[0].MAC != "02:00:00:00:66:66" {
		t.Errorf("%+v", claims)
	}
}

func TestArpAndScanRefuse(t *testing.T) {
	left, _, _ := switched(t)
	for _, c := range []struct{ args, want string }{
		{"arp", "no IPv4 network of its own"},
		{"arp --probe", "no address given"},
		{"arp 192.0.2.300", "does not resolve"},
		{"arp 224.0.0.1", "--force"},
		{"arp 224.0.0.1 --force", "no address that one host has"},
		{"arp 10.0.0.0/8", "--yes"},
		{"arp --probe --announce 192.0.2.1", "contradict"},
		{"arp --listen 192.0.2.1", "no operand"},
		{"arp --announce 192.0.2.0/24", "single addresses"},
		{"arp -c 0 192.0.2.1", "count 0"},
		{"arp -b max 192.0.2.1", "max"},
		{"arp -b 10% 192.0.2.1", "speed"},
		{"scan", "give a range"},
		{"scan 10.0.0.0/15", "--yes"},
		{"scan 2001:db8::/64", "smaller"},
		{"scan 192.0.2.0/24 -6", "-6 was given"},
	} {
		words := strings.Fields(c.args)
		status, stdout, stderr := runOn(t, left, words...)
		if status != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: status %d, %q, want %q", c.args, status, stderr, c.want)
		}
	}
}

// TestScanFindsExactlyThoseThere scans a /24 of real kernels. The number of
// runs is 2, or 20 with ETERM_LONG_TESTS set.
func TestScanFindsExactlyThoseThere(t *testing.T) {
	left, right, middle := numbered(t)
	want := []string{"192.0.2.2"}
	for i := range 4 {
		h := labtest.Host(t, fmt.Sprint("h", i))
		labtest.Cable(t, h, "eth0", middle, fmt.Sprint("p", i))
		must(t, middle.AddPort("br0", fmt.Sprint("p", i)))
		for _, last := range []int{10*i + 3, 100 + i, 250 + i} {
			must(t, h.AddAddress("eth0", fmt.Sprintf("192.0.2.%d/24", last)))
			want = append(want, fmt.Sprintf("192.0.2.%d", last))
		}
	}
	for last := 20; last < 30; last++ {
		must(t, right.AddAddress("eth0", fmt.Sprintf("192.0.2.%d/24", last)))
		want = append(want, fmt.Sprintf("192.0.2.%d", last))
	}
	slices.Sort(want)
	want = slices.Compact(want)
	runs := 2
	if os.Getenv("ETERM_LONG_TESTS") != "" {
		runs = 20
	}
	for run := range runs {
		status, stdout, stderr := runOn(t, left, "scan", "--json", "-n")
		var got []string
		for _, o := range jsonLines[result.Station](t, stdout) {
			if o.Type == "host" {
				got = append(got, o.Address)
				if !o.Up || o.RTT == nil || *o.RTT <= 0 || o.Clock != "kernel" || o.MAC == "" {
					t.Errorf("run %d: %+v", run, o)
				}
			}
		}
		slices.Sort(got)
		// 192.0.2.23 is there twice.
		if status != exit.StatusNo || !strings.Contains(stderr, "1 conflict: two stations") || !slices.Equal(got, want) {
			t.Errorf("run %d: status %d, found %v, want %v, %s", run, status, got, want, stderr)
		}
	}
}

func TestScanTable(t *testing.T) {
	left, _, _ := numbered(t)
	status, stdout, stderr := runOn(t, left, "scan", "192.0.2.0/29", "-v", "--src-ip", "192.0.2.1")
	if status != 0 || !strings.HasPrefix(stderr, "eterm: sandbox: ") || strings.Count(stderr, "\n") != 1 || !strings.Contains(stdout, "192.0.2.2  02:00:00:00:00:0b  0.") || !strings.Contains(stdout, "192.0.2.3  -") || !strings.Contains(stdout, "1 of 6 addresses up") {
		t.Errorf("status %d: %s%s", status, stdout, stderr)
	}
	if status, stdout, _ := runOn(t, left, "scan", "192.0.2.128/29", "-c1", "-W0.1"); status != 1 || !strings.Contains(stdout, "0 of 6 addresses up") {
		t.Errorf("nobody: status %d, %s", status, stdout)
	}
}

// TestArpAgainstArping: the distribution's tools give the same verdicts.
func TestArpAgainstArping(t *testing.T) {
	left, _, _ := numbered(t)
	labtest.Tool(t, "arping")
	for ip, there := range map[string]bool{"192.0.2.2": true, "192.0.2.9": false} {
		cmd := exec.CommandContext(t.Context(), "arping", "-I", "eth0", "-c", "1", "-w", "1", ip)
		must(t, left.Start(cmd))
		theirs := cmd.Wait() == nil
		ours, _, _ := arpOn(t, left, ip, "-W", "0.1")
		if theirs != there || (ours == 0) != there {
			t.Errorf("%s: arping says %v, ours has status %d", ip, theirs, ours)
		}
	}
}
