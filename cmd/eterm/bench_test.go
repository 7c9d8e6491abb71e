package main

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eterm/cmd/internal/result"
	"eterm/cmd/internal/result/resulttest"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
	"eterm/iface/suite"
)

// TestBenchFlags: what cannot be meant is refused before anything is opened.
func TestBenchFlags(t *testing.T) {
	for _, c := range []struct{ words, want string }{
		{"bench rfc2544", "name both ports"},
		{"bench rfc2544 --tx a --rx a", "named twice"},
		{"bench rfc2544 --tx a --rx b --goal ndr:loss=2", "share of 0%"},
		{"bench rfc2544 --tx a --rx b --goal ndr:trial=2s,sum=1s", "shorter than a trial"},
		{"bench rfc2544 --tx a --rx b --note plain", "KEY=TEXT"},
		{"bench rfc2544 --tx a --rx b --waits 1,2", "three pauses"},
		{"bench rfc2544 --tx a --rx b --preset slow", "quick"},
		{"bench rfc2544 --tx a --rx b -i c", "contradict"},
		{"bench rfc2544 --tx a --rx b --key k", "--key is nothing without --interface"},
		{"bench rfc2544 -i a --third b", "contradict"},
		{"bench rfc2544 --to 02:00:00:00:00:02", "--to is nothing without --interface"},
		{"bench resume", "name one directory"},
		{"bench resume /nowhere", "no such file"},
		{"bench report /nowhere", "no such file"},
		{"bench compare one", "two directories"},
	} {
		status, _, stderr := eterm(t, strings.Fields(c.words)...)
		if status != 2 || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, %q; want %q", c.words, status, stderr, c.want)
		}
	}
}

// wiredHost is a host whose interfaces one and two are the ends of a cable.
func wiredHost(t *testing.T) *lab.Host {
	t.Helper()
	h := labtest.Host(t, "tester")
	labtest.Cable(t, h, "one", h, "two")
	return h
}

// outcome is how a command ended.
type outcome struct {
	status         int
	stdout, stderr string
}

func benchOn(t *testing.T, h *lab.Host, words ...string) (o outcome) {
	t.Helper()
	o.status, o.stdout, o.stderr = runOn(t, h, words...)
	return o
}

