package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/internal/result"
	"eterm/frame"
	"eterm/frame/probe"
	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
	"eterm/iface/switchtest"
	"eterm/iface/talk"
)

// tester is a host with both its interfaces a and b in a Linux bridge of
// another host.
func tester(t *testing.T) (host, middle *lab.Host) {
	t.Helper()
	host, middle = labtest.Host(t, "tester"), labtest.Host(t, "switch")
	must(t, middle.Switch("br0"))
	for _, name := range []string{"a", "b"} {
		labtest.Cable(t, host, name, middle, "p"+name)
		must(t, middle.AddPort("br0", "p"+name))
	}
	return host, middle
}

func switchCheck(t *testing.T, h *lab.Host, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	p := on(t, h, append([]string{"switch", "check", "--a", "a", "--b", "b", "--load", "100ms", "--max-macs", "256"}, args...)...)
	status = p.end(t)
	return status, p.stdout.String(), p.stderr.String()
}

func TestSwitchCheckOfABridge(t *testing.T) {
	host, _ := tester(t)
	status, out, errs := switchCheck(t, host, "--skip", "ageing")
	if status != exit.StatusDone || !strings.Contains(out, " 0 fail") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	for _, row := range []string{"pass  forwarding.a-to-b", "pass  learning.learns", "note  reserved.00-stp", "-     sizes.jumbo"} {
		if !strings.Contains(out, "\n"+row) {
			t.Errorf("no row %q in %s", row, out)
		}
	}
}

func TestSwitchCheckShowsAFailure(t *testing.T) {
	host, middle := tester(t)
	labtest.Run(t, middle, "ip", "link", "set", "br0", "type", "bridge", "group_fwd_mask", "0x4000")
	dir := t.TempDir()
	evidence, card := filepath.Join(dir, "evidence.pcapng"), filepath.Join(dir, "card.json")
	status, out, errs := switchCheck(t, host, "--only", "reserved", "-w", evidence, "-o", card)
	if status != exit.StatusNo || !strings.Contains(out, "\nFAIL  reserved.0e-lldp-ptp") || !strings.Contains(out, " 1 fail") {
		t.Fatalf("status %d: %s%s", status, out, errs)
	}
	written, err := os.ReadFile(card)
	must(t, err)
	d := documentIn(t, string(written))
	if s := d.Result.(*result.Switch); s.Fail != 1 || len(d.Ports) != 2 || d.Ports[1].Name != "b" || d.Verdict.Status != exit.StatusNo || !strings.HasPrefix(d.Verdict.Exceeded[0], "reserved.0e-lldp-ptp: expected ") || d.State != result.Complete {
		t.Errorf("the file has %s", written)
	}
	_, sent, found := strings.Cut(out, "sent at A  ")
	sent, _, _ = strings.Cut(sent, "\n")
	template, err := frame.Parse(sent)
	if !found || err != nil || !bytes.HasPrefix(template.Append(nil), []byte{0x01, 0x80, 0xc2, 0, 0}) {
		t.Errorf("the evidence %q does not build the frame again: %v", sent, err)
	}
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no tshark")
		}
		t.Skip("no tshark to read the evidence with")
	}
	read, err := exec.Command(tshark, "-r", evidence, "-T", "fields", "-e", "eth.dst", "-e", "frame.comment").CombinedOutput()
	if err != nil || !strings.Contains(string(read), "01:80:c2:00:00:0e\treserved.0e-lldp-ptp (fail): came to B") {
		t.Errorf("tshark reads %s (%v)", read, err)
	}
}

