package helper

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRunGivesNothing asks the kernel what a program that Run started has.
func TestRunGivesNothing(t *testing.T) {
	t.Setenv("LD_PRELOAD", "/nonexistent.so")
	t.Setenv("PATH", t.TempDir())
	cat, err := Find("cat")
	if err != nil {
		t.Fatal(err)
	}
	out, complaint, err := Run(t.Context(), cat, "/proc/self/status", "/proc/self/environ")
	if err != nil || complaint != "" {
		t.Fatalf("%v, %q", err, complaint)
	}
	for _, want := range []string{"CapInh", "CapPrm", "CapEff", "CapAmb"} {
		if !strings.Contains(out, want+":\t0000000000000000\n") {
			t.Errorf("%s is not empty in %s", want, out)
		}
	}
	if !strings.Contains(out, "NoNewPrivs:\t1\n") {
		t.Errorf("it may gain privileges: %s", out)
	}
	if strings.Contains(out, "PATH") || strings.Contains(out, "LD_PRELOAD") {
		t.Errorf("it has an environment: %q", out)
	}
	before, err := os.ReadFile("/proc/self/status")
	if err != nil || strings.Contains(string(before), "NoNewPrivs:\t1\n") {
		t.Errorf("this process lost something too: %s (%v)", before, err)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	sleep, err := Find("sleep")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Run(ctx, sleep, "60"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestRunGivesComplaint(t *testing.T) {
	cat, err := Find("cat")
	if err != nil {
		t.Fatal(err)
	}
	_, complaint, err := Run(t.Context(), cat, "/nonexistent")
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || !strings.Contains(complaint, "/nonexistent") {
		t.Errorf("error %v, complaint %q", err, complaint)
	}
}

// TestFindTakesRootsOnly: what others may have put there is not run.
func TestFindTakesRootsOnly(t *testing.T) {
	dir := t.TempDir() // its owner is whoever runs the test
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	make := func(name string, mode fs.FileMode) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	make("good", 0o755)
	make("group", 0o775)
	make("all", 0o757)
	make("data", 0o644)
	for name, want := range map[string]bool{"good": os.Getuid() == 0, "group": false, "all": false, "data": false, "missing": false} {
		path, err := find([]string{dir}, name)
		if (err == nil) != want || err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %q, %v", name, path, err)
		}
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if path, err := find([]string{dir}, "good"); err == nil {
		t.Errorf("found %s in a folder that all may write to", path)
	}
}