// TestBenchOnAWire: a run between two hosts' ports is kept whole: its journal,
// document, page and card say the same, and the document is read back.
func TestBenchOnAWire(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	words := []string{"bench", "rfc2544", "--tx", "one", "--rx", "two", "-o", dir, "-b", "500pps", "-s", "64", "--tests", "throughput,loss",
		"--goal", "ndr:initial=0.3s,trial=0.3s,sum=0.3s,width=10%", "--waits", "0.02,0.3,0.02", "--max-time", "20", "-q", "--note", "device=wire"}
	h := wiredHost(t)
	r := benchOn(t, h, words...)
	if r.status != 0 && r.status != 3 { // 3 is a machine that is too busy to tell
		t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	if !strings.Contains(r.stdout, `RFC 2544 of "wire", forward`) || !strings.Contains(r.stdout, "throughput") {
		t.Errorf("card:\n%s", r.stdout)
	}
	card, err := os.ReadFile(filepath.Join(dir, "card.txt"))
	if err != nil || string(card) != r.stdout {
		t.Errorf("the card that was kept: %v\n%s", err, card)
	}
	resulttest.Validate(t, []byte(readFile(t, filepath.Join(dir, "result.json"))))
	docs, err := result.Open(filepath.Join(dir, "result.json"))
	if err != nil || len(docs) != 1 {
		t.Fatal(err)
	}
	found, ok := docs[0].Result.(*suite.Result)
	if !ok || found.Plan.Notes["device"] != "wire" || found.Consent != "virtual cables" || docs[0].Verdict.Status != r.status {
		t.Errorf("%+v", docs[0].Result)
	}
	if again := benchOn(t, h, "bench", "report", dir); again.status != r.status || again.stdout != r.stdout {
		t.Errorf("report: status %d\n%s\nwant\n%s", again.status, again.stdout, r.stdout)
	}
	if page, err := os.ReadFile(filepath.Join(dir, "report.html")); err != nil || !strings.Contains(string(page), "Throughput") {
		t.Errorf("page: %v", err)
	}
	if again := benchOn(t, h, words...); again.status != 2 || !strings.Contains(again.stderr, "eterm bench resume") {
		t.Errorf("into the same directory: status %d, %s", again.status, again.stderr)
	}
}

// TestBenchDryRun: the plan is shown, and nothing is sent or made.
func TestBenchDryRun(t *testing.T) {
	h := wiredHost(t)
	r := benchOn(t, h, "bench", "rfc2544", "--tx", "one", "--rx", "two", "--dry-run", "-b", "10kpps", "--preset", "rfc")
	if r.status != 0 || !strings.Contains(r.stdout, "throughput") || !strings.Contains(r.stdout, "h") {
		t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := benchOn(t, h, "bench", "rfc2544", "--tx", "one", "--rx", "two", "--dry-run"); r.status != 2 || !strings.Contains(r.stderr, "say by -b") {
		t.Errorf("without a rate: status %d, %s", r.status, r.stderr)
	}
}

// TestBenchBetweenTwoMachines: one port here and one at a peer that runs eterm
// respond, both directions at once, with a shared key. The run is kept as any
// other, and goes on only with the same peer.
func TestBenchBetweenTwoMachines(t *testing.T) {
	left, right, _ := switched(t)
	key := filepath.Join(t.TempDir(), "key")
	must(t, os.WriteFile(key, []byte("a key of two friends"), 0o600))
	dir := filepath.Join(t.TempDir(), "run")
	words := strings.Fields("bench rfc2544 -i eth0 -o " + dir + " -b 500pps -s 128 --tests throughput,loss --direction both" +
		" --goal ndr:initial=0.3s,trial=0.3s,sum=0.3s,width=10% --waits 0.02,0.3,0.02 --max-time 20 -q --note device=bridge --key " + key)
	if r := benchOn(t, left, words...); r.status != 1 || !strings.Contains(r.stderr, "nobody replies") || !strings.Contains(r.stderr, "eterm respond") {
		t.Errorf("without a peer: status %d, %s", r.status, r.stderr)
	}
	peer := on(t, right, "respond", "--key", key)
	if r := benchOn(t, left, slices.Concat(words, []string{"--addresses", "4"})...); r.status != 2 || !strings.Contains(r.stderr, "go forward only") {
		t.Errorf("many addresses in reverse: status %d, %s", r.status, r.stderr)
	}
	r := benchOn(t, left, words...)
	if r.status != 0 && r.status != 3 { // 3 is a machine that is too busy to tell
		t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	document := readFile(t, filepath.Join(dir, "result.json"))
	resulttest.Validate(t, []byte(document))
	docs, err := result.Open(filepath.Join(dir, "result.json"))
	must(t, err)
	found, ok := docs[0].Result.(*suite.Result)
	if !ok || found.OneClock || len(docs[0].Ports) != 2 || docs[0].Ports[1].Role != "peer" || docs[0].Ports[1].MAC != rightMAC.String() {
		t.Fatalf("%s", document)
	}
	for _, trial := range found.Trials {
		for _, a := range trial.Accounts {
			if err := a.Check(); err != nil || a.Direction != suite.Forward && a.Direction != suite.Reverse || a.Delay.Kind == "one_way" {
				t.Errorf("trial %d: %v, %+v", trial.N, err, a)
			}
		}
		if trial.Valid && (trial.Lost() > 0 || len(trial.Accounts) != 2) {
			t.Errorf("trial %d of a sound bridge lost %d: %+v", trial.N, trial.Lost(), trial.Reasons)
		}
	}
	if again := benchOn(t, left, "bench", "report", dir); again.status != r.status || again.stdout != r.stdout {
		t.Errorf("report: status %d\n%s\nwant\n%s", again.status, again.stdout, r.stdout)
	}
	if status := peer.stop(t); status != 0 {
		t.Errorf("the peer: status %d", status)
	}
	must(t, right.SetHardwareAddr("eth0", net.HardwareAddr{2, 0, 0, 0, 0, 9}))
	on(t, right, "respond", "--key", key)
	if r := benchOn(t, left, "bench", "resume", dir, "--key", key); r.status != 1 || !strings.Contains(r.stderr, "nobody replies") {
		t.Errorf("with another peer: status %d, %s", r.status, r.stderr)
	}
}

// TestBenchRFC2889: its figures are in the card and on the page, by their names.
func TestBenchRFC2889(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	h := wiredHost(t)
	r := benchOn(t, h, strings.Fields("bench rfc2889 --tx one --rx two -o "+dir+" -b 400pps -s 64 --tests forwarding,broadcast --preset quick"+
		" --goal ndr:initial=0.3s,trial=0.3s,sum=0.3s,width=20% --waits 0.02,0.3,0.02 --max-time 12 -q")...)
	if r.status != 0 && r.status != 3 {
		t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	page := readFile(t, filepath.Join(dir, "report.html"))
	for _, want := range []string{"RFC 2889, both", "FRMOL 8"} {
		if !strings.Contains(r.stdout, want) && r.status == 0 {
			t.Errorf("card without %q:\n%s", want, r.stdout)
		}
	}
	if !strings.Contains(page, "FRMOL") || !strings.Contains(page, "RFC 2889, 5.1") {
		t.Error("page without FRMOL")
	}
	resulttest.Validate(t, []byte(readFile(t, filepath.Join(dir, "result.json"))))
	if near := benchOn(t, h, strings.Fields("bench rfc2889 -i one -o "+dir+"2 -b 400pps --dry-run")...); near.status != 2 || !strings.Contains(near.stderr, "go forward only") {
		t.Errorf("broadcast frames of a peer: status %d, %s", near.status, near.stderr)
	}
}

// TestBenchRun: a plan's run is that of its flags; what is wrong with it is said
// with its place, and nothing is made.
func TestBenchRun(t *testing.T) {
	h := wiredHost(t)
	folder := t.TempDir()
	plan, dir := filepath.Join(folder, "plan.yaml"), filepath.Join(folder, "run")
	must(t, os.WriteFile(plan, []byte("suites: [rfc2889, rfc2544]\ntx: one\nrx: two\nrate: 400pps\nsize: 64\ntests: forwarding\npreset: quick\n"+
		"waits: 0.02s,0.3s,0.02s\nmax-time: 10s\nnotes: {device: wire}\nexpect: {forwarding: {64: {mfr: \">= 700pps\"}}}\n"), 0o600))
	r := benchOn(t, h, "bench", "run", plan, "-o", dir, "-q")
	if r.status != 0 && r.status != 3 {
		t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	if !strings.Contains(r.stdout, `RFC 2889 and RFC 2544 of "wire", both`) || r.status == 0 && !strings.Contains(r.stdout, "passed: the expectation is met") {
		t.Errorf("card:\n%s", r.stdout)
	}
	must(t, os.WriteFile(plan, []byte("tx: one\nrx: two\nsizes: 64\n"), 0o600))
	r = benchOn(t, h, "bench", "run", plan, "-o", dir+"2")
	if _, err := os.Stat(dir + "2"); r.status != 2 || err == nil || !strings.Contains(r.stderr, "sizes: 64") || !strings.Contains(r.stderr, "^") || !strings.Contains(r.stderr, `no key "sizes"`) {
		t.Errorf("status %d, %v: %s", r.status, err, r.stderr)
	}
}

// TestBenchSnake: three bridges in a row are a snake of three hops, and what comes
// out at its end went through three times.
func TestBenchSnake(t *testing.T) {
	h, middle := labtest.Host(t, "tester"), labtest.Host(t, "switch")
	labtest.Cable(t, h, "one", middle, "in0")
	labtest.Cable(t, middle, "out0", middle, "in1")
	labtest.Cable(t, middle, "out1", middle, "in2")
	labtest.Cable(t, middle, "out2", h, "two")
	for _, n := range []string{"0", "1", "2"} {
		labtest.Run(t, middle, "ip", "link", "add", "br"+n, "type", "bridge")
		labtest.Run(t, middle, "ip", "link", "set", "in"+n, "master", "br"+n)
		labtest.Run(t, middle, "ip", "link", "set", "out"+n, "master", "br"+n)
		labtest.Run(t, middle, "ip", "link", "set", "br"+n, "up")
	}
	plan := benchOn(t, h, strings.Fields("bench snake --tx one --rx two --hops 3 -b 400pps --dry-run")...)
	for _, want := range []string{"from --tx to port 1; VLAN 1: ports 1 and 2", "from port 2 to port 3; VLAN 2", "from port 6 to --rx"} {
		if !strings.Contains(plan.stdout, want) {
			t.Errorf("status %d, without %q:\n%s%s", plan.status, want, plan.stdout, plan.stderr)
		}
	}
	dir := filepath.Join(t.TempDir(), "run")
	r := benchOn(t, h, strings.Fields("bench snake --tx one --rx two --hops 3 -o "+dir+" -b 400pps -s 64 --tests throughput --preset quick"+
		" --goal ndr:initial=0.3s,trial=0.3s,sum=0.3s,width=20% --waits 0.02,0.3,0.02 --max-time 10 -q")...)
	if r.status != 0 && r.status != 3 {
		t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	if !strings.Contains(r.stdout, "Snake (RFC 8239)") || r.status == 0 && !strings.Contains(r.stdout, "400 frames/s through 3 hops are 1 200 frames/s") {
		t.Errorf("card:\n%s", r.stdout)
	}
	if !strings.Contains(readFile(t, filepath.Join(dir, "report.html")), "RFC 8239") {
		t.Error("page without RFC 8239")
	}
	for words, want := range map[string]string{"bench snake --tx one --rx two -b 1kpps --dry-run": "0 hops", "bench snake --tx one --rx two --hops 1 --dry-run": "2 to 256"} {
		if r := benchOn(t, h, strings.Fields(words)...); r.status != 2 || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: status %d, %s", words, r.status, r.stderr)
		}
	}
}
