package main

import (
	"encoding/json"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
)

func TestWireUsage(t *testing.T) {
	for _, c := range []struct{ flag, value, want string }{
		{"--loss", "5", "want a share such as 0.1%, up to 100%"},
		{"--delay", "soon", "want a time such as 0.2, 200ms or 1m30s"},
		{"--rate-limit", "10pps", "want a rate in bits, such as 10Mbit"},
	} {
		status, _, stderr := eterm(t, "lab", c.flag, c.value)
		if want := "eterm: " + c.flag + " " + c.value + ": " + c.want + "\n"; status != exit.StatusUsage || stderr != want {
			t.Errorf("status %d, %q, want %q", status, stderr, want)
		}
	}
}

// TestLabWirePrintsItsAccount: last, as JSON, with the seed it was started with.
func TestLabWirePrintsItsAccount(t *testing.T) {
	status, stdout, stderr := runProgram(t, "lab", "--json", "--loss", "50%", "--seed", "7", "--left", "version", "--right", "version")
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	var r show.Wire
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &r); err != nil {
		t.Fatal(err, stdout, stderr)
	}
	if status != exit.StatusDone || r.Type != "wire" || r.Seed != 7 || len(r.Forward) != 2 || r.Forward[0].Class != "test" {
		t.Errorf("status %d, %+v", status, r)
	}
}
