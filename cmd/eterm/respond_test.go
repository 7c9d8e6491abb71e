package main

import (
	"bufio"
	"bytes"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

// stop interrupts a process and waits for its end.
func (p *process) stop(t *testing.T) int {
	t.Helper()
	must(t, p.Process.Signal(syscall.SIGINT))
	return p.end(t)
}

// tool runs another program on a host.
func tool(t *testing.T, h *lab.Host, args ...string) (status int, out string) {
	t.Helper()
	labtest.Tool(t, args[0])
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	must(t, h.Start(cmd))
	if err := cmd.Wait(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), b.String()
}

// TestRespondAtLayer2: neither host has an address, and one echo crosses a
// VLAN.
func TestRespondAtLayer2(t *testing.T) {
	left, right, _ := switched(t)
	peer := on(t, right, "respond", "--json")
	for _, args := range []string{"--l2", "--llc", "--lbm --level 5", "--l2 -Q 3:10", "--lbm -Q 20,30", "--l2 --sweep 64..1518:100", "--llc -s 1518", "--l2 --flood"} {
		if !strings.Contains(args, "--flood") {
			args += " --interval 1ms"
		}
		status, list, stderr := pingOn(t, left, append(strings.Fields(args), rightMAC.String(), "-c20")...)
		s := list[len(list)-1]
		if status != 0 || s.Received != 20 || s.Damaged+s.Duplicates != 0 || s.Sent != 20 {
			t.Errorf("%s: status %d, %+v, %s", args, status, s, stderr)
		}
	}
	if status := peer.stop(t); status != 0 {
		t.Errorf("respond: status %d, %s", status, &peer.stderr)
	}
	account := jsonLines[struct{ Answered map[string]int }](t, peer.stdout.String())[0]
	if a := account.Answered; a["echo"] != 80 || a["llc-test"] != 40 || a["lbm"] != 40 || a["arp"] != 0 {
		t.Errorf("%+v", a)
	}
}

// TestRespondInVLAN: ARP, ND and echo in a VLAN that no kernel here is in.
func TestRespondInVLAN(t *testing.T) {
	left, right, _ := switched(t)
	peer := on(t, right, "respond", "--ip", "192.0.2.2", "--ip", "2001:db8::2,192.0.2.3")
	for _, target := range []string{"192.0.2.2", "2001:db8::2", "192.0.2.3"} {
		status, list, stderr := pingOn(t, left, "-Q", "5:100", "--src-ip", "192.0.2.1,2001:db8::1", target, "-c5", "--interval", "1ms")
		if s := list[len(list)-1]; status != 0 || s.Received != 5 {
			t.Errorf("%s: status %d, %+v, %s", target, status, s, stderr)
		}
	}
	if status := peer.stop(t); status != 0 || !strings.Contains(peer.stdout.String(), "icmp 10, icmpv6 5, nd 1") {
		t.Errorf("status %d: %s%s", status, &peer.stdout, &peer.stderr)
	}
}

// TestOthersToolsReachOurResponder: the ping, arping, fping and nping of the
// distribution take it for a host.
func TestOthersToolsReachOurResponder(t *testing.T) {
	left, right, _ := switched(t)
	address(t, left, "eth0", "192.0.2.1/24")
	address(t, left, "eth0", "2001:db8::1/64")
	peer := on(t, right, "respond", "--ip", "192.0.2.2", "--ip", "2001:db8::2")
	for _, c := range []struct{ line, want string }{
		{"ping -n -c 3 -i 0.01 -W 2 192.0.2.2", `3 received, 0% packet loss`},
		{"ping -n -c 3 -i 0.01 -W 2 -s 1400 -p a5 192.0.2.2", `3 received, 0% packet loss`},
		{"ping -n -6 -c 3 -i 0.01 -W 2 2001:db8::2", `3 received, 0% packet loss`},
		{"ping -n -f -c 500 -W 2 192.0.2.2", `500 received, 0% packet loss`},
		{"ping -n -c 2 -i 0.01 -W 1 192.0.2.9", `100% packet loss`},
		{"arping -I eth0 -c 2 -w 5 192.0.2.2", `(?i)reply from 192.0.2.2 \[02:00:00:00:00:0B\]|bytes from 02:00:00:00:00:0b \(192.0.2.2\)`},
		{"fping -c 3 -p 20 -t 2000 192.0.2.2", `xmt/rcv/%loss = 3/3/0%`},
		{"nping --icmp -c 2 --delay 10ms 192.0.2.2", `Rcvd: 2`},
		{"nping --arp -c 2 --delay 10ms 192.0.2.2", `192.0.2.2 is at 02:00:00:00:00:0B|Rcvd: 2`},
	} {
		_, out := tool(t, left, strings.Fields(c.line)...)
		if !regexp.MustCompile(c.want).MatchString(out) {
			t.Errorf("%s: no %q in\n%s", c.line, c.want, out)
		}
	}
	if status := peer.stop(t); status != 0 {
		t.Errorf("respond: status %d, %s", status, &peer.stderr)
	}
}

func TestRespondRefuses(t *testing.T) {
	_, right, _ := switched(t)
	for _, c := range []struct{ args, want string }{
		{"--ip 192.0.2.x", "192.0.2.x"},
		{"--ip 224.0.0.1", "224.0.0.1"},
		{"--rate 0", "above zero"},
		{"--rate max", "5000pps"},
		{"--from broadcast", "one station"},
		{"extra", "extra"},
	} {
		status, stdout, stderr := runOn(t, right, append([]string{"respond"}, strings.Fields(c.args)...)...)
		if status != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("respond %s: status %d, %q, want %q", c.args, status, stderr, c.want)
		}
	}
}

// TestRespondUnattended: it says what it has answered when it gets SIGUSR1, and
// ends with the account when it gets SIGHUP, for its service to start it again.
func TestRespondUnattended(t *testing.T) {
	left, right, _ := switched(t)
	p := program(t.Context(), "respond", "-i", "eth0")
	says, err := p.StderrPipe()
	must(t, err)
	var out bytes.Buffer
	p.Stdout = &out
	must(t, right.Start(p))
	lines := bufio.NewScanner(says)
	next := func(want string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), want) {
				return
			}
		}
		t.Fatalf("never said %q", want)
	}
	next("replying on eth0")
	if status, _, stderr := pingOn(t, left, "--l2", "-c3", "--interval", "1ms", rightMAC.String()); status != 0 {
		t.Fatalf("ping: status %d, %s", status, stderr)
	}
	for range 2 {
		must(t, p.Process.Signal(syscall.SIGUSR1))
		next("eterm: 3 answered: echo 3; 0 over the limit, ")
	}
	must(t, p.Process.Signal(syscall.SIGHUP))
	for lines.Scan() {
	}
	if err := p.Wait(); err != nil || !strings.HasPrefix(out.String(), "3 answered: echo 3; ") {
		t.Errorf("%v, %s", err, &out)
	}
}
