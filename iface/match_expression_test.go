package iface_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/bpf"

	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// needTool skips the test where the referee is missing; in CI it fails instead.
func needTool(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is needed here", name)
	}
	t.Skipf("%s is not installed", name)
}

// expressions are of every kind pcap-filter(7) has for Ethernet.
var expressions = []string{
	"arp", "ip", "ip6", "icmp", "icmp6", "tcp", "udp", "igmp",
	"not arp", "!icmp", "icmp or arp", "icmp and host 192.0.2.1",
	"vlan", "vlan 100", "not vlan", "vlan 100 and ether proto 0x88b5",
	"ether proto 0x88b5 and vlan 10", "vlan 20 and vlan 100", "vlan 10 or vlan 20", "vlan and icmp",
	"vlan and host 192.0.2.1", "not (vlan 100)",
	"ether proto 0x88b5", "ether proto \\ip", "ether host 02:00:00:00:00:0a",
	"ether src 02:00:00:00:00:0a", "ether dst 02:00:00:00:00:0b",
	"ether broadcast", "ether multicast", "broadcast", "ip multicast",
	"host 192.0.2.1", "src host 192.0.2.1", "dst host 192.0.2.1", "arp host 192.0.2.1",
	"net 192.0.2.0/24", "dst net 198.51.100.0 mask 255.255.255.0", "ip6 host 2001:db8::1",
	"port 53", "udp port 53", "src port 49152", "portrange 50-60", "tcp dst port 80",
	"ip proto 2", "ip6 proto 58", "tcp[tcpflags] & tcp-syn != 0", "icmp[icmptype] == icmp-echo",
	"ip[8] < 5", "ether[12:2] == 0x8100", "ether[0] & 1 = 1", "ether[14] == 0x45",
	"len > 100", "less 60", "greater 61", "(arp or icmp) and host 192.0.2.1",
	"stp", "llc", "mpls", "pppoed",
	"vlan (100) and not udp", "arp or vlan 10 and icmp", "not vlan and not arp", "inbound", "pppoed or vlan 100",
}

// spoilt are the expressions of which tcpdump's optimizer makes a program that
// takes nothing (libpcap 1.10.3); we go without the optimizer.
var spoilt = map[string]bool{"ether proto 0x88b5 and vlan 10": true, "arp or vlan 10 and icmp": true}

// traffic has something for every expression to take and to leave.
func traffic() []sample {
	v4 := func(ttl, proto byte, src, dst, rest string) string {
		total := 20 + len(rest)
		return string([]byte{0x45, 0, byte(total >> 8), byte(total), 0, 1, 0, 0, ttl, proto, 0, 0}) + src + dst + rest
	}
	const a, b, other, group = "\xc0\x00\x02\x01", "\xc0\x00\x02\x02", "\xc6\x33\x64\x01", "\xe0\x00\x00\x01"
	const echo, dns = "\x08\x00\x00\x00\x00\x07\x00\x01", "\xc0\x00\x00\x35\x00\x0c\x00\x00abcd"
	const syn = "\xc0\x00\x00\x50\x00\x00\x00\x00\x00\x00\x00\x00\x50\x02\x00\x00\x00\x00\x00\x00"
	const request = "\x00\x01\x08\x00\x06\x04\x00\x01\x02\x00\x00\x00\x00\x0a" + a + "\x00\x00\x00\x00\x00\x00" + b
	const v6 = "\x60\x00\x00\x00\x00\x08\x3a\x40\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" +
		"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x80\x00\x00\x00\x00\x00\x00\x01"
	bare := []sample{
		{to: broadcast, from: macA, etherType: 0x0806, payload: request},
		{to: macB, from: macA, etherType: 0x0800, payload: v4(64, 1, a, b, echo)},
		{to: macB, from: macA, etherType: 0x0800, payload: v4(3, 1, other, b, "\x00"+echo[1:])},
		{to: macB, from: macA, etherType: 0x0800, payload: v4(64, 17, a, other, dns)},
		{to: macB, from: macA, etherType: 0x0800, payload: v4(64, 6, b, a, syn)},
		{to: []byte{1, 0, 0x5e, 0, 0, 1}, from: macA, etherType: 0x0800, payload: v4(1, 2, a, group, "\x11\x64\x00\x00\x00\x00\x00\x00")},
		{to: macB, from: macB, etherType: 0x86dd, payload: v6},
		{to: macB, from: macA, etherType: 0x88b5, payload: strings.Repeat("x", 200)},
		{to: []byte{1, 0x80, 0xc2, 0, 0, 0}, from: macA, etherType: 38, payload: "\x42\x42\x03" + strings.Repeat("\x00", 35)},
		{to: macB, from: macA, etherType: 0x8847, payload: "\x00\x01\x01\x40" + v4(64, 1, a, b, echo)},
		{to: macB, from: macA, etherType: 0x8863, payload: "\x11\x09\x00\x00\x00\x00"},
	}
	all := append([]sample(nil), bare...)
	for _, tags := range [][]uint32{{tag(10, 0)}, {tag(100, 5)}, {serviceTag(20, 0), tag(100, 0)}, {tag(0, 7)}, {0x9100<<16 | 20}} {
		for _, s := range bare[:8] {
			s.tags = tags
			all = append(all, s)
		}
	}
	return all
}

