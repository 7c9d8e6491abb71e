package reach

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"

	"eterm/frame/arp"
	"eterm/frame/ether"
	"eterm/frame/icmpv6"
	"eterm/frame/ipv6"
	"eterm/iface"
)

// Listen tells who claims which address, from every ARP packet and neighbour
// discovery message that comes by in our VLAN, until ctx ends, which is no
// error, or told returns false. The claim's MAC is told's to keep.
func Listen(ctx context.Context, port iface.Port, tags []byte, told func(c Claim, at time.Time) bool) error {
	return iface.Frames(ctx, port, make([]iface.Received, 32), func(rx []iface.Received) error {
		for i := range rx {
			h, payload, err := ether.Parse(rx[i].Bytes)
			if err != nil || !sameVLAN(h.Tags, tags) || rx[i].To == iface.Outgoing {
				continue
			}
			if c, ok := ReadClaim(h, payload); ok {
				c.MAC = bytes.Clone(c.MAC)
				if !told(c, rx[i].At) {
					return iface.ErrStop
				}
			}
		}
		return nil
	})
}

// Announce says that we have an address: an ARP announcement (RFC 5227, 3) or
// an unsolicited neighbour advertisement to all nodes (RFC 4861, 7.2.6).
func (s *Station) Announce(port iface.Port, ip netip.Addr) error {
	var b []byte
	if ip.Is4() {
		b = s.header(broadcast, arp.EtherType).Append(b)
		b = arp.NewRequest(s.MAC, ip, ip).Append(b)
	} else {
		all := netip.MustParseAddr("ff02::1")
		m := icmpv6.Neighbor{Target: ip, Link: s.MAC, Override: true}.Advertisement(nil)
		b = s.header(GroupMAC(all), ipv6.EtherType).Append(b)
		var err error
		h := ipv6.Header{NextHeader: icmpv6.Protocol, HopLimit: icmpv6.HopLimit, Src: ip, Dst: all}
		if b, err = h.Append(b, icmpv6.HeaderLen+len(m.Body)); err != nil {
			return err
		}
		b = m.Append(b, ip, all)
	}
	_, err := port.Send([][]byte{pad(b, 0)})
	return err
}

// Timing of probes for one address: RFC 5227, 1.1, and for IPv6 RFC 4862, 5.1
// (one probe) with the retransmission time of RFC 4861, 10.
const (
	probeWait    = time.Second
	probeMin     = time.Second
	probeMax     = 2 * time.Second
	probeCount   = 3
	announceWait = 2 * time.Second
	retransTimer = time.Second
)

// Probe asks, without claiming it, whether an address is taken, with the
// number and timing of probes that a host owes before using one (RFC 5227,
// 2.1.1; RFC 4862, 5.4.2): 4 to 7 seconds for IPv4, up to 2 for IPv6. It
// returns who has it, or probes for it too; nil if nobody.
func (s *Station) Probe(ctx context.Context, port iface.Port, ip netip.Addr) (net.HardwareAddr, error) {
	anonymous := Station{MAC: s.MAC, Tags: s.Tags}
	var holder net.HardwareAddr
	listening, found := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		ended <- Listen(listening, port, s.Tags, func(c Claim, _ time.Time) bool {
			if c.IP != ip || bytes.Equal(c.MAC, s.MAC) {
				return true
			}
			holder = c.MAC
			found()
			return false
		})
	}()
	err := anonymous.sendProbes(listening, port, ip)
	found()
	if listenErr := <-ended; err == nil {
		err = listenErr
	}
	return holder, err
}

// sendProbes sends the probes and waits until the address may be used, or ctx
// ends.
func (s *Station) sendProbes(ctx context.Context, port iface.Port, ip netip.Addr) error {
	count, last := probeCount, announceWait
	if ip.Is6() {
		count, last = 1, retransTimer
	}
	wait := rand.N(probeWait)
	for i := range count {
		if !pause(ctx, wait) {
			return nil
		}
		if _, err := port.Send([][]byte{s.appendQuestion(nil, ip)}); err != nil {
			return err
		}
		wait = probeMin + rand.N(probeMax-probeMin)
		if i == count-1 {
			wait = last
		}
	}
	pause(ctx, wait)
	return nil
}

// pause waits and says whether ctx still lives.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
