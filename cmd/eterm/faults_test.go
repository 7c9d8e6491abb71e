package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// TestInterfaceFailsDuringARun: what was measured is printed, the status is 3,
// and the run ends by itself.
func TestInterfaceFailsDuringARun(t *testing.T) {
	// An interface that is taken away goes down first: either may be seen.
	for name, fail := range map[string]func(h *lab.Host) error{
		"down": func(h *lab.Host) error { return h.Down("eth0") },
		"gone": func(h *lab.Host) error {
			l, err := h.Netlink().LinkByName("eth0")
			if err != nil {
				return err
			}
			return h.Netlink().LinkDel(l)
		},
	} {
		for _, line := range []string{"listen --json", "exchange --json --interval 5ms", "listen -q --json"} {
			t.Run(name+" "+line, func(t *testing.T) {
				left, _ := labtest.Pair(t)
				p := on(t, left, strings.Fields(line)...)
				must(t, fail(left))
				if status := p.end(t); status != exit.StatusUntrusted {
					t.Errorf("status %d, want 3", status)
				}
				if !strings.Contains(p.stdout.String(), `"type":"summary"`) {
					t.Errorf("no summary in %q", &p.stdout)
				}
				if s := p.stderr.String(); !strings.Contains(s, "interface is "+name) && !strings.Contains(s, "interface is down") || strings.Contains(s, "goroutine") {
					t.Errorf("stderr %q", s)
				}
			})
		}
	}
}

// TestInterruptPrintsTheSummary: Ctrl-C ends a run cleanly with its account.
func TestInterruptPrintsTheSummary(t *testing.T) {
	for _, line := range []string{"listen", "exchange", "listen -q"} {
		left, _ := labtest.Pair(t)
		p := on(t, left, strings.Fields(line)...)
		must(t, p.Process.Signal(os.Interrupt))
		if status := p.end(t); status != 0 || !strings.Contains(p.stderr.String(), " received, 0 refused, 0 dropped by this host\n") {
			t.Errorf("%s: status %d, stderr %q", line, status, &p.stderr)
		}
	}
}

// TestListenNeverSends: not one frame, by the interface's own counter.
func TestListenNeverSends(t *testing.T) {
	left, right := labtest.Pair(t)
	p := on(t, right, "listen", "-c", "5", "--promisc", "--format", "line")
	status, _, stderr := runOn(t, left, "exchange", "-c5", "--interval", "1ms", "-W0")
	if status != 0 || p.end(t) != 0 {
		t.Fatalf("exchange %d: %s; listen: %s", status, stderr, &p.stderr)
	}
	if n := strings.Count(p.stdout.String(), "Received "); n != 5 {
		t.Errorf("%d lines:\n%s", n, &p.stdout)
	}
	l, err := right.Netlink().LinkByName("eth0")
	must(t, err)
	if n := l.Attrs().Statistics.TxPackets; n != 0 {
		t.Errorf("listen sent %d frames", n)
	}
	if promiscuous(t, right) {
		t.Error("the interface is still promiscuous")
	}
}

func promiscuous(t *testing.T, h *lab.Host) bool {
	l, err := h.Netlink().LinkByName("eth0")
	must(t, err)
	return l.Attrs().Promisc != 0
}

// TestPromiscuousEndsWithTheProcess: on by request, off on every way out.
func TestPromiscuousEndsWithTheProcess(t *testing.T) {
	left, _ := labtest.Pair(t)
	for name, end := range map[string]func(*os.Process) error{
		"killed":      (*os.Process).Kill,
		"interrupted": func(p *os.Process) error { return p.Signal(os.Interrupt) },
	} {
		p := on(t, left, "listen", "--promisc")
		if !promiscuous(t, left) {
			t.Errorf("not promiscuous while running")
		}
		must(t, end(p.Process))
		p.end(t)
		if promiscuous(t, left) {
			t.Errorf("still promiscuous after it was %s", name)
		}
	}
}

// TestNoCarrier: the run goes on, and what was sent left for nowhere; or the kernel
// refused it, as Debian's 6.1 does.
func TestNoCarrier(t *testing.T) {
	left, right := labtest.Pair(t)
	must(t, right.Down("eth0"))
	status, _, stderr := runOn(t, left, "exchange", "-c1", "-W0", "--format", "line")
	if status != 3 || !strings.Contains(stderr, "eterm: eth0 has no carrier") ||
		!oneOf(stderr, "the interface has no carrier: it got 1 frame, and counts 0 sent", "refused to send 1 of 1 frame: 1 queue full; the interface has no carrier") {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
}

// TestRefusedFramesAreNamed: a queue that takes nothing is this host's own
// fault, so the status is 3 and the counts say it.
func TestRefusedFramesAreNamed(t *testing.T) {
	labtest.Tool(t, "tc")
	left, _ := labtest.Pair(t)
	tbf := exec.CommandContext(t.Context(), "tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "8kbit", "burst", "2000", "limit", "3000")
	must(t, left.Start(tbf))
	must(t, tbf.Wait())
	status, stdout, stderr := runOn(t, left, "exchange", "-c20", "--interval", "1ms", "-W0", "--json", "-s", "1000")
	list := objects(t, stdout)
	sum := list[len(list)-1]
	if status != exit.StatusUntrusted || sum.Refused == 0 || sum.Sent+sum.Refused != 20 || !strings.Contains(stderr, "not sent: ") {
		t.Errorf("status %d, summary %+v, stderr %q", status, sum, stderr)
	}
}

// TestDemoLines: the command lines of the original demo.
func TestDemoLines(t *testing.T) {
	left, right, _ := switched(t)
	listen := on(t, right, "--receiveOnly", "-t", "0x88b5", "-c2", "--json")
	for _, line := range []string{"--lm 00123456789a --rm 02000000000b", "--localMAC 00123456789a"} {
		if status, _, stderr := runOn(t, left, append(strings.Fields(line), "-c1", "-W0")...); status != 0 {
			t.Fatalf("%s: status %d, %s", line, status, stderr)
		}
	}
	listen.end(t)
	got := objects(t, listen.stdout.String())
	if len(got) != 3 || got[0].Dst != rightMAC.String() || got[0].Src != "00:12:34:56:78:9a" || got[1].Dst != "ff:ff:ff:ff:ff:ff" {
		t.Errorf("received %+v", got)
	}
}
