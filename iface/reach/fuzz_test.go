package reach

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"eterm/frame/ether"
	"eterm/frame/icmpv6"
	"eterm/frame/ipv6"
	"eterm/icmp"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/ipv4"
)

// FuzzLook gives arbitrary frames to an engine that waits for answers: no
// panic, no more answers than probes, and what is kept stays bounded.
func FuzzLook(f *testing.F) {
	near, far := ifacetest.Wire()
	f.Cleanup(func() { near.Close(); far.Close() })
	s := station(near)
	head := func(kind uint16) []byte {
		return ether.Header{Dst: s.MAC, Src: far.HardwareAddr(), Type: kind}.Append(nil)
	}
	reply := icmp.Message{Type: icmp.EchoReply, Rest: 0xbeef0001, Body: fill(nil, DefaultData)}.Append(nil)
	b, _ := ipv4.Header{TTL: 64, Protocol: 1, Src: you4, Dst: me4}.Append(head(0x0800), len(reply))
	f.Add(append(b, reply...))
	probe, _ := Shape{}.appendRequest(nil, &s, request{to: far.HardwareAddr(), ip: you4, id: 0xbeef, seq: 1})
	complaint := icmp.NewError(icmp.TimeExceeded, 0, 0, probe[14:]).Append(nil)
	b, _ = ipv4.Header{TTL: 64, Protocol: 1, Src: netip.MustParseAddr("192.0.2.254"), Dst: me4}.Append(head(0x0800), len(complaint))
	f.Add(append(b, complaint...))
	m := icmpv6.Neighbor{Target: you6, Link: far.HardwareAddr(), Solicited: true}.Advertisement(nil).Append(nil, you6, me6)
	b, _ = ipv6.Header{NextHeader: 58, HopLimit: 255, Src: you6, Dst: me6}.Append(head(ipv6.EtherType), len(m))
	f.Add(append(b, m...))
	for _, p := range []Protocol{InBand, LLC, LBM} {
		b, _ := Shape{Protocol: p}.appendRequest(nil, &Station{MAC: far.HardwareAddr()}, request{to: s.MAC, id: 0xbeef, seq: 1})
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		for _, protocol := range []Protocol{ICMP, InBand, LLC, LBM} {
			targets := append(to(you4), to(you6)...)
			if protocol != ICMP {
				targets = []Target{{Name: "far", MAC: far.HardwareAddr()}}
			}
			c := config(near, Config{Shape: Shape{Protocol: protocol}, Targets: targets, Count: 4})
			c.Defend = nil
			p, err := newPinger(near, c)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range p.targets {
				x.seq = 1
				*x.at(1) = probe1()
			}
			for range 3 {
				p.look(nil, &iface.Received{Bytes: bytes.Clone(frame), Length: len(frame), At: time.Now()})
			}
			for _, x := range p.targets {
				if x.stats.Received > 1 {
					t.Fatalf("one probe, %d answers", x.stats.Received)
				}
			}
		}
	})
}

func probe1() probe { return probe{seq: 1, data: DefaultData, on: true} }
