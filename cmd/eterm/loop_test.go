package main

import (
	"strings"
	"testing"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab/labtest"
)

// TestALoopEndsWhatSends: a port of a switch that gives back what came in by it
// is the shortest loop there is. Every command that sends and hears stops at the
// first frame of its own, says so, and has status 3.
func TestALoopEndsWhatSends(t *testing.T) {
	left, _, middle := labtest.Switched(t)
	labtest.Run(t, middle, "ip", "link", "set", "left", "type", "bridge_slave", "hairpin", "on")
	for _, line := range []string{
		"exchange -i eth0 --to broadcast -c 100000 --interval 1ms",
		"broadcast -i eth0 -c 100000 --interval 1ms",
		"ping -i eth0 --l2 -c 100000 --interval 1ms --force ff:ff:ff:ff:ff:ff",
		"scan -i eth0 --src-ip 192.0.2.1 192.0.2.0/24",
		"arp -i eth0 --src-ip 192.0.2.1 192.0.2.2",
	} {
		p := on(t, left, strings.Fields(line)...)
		status := p.end(t)
		if status != exit.StatusUntrusted || !strings.Contains(p.stderr.String(), "loop: a frame came back to eth0") {
			t.Errorf("%s: status %d: %.300s", line, status, p.stderr.String())
		}
	}
	host, other := tester(t)
	labtest.Run(t, other, "ip", "link", "set", "pa", "type", "bridge_slave", "hairpin", "on")
	for _, line := range []string{
		"switch outage --a a --b b -d 10",
		"switch check --a a --b b --skip ageing",
		"switch macs --a a --b b --skip ageing.time --max-macs 256",
	} {
		p := on(t, host, strings.Fields(line)...)
		status := p.end(t)
		if status != exit.StatusUntrusted || !strings.Contains(p.stderr.String(), "loop: a frame came back to port A") {
			t.Errorf("%s: status %d: %.300s", line, status, p.stderr.String())
		}
	}
}
