package main

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"eterm/cmd/internal/result"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// sample is the sum of all samples of a metric whose labels have a text.
func sample(t *testing.T, text, name, labels string) (sum float64) {
	t.Helper()
	found := false
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(line, name)
		if !ok || !strings.HasPrefix(rest, "{") && !strings.HasPrefix(rest, " ") || !strings.Contains(rest, labels) {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(rest[strings.LastIndex(rest, " "):]), 64)
		must(t, err)
		sum, found = sum+v, true
	}
	if !found {
		t.Errorf("no %s with %s in:\n%s", name, labels, text)
	}
	return sum
}

// TestMetricsOfAgents: behind their fence, agents tell what the report says: all
// frames of each direction, what was lost on the way, and a histogram of delays.
func TestMetricsOfAgents(t *testing.T) {
	s := newSite(t, 2, "--metrics", "127.0.0.1:9464")
	labtest.Run(t, s.fabric, "nft", "add table netdev f")
	labtest.Run(t, s.fabric, "nft", `add chain netdev f link { type filter hook ingress device "up2" priority 0; }`)
	labtest.Run(t, s.fabric, "nft", "add rule netdev f link ether type 0x88b5 @ll,112,24 { 0xe73d11, 0xe73d12 } numgen inc mod 7 0 counter drop")
	run := strings.TrimSpace(s.ask(statusDone, "run", s.plan("class: watch\nload: {rate: 100pps, count: 140}\nslot: 4s\n")))
	f := s.over(run).Result.(*result.Fleet)
	if len(f.Pairs) != 2 {
		t.Fatalf("%+v", f.Pairs)
	}
	asker := 0
	texts := []string{scrape(t, s.hosts[0]), scrape(t, s.hosts[1])}
	if strings.Contains(texts[1], "eterm_pair_tests_total") {
		asker = 1
	}
	lost := 0.0
	for _, p := range f.Pairs {
		labels := fmt.Sprintf(`class="watch",from="%s",to="%s"`, p.From, p.To)
		for name, want := range map[string]float64{"offered": float64(p.Offered), "received": float64(p.Received), "lost": float64(p.Lost - p.LostLocal), "not_known": 0} {
			if got := sample(t, texts[asker], "eterm_pair_frames_"+name+"_total", labels); got != want {
				t.Errorf("%s: %s %v, the report says %v", labels, name, got, want)
			}
		}
		labels = fmt.Sprintf(`class="watch",from="%s",kind=`, p.From)
		if got := sample(t, texts[asker], "eterm_pair_delay_seconds_count", labels); got != float64(p.Received) {
			t.Errorf("%v delays of %d frames", got, p.Received)
		}
		lost += float64(p.Lost - p.LostLocal)
	}
	if lost != float64(dropped(t, s.fabric, "link")) || lost == 0 {
		t.Errorf("%v lost, nft dropped %d", lost, dropped(t, s.fabric, "link"))
	}
	for i, text := range texts {
		if sample(t, text, "eterm_agent_port_up", fmt.Sprintf(`port="h%d.eth1"`, i)) != 1 || sample(t, text, "eterm_agent_connected", "") != 1 {
			t.Errorf("port or controller is said to be away:\n%s", text)
		}
	}
}

// scrape asks the agent of a host for its metrics.
func scrape(t *testing.T, h *lab.Host) string {
	t.Helper()
	labtest.Run(t, h, "ip", "link", "set", "lo", "up")
	return labtest.Run(t, h, "python3", "-c", "import urllib.request as r; print(r.urlopen('http://127.0.0.1:9464/metrics', timeout=30).read().decode())")
}

var metricsAt = regexp.MustCompile(`metrics at (http://[0-9.:]+/metrics)`)

// TestMetricsOfAController: ports, runs and results, counted.
func TestMetricsOfAController(t *testing.T) {
	m := memoryFleet(t, 2, nil, "--metrics", "127.0.0.1:0")
	m.begin("one", quick, nil)
	m.closed("one")
	at := metricsAt.FindStringSubmatch(strings.Join(m.server.lines, "\n"))
	if at == nil {
		t.Fatalf("no address in %q", strings.Join(m.server.lines, "\n"))
	}
	get := func(url string) (int, string) {
		r, err := http.Get(url)
		must(t, err)
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		must(t, err)
		return r.StatusCode, string(b)
	}
	_, text := get(at[1])
	ports := sample(t, text, "eterm_fleet_ports", `state="ready"`) + sample(t, text, "eterm_fleet_ports", `state="busy"`)
	if ports != 2 || sample(t, text, "eterm_fleet_runs", `state="closed"`) != 1 || sample(t, text, "eterm_fleet_results", "") != 1 || sample(t, text, "eterm_fleet_store_up", "") != 1 {
		t.Errorf("%s", text)
	}
	if status, _ := get(strings.TrimSuffix(at[1], "/metrics") + "/"); status != http.StatusNotFound {
		t.Errorf("/: %d", status)
	}
}

// TestMetricsAddress: a wrong address is told before anything is begun.
func TestMetricsAddress(t *testing.T) {
	status, _, stderr := fleet(t, "serve", "--dir", t.TempDir(), "--metrics", "here", "--no-sandbox")
	if status != statusUsage || !strings.Contains(stderr, `--metrics "here": want HOST:PORT`) {
		t.Errorf("status %d, %s", status, stderr)
	}
}
