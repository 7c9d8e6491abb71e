package frame

import "testing"

// TestCutIsNoFault cuts sound frames at every length: nothing is wrong with
// them. What was wrong before the cut still is.
func TestCutIsNoFault(t *testing.T) {
	for _, notation := range []string{
		"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / vlan id=5 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp sport=1 dport=2 / count 200",
		"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / tcp sport=1 dport=2 syn / count 100",
		"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request / count 100",
		"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv6 src=2001:db8::1 dst=2001:db8::2 / udp sport=1 dport=2 / count 100",
		"eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv6 src=2001:db8::1 dst=2001:db8::2 / hopopts / icmpv6 neighbor-solicitation target=2001:db8::9 / nd source mac=02:00:00:00:00:01",
		"eth dst=ff:ff:ff:ff:ff:ff src=02:00:00:00:00:01 / arp spa=192.0.2.1 tpa=192.0.2.2",
		"eth src=02:00:00:00:00:01 / lldp chassis-id subtype=4 / lldp port-id subtype=3 / lldp ttl seconds=9 / lldp end",
		"eth src=02:00:00:00:00:01 / llc / snap / ipv4 src=192.0.2.1 dst=192.0.2.2 / ipv4 src=192.0.2.1 dst=192.0.2.2 / udp / count 50",
	} {
		whole := mustBuild(t, notation)
		var d Decoded
		for n := 1; n < len(whole); n++ {
			d.DecodeCaptured(whole[:n:n], Captured{Length: len(whole)})
			if checkTiles(t, &d); len(d.Faults) > 0 {
				t.Errorf("%s cut to %d: %+v", notation, n, d.Faults)
			}
			if d.Decode(whole[:n:n]); len(d.Faults) == 0 && n < 34 {
				t.Errorf("%s of %d bytes: no fault", notation, n)
			}
		}
	}
}

func TestCutHidesNoFault(t *testing.T) {
	whole := mustBuild(t, "eth src=03:00:00:00:00:01 / ipv4 length=2000 checksum=0 / udp")
	faults := func(n int, how Captured) (fields []string) {
		var d Decoded
		d.DecodeCaptured(whole[:n:n], how)
		for _, f := range d.Faults {
			fields = append(fields, f.Field)
		}
		return fields
	}
	cut := faults(40, Captured{Length: len(whole)})
	if len(cut) != 3 || cut[0] != "eth.src" || cut[1] != "ipv4.length" || cut[2] != "ipv4.checksum" {
		t.Errorf("cut: %v", cut)
	}
	if all := faults(len(whole), Captured{}); len(all) < 3 {
		t.Errorf("whole: %v", all)
	}
	var d Decoded
	d.DecodeCaptured(whole[:40:40], Captured{Length: len(whole)})
	if f := d.Faults[1]; f.Want != "46" { // what the frame had on the wire, not what was captured
		t.Errorf("%+v", f)
	}
	// An inner length is bound by the packet around it, captured or not.
	inner := mustBuild(t, "eth src=02:00:00:00:00:01 / ipv4 src=192.0.2.1 dst=192.0.2.2 / ipv4 length=300 src=192.0.2.1 dst=192.0.2.2 / count 100 / trailer 000102030405060708")
	d.DecodeCaptured(inner[:60:60], Captured{Length: 1000})
	if len(d.Faults) != 1 || d.Faults[0].Field != "ipv4.length" || d.Faults[0].Want != "120" {
		t.Errorf("%+v", d.Faults)
	}
}

// TestPendingChecksums judges no checksum of UDP or TCP that the host has not
// filled in yet, and all others.
func TestPendingChecksums(t *testing.T) {
	for notation, want := range map[string]int{
		"ipv4 src=192.0.2.1 dst=192.0.2.2 / udp checksum=0x1234 / count 20":            0,
		"ipv4 src=192.0.2.1 dst=192.0.2.2 / tcp checksum=0x1234 / count 20":            0,
		"ipv6 src=2001:db8::1 dst=2001:db8::2 / udp checksum=0 / count 20":             0,
		"ipv4 src=192.0.2.1 dst=192.0.2.2 checksum=1 / udp checksum=0x1234 / count 20": 1,
		"ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request checksum=1 / count 20":   1,
	} {
		b := mustBuild(t, "eth src=02:00:00:00:00:01 / "+notation)
		var d Decoded
		d.DecodeCaptured(b, Captured{ChecksumPending: true})
		if len(d.Faults) != want {
			t.Errorf("%s: %+v", notation, d.Faults)
		}
		if d.Decode(b); len(d.Faults) == 0 {
			t.Errorf("%s: no fault where nothing is pending", notation)
		}
	}
}
