package main

import (
	"bytes"
	"eterm/cmd/internal/result"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fleet runs one command line in this process.
func fleet(t *testing.T, words ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), words, &out, &errs)
	return status, out.String(), errs.String()
}

// file writes a file for a test.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const small = "name: small\nports: [h1.eth1, h2.eth1, h3.eth1, h4.eth1]\nload: {rate: 1000pps, count: 50}\nslot: 3s\n"

func TestDryRun(t *testing.T) {
	status, stdout, stderr := fleet(t, "run", file(t, "plan.yaml", small), "--dry-run")
	for _, want := range []string{"4 ports, pairs mesh", "takes       13.4s: 3 slots of 3s, 2.2s between two", "tests       6, at most 2 at once", "frames      600 in all", "bytes       76800 in all, at most 19200 from one port"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in %q", want, stdout)
		}
	}
	if status != statusDone || !strings.Contains(stderr, "no controller was asked") {
		t.Errorf("status %d, %q", status, stderr)
	}
}

func TestPlanErrorsHaveACaret(t *testing.T) {
	path := file(t, "plan.yaml", "ports: [h1.eth1, h2.eth1]\nload: {rate: fast, count: 1}\n")
	status, stdout, stderr := fleet(t, "run", "--dry-run", path)
	lines := strings.Split(stderr, "\n")
	if status != statusUsage || stdout != "" || len(lines) < 3 || !strings.HasPrefix(lines[0], "eterm: "+path+": line 2, column 14: ") || strings.Index(lines[2], "^") != strings.Index(lines[1], "fast") {
		t.Errorf("status %d, stdout %q, stderr:\n%s", status, stdout, stderr)
	}
}

func TestUsage(t *testing.T) {
	for line, want := range map[string]string{
		"":              "no command given",
		"fly":           `unknown command "fly"`,
		"run":           "run has 1 operands and was given 0: eterm-fleet run PLAN",
		"run a b":       "was given 2",
		"run --fast a":  "flag provided but not defined: --fast",
		"run /nonesuch": "no such file",
	} {
		status, stdout, stderr := fleet(t, strings.Fields(line)...)
		if status != statusUsage || stdout != "" || !strings.Contains(stderr, want) || !strings.HasPrefix(stderr, "eterm: ") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q: status %d, stdout %q, stderr %q", line, status, stdout, stderr)
		}
	}
}

func TestHelp(t *testing.T) {
	_, all, _ := fleet(t, "--help")
	for _, c := range commands {
		status, stdout, _ := fleet(t, c.name, "--help")
		if status != 0 || !strings.Contains(stdout, c.about) || !strings.Contains(all, c.about) {
			t.Errorf("%s: %d %q", c.name, status, stdout)
		}
	}
}

// TestOutputToAFullDevice: what could not be written is no success.
func TestOutputToAFullDevice(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	must(t, err)
	defer full.Close()
	for _, words := range [][]string{{"--help"}, {"serve", "--help"}, {"agent", "--help"}} {
		var stderr bytes.Buffer
		if status := run(t.Context(), words, full, &stderr); status != statusUsage || !strings.Contains(stderr.String(), "standard output cannot be written") {
			t.Errorf("%v: status %d: %s", words, status, &stderr)
		}
	}
}

func TestTextsOfAgentsAreHarmless(t *testing.T) {
	for text, want := range map[string]string{"a\x1b]0;x\x07b": "a.]0;x.b", "a\u009b31mb": "a.31mb", "a\u202eb": "a.b", "a\nb\tc": "a b c", "a\x9b\xffb": "a..b", "Zürich": "Zürich"} {
		if got := result.Text(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
