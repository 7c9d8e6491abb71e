package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eterm/cmd/internal/result"
	"eterm/iface/lab/labtest"
)

// light is few frames, so that a busy machine keeps the rate.
const light = "load: {rate: 200pps, count: 200, size: 512}\nslot: 4s\n"

// TestLossIsPlaced: of eight real agents on two bridges one port and the uplink
// lose frames. The report names both, and its counts are nft's.
func TestLossIsPlaced(t *testing.T) {
	s := newSite(t, 8)
	nft := func(args ...string) { labtest.Run(t, s.fabric, "nft", args...) }
	nft("add table netdev f")
	for chain, device := range map[string]string{"port": "h1", "link": "up2"} {
		nft(fmt.Sprintf(`add chain netdev f %s { type filter hook ingress device "%s" priority 0; }`, chain, device))
	}
	// Test frames only: type 0x88b5, and the marks' magic, version and kind.
	match := "ether type 0x88b5 @ll,112,24 { 0xe73d11, 0xe73d12 } "
	nft("add rule netdev f port " + match + "numgen inc mod 4 0 counter drop")
	// Seven: of up to four tests that take turns on the link, each loses some.
	nft("add rule netdev f link " + match + "numgen inc mod 7 0 counter drop")
	run := strings.TrimSpace(s.ask(statusDone, "run", s.plan("pairs: mesh\n"+light)))
	d := s.over(run)
	f := d.Result.(*result.Fleet)
	var lost uint64
	for _, p := range f.Pairs {
		if p.State != "measured" {
			t.Errorf("%+v: %v", p, d.Verdict)
		}
		lost += p.Lost - p.LostLocal
	}
	if want := dropped(t, s.fabric, "port") + dropped(t, s.fabric, "link"); lost != want || want == 0 {
		t.Errorf("%d lost, nft dropped %d", lost, want)
	}
	named := map[string]string{}
	for _, c := range f.Causes {
		named[c.What] = c.Name
	}
	if len(f.Causes) != 2 || named["port sends"] != "h1.eth1" || named["uplink sends"] != "h0.eth1" {
		t.Errorf("causes %+v", f.Causes)
	}
	page := filepath.Join(t.TempDir(), "page.html")
	folder := filepath.Join(t.TempDir(), "pairs")
	out, said, status := s.try("report", run, "--html", page, "--pairs", folder)
	if b, err := os.ReadFile(page); err != nil || !strings.Contains(string(b), "h1.eth1") || !strings.Contains(out, "what port h1.eth1 sends: ") {
		t.Errorf("status %d, %v: %s%s", status, err, out, said)
	}
	if all, err := os.ReadDir(folder); err != nil || len(all) != 28 {
		t.Errorf("%d files of pairs, %v", len(all), err)
	}
}

// TestLimitsAreTheLastWord: a plan beyond an agent's limits is refused before
// the first frame, by the dry run too.
func TestLimitsAreTheLastWord(t *testing.T) {
	limits := file(t, "limits.json", `{"frames_per_s": 150}`)
	s := newSite(t, 2, "--limits", limits)
	for _, words := range [][]string{{"run", s.plan(light)}, {"run", s.plan(light), "--dry-run"}} {
		out, said, status := s.try(words...)
		if status == statusDone || !strings.Contains(said, "h0.eth1 allows at most 150 frames/s, and the plan offers 200pps") {
			t.Errorf("%v: status %d, %s%s", words, status, out, said)
		}
	}
}

// TestAgentKilled: the pair of an agent that is killed in mid-run is incomplete,
// never without loss; the agent comes back and takes part in the next slot.
func TestAgentKilled(t *testing.T) {
	s := newSite(t, 2)
	creds := filepath.Join(s.dir, "h0.creds")
	run := strings.TrimSpace(s.ask(statusDone, "run", s.plan("pairs: mesh\nrounds: 3\nload: {rate: 100pps, duration: 6s, size: 512}\nslot: 10s\n")))
	time.Sleep(6 * time.Second) // into the first slot
	s.agents[0].kill()
	s.agents[0] = s.agent(0, creds)
	d := s.over(run)
	f := d.Result.(*result.Fleet)
	for _, p := range f.Pairs {
		if p.State != "incomplete" && p.State != "no reply" || p.Tests != 2 || p.Lost != p.LostLocal {
			t.Errorf("%+v: %+v", p, d.Verdict)
		}
	}
	if d.Verdict.Status == statusDone {
		t.Errorf("%+v", d.Verdict)
	}
}

