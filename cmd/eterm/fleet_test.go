package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab/labtest"
)

// handedOver runs eterm with only one folder in PATH.
func handedOver(t *testing.T, path string, words ...string) (status int, stdout, stderr string) {
	t.Helper()
	labtest.Need(t)
	var out, errs bytes.Buffer
	cmd := program(t.Context(), words...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Env = append(cmd.Env, "PATH="+path)
	err := cmd.Run()
	if e := (*exec.ExitError)(nil); errors.As(err, &e) {
		return e.ExitCode(), out.String(), errs.String()
	}
	must(t, err)
	return 0, out.String(), errs.String()
}

func TestFleetIsHandedOver(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, fleetProgram), []byte("#!/bin/sh\nfor w; do echo \"$w\"; done\nexit 7\n"), 0o755))
	for typed, want := range map[string]string{
		"fleet run plan.yaml --dry-run": "run\nplan.yaml\n--dry-run\n",
		"agent --port eth1 --port eth2": "agent\n--port\neth1\n--port\neth2\n",
		"fleet report -- --odd":         "report\n--\n--odd\n",
		"fleet run --help":              "run\n--help\n",
		"fleet --help":                  "--help\n",
	} {
		status, stdout, stderr := handedOver(t, dir, strings.Fields(typed)...)
		if status != 7 || stdout != want || stderr != "" {
			t.Errorf("%s: status %d, stdout %q, stderr %q; want 7 and %q", typed, status, stdout, stderr, want)
		}
	}
}

func TestFleetAbsentNamesThePackage(t *testing.T) {
	for _, word := range []string{"fleet", "agent"} {
		status, stdout, stderr := handedOver(t, t.TempDir(), word, "--port", "x")
		if want := "eterm: eterm-fleet is neither beside this program nor in PATH: install the package eterm-fleet\n"; status != exit.StatusUsage || stdout != "" || stderr != want {
			t.Errorf("%s: status %d, stdout %q, stderr %q", word, status, stdout, stderr)
		}
	}
}

// TestNoMessageServer: the second program is a second program because this one
// has none of what it needs.
func TestNoMessageServer(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	must(t, err)
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "nats") || strings.Contains(line, "prometheus") {
			t.Errorf("eterm depends on %s", strings.TrimSpace(line))
		}
	}
}
