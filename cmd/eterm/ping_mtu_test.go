package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"eterm/cmd/internal/result"
)

// TestPingMTU: a router's word is found and checked, silence is enough where it
// says nothing, and the interface's own MTU is said to be that.
func TestPingMTU(t *testing.T) {
	left, _ := routed(t, 1400)
	for _, c := range []struct {
		args, by, from string
		mtu            int
	}{
		{"198.51.100.1", "message", "192.0.2.254", 1400},
		{"2001:db8:2::1", "message", "2001:db8:1::fe", 1400},
		{"192.0.2.254", "interface", "", 1500},
	} {
		status, stdout, stderr := runOn(t, left, append([]string{"ping", "--mtu", "--json"}, strings.Fields(c.args)...)...)
		p := mtuOf(t, stdout)
		if status != 0 || p.MTU != c.mtu || p.By != c.by || p.From != c.from || len(p.Untrue) != 0 || len(p.Steps) < 2 {
			t.Errorf("%s: status %d, %+v, %s", c.args, status, p, stderr)
		}
	}
	if status, _, stderr := runOn(t, left, "ping", "--mtu", "-W0.1", "192.0.2.99"); status != 1 || !strings.Contains(stderr, "no reply to ARP") {
		t.Errorf("nobody: status %d, %s", status, stderr)
	}
	for args, want := range map[string]string{
		"--mtu -s 100 192.0.2.254":                       "contradict",
		"--mtu 192.0.2.254 198.51.100.1":                 "one host",
		"--mtu --l2 02:00:00:00:00:01":                   "contradict",
		"--sweep 1500..64 192.0.2.254":                   "1500 is more than 64",
		"--mtu --sweep 64..1518 --interval 1s 192.0.2.2": "contradict",
	} {
		if status, stdout, stderr := runOn(t, left, append([]string{"ping"}, strings.Fields(args)...)...); status != 2 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%s: status %d, %q", args, status, stderr)
		}
	}
}

// mtuOf is the path MTU of a printed document.
func mtuOf(t *testing.T, stdout string) *result.PathMTU {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	var d struct{ Result result.Ping }
	must(t, json.Unmarshal([]byte(lines[len(lines)-1]), &d))
	if d.Result.PathMTU == nil {
		t.Fatalf("no path MTU in %s", stdout)
	}
	return d.Result.PathMTU
}

// oneOf says whether a text has one of these in it: what passes a bridge's port with
// an MTU of 1200 differs. Linux lets a frame be 4 bytes longer, for a tag that it does not
// look for (is_skb_forwardable); not all kernels that say they are Linux do.
func oneOf(stdout string, forms ...string) bool {
	return slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(stdout, form) })
}

// TestPingMTUBySilence: a bridge drops longer frames without a word.
func TestPingMTUBySilence(t *testing.T) {
	left, _, middle := numbered(t)
	setMTU(t, middle, "right", 1200)
	status, stdout, stderr := runOn(t, left, "ping", "--mtu", "-W0.2", "192.0.2.2")
	if status != 0 || !oneOf(stdout, "path MTU 1200: 1201 bytes did not come back, and nobody said why", "path MTU 1204: 1205 bytes did not come back, and nobody said why") {
		t.Errorf("status %d, %s\n%s", status, stderr, stdout)
	}
}

// TestPingSweepEnds: one pass, the largest size that came back, and the gaps.
func TestPingSweepEnds(t *testing.T) {
	left, _, middle := numbered(t)
	setMTU(t, middle, "right", 1200)
	status, stdout, stderr := runOn(t, left, "ping", "--sweep", "64..1518:2", "--df", "-W0.3", "-q", "192.0.2.2")
	for _, want := range [][]string{{"728 packets transmitted, 578 received", "728 packets transmitted, 580 received"},
		{"largest that came back: 1218; without a reply: 1220..1518", "largest that came back: 1222; without a reply: 1224..1518"}} {
		if status != 0 || !oneOf(stdout, want...) {
			t.Errorf("status %d, none of %q in %s\n%s", status, want, stderr, stdout)
		}
	}
}
