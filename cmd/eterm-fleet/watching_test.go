package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"eterm/iface/lab/labtest"
)

// TestWatchOnTheWholeTerminal: a run is seen on the screen while it goes, q ends the
// watch and not the run, and its end ends both.
func TestWatchOnTheWholeTerminal(t *testing.T) {
	labtest.Tool(t, "tmux")
	m := memoryFleet(t, 2, nil)
	m.begin("seen", quick+"rounds: 10\n", nil)
	status, _, stderr := m.asks("watch", "seen", "--watch")
	if status != statusUsage || !strings.Contains(stderr, "standard output is none: leave out --watch") {
		t.Errorf("without a terminal: status %d, %s", status, stderr)
	}
	self, err := os.Executable()
	must(t, err)
	dir := t.TempDir()
	tmux := func(args ...string) string {
		cmd := exec.Command("tmux", append([]string{"-u", "-S", filepath.Join(dir, "socket")}, args...)...)
		cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %v: %v: %s", args, err, out)
		}
		return string(out)
	}
	line := fmt.Sprintf("%s=1 %s watch seen --watch --dir %s", programVar, self, m.server.dir)
	script := filepath.Join(dir, "script")
	must(t, os.WriteFile(script, []byte(line+"; echo first $?; read go; "+line+"; echo second $?; exec sleep 1000\n"), 0o600))
	tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "sh", script)
	t.Cleanup(func() { tmux("kill-server") })
	shows := func(texts ...string) func() bool {
		return func() bool {
			seen := tmux("capture-pane", "-p")
			for _, text := range texts {
				if !strings.Contains(seen, text) {
					return false
				}
			}
			return true
		}
	}
	m.until(shows("eterm fleet watch seen", "all pairs", "of 10; ", "tests over"))
	tmux("send-keys", "q")
	m.until(shows("first 0"))
	if !m.busy() {
		t.Error("the run ended with its watch")
	}
	tmux("send-keys", "Enter")
	m.until(shows("eterm fleet watch seen", "all pairs"))
	m.closed("seen")
	m.until(shows("run seen is closed", "second 0"))
}
