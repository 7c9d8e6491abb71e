package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"syscall"
	"testing"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab/labtest"
)

// TestLoopback can be listened to, and is told apart from a network.
func TestLoopback(t *testing.T) {
	h := labtest.Host(t, "alone")
	status, _, stderr := runOn(t, h, "listen", "-i", "lo", "-d", "0.01")
	if status != 0 || !strings.Contains(stderr, "eterm: lo is the loopback interface") {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
}

// TestNoPermission names the remedy.
func TestNoPermission(t *testing.T) {
	h, _ := labtest.Pair(t)
	p := withoutPrivileges(program(t.Context(), "listen", "-i", "eth0"))
	var out, errs bytes.Buffer
	p.Stdout, p.Stderr = &out, &errs
	must(t, h.Start(p))
	err := p.Wait()
	if p.ProcessState.ExitCode() != exit.StatusUsage || out.Len() != 0 || !strings.Contains(errs.String(), "sudo setcap cap_net_raw+ep") ||
		!strings.Contains(errs.String(), "eterm lab") || strings.Count(errs.String(), "\n") != 1 {
		t.Errorf("%v, stdout %q, stderr %q", err, &out, &errs)
	}
}

// TestMacvlan says what it is, and what cannot be seen there, to who lists it,
// listens there or tests a link there.
func TestMacvlan(t *testing.T) {
	left, _ := labtest.Pair(t)
	labtest.Run(t, left, "ip", "link", "add", "link", "eth0", "name", "mac0", "up", "type", "macvlan", "mode", "bridge")
	const want = "eterm: mac0 is a macvlan (bridge) of eth0: frames for other addresses are not seen here"
	for _, line := range []string{"interfaces", "interfaces mac0", "listen -i mac0 -d 0.01", "link send -i mac0 --to 02:00:00:00:00:0b -c 1"} {
		status, stdout, stderr := runOn(t, left, strings.Fields(line)...)
		if status != 0 || !strings.Contains(stderr, want) {
			t.Errorf("%s: status %d, stderr %q", line, status, stderr)
		}
		if strings.HasPrefix(line, "interfaces") && !strings.Contains(stdout, "macvlan, of eth0") {
			t.Errorf("%s: %s", line, stdout)
		}
	}
	_, stdout, stderr := runOn(t, left, "interfaces", "--json", "mac0")
	about := members(t, stdout)
	if len(about) != 2 || about[0]["kind"] != "macvlan" || about[0]["mode"] != "bridge" || about[0]["parent"] != "eth0" || stderr != "" {
		t.Errorf("%s%s", stdout, stderr)
	}
}

// TestProbe: what a veth can do, and that nothing is sent to find out.
func TestProbe(t *testing.T) {
	left, right := labtest.Pair(t)
	listen := on(t, right, "listen", "-d", "3", "-q", "--json")
	status, stdout, stderr := runOn(t, left, "interfaces", "--probe", "eth0", "--json")
	answers := map[string]any{}
	for _, o := range members(t, stdout) {
		name, _ := o["name"].(string)
		answers[name] = o["answer"]
	}
	if status != 0 || stderr != "" || answers["fanout"] != "yes" || answers["own-fcs"] != "no" || answers["af-xdp-copy"] != "yes" || len(answers) < 15 {
		t.Errorf("status %d: %s%s", status, stdout, stderr)
	}
	must(t, listen.Process.Signal(syscall.SIGINT))
	listen.end(t)
	if all := members(t, listen.stdout.String()); all[len(all)-1]["received"] != 0.0 {
		t.Errorf("something was sent: %s", &listen.stdout)
	}
	for line, want := range map[string]string{
		"--probe":         "no interface given to try: eterm interfaces --probe NAME",
		"--probe nothing": `no interface "nothing": there are lo, eth0`,
		"nothing":         `no interface "nothing": eterm interfaces lists all`,
	} {
		if status, _, stderr := runOn(t, left, append([]string{"interfaces"}, strings.Fields(line)...)...); status != exit.StatusUsage || stderr != "eterm: "+want+"\n" {
			t.Errorf("interfaces %s: status %d, %q, want %q", line, status, stderr, want)
		}
	}
	p := withoutPrivileges(program(t.Context(), "interfaces", "--probe", "eth0"))
	var out, errs bytes.Buffer
	p.Stdout, p.Stderr = &out, &errs
	must(t, left.Start(p))
	if err := p.Wait(); err != nil || !strings.Contains(out.String(), "unknown  not allowed to try: raw socket: operation not permitted") || !strings.Contains(errs.String(), "sudo eterm interfaces --probe eth0") {
		t.Errorf("without privileges: %v, %s%s", err, &out, &errs)
	}
}

// members are the objects printed, whatever they are.
func members(t *testing.T, text string) (all []map[string]any) {
	t.Helper()
	for line := range strings.Lines(text) {
		var o map[string]any
		must(t, json.Unmarshal([]byte(line), &o))
		all = append(all, o)
	}
	return all
}