// TestClonedMachine: a second machine with the same credentials is refused, and
// both are named.
func TestClonedMachine(t *testing.T) {
	s := newSite(t, 2)
	p := s.start(s.hosts[1], "agent", "--creds", filepath.Join(s.dir, "h0.creds"), "--port", "eth1", "--spool", t.TempDir())
	s.await(func() bool { return strings.Contains(p.said.String(), "another agent works with these credentials") })
	_ = p.cmd.Wait()
	if said := p.said.String(); strings.Count(said, "process ") != 2 || p.cmd.ProcessState.ExitCode() != statusUsage {
		t.Errorf("%q", said)
	}
	if out := s.ask(statusDone, "ports"); strings.Count(out, "ready") != 2 {
		t.Errorf("the first is gone too: %s", out)
	}
}

// TestManagementPorts: the network that the controller is reached over is no
// test network, unless told so.
func TestManagementPorts(t *testing.T) {
	s := newSite(t, 2)
	creds := s.enroll(0)
	time.Sleep(2 * time.Second) // the controller looks for new keys once a second
	p := s.start(s.hosts[0], "agent", "--creds", creds, "--port", "eth0", "--spool", t.TempDir())
	_ = p.cmd.Wait()
	if said := p.said.String(); !strings.Contains(said, "eth0 is the management network (the controller is reached from its address 192.0.2.10)") || p.cmd.ProcessState.ExitCode() != statusUsage {
		t.Errorf("%q", said)
	}
}

// TestManagementParted: the management network is parted for most of a run. Its
// tests go on, and every result comes from the spools afterwards, once.
func TestManagementParted(t *testing.T) {
	s := newSite(t, 4)
	run := strings.TrimSpace(s.ask(statusDone, "run", s.plan("pairs: mesh\nrounds: 3\n"+light)))
	time.Sleep(4 * time.Second)
	for _, h := range s.hosts {
		must(t, s.controller.Down(h.Name))
	}
	time.Sleep(12 * time.Second)
	for _, h := range s.hosts {
		must(t, s.controller.Up(h.Name))
	}
	s.await(func() bool { return len(untold(s.report(run))) == 0 && s.report(run).State == result.Complete })
	d := s.report(run)
	for _, p := range d.Result.(*result.Fleet).Pairs {
		if p.State != "measured" || p.Tests != 1 || p.Offered != 200 || p.Lost != 0 {
			t.Errorf("%+v: %+v", p, d.Verdict)
		}
	}
	// The run is closed, and the spools let go.
	s.await(func() bool {
		left := 0
		for i := range s.hosts {
			all, _ := os.ReadDir(filepath.Join(s.dir, fmt.Sprintf("spool%d", i)))
			left += len(all)
		}
		return left == 0
	})
}

// untold are the reasons of a verdict that results are missing.
func untold(d *result.Document) (all []string) {
	for _, why := range d.Verdict.Untrusted {
		if strings.Contains(why, "are missing") {
			all = append(all, why)
		}
	}
	return all
}

// TestDataParted: between the bridges nothing passes: the pairs across have no
// reply, with the state of both links, and the answer is no.
func TestDataParted(t *testing.T) {
	s := newSite(t, 2)
	must(t, s.fabric.Down("up1"))
	run := strings.TrimSpace(s.ask(statusDone, "run", s.plan(light)))
	// The reflector waits a little longer before it says that nobody asked.
	s.await(func() bool { return strings.Count(strings.Join(s.report(run).Verdict.Exceeded, "\n"), "was up") == 2 })
	d := s.over(run)
	said := strings.Join(d.Verdict.Exceeded, "\n")
	if d.Verdict.Status != statusNo || !strings.Contains(said, "no reply") || strings.Count(said, "was up") != 2 {
		t.Errorf("%+v", d.Verdict)
	}
}
