package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/args"
	"eterm/iface/lab/labtest"
)

// typed is what a person types before the tabulator, and what stands there then.
var typed = []struct{ before, after string }{
	{"lis", "listen"},
	{"switch out", "switch outage"},
	{"listen --form", "listen --format"},
	{"listen --format no", "listen --format notation"},
	{"listen --format=no", "listen --format=notation"},
	{"listen -i l", "listen -i lo"},
	{"switch check --a l", "switch check --a lo"},
	{"switch check --b l", "switch check --b lo"},
	{"bench rfc2544 --third l", "bench rfc2544 --third lo"},
	{"bench rfc2544 --tx l", "bench rfc2544 --tx lo"},
	{"bench rfc2544 --rx l", "bench rfc2544 --rx lo"},
	{"interfaces --probe l", "interfaces --probe lo"},
	{"decode --color al", "decode --color always"},
	{"send --engine so", "send --engine socket"},
	{"link send --pattern al", "link send --pattern alternating"},
	{"exchange --only arp", "exchange --only arp"},
	{"exchange -t llt", "exchange -t llt"},
	{"listen -t lld", "listen -t lldp"},
	{"switch check --only ageing.ti", "switch check --only ageing.time"},
	{"switch check --skip learning,ageing.ti", "switch check --skip learning,ageing.time"},
	{"decode --format hex --layer icmpv", "decode --format hex --layer icmpv6"},
	{"build eth / icmp echo-req", "build eth / icmp echo-request"},
	{"build eth / vlan pc", "build eth / vlan pcp="},
	{"decode -r only-fi", "decode -r only-file.pcap"},
	{"decode --read=only-fi", "decode --read=only-file.pcap"},
	{"report only-fi", "report only-file.pcap"},
	{"listen --count only-fi", "listen --count only-fi"}, // a number is no file
	{"ping only-fi", "ping only-fi"},
}

// shellFolder is a folder with a file, and in a folder of programs an eterm that
// answers a shell, and says what else it is called with.
func shellFolder(t *testing.T, shell string) (folder, path, script string) {
	t.Helper()
	labtest.Tool(t, shell)
	folder, path = t.TempDir(), t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "only-file.pcap"), nil, 0o600))
	self, err := os.Executable()
	must(t, err)
	program := fmt.Sprintf("#!/bin/sh\nif [ \"$1\" = __complete ]; then %s=1 exec %s \"$@\"; fi\necho \"called: $*.\"\n", programVar, self)
	must(t, os.WriteFile(filepath.Join(path, "eterm"), []byte(program), 0o700))
	for _, s := range args.Shells {
		if s.Name == shell {
			script = filepath.Join(path, "_eterm")
			must(t, os.WriteFile(script, []byte(s.Script), 0o600))
		}
	}
	return folder, path, script
}

// shellCommand is a shell there.
func shellCommand(t *testing.T, folder, path string, words ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "PATH="+path+":"+os.Getenv("PATH"), "HOME="+t.TempDir(), "TERM=dumb", "INPUTRC=/dev/null", "LC_ALL=C")
	return cmd
}

// TestBashAndZshComplete types into the shells, on a terminal of their own.
func TestBashAndZshComplete(t *testing.T) {
	labtest.Need(t)
	labtest.Tool(t, "script")
	for shell, begin := range map[string]string{
		"bash": "source SCRIPT\n",
		"zsh":  "unsetopt zle_bracketed_paste; autoload -U compinit && compinit -u -D; source SCRIPT\n",
	} {
		folder, path, script := shellFolder(t, shell)
		keys := strings.ReplaceAll(begin, "SCRIPT", script)
		for _, c := range typed {
			keys += "eterm " + c.before + "\t\n"
		}
		quiet := map[string]string{"bash": "bash --norc --noprofile -i", "zsh": "zsh -f -i"}[shell]
		cmd := shellCommand(t, folder, path, "script", "-qec", quiet, "/dev/null")
		cmd.Stdin = strings.NewReader(keys + "exit\n")
		out, err := cmd.CombinedOutput()
		var called []string
		for line := range strings.Lines(strings.ReplaceAll(string(out), "\r", "\n")) {
			if text, is := strings.CutPrefix(strings.TrimSpace(line), "called: "); is {
				called = append(called, strings.TrimSpace(strings.TrimSuffix(text, ".")))
			}
		}
		if len(called) != len(typed) {
			t.Fatalf("%s: %d lines were run, not %d: %v\n%s", shell, len(called), len(typed), err, out)
		}
		for i, c := range typed {
			if called[i] != c.after {
				t.Errorf("%s: %q becomes %q, want %q", shell, c.before, called[i], c.after)
			}
		}
	}
}

// TestFishCompletes asks the shell what it would offer.
func TestFishCompletes(t *testing.T) {
	labtest.Need(t)
	folder, path, script := shellFolder(t, "fish")
	var ask bytes.Buffer
	fmt.Fprintf(&ask, "source %s\n", script)
	for _, c := range typed {
		fmt.Fprintf(&ask, "echo '#'\ncomplete -C 'eterm %s'\n", c.before)
	}
	cmd := shellCommand(t, folder, path, "fish", "--no-config")
	cmd.Stdin = &ask
	out, err := cmd.CombinedOutput()
	must(t, err)
	offers := strings.Split(string(out), "#\n")[1:]
	if len(offers) != len(typed) {
		t.Fatalf("%d answers: %s", len(offers), out)
	}
	for i, c := range typed {
		want := c.after[strings.LastIndexByte(c.after, ' ')+1:]
		offered, _, _ := strings.Cut(strings.TrimSuffix(offers[i], "\n"), "\t")
		if strings.Count(offers[i], "\n") > 1 || offered != want && (offered != "" || c.after != c.before) {
			t.Errorf("fish: %q is offered %q, want %q", c.before, offers[i], want)
		}
	}
}
