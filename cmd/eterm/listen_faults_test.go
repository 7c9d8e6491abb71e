package main

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/frame"
)

// TestListenCountsFaults sends one sound frame and one with a wrong checksum:
// live frames say their faults, the summary their number, and a run is failed
// for them when that was asked. The checksum is ICMP's: a bridge of this kernel
// may drop what is wrong in an IPv4 header (br_netfilter).
func TestListenCountsFaults(t *testing.T) {
	left, right, _ := switched(t)
	const sound = "eth dst=02:00:00:00:00:0b src=02:00:00:00:00:0a / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request id=7 seq=1 / zeros 20"
	path := filepath.Join(t.TempDir(), "x.txt")
	var text []byte
	for _, n := range []string{sound, strings.Replace(sound, "echo-request", "echo-request checksum=0x0001", 1)} {
		template, err := frame.Parse(n)
		must(t, err)
		text = append(hex.AppendEncode(text, template.Append(nil)), '\n')
	}
	must(t, os.WriteFile(path, text, 0o600))
	for _, c := range []struct {
		flags  string
		status int
		stderr string
	}{
		{"--json", exit.StatusDone, ""},
		{"--json --fail-on-fault", exit.StatusNo, "eterm: 1 of 2 frames have faults\n"},
		{"-q --fail-on-fault", exit.StatusNo, "0 sent, 2 received, 1 faulty, 0 refused"},
		{"--format line", exit.StatusDone, "0 sent, 2 received, 1 faulty, 0 refused"},
	} {
		listen := on(t, right, append([]string{"listen", "-c2", "icmp"}, strings.Fields(c.flags)...)...)
		if status, _, stderr := runOn(t, left, "send", "-i", "eth0", "-b", "100pps", "-r", path); status != exit.StatusDone && status != exit.StatusUntrusted { // 3: a busy host missed the rate
			t.Fatalf("status %d: %s", status, stderr)
		}
		status := listen.end(t)
		if status != c.status || !strings.Contains(listen.stderr.String(), c.stderr) {
			t.Errorf("%s: status %d: %s", c.flags, status, &listen.stderr)
		}
		if !strings.HasPrefix(c.flags, "--json") {
			continue
		}
		lines := strings.Split(strings.TrimSpace(listen.stdout.String()), "\n")
		if len(lines) != 3 {
			t.Fatalf("%s: %q", c.flags, lines)
		}
		var sound, faulty show.Frame
		var sum show.Summary
		must(t, json.Unmarshal([]byte(lines[0]), &sound))
		must(t, json.Unmarshal([]byte(lines[1]), &faulty))
		must(t, json.Unmarshal([]byte(lines[2]), &sum))
		if len(sound.Faults) != 0 || len(faulty.Faults) != 1 || faulty.Faults[0].Field != "icmp.checksum" || faulty.Faults[0].Got != "0x0001" {
			t.Errorf("%s: %+v, %+v", c.flags, sound.Faults, faulty.Faults)
		}
		if sum.Faulty == nil || *sum.Faulty != 1 || sum.Received != 2 {
			t.Errorf("%s: %s", c.flags, lines[2])
		}
	}
}

// TestListenJudgesWhatItShows: where frames are not looked into, their faults
// are not said to be none, and cannot be a condition.
func TestListenJudgesWhatItShows(t *testing.T) {
	for line, want := range map[string]string{
		"listen -i lo -w /tmp/x --fail-on-fault":    "--write",
		"listen -i lo -w /tmp/x -q --fail-on-fault": "--quiet and --write",
	} {
		status, _, stderr := eterm(t, strings.Fields(line)...)
		if status != exit.StatusUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: status %d: %s", line, status, stderr)
		}
	}
	_, right, _ := switched(t)
	status, stdout, stderr := runOn(t, right, "listen", "-q", "-d", "0.1", "--json")
	if status != 0 || strings.Contains(stdout, `"faulty"`) {
		t.Errorf("status %d: %s%s", status, stdout, stderr)
	}
}
