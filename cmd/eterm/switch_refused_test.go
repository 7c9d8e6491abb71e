package main

import (
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
)

// TestSwitchCheckWhereAPortRefuses: the other end of one cable takes no frames above
// 1000 bytes; the cases that need them say so, and the run goes on.
func TestSwitchCheckWhereAPortRefuses(t *testing.T) {
	host, middle := tester(t)
	setMTU(t, middle, "pb", 1000) // a cable of this kind leaves room for a tag: 1022 bytes with FCS
	status, out, errs := switchCheck(t, host, "--only", "forwarding,sizes.untagged,load")
	if status == exit.StatusUntrusted || !strings.Contains(out, "pass  forwarding.b-to-a") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	for _, row := range []string{"-     sizes.untagged", "-     load.both"} {
		if !strings.Contains(out, "\n"+row) || !strings.Contains(strings.Join(strings.Fields(out), " "), "b refuses frames of 1023 bytes and more") {
			t.Errorf("no row %q in %s", row, out)
		}
	}
}
