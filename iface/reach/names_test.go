package reach

import (
	"context"
	"encoding/binary"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"eterm/frame/ether"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/ipv4"
)

// answerMDNS answers one question frame as the host with this address would.
func answerMDNS(t *testing.T, frame []byte, host netip.Addr, name string) []byte {
	h, payload, err := ether.Parse(frame)
	ip, n, total, err2 := ipv4.Parse(payload)
	if err != nil || err2 != nil || h.Dst.String() != "01:00:5e:00:00:fb" || ip.Dst != mdnsGroup || ip.TTL != 255 || !ipv4.Valid(payload[:n]) {
		t.Fatalf("question %x", frame)
	}
	udp := payload[n:total]
	if ipv4.Sum(ipv4.PseudoSum(ip.Src, ip.Dst, 17, len(udp)), udp) != 0xffff {
		t.Fatal("UDP checksum of the question")
	}
	var m dnsmessage.Message
	if err := m.Unpack(udp[8:]); err != nil {
		t.Fatal(err)
	}
	r := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true}}
	for _, q := range m.Questions {
		if q.Name.String() == reverseName(host) && q.Type == dnsmessage.TypePTR {
			r.Answers = append(r.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 10}, Body: &dnsmessage.PTRResource{PTR: dnsmessage.MustNewName(name)}})
		}
	}
	body, err := r.Pack()
	if err != nil {
		t.Fatal(err)
	}
	out := binary.BigEndian.AppendUint16(nil, mdnsPort)
	out = binary.BigEndian.AppendUint16(out, binary.BigEndian.Uint16(udp))
	out = binary.BigEndian.AppendUint16(out, uint16(8+len(body)))
	out = append(append(out, 0, 0), body...)
	b := h.Back([]byte{2, 0, 0, 0, 0, 9}).Append(nil)
	b, _ = ipv4.Header{TTL: 255, Protocol: 17, Src: host, Dst: ip.Src}.Append(b, len(out))
	return append(b, out...)
}

func TestLookupMDNS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := ifacetest.Wire()
		go func() {
			rx := make([]iface.Received, 1)
			for {
				if _, err := far.Receive(rx); err != nil {
					return
				}
				far.Send([][]byte{answerMDNS(t, rx[0].Bytes, you4, "printer.local."), answerMDNS(t, rx[0].Bytes, netip.MustParseAddr("192.0.2.66"), "liar.local.")})
			}
		}()
		var all []netip.Addr
		for i := range 50 {
			all = append(all, netip.AddrFrom4([4]byte{192, 0, 2, byte(2 + i)}))
		}
		began := time.Now()
		names := LookupMDNS(t.Context(), near, station(near), append(all, you6), time.Second)
		if len(names) != 1 || names[you4] != "printer.local" || time.Since(began) != time.Second {
			t.Errorf("%v after %v", names, time.Since(began))
		}
		near.Close()
		far.Close()
	})
}

func FuzzMDNS(f *testing.F) {
	q := mdnsQuery{station: &Station{MAC: []byte{2, 0, 0, 0, 0, 1}, IP4: me4}, port: 50000, wanted: map[string]netip.Addr{reverseName(you4): you4}, names: map[netip.Addr]string{}}
	f.Add(q.frames()[0])
	f.Fuzz(func(t *testing.T, b []byte) {
		q.look(b)
		if len(q.names) > 1 {
			t.Fatal(q.names)
		}
	})
}

func TestLookupDNSEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if names := LookupDNS(ctx, []netip.Addr{you4, you6}); len(names) != 0 {
		t.Error(names)
	}
}
