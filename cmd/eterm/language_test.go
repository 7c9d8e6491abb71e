package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab/labtest"
)

// language are words and marks of Go and of its libraries, which mean nothing to
// whoever uses a program.
var language = regexp.MustCompile(`context canceled|deadline exceeded|strconv|invalid syntax|value out of range|i/o timeout|unexpected EOF|: EOF|` +
	`goroutine|runtime error|nil pointer|panic|cannot unmarshal|invalid character|time: (invalid|missing|unknown)|json: |yaml: |net: |%!|map\[|\[\]|<nil>|&\{|parse error|` +
	`\b(int|uint|float|bool|string)(8|16|32|64)?\b|could not parse|flag provided|read/write on closed|use of closed|\b1 (\w+ )?(frames|objects|conflicts|faults|outages|addresses|hosts|records|files|results|bytes|runs)\b`)

// speaksPlainly complains of a message that has such words.
func speaksPlainly(t *testing.T, call []string, stderr string) {
	t.Helper()
	if m := language.FindString(stderr); m != "" {
		t.Errorf("%q speaks of %q: %s", call, m, stderr)
	}
}

// TestNoFlagSpeaksOfTheLanguage gives every flag of every command what it cannot
// take. The message is one line, names the flag or the value, and is plain.
func TestNoFlagSpeaksOfTheLanguage(t *testing.T) {
	labtest.Need(t)
	t.Chdir(t.TempDir()) // some of it is the name of a file
	n := 0
	everyCommand(func(path []string, c *cli.Command) {
		for _, f := range c.Flags {
			d, ok := f.(cli.DocGenerationFlag)
			if !ok || !d.TakesValue() {
				continue
			}
			for _, bad := range []string{"~", "", "-1", "1e999", "99999999999999999999", "1,~", "0x", "5..1"} {
				call := append(slices.Clone(path), "--"+f.Names()[0]+"="+bad)
				if call[0] == "lab" && bad == "" {
					continue // takes what it does otherwise
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				status, _, stderr := etermWith(t, ctx, "", call...)
				cancel()
				n++
				made, err := filepath.Glob("*")
				must(t, err)
				for _, name := range made {
					must(t, os.RemoveAll(name))
				}
				speaksPlainly(t, call, stderr)
				if status == exit.StatusUsage && strings.Count(stderr, "\n") != 1 {
					t.Errorf("%q: status %d: %s", call, status, stderr)
				}
			}
		}
	})
	if n < 1000 {
		t.Errorf("only %d calls", n)
	}
}

// TestNoInterruptSpeaksOfTheLanguage: Ctrl-C ends whatever waits or sends, and what
// is said of it is plain.
func TestNoInterruptSpeaksOfTheLanguage(t *testing.T) {
	left, right, _ := switched(t)
	labtest.Cable(t, left, "a", right, "a") // for what takes two ports
	peer := on(t, right, "respond", "-q")
	defer peer.stop(t)
	for _, line := range []string{
		"listen", "listen -q", "listen --json", "exchange", "broadcast", "send -b 10pps eth dst=broadcast", "ping --l2 02:00:00:00:00:0b", "ping --l2 02:00:00:00:00:0c",
		"arp 192.0.2.9", "arp --listen", "scan 192.0.2.0/24", "respond", "link send --to broadcast", "link receive", "link run -d 1h", "link run --tx eth0 --rx a -d 1h",
		"switch check", "switch macs", "switch outage", "switch outage --a eth0 --b a", "bench throughput --yes", "lab",
	} {
		call := strings.Fields(line)
		p := on(t, left, call...)
		_ = p.Process.Signal(os.Interrupt)
		status := p.end(t)
		speaksPlainly(t, call, p.stderr.String())
		if status < exit.StatusDone || status > exit.StatusUntrusted {
			t.Errorf("%s: status %d: %s", line, status, &p.stderr)
		}
	}
}

// TestNoFileSpeaksOfTheLanguage gives every command that reads a file one that is
// cut, empty, a directory, or something else.
func TestNoFileSpeaksOfTheLanguage(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"empty": "", "zeros": string(make([]byte, 100)), "text": "hello\nworld\n", "object": `{"schema":"eterm.result/1"`, "number": `{"schema":5}`, "list": "a: [1\n", "map": "ports: 5\nrate: {a: b}\n",
		"pcap": "\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x01\x00\x00\x00\x01", "pcapng": "\x0a\x0d\x0d\x0a\xff\xff\xff\xff\x4d\x3c\x2b\x1a",
	}
	for name, text := range files {
		must(t, os.WriteFile(dir+"/"+name, []byte(text), 0o600))
	}
	names := []string{dir, dir + "/none", dir + "/empty/x"}
	for name := range files {
		names = append(names, dir+"/"+name)
	}
	for _, name := range names {
		for _, line := range []string{
			"decode -r %s", "decode %s", "send -i nosuch -r %s", "diff %s#1 %s#2", "diff %s %s", "report %s", "compare %s %s",
			"switch check --a x --b y --expect %s", "link run -i nosuch --key %s", "listen -i nosuch -w %s/x",
		} {
			call := strings.Fields(strings.ReplaceAll(line, "%s", name))
			status, _, stderr := eterm(t, call...)
			speaksPlainly(t, call, stderr)
			if stderr != "" && !strings.HasPrefix(stderr, "eterm: ") || status > exit.StatusUntrusted {
				t.Errorf("%q: status %d: %s", call, status, stderr)
			}
		}
	}
}
