package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/ifacetest"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// newPTY is a terminal of so many columns: what is written to it is read from the
// other end.
func newPTY(t *testing.T, columns uint16) (other, terminal *os.File) {
	t.Helper()
	other, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	must(t, err)
	fd := int(other.Fd())
	must(t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	must(t, err)
	must(t, unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: columns}))
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	must(t, err)
	return other, terminal
}

// onTerminal is what a command shows on a terminal of 80 columns, as it stands
// there at the end: without colours, and without lines that were written over. It
// is interrupted when it has shown until; "" awaits its end.
func onTerminal(t *testing.T, h *lab.Host, until string, words ...string) (status int, shown string) {
	t.Helper()
	other, terminal := newPTY(t, 80)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := program(ctx, words...)
	cmd.Stdout, cmd.Stderr = terminal, terminal
	cmd.Dir = t.TempDir()
	must(t, h.Start(cmd))
	terminal.Close()
	var out bytes.Buffer
	buf := make([]byte, 64<<10)
	for {
		n, err := other.Read(buf)
		out.Write(buf[:n])
		if until != "" && strings.Contains(screenText(out.String()), until) {
			must(t, cmd.Process.Signal(syscall.SIGINT))
			until = ""
		}
		if err != nil {
			if !errors.Is(err, syscall.EIO) && !errors.Is(err, io.EOF) { // EIO: nobody has the terminal open any more
				t.Error(err)
			}
			break
		}
	}
	other.Close()
	if err := cmd.Wait(); err != nil && !cmd.ProcessState.Exited() {
		t.Errorf("%q: %v", words, err)
	}
	return cmd.ProcessState.ExitCode(), screenText(out.String())
}

// liveLine is the line that is written over again and again; escapes are what is
// left of it, and colours.
var (
	liveLine = regexp.MustCompile(`\r\x1b\[K[^\r\n]*\r`)
	escapes  = regexp.MustCompile(`\r?\x1b\[[0-9;]*[A-Za-z]`)
)

func screenText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	for liveLine.MatchString(s) {
		s = liveLine.ReplaceAllString(s, "\r")
	}
	return escapes.ReplaceAllString(s, "")
}

// whole says that a line is to be pasted, and stays as it is however wide: notation
// (eth dst=... / ...), also as evidence of switch check, and hex.
var whole = regexp.MustCompile(`^ *(sent at \S+  |came to \S+  |(missing|extra): \S+ )?eth dst=\S+ .* / |^[0-9a-f]{2,}$`)

func fits(t *testing.T, words []string, shown string) {
	t.Helper()
	for line := range strings.Lines(shown) {
		line = strings.TrimRight(line, "\n ")
		if n := utf8.RuneCountInString(line); n > 80 && !whole.MatchString(line) {
			t.Errorf("eterm %s: a line of %d columns:\n%s", strings.Join(words, " "), n, line)
		}
	}
}

// TestEveryHelpFitsTheTerminal at 80 columns.
func TestEveryHelpFitsTheTerminal(t *testing.T) {
	h := labtest.Host(t, "host")
	paths := [][]string{nil}
	for _, c := range commands() {
		paths = append(paths, []string{c.Name})
		for _, s := range c.Subcommands {
			paths = append(paths, []string{c.Name, s.Name})
		}
	}
	for _, path := range paths {
		if len(path) > 0 && (path[0] == "fleet" || path[0] == "agent") {
			continue // another program prints theirs
		}
		words := append(path, "--help")
		status, shown := onTerminal(t, h, "", words...)
		if fits(t, words, shown); status != exit.StatusDone || !strings.Contains(shown, "USAGE:") {
			t.Errorf("eterm %s: status %d:\n%s", strings.Join(words, " "), status, shown)
		}
	}
}