func TestSwitchCheckWithExpectations(t *testing.T) {
	host, _ := tester(t)
	file := filepath.Join(t.TempDir(), "expect.yaml")
	must(t, os.WriteFile(file, []byte("# a bridge that runs no spanning tree\nreserved:\n  00-stp: forwarded\n  cdp: consumed\n"), 0o600))
	status, out, errs := switchCheck(t, host, "--only", "reserved", "--expect", file, "--json")
	if status != exit.StatusNo {
		t.Fatalf("status %d: %s%s", status, out, errs)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var result struct {
		Type       string
		Pass, Fail int
		Cases      []struct{ Case, Verdict, Expected, Seen string }
	}
	unmarshal(t, lines[len(lines)-1], &result)
	if result.Type != "result" || result.Fail != 1 || len(result.Cases) != len(lines)-1 {
		t.Errorf("the last of %d lines is %+v", len(lines), result)
	}
	for _, c := range result.Cases {
		if c.Case == "reserved.00-stp" && c.Verdict != "pass" || c.Case == "reserved.cdp" && c.Verdict != "fail" {
			t.Errorf("%+v", c)
		}
	}
}

func TestSwitchRefusals(t *testing.T) {
	host, middle := tester(t)
	labtest.Run(t, host, "ip", "address", "add", "192.0.2.7/24", "dev", "b")
	labtest.Run(t, host, "ip", "route", "add", "default", "via", "192.0.2.1")
	wrong := filepath.Join(t.TempDir(), "wrong.yaml")
	must(t, os.WriteFile(wrong, []byte("vlan:\n  idz: 10\n"), 0o600))
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"switch"}, exit.StatusUsage, "needs one of: check, macs, outage"},
		{[]string{"switch", "check", "--a", "a"}, exit.StatusUsage, "--a and --b go together: give all of them or none"},
		{[]string{"switch", "check", "--a", "a", "--to", "02:00:00:00:00:01"}, exit.StatusUsage, "--a and --to contradict each other: give one"},
		{[]string{"switch", "check", "-i", "a", "--to", "broadcast"}, exit.StatusUsage, "want the address"},
		{[]string{"switch", "check", "--a", "a", "--b", "a"}, exit.StatusUsage, "the same interface"},
		{[]string{"switch", "check", "--a", "a", "--b", "b"}, exit.StatusUsage, "default route"},
		{[]string{"switch", "check", "--a", "a", "--b", "nosuch"}, exit.StatusUsage, "nosuch"},
		{[]string{"switch", "check", "--only", "lerning"}, exit.StatusUsage, "want some of forwarding, sizes"},
		{[]string{"switch", "check", "--skip", strings.Join(groups(), ",")}, exit.StatusUsage, "no case is left"},
		{[]string{"switch", "check", "--vlans", "0,5000"}, exit.StatusUsage, "1 to 4094"},
		{[]string{"switch", "check", "--expect", wrong}, exit.StatusUsage, "eterm: |   ^\neterm: " + wrong + ": line 2, column 3"},
		{[]string{"switch", "check", "--a", "a", "--b", "b", "--force", "-w", wrong}, exit.StatusUsage, "wrong.yaml"},
		{[]string{"switch", "check", "--a", "a", "--b", "b", "--force", "-o", wrong}, exit.StatusUsage, "name a new file"},
		{[]string{"switch", "macs", "--max-macs", "5"}, exit.StatusUsage, "want a whole number of 64 or more"},
		{[]string{"switch", "outage", "--a", "a", "--b", "b", "--third", "c"}, exit.StatusUsage, "--third c: an outage is watched between two ports"},
		{[]string{"switch", "outage", "-i", "a", "--interval", "100us"}, exit.StatusUsage, "--interval 100µs: want at least 1ms between two machines"},
		{[]string{"switch", "outage", "-i", "a", "--interval", "11s"}, exit.StatusUsage, "--interval 11s: want at most 10s between two machines"},
		{[]string{"switch", "outage", "--a", "a", "--b", "b", "--interval", "1us"}, exit.StatusUsage, "want at least 100µs"},
	} {
		p := on(t, host, c.args...)
		if status := p.end(t); status != c.status || !strings.Contains(p.stderr.String(), c.says) || p.stdout.Len() > 0 {
			t.Errorf("%v: status %d, printed %q, said %q: want status %d and %q", c.args, status, &p.stdout, &p.stderr, c.status, c.says)
		}
	}
	labtest.Run(t, middle, "bridge", "link", "set", "dev", "pa", "isolated", "on")
	labtest.Run(t, middle, "bridge", "link", "set", "dev", "pb", "isolated", "on")
	for _, command := range []string{"check", "macs", "outage"} {
		p := on(t, host, "switch", command, "--a", "a", "--b", "b", "--force")
		if status := p.end(t); status != exit.StatusNo || !strings.Contains(p.stderr.String(), "not on the same network") || p.stdout.Len() > 0 {
			t.Errorf("%s on separate networks: status %d, printed %q, said %q", command, status, &p.stdout, &p.stderr)
		}
	}
}

