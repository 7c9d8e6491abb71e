package sandbox_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"eterm/cmd/eterm/internal/sandbox"
)

func mkfifo(path string) error {
	if err := syscall.Mkfifo(path, 0o666); err != nil {
		return err
	}
	return os.Chmod(path, 0o666)
}

// TestAttackIsRefused: what someone would try who got hold of the process, on
// the thread that gave all up and on another.
func TestAttackIsRefused(t *testing.T) {
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			w.need(t)
			outside := filepath.Join(os.TempDir(), "eterm-attack")
			defer os.Remove(outside)
			r := w.start(t, []string{"ETERM_ATTACK_FILE=" + outside}, "attack")
			r.Wait()
			out := r.output.String()
			if n := strings.Count(out, ": refused: "); n != 2*15 || strings.Contains(out, ": let\n") {
				t.Errorf("%d attempts of 30 were refused:\n%s", n, out)
			}
			if _, err := os.Stat(outside); err == nil {
				t.Error("a file was written outside")
			}
		})
	}
}

// TestNoProgramOfTheCallers: whoever may start a program with capabilities
// names no other program that gets them.
func TestNoProgramOfTheCallers(t *testing.T) {
	if _, err := os.Stat("/usr/bin/tcpdump"); err != nil {
		t.Skip("tcpdump is not installed")
	}
	for _, w := range ways {
		if !w.setcap {
			continue
		}
		w.need(t)
		dir := t.TempDir()
		ran := filepath.Join(filepath.Dir(filepath.Dir(dir)), "eterm-fake-tcpdump-ran")
		defer os.Remove(ran)
		if err := os.WriteFile(dir+"/tcpdump", []byte("#!/bin/sh\n: >"+ran+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		for d := dir; d != os.TempDir(); d = filepath.Dir(d) {
			if err := os.Chmod(d, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		r := w.start(t, []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "GODEBUG=inittrace=1", "ETERM_LAB_OWN=1", "ETERM_LAB_INSIDE=1"},
			"listen", "-i", "va", "icmp")
		io.Copy(io.Discard, r.ready)
		w.check(t, r)
		if status, out := r.end(t); status != 0 {
			t.Errorf("status %d: %s", status, out)
		}
		if _, err := os.Stat(ran); err == nil {
			t.Error("the tcpdump of the caller's PATH was run")
		}
	}
}

// TestLookup: each command has one row.
func TestLookup(t *testing.T) {
	for _, row := range sandbox.Table {
		if got, ok := sandbox.Lookup(row.Command); !ok || got.Before != row.Before {
			t.Errorf("%s is found as %q", row.Command, got.Command)
		}
	}
	if _, ok := sandbox.Lookup("lab"); ok {
		t.Error("lab has a row: it starts others")
	}
}
