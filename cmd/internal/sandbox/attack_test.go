package sandbox_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"eterm/cmd/internal/sandbox"
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

// TestAttackIsRefusedByEachMechanism: what Landlock and the capabilities refuse
// where the kernel has no seccomp, and the capabilities where it has neither.
// What only the filter refuses is let then, which shows that it was not there.
func TestAttackIsRefusedByEachMechanism(t *testing.T) {
	byCapabilities := []string{"ptrace", "packet socket", "bpf"}
	byLandlock := append([]string{"execve", "write outside", "read outside", "kill", "kill a thread of another"}, byCapabilities...)
	for _, c := range []struct {
		without string
		missing string
		refused []string
		let     []string
	}{
		{"seccomp", "not on this system: seccomp\n", byLandlock, []string{"fork", "internet socket", "executable memory"}},
		{"landlock", "not on this system: landlock\n", append([]string{"fork", "internet socket", "executable memory", "namespaces"}, byLandlock...), nil},
		{"landlock,seccomp", "not on this system: landlock, seccomp\n", byCapabilities, []string{"fork", "read outside", "internet socket"}},
	} {
		for _, w := range ways {
			if w.setcap {
				continue // what takes the mechanisms away takes the file's capabilities too
			}
			t.Run("without "+c.without+" by "+w.name, func(t *testing.T) {
				w.need(t)
				outside := filepath.Join(os.TempDir(), "eterm-attack-without-"+c.without)
				defer os.Remove(outside)
				r := w.without(t, c.without, []string{"ETERM_ATTACK_FILE=" + outside}, "attack")
				r.Wait()
				out := r.output.String()
				if !strings.Contains(out, c.missing) {
					t.Errorf("no %q in\n%s", c.missing, out)
				}
				for _, thread := range []string{"this thread", "another thread"} {
					for _, name := range c.refused {
						if !strings.Contains(out, "\n"+thread+": "+name+": refused: ") {
							t.Errorf("%s: %s is not refused in\n%s", thread, name, out)
						}
					}
					for _, name := range c.let {
						if !strings.Contains(out, "\n"+thread+": "+name+": let\n") {
							t.Errorf("%s: %s is refused in\n%s", thread, name, out)
						}
					}
				}
			})
		}
	}
}

// TestKernelWithoutMechanisms: the command does its work, and -v says what is on
// and what is not there.
func TestKernelWithoutMechanisms(t *testing.T) {
	for _, without := range []string{"landlock", "seccomp", "landlock,seccomp"} {
		for _, w := range ways {
			if w.setcap {
				continue
			}
			t.Run(without+" by "+w.name, func(t *testing.T) {
				w.need(t)
				r := w.without(t, without, nil, "send", "-i", "va", "-c", "3", "-b", "100pps", "-v")
				r.Wait()
				said := "; not on this system: " + strings.ReplaceAll(without, ",", ", ") + "\n"
				// The rate is missed on a busy machine: status 3.
				if out := r.output.String(); r.ProcessState.ExitCode() != 0 && r.ProcessState.ExitCode() != 3 || !strings.Contains(out, "sent 3 of 3 frames") ||
					!strings.Contains(out, "eterm: sandbox: bounding set, ") || !strings.Contains(out, said) {
					t.Errorf("status %d, want %q: %s", r.ProcessState.ExitCode(), said, out)
				}
			})
		}
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
		w.check(t, r, nil)
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