// referee is a running dumpcap, which is tcpdump's library at work, and unlike
// tcpdump runs where only one user is mapped. Its capture comes to its
// standard output.
type referee struct {
	cmd *exec.Cmd
	out *bufio.Reader
}

// sentinel ends a referee's run: every referee takes it.
const sentinel = 0x9999

func startReferee(t *testing.T, h *lab.Host, expression string) referee {
	t.Helper()
	cmd := exec.Command("dumpcap", "-P", "-i", "eth0", "-B", "1", "-w", "-",
		"-f", "ether[12:2] == 0x9999 or ("+expression+")")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	complaints, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Start(cmd); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewScanner(complaints)
	var said []string
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "File: ") { // the filter is in force
			return referee{cmd, bufio.NewReader(out)}
		}
		said = append(said, lines.Text())
	}
	t.Fatalf("dumpcap does not listen for %q: %q", expression, said)
	return referee{}
}

// taken reads the capture up to the sentinel.
func (r referee) taken(t *testing.T) map[int]bool {
	t.Helper()
	got := map[int]bool{}
	if _, err := r.out.Discard(24); err != nil { // the file header
		t.Fatal(err)
	}
	for {
		var header [16]byte
		if _, err := io.ReadFull(r.out, header[:]); err != nil {
			t.Fatal(err)
		}
		frame := make([]byte, binary.LittleEndian.Uint32(header[8:]))
		if _, err := io.ReadFull(r.out, frame); err != nil {
			t.Fatal(err)
		}
		if binary.BigEndian.Uint16(frame[12:]) == sentinel {
			return got
		}
		got[int(binary.BigEndian.Uint16(frame[len(frame)-2:]))] = true
	}
}

func compile(_ *lab.Host, expression string) (program []bpf.RawInstruction, err error) {
	return iface.CompileExpression(context.Background(), strings.Fields(expression))
}

// optimized is the program that tcpdump itself would attach.
func optimized(h *lab.Host, expression string) ([]bpf.RawInstruction, error) {
	var out bytes.Buffer
	cmd := exec.Command("tcpdump", "-i", "eth0", "-ddd", expression)
	cmd.Stdout = &out
	if err := h.Start(cmd); err != nil {
		return nil, err
	}
	if err := cmd.Wait(); err != nil {
		return nil, err
	}
	var n int
	if _, err := fmt.Fscan(&out, &n); err != nil {
		return nil, err
	}
	program := make([]bpf.RawInstruction, n)
	for i := range program {
		in := &program[i]
		if _, err := fmt.Fscan(&out, &in.Op, &in.Jt, &in.Jf, &in.K); err != nil {
			return nil, err
		}
	}
	return program, nil
}

// tapAll opens a tap for each expression, all at the same time, because the
// kernel lets each that is bound wait for its grace period.
func tapAll(t *testing.T, h *lab.Host, all []string, program func(*lab.Host, string) ([]bpf.RawInstruction, error)) []tap {
	t.Helper()
	taps := make([]tap, len(all))
	var wait sync.WaitGroup
	for i, e := range all {
		wait.Go(func() {
			filter, err := program(h, e)
			if err == nil {
				taps[i], err = newTap(h, filter)
			}
			if err != nil {
				t.Errorf("%s: %v", e, err)
			}
		})
	}
	wait.Wait()
	if t.Failed() {
		t.FailNow()
	}
	t.Cleanup(func() {
		for _, s := range taps {
			go s.conn.Close()
		}
	})
	return taps
}