// TestEverythingFitsTheTerminal: no line of what commands show at 80 columns is
// wider. Named exceptions are what is to be pasted or read by programs: notation,
// hex and rows of dumps, C and trafgen, JSON, and the Markdown of reports.
func TestEverythingFitsTheTerminal(t *testing.T) {
	host := between(t, ifacetest.VLANs(0, ifacetest.Membership{Untagged: 1, Tagged: []uint16{20, 30}}),
		ifacetest.VLANs(1, ifacetest.Membership{Untagged: 1, Tagged: []uint16{20}}))
	peer := labtest.Host(t, "peer")
	labtest.Cable(t, host, "eth3", peer, "eth0")
	address(t, host, "eth3", "192.0.2.1/24")
	must(t, peer.SetHardwareAddr("eth0", rightMAC))
	responder := on(t, peer, "respond", "--ip", "192.0.2.4/30", "--ip", "2001:db8::2")
	defer responder.stop(t)
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	frame := []string{"eth", "dst=broadcast", "src=02:00:00:00:00:01", "/", "ipv6", "src=2001:db8::1", "dst=2001:db8::2", "/",
		"icmpv6", "echo-request", "seq=1..9", "checksum=1", "/", "text", "a text that makes the frame long"}
	for _, c := range []struct {
		until string
		words string
		frame bool
		wrong bool
	}{
		{words: "interfaces"},
		{words: "interfaces --probe eth1"},
		{words: "build -c 3 -w " + in("a.pcapng"), frame: true},
		{words: "build", frame: true},
		{words: "build --format notation", frame: true},
		{words: "decode -r " + in("a.pcapng")},
		{words: "decode -r " + in("a.pcapng") + " --format line"},
		{words: "decode -r " + in("a.pcapng") + " --format dump"},
		{words: "decode -r " + in("a.pcapng") + " --format tree"},
		{words: "diff " + in("a.pcapng") + "#1 " + in("a.pcapng") + "#2"},
		{words: "build -c 4 -w " + in("b.pcapng") + " eth dst=broadcast src=02:00:00:00:00:09 / ipv6 src=2001:db8::1 dst=2001:db8::2 hops=9 / icmpv6 echo-request seq=2..9 / text short"},
		{words: "diff " + in("a.pcapng") + " " + in("b.pcapng")},
		{words: "send -i eth3 --dry-run -c 2", frame: true},
		{words: "send -v -i eth3 -b 100 -c 2", frame: true},
		{words: "exchange -i eth3 -c 1 --src-ip 192.0.2.1 --dst-ip 192.0.2.5"},
		{words: "exchange -i eth3 -c 1 --format line --src-ip 192.0.2.1 --dst-ip 192.0.2.5"},
		{words: "arp -i eth3 192.0.2.5 192.0.2.99"},
		{words: "scan -i eth3 192.0.2.4/30"},
		{words: "ping -i eth3 -c 2 --interval 0.01 192.0.2.5"},
		{words: "ping -i eth3 -c 2 -W 0.1 192.0.2.5 192.0.2.6 192.0.2.77"},
		{words: "ping -i eth3 --mtu 192.0.2.5"},
		{words: "ping -i eth3 --sweep 64..1518:200 192.0.2.5"},
		{words: "ping -i eth3 --mtu 192.0.2.77"},
		{words: "link run -i eth3 --to " + rightMAC.String() + " -b 2kpps -c 200"},
		{words: "link run --tx eth1 --rx eth2 -s 64,512,1518 -c 300 -b 2kpps -o " + in("a.json")},
		{words: "link run --tx eth1 --rx eth2 -s 64,512,1518 -c 300 -b 2kpps --max-loss 0 -o " + in("b.json")},
		{words: "compare --anyway " + in("a.json") + " " + in("b.json")},
		{words: "link send -i eth3 --to 02:00:00:00:00:09 -b 1kpps -c 10"},
		{until: "awaiting test frames", words: "link receive -i eth3"},
		{until: "replying on", words: "respond -i eth1"},
		{until: "watching eth1", words: "switch outage --a eth1 --b eth2"},
		{words: "switch check --a eth1 --b eth2 --vlan 20,30 -v"},
		{words: "switch check --a eth1 --b eth2 --only sizes,vlan.4095,reserved.00-stp,learning.rate,load --load 0.2"},
		{words: "switch check --a eth1 --b eth2 --errored", wrong: true},
		{words: "switch check --list"},
		{words: "switch macs --a eth1 --b eth2 --max-macs 64 --skip ageing"},
		{words: "lab --left 'exchange -c 1' --right 'listen -c 1'"},
		{words: "lab --loss 10% --left 'send -c 3 -b 100' --right 'listen -d 1 --format line'"},
		{words: "send -i eth1 eth dst=broadcast / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-requets seq=1 / text hello / hex 000102030405", wrong: true},
		{words: "switch nosuch", wrong: true},
		{words: "link run -i eth1 --frob", wrong: true},
		{words: "version"},
		{words: "bench rfc2544 --tx eth1 --rx eth2 --dry-run -b 10kpps"},
		{words: "bench rfc2544 --tx eth1 --rx eth2 -o " + in("bench") + " -b 500pps -s 64 --tests throughput,loss --preset quick --isolated --waits 10ms,10ms,10ms --goal ndr:loss=0,initial=100ms,trial=100ms,sum=100ms,width=50%"},
		{words: "bench report " + in("bench")},
	} {
		words, err := args.SplitWords(c.words)
		must(t, err)
		if c.frame {
			words = append(words, frame...)
		}
		status, shown := onTerminal(t, host, c.until, words...)
		if fits(t, words, shown); (status == exit.StatusUsage) != c.wrong {
			t.Errorf("eterm %s: status %d:\n%s", c.words, status, shown)
		}
	}
}
