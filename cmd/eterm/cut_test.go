package main

import (
	"testing"

	"eterm/frame"
)

// TestCutIsNoFault cuts sound frames at every length: nothing is wrong with
// them. What was wrong before the cut still is.
func TestCutIsNoFault(t *testing.T) {
	for _, notation := range []string{
		"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan id=5 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=1 dport=2 / count 200",
		"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / tcp sport=1 dport=2 syn / count 100",
		"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request / count 100",
		"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv6 src=2001:db8::1 dst=2001:db8::2 / udp sport=1 dport=2 / count 100",
		"eth dst=ff:ff:ff:ff:ff:ff src=02:00:00:00:00:01 / arp spa=192.0.2.1 tpa=192.0.2.2",
	} {
		template, err := frame.Parse(notation)
		must(t, err)
		whole := template.Append(nil)
		for n := 1; n < len(whole); n++ {
			d := frame.Decode(whole[:n])
			forgiveCut(d, len(whole))
			if len(d.Faults) > 0 {
				t.Errorf("%s cut to %d: %+v", notation, n, d.Faults)
			}
		}
	}
	template, err := frame.Parse("eth src=03:00:00:00:00:01 / ipv4 length=2000 checksum=0 / udp")
	must(t, err)
	whole := template.Append(nil)
	d := frame.Decode(whole[:40])
	forgiveCut(d, len(whole))
	if len(d.Faults) != 3 {
		t.Errorf("faults %+v, want the source, the length and the checksum", d.Faults)
	}
	d = frame.Decode(whole)
	before := len(d.Faults)
	forgiveCut(d, len(whole))
	if len(d.Faults) != before {
		t.Errorf("a whole frame loses faults: %+v", d.Faults)
	}
}