// TestExpressionHasTcpdumpsVerdict sends tagged and untagged frames of many
// kinds past our filters and past the programs of tcpdump, at the same time.
func TestExpressionHasTcpdumpsVerdict(t *testing.T) {
	needTool(t, "tcpdump")
	left, right := labtest.Pair(t)
	ours := tapAll(t, right, expressions, compile)
	theirs := tapAll(t, right, expressions, optimized)
	frames := traffic()
	sendSamples(t, left, frames)
	for i, e := range expressions {
		got := verdicts(ours[i].taken(t), len(frames))
		want := verdicts(theirs[i].taken(t), len(frames))
		if got != want && !spoilt[e] {
			t.Errorf("%s takes frames %s, tcpdump %s", e, got, want)
		}
		if got == "" {
			t.Errorf("%s takes no frame of the traffic, so it shows nothing", e)
		}
	}
}

// TestExpressionHasVerdictOfLiveCapture asks a capturing program itself.
func TestExpressionHasVerdictOfLiveCapture(t *testing.T) {
	needTool(t, "tcpdump")
	needTool(t, "dumpcap")
	left, right := labtest.Pair(t)
	asked := []string{"arp", "vlan", "not vlan", "vlan 100", "vlan 100 and ether proto 0x88b5", "icmp or arp", "ip6"}
	ours := tapAll(t, right, asked, compile)
	var referees []referee
	for _, e := range asked {
		referees = append(referees, startReferee(t, right, e))
	}
	frames := traffic()
	sendSamples(t, left, append(frames, sample{to: macB, from: macA, etherType: sentinel}))
	for i, e := range asked {
		got := verdicts(ours[i].taken(t), len(frames))
		if want := verdicts(referees[i].taken(t), len(frames)); got != want {
			t.Errorf("%s takes frames %s, dumpcap %s", e, got, want)
		}
	}
}

func TestExpressionFinds(t *testing.T) {
	needTool(t, "tcpdump")
	left, right := labtest.Pair(t)
	program, err := compile(right, "ether proto 0x88b5 and vlan 10")
	if err != nil {
		t.Fatal(err)
	}
	receiver := openTap(t, right, program)
	sendSamples(t, left, []sample{
		{to: macB, from: macA, etherType: 0x88b5},
		{to: macB, from: macA, etherType: 0x88b5, tags: []uint32{tag(10, 0)}},
		{to: macB, from: macA, etherType: 0x88b5, tags: []uint32{tag(11, 0)}},
	})
	if got := verdicts(receiver.taken(t), 3); got != "1 " {
		t.Errorf("takes frames %s, want 1", got)
	}
}

func TestExpressionErrors(t *testing.T) {
	needTool(t, "tcpdump")
	host, _ := labtest.Pair(t)
	for expression, want := range map[string]string{
		"ether protoo 7":    `filter "ether protoo 7": tcpdump: can't parse filter expression: syntax error`,
		"vlan 5000":         "tcpdump: ",
		"-w file":           "tcpdump: can't parse filter expression",
		"icmp and not icmp": "tcpdump: expression rejects all packets",
	} {
		program, err := compile(host, expression)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %d instructions and error %v, want %q", expression, len(program), err, want)
		}
	}
	if program, err := compile(host, " "); program != nil || err != nil {
		t.Errorf("no expression: %v, %v, want nil", program, err)
	}
}

// TestExpressionRunsNoProgramOfTheCallers: whoever may start this program may
// have less than it has, and says where PATH leads.
func TestExpressionRunsNoProgramOfTheCallers(t *testing.T) {
	needTool(t, "tcpdump")
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/tcpdump", []byte("#!/bin/sh\necho ran >"+dir+"/ran\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	program, err := iface.CompileExpression(context.Background(), []string{"arp"})
	if err != nil || len(program) == 0 {
		t.Errorf("%d instructions, %v", len(program), err)
	}
	if _, err := os.Stat(dir + "/ran"); err == nil {
		t.Error("the tcpdump in PATH was run")
	}
}
