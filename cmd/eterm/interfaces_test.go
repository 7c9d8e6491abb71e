package main

import (
	"bytes"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab/labtest"
)

// TestLoopback can be listened to, and is told apart from a network.
func TestLoopback(t *testing.T) {
	h := labtest.Host(t, "alone")
	status, _, stderr := runOn(t, h, "listen", "-i", "lo", "-d", "0.01")
	if status != 0 || !strings.Contains(stderr, "eterm: lo is the loopback interface") {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
}

// TestNoPermission names the remedy.
func TestNoPermission(t *testing.T) {
	h, _ := labtest.Pair(t)
	p := withoutPrivileges(program(t.Context(), "listen", "-i", "eth0"))
	var out, errs bytes.Buffer
	p.Stdout, p.Stderr = &out, &errs
	must(t, h.Start(p))
	err := p.Wait()
	if p.ProcessState.ExitCode() != exit.StatusUsage || out.Len() != 0 || !strings.Contains(errs.String(), "sudo setcap cap_net_raw+ep") ||
		!strings.Contains(errs.String(), "eterm lab") || strings.Count(errs.String(), "\n") != 1 {
		t.Errorf("%v, stdout %q, stderr %q", err, &out, &errs)
	}
}
