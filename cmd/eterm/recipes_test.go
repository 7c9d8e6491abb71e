package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"eterm/iface/ifacetest"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// recipeMark stands before a block of a page that is a session on a host of a lab:
// lines with "$ " are run by a shell, one after the other in one directory, and
// the lines below each are in what it prints, in that order; "..." stands for
// anything. Errors are shown too.
var recipeMark = regexp.MustCompile("(?ms)^<!-- run: ([a-z-]+) -->\n```\n(.*?)^```")

// recipeLabs make the host that a recipe runs on.
var recipeLabs = map[string]func(t *testing.T) *lab.Host{
	"files": func(t *testing.T) *lab.Host { return labtest.Host(t, "host") },
	"trunk": trunk,
	"short-frames": func(t *testing.T) *lab.Host {
		return between(t, ifacetest.Defective(ifacetest.SwallowsAbove(1300)))
	},
	"routed": func(t *testing.T) *lab.Host {
		left, _ := routed(t, 1400)
		return left
	},
}

// trunk is a host with eth1 and eth2 at two ports of a switch: both are in VLAN 20
// with its tag, only that of eth1 is in VLAN 30.
func trunk(t *testing.T) *lab.Host {
	return between(t, ifacetest.VLANs(0, ifacetest.Membership{Untagged: 1, Tagged: []uint16{20, 30}}),
		ifacetest.VLANs(1, ifacetest.Membership{Untagged: 1, Tagged: []uint16{20}}))
}

// between is a host with eth1 and eth2 at two ports of a switch of our own.
func between(t *testing.T, o ...ifacetest.Option) *lab.Host {
	t.Helper()
	host, middle := labtest.Host(t, "tester"), labtest.Host(t, "switch")
	for _, name := range []string{"eth1", "eth2"} {
		labtest.Cable(t, host, name, middle, "p"+name)
	}
	stop, err := middle.Join([]string{"peth1", "peth2"}, o...)
	must(t, err)
	t.Cleanup(func() {
		if _, err := stop(); err != nil {
			t.Error(err)
		}
	})
	return host
}

// TestRecipes: what the guides show is what happens.
func TestRecipes(t *testing.T) {
	labtest.Need(t)
	n := 0
	for path, text := range pages(t) {
		for _, m := range recipeMark.FindAllStringSubmatch(text, -1) {
			n++
			name := fmt.Sprintf("%s_%s", strings.TrimSuffix(filepath.Base(path), ".md"), m[1])
			t.Run(name, func(t *testing.T) {
				make := recipeLabs[m[1]]
				if make == nil {
					t.Fatalf("%s: no lab %q", path, m[1])
				}
				runRecipe(t, make(t), m[2])
			})
		}
	}
	if n == 0 {
		t.Error("the guides have no recipes")
	}
}

// recipeEnd is printed behind what a command prints.
const recipeEnd = "-- end of command --"

// runRecipe runs the commands of a session and compares.
func runRecipe(t *testing.T, h *lab.Host, session string) {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	must(t, err)
	must(t, os.MkdirAll(filepath.Join(dir, "bin"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "bin", "eterm"), []byte("#!/bin/sh\n"+programVar+"=1 exec "+self+" \"$@\"\n"), 0o755))
	var script strings.Builder
	var commands []string
	var wanted [][]string
	for line := range strings.Lines(session) {
		line = strings.TrimSuffix(line, "\n")
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			commands, wanted = append(commands, command), append(wanted, nil)
			// The status of the command before stays readable as $?.
			fmt.Fprintf(&script, "%s\nlast=$?; echo '%s'; (exit $last)\n", command, recipeEnd)
			continue
		}
		if len(wanted) == 0 {
			t.Fatalf("%q is before any command", line)
		}
		wanted[len(wanted)-1] = append(wanted[len(wanted)-1], line)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script.String())
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Dir = &out, &out, dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"), "ETERM_INTERFACE=eth0")
	must(t, h.Start(cmd))
	_ = cmd.Wait() // the last command's status is as it is
	parts := strings.Split(out.String(), recipeEnd+"\n")
	for i, command := range commands {
		if i >= len(parts) {
			t.Fatalf("%s: did not run:\n%s", command, &out)
		}
		compareShown(t, command, wanted[i], parts[i])
	}
}

// compareShown wants the lines in what a command printed, in order.
func compareShown(t *testing.T, command string, wanted []string, printed string) {
	t.Helper()
	lines := strings.Split(printed, "\n")
	for _, want := range wanted {
		var literal []string
		for _, part := range strings.Split(strings.TrimRight(want, " "), "...") {
			literal = append(literal, regexp.QuoteMeta(part))
		}
		pattern := regexp.MustCompile("^" + strings.Join(literal, ".*") + " *$")
		at := 0
		for at < len(lines) && !pattern.MatchString(lines[at]) {
			at++
		}
		if at == len(lines) {
			t.Errorf("$ %s\nno line %q (in that place) of\n%s", command, want, printed)
			return
		}
		lines = lines[at+1:]
	}
}