func groups() []string {
	return []string{"forwarding", "sizes", "flooding", "transparency", "addresses", "learning", "ageing", "vlan", "reserved", "load"}
}

func TestSwitchMACsPlots(t *testing.T) {
	host, _ := tester(t)
	p := on(t, host, "switch", "macs", "--a", "a", "--b", "b", "--max-macs", "300", "--skip", "ageing.time")
	if status := p.end(t); status != exit.StatusDone || !strings.Contains(p.stdout.String(), "298 addresses  ########") {
		t.Errorf("status %d: %s%s", status, &p.stdout, &p.stderr)
	}
}

func TestSwitchOutageOfABridge(t *testing.T) {
	host, middle := tester(t)
	p := on(t, host, "switch", "outage", "--a", "a", "--b", "b", "-d", "2", "--json")
	labtest.Run(t, middle, "sh", "-c", "sleep 0.5; ip link set pb nomaster; sleep 0.4; ip link set pb master br0")
	status := p.end(t)
	if want := "eterm: watching a and b, a frame each way every 10ms, for 2s\n"; !strings.Contains(p.stderr.String(), want) {
		t.Errorf("no %q at the start: %s", want, &p.stderr)
	}
	lines := strings.Split(strings.TrimSpace(p.stdout.String()), "\n")
	var report struct {
		Type     string
		Timeline []struct {
			What, Way string
			ByTimeNS  int64 `json:"by_time_ns"`
		}
	}
	unmarshal(t, lines[len(lines)-1], &report)
	// A host that stalled while an outage lasted says so, and is not trusted.
	want := exit.StatusNo
	found := map[string]int64{}
	for _, m := range report.Timeline {
		switch m.What {
		case "outage":
			found[m.Way] += m.ByTimeNS
		case "this host stalled":
			want = status
		}
	}
	if want == exit.StatusDone || status != want || report.Type != "result" || found["A to B"] < 400e6 || found["B to A"] < 400e6 {
		t.Errorf("status %d, outages %v: %s", status, found, lines[len(lines)-1])
	}
}

// TestSwitchOutageBetweenTwoMachines: a port of the switch forwards nothing for a
// while, and both directions say so on one timeline.
func TestSwitchOutageBetweenTwoMachines(t *testing.T) {
	left, right, middle := switched(t)
	peer := on(t, right, "respond", "-q")
	p := on(t, left, "switch", "outage", "-i", "eth0", "-d", "3", "--json")
	labtest.Run(t, middle, "sh", "-c", "sleep 1; ip link set left nomaster; sleep 0.5; ip link set left master br0")
	status, out := p.end(t), p.stdout.String()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var report result.Outage
	unmarshal(t, lines[len(lines)-1], &report)
	want := exit.StatusNo
	if report.Stalls > 0 {
		want = status // of a host that stalled while it lasted
	}
	found := map[string]time.Duration{}
	for _, m := range report.Timeline {
		if m.What == switchtest.AnOutage {
			found[m.Way] += m.ByTime
		}
	}
	if status != want || found["A to B"] < 400*time.Millisecond || found["B to A"] < 400*time.Millisecond || report.Peer == nil || !report.Peer.Heard {
		t.Errorf("status %d, outages %v: %s%s", status, found, out, &p.stderr)
	}
	for i, w := range report.Ways {
		if w.Expected != w.Received+w.Loss.Lost || w.Received < 100 || w.NotKnown != 0 {
			t.Errorf("direction %d: %d sent, %d received, %d lost", i, w.Expected, w.Received, w.Loss.Lost)
		}
	}
	peer.stop(t)
}

