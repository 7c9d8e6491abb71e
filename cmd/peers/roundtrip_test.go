package main

import (
	"net"
	"net/netip"
	"reflect"
	"testing"

	"eterm/frame/arp"
	"eterm/icmp"
	"eterm/ipv4"
)

// Lines as the tools print them.
func TestReported(t *testing.T) {
	for said, want := range map[string]probes{
		`{"type":"reply","time":"2026-11-20T23:03:23.2Z","target":"10.99.1.2","seq":7,"length":60,"ttl":64,"rtt_ns":8321,"clock":"kernel"}`: {7: 8321},
		"60 bytes from 10.99.1.2: icmp_seq=3 ttl=64 time=0.012 ms":                                                                          {3: 12000},
		"64 bytes from 10.99.1.2: icmp_seq=3 ttl=64 time=0.125 ms":                                                                          {3: 125000},
		"10.99.1.2 : [4], 64 bytes, 0.250 ms (0.250 avg, 0% loss)":                                                                          {4: 250000},
		"Unicast reply from 10.99.1.2 [02:00:00:00:01:0B]  0.500ms\nARPING 10.99.1.2 from 10.99.1.1 eth0":                                   {-1: 500000},
		"SENT (0.5000s) ICMP [10.99.1.1 > 10.99.1.2 Echo request (type=8/code=0) id=1 seq=2] IP [ttl=64]\n" +
			"RCVD (0.7500s) ICMP [10.99.1.2 > 10.99.1.1 Echo reply (type=0/code=0) id=1 seq=2] IP [ttl=64]\n": {2: 250000000},
		"3 packets transmitted, 3 received": {},
	} {
		if got := reported(said); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", said, got, want)
		}
	}
}

func TestCompare(t *testing.T) {
	row, err := compare(probes{1: 9000, 2: 11000, 3: 5000}, probes{1: 8000, 2: 8000, 9: 1})
	if err != nil || !reflect.DeepEqual(row, sample{9, 8, 1, 1, 2}) {
		t.Errorf("%v %v", row, err)
	}
	if _, err := compare(probes{1: 1}, probes{2: 2}); err == nil {
		t.Error("nothing in common is no error")
	}
}

func TestProbeOf(t *testing.T) {
	a, b := netip.MustParseAddr("10.99.1.1"), netip.MustParseAddr("10.99.1.2")
	head := append(net.HardwareAddr(macBytes(farMAC)), macBytes(sourceMAC)...)
	echo := icmp.NewEcho(1, 42, nil).Append(nil)
	ip, err := ipv4.Header{Protocol: 1, Src: a, Dst: b}.Append(append(head[:12:12], 8, 0), len(echo))
	if err != nil {
		t.Fatal(err)
	}
	if n, request, ok := probeOf(append(ip, echo...)); n != 42 || !request || !ok {
		t.Error(n, request, ok)
	}
	question := arp.NewRequest(macBytes(sourceMAC), a, b)
	for _, c := range []struct {
		p       arp.Packet
		request bool
	}{{question, true}, {question.Answer(macBytes(farMAC)), false}} {
		if n, request, ok := probeOf(c.p.Append(append(head[:12:12], 8, 6))); n != arpProbe || request != c.request || !ok {
			t.Error(n, request, ok)
		}
	}
	if _, _, ok := probeOf(head); ok {
		t.Error("a header alone is a probe")
	}
}
