package main

import (
	"bytes"
	"context"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// evil is a name as an interface can have it, with what takes a terminal over.
const evil = "e\u202e\x1b[31m\u009bm"

// evilLLDP is a frame of LLDP with such a name as its system's.
const evilLLDP = "0180c200000e0200000000018 8cc 020704020000000001 040203 61 06020078 0a0d 65e280ae1b5b33316dc29b6d41 0000"

// leaves are the names of all commands that do something.
func leaves() (names []string) {
	var walk func(commands []*cli.Command, prefix string)
	walk = func(commands []*cli.Command, prefix string) {
		for _, c := range commands {
			if len(c.Subcommands) == 0 {
				names = append(names, prefix+c.Name)
			}
			walk(c.Subcommands, prefix+c.Name+" ")
		}
	}
	walk(newApp(nil, io.Discard, io.Discard).Commands, "")
	return names
}

// TestEveryCommandOverHostileNames: what a name from the network, of an interface
// or of an argument has in it, no command gives a terminal to obey.
func TestEveryCommandOverHostileNames(t *testing.T) {
	left, right := labtest.Pair(t)
	for _, line := range [][]string{{"link", "set", "eth0", "down"}, {"link", "set", "eth0", "name", evil}, {"link", "set", evil, "up"}} {
		must(t, left.Do(func() error { return exec.Command("ip", line...).Run() }))
	}
	labtest.Cable(t, left, "eth1", right, "eth1") // for what takes two ports
	peer := on(t, right, "respond", "-q")
	defer peer.stop(t)
	// What a command does on an interface of that name.
	works := map[string]string{
		"listen": "-d 0.2", "exchange": "-c 1 -W 0.1", "broadcast": "-c 1", "send": "-c 1", "ping": "--l2 02:00:00:00:00:0b -c 1 -W 0.1", "arp": "192.0.2.9 -c 1 -W 0.1",
		"scan": "192.0.2.0/30", "respond": "-d 0.2", "link send": "--to broadcast -c 2 -b 100pps", "link receive": "-d 0.2", "link run": "-c 2 -b 100pps",
		"switch macs": "--max-macs 64", "switch check": "",
	}
	for _, name := range leaves() {
		words := strings.Fields(name)
		calls := [][]string{append(words, evil), append(words, "--"+evil), append(words, "-i", evil), append(words, "-r", evil), append(words, "--json", evil+"#1", evil)}
		others := len(calls) // that may be refused
		if w, ok := works[name]; ok {
			calls = append(calls, append(append(words, "-i", evil), strings.Fields(w)...), append(append(words, "--json", "-i", evil), strings.Fields(w)...))
		}
		if name == "decode" {
			for _, format := range []string{"dump", "line", "notation", "tree", "hex"} {
				calls = append(calls, append(words, "--format", format, strings.ReplaceAll(evilLLDP, " ", "")))
			}
		}
		if name == "decode" {
			calls = append(calls, append(words, "--json", strings.ReplaceAll(evilLLDP, " ", "")))
		}
		if name == "switch outage" {
			two := append(words, "--a", evil, "--b", "eth1", "-d", "0.5")
			calls = append(calls, two, append(two, "--json"))
		}
		if name == "interfaces" {
			calls = append(calls, words, append(words, "--json"))
		}
		for i, call := range calls {
			var status int
			var out, errs string
			// A test before that was killed, on a busy machine, is on the peer's mind
			// until it lapses.
			for end := time.Now().Add(10 * time.Second); ; {
				status, out, errs = onHost(t, left, call)
				if !strings.Contains(errs, "is busy with another test") || time.Now().After(end) {
					break
				}
			}
			if i >= others && status == exit.StatusUsage {
				t.Errorf("%q tries nothing: %s", call, errs)
			}
			for _, text := range []string{out, errs} {
				if !utf8.ValidString(text) || strings.ContainsFunc(text, obeyed) {
					t.Errorf("%q prints %q", call, text)
				}
			}
		}
	}
}

// onHost runs the program on a host, for two seconds at most.
func onHost(t *testing.T, h *lab.Host, call []string) (status int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := program(ctx, append([]string(nil), call...)...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &errs, time.Second
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	must(t, h.Start(cmd))
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// obeyed says whether a terminal does something on a character but show it.
func obeyed(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == '\u202e'
}