// TestOutageStatus: what is not known is never an answer.
func TestOutageStatus(t *testing.T) {
	peer := func(p switchtest.OutagePeer) *switchtest.OutagePeer { return &p }
	for says, c := range map[string]struct {
		r   switchtest.OutageReport
		err error
	}{
		"nobody replies: what became of 7 frames to it is not known":    {switchtest.OutageReport{Peer: peer(switchtest.OutagePeer{}), Ways: [2]probe.Report{{NotKnown: 7}}}, talk.ErrNoPeer},
		"this host or the peer lost 2 frames":                           {switchtest.OutageReport{Peer: peer(switchtest.OutagePeer{Heard: true}), HostLost: 2}, nil},
		"(1 outage) is at least as long as by count":                    {switchtest.OutageReport{Peer: peer(switchtest.OutagePeer{Heard: true, Paused: 3}), Touched: 1}, nil},
		"this host or the peer stalled while 1 outage lasted":           {switchtest.OutageReport{Peer: peer(switchtest.OutagePeer{Heard: true}), Touched: 1}, nil},
		"an interface was set down on its host (A 0, B 1 times)":        {switchtest.OutageReport{Peer: peer(switchtest.OutagePeer{Heard: true}), SetDown: [2]uint64{0, 1}}, nil},
		"the watch ended early: interface is gone":                      {switchtest.OutageReport{}, iface.ErrGone},
		"5 frames with marks of this watch had not the seal of the key": {switchtest.OutageReport{Forged: 5}, nil},
	} {
		err := outageStatus(&c.r, c.err)
		if err == nil || exit.Status(err) != exit.StatusUntrusted || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %s", err, says)
		}
	}
}

func TestSwitchCheckBetweenTwoMachines(t *testing.T) {
	left, right, _ := switched(t)
	peer := on(t, right, "respond")
	p := on(t, left, "switch", "check", "-i", "eth0",
		"--only", "forwarding,sizes.runt,learning.move,vlan.ids,reserved.00-stp,load", "--load", "200ms")
	status, out := p.end(t), p.stdout.String()
	if status != exit.StatusDone || !strings.Contains(out, " 0 fail") {
		t.Errorf("status %d: %s%s", status, out, &p.stderr)
	}
	for _, row := range []string{"pass  forwarding.b-to-a", "pass  sizes.runt", "pass  learning.move", "pass  vlan.ids", "note  reserved.00-stp", "pass  load.both"} {
		if !strings.Contains(out, "\n"+row) {
			t.Errorf("no row %q in %s", row, out)
		}
	}
	must(t, peer.Process.Signal(os.Interrupt))
	if status := peer.end(t); status != exit.StatusDone {
		t.Errorf("the peer ends with status %d: %s", status, &peer.stderr)
	}
}

func TestSwitchCheckWithoutAPeer(t *testing.T) {
	left, _, _ := switched(t)
	p := on(t, left, "switch", "check", "-i", "eth0", "--to", rightMAC.String())
	q := on(t, left, "switch", "macs", "-i", "eth0")
	if status := q.end(t); status != exit.StatusNo || !strings.Contains(q.stderr.String(), "nobody replies: is ") || q.stdout.Len() > 0 {
		t.Errorf("status %d: %s%s", status, &q.stdout, &q.stderr)
	}
	if status := p.end(t); status != exit.StatusNo || !strings.Contains(p.stderr.String(), "nobody replies: is ") || p.stdout.Len() > 0 {
		t.Errorf("status %d: %s%s", status, &p.stdout, &p.stderr)
	}
}
