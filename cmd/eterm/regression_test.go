package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
)

// labPairs is how many pairs are measured. Each takes a minute or two, and needs a
// machine that is not too busy, so none are unless they are asked for.
var labPairs = flag.Int("pairs", 0, "pairs of sides that TestCompareInTheLab measures")

// labRuns are the repetitions of each side, which take turns.
const labRuns = 8

// labTries is how often a run is made again that cannot be trusted: on a busy
// machine the asked rate is missed now and then, and says so.
const labTries = 10

// TestCompareInTheLab: between two hosts of the lab, with its wire in between, whose
// delay is long beside what this machine adds, a loss
// of one in a thousand and a delay that is 15 % longer are found, and of equal sides
// no difference is claimed.
func TestCompareInTheLab(t *testing.T) {
	if *labPairs == 0 {
		t.Skip("-pairs N measures N pairs")
	}
	found := map[string]int{}
	for range *labPairs {
		sides := labSides(t, []string{"--delay", "50ms"}, []string{"--delay", "50ms"}, []string{"--delay", "57.5ms"}, []string{"--delay", "50ms", "--loss", "0.1%"})
		for _, c := range []struct {
			name, side, fail string
			status           int
		}{
			{"equal", sides[1], "", exit.StatusDone},
			{"p99", sides[2], "p99 > +10%", exit.StatusNo}, {"p99, without a bound", sides[2], "", exit.StatusNo},
			{"loss", sides[3], "lost > 0", exit.StatusNo}, {"loss, without a bound", sides[3], "", exit.StatusNo},
		} {
			line := []string{"compare", sides[0], c.side}
			if c.fail != "" {
				line = append(line, "--fail-if", c.fail)
			}
			status, stdout, stderr := eterm(t, line...)
			if status == c.status {
				found[c.name]++
				continue
			}
			t.Errorf("%s: status %d, want %d: %s%s", c.name, status, c.status, stdout, stderr)
		}
	}
	t.Logf("of %d pairs as they should be: %v", *labPairs, found)
}

// labSides measures as many sides as there are wires, run by run in turn, and
// returns their files.
func labSides(t *testing.T, wires ...[]string) (files []string) {
	t.Helper()
	dir := t.TempDir()
	texts := make([]string, len(wires))
	for n := range labRuns {
		for i, wire := range wires {
			texts[i] += labRun(t, filepath.Join(dir, fmt.Sprintf("%d-%d", i, n)), append(wire, "--seed", fmt.Sprint(n+1))...)
		}
	}
	for i, text := range texts {
		name := filepath.Join(dir, fmt.Sprintf("side-%d.json", i))
		must(t, os.WriteFile(name, []byte(text), 0o600))
		files = append(files, name)
	}
	return files
}

// labRun is the document of one run that can be trusted.
func labRun(t *testing.T, file string, wire ...string) string {
	t.Helper()
	for try := range labTries {
		name := fmt.Sprintf("%s-%d.json", file, try)
		run := "link run -i eth0 --direction forward -b 2kpps -c 800 -s 64 --drain 300ms -o " + name
		status, stdout, stderr := runProgram(t, append([]string{"lab", "--left", run, "--right", "link receive --runs 1 -d 20 --shared-clock -q"}, wire...)...)
		switch kept := readFile(t, name); {
		case status == exit.StatusUsage:
			t.Fatalf("%s%s", stdout, stderr)
		case status == exit.StatusUntrusted, strings.Contains(kept, `"result":null`): // or nobody answered in time
			t.Logf("again: %s", stderr)
		default:
			return kept
		}
	}
	t.Skipf("of %d runs none can be trusted: this machine is too busy for a link test", labTries)
	return ""
}
