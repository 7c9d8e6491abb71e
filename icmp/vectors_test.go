package icmp

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"testing"

	"eterm/ipv4"
)

// The packets that the errors below quote, as scapy 2.5.0 builds them:
// IP(src='192.0.2.1',dst='198.51.100.9',ttl=1,id=0)/ICMP(id=0xbeef,seq=42)/b'abcd' and
// IP(src='192.0.2.1',dst='198.51.100.9',ttl=7,id=0)/UDP(sport=1000,dport=33434)/b'xy'.
const (
	quotedEcho = "45000020000000000101cd9fc0000201c63364090800741fbeef002a61626364"
	quotedUDP  = "4500001e000000000711c791c0000201c633640903e8829a000a14a07879"
)

// vectors are messages as scapy 2.5.0 builds them, raw(ICMP(...)).
var vectors = []struct {
	name, hex string
	typ       Type
	code      uint8
	id, seq   uint16 // of the message, or of the echo it quotes
	quotes    uint8  // protocol of the quoted packet; 0: none
	mtu       int
	gateway   string
	times     *Times
}{
	{name: "echo reply", hex: "0000f32e12340007616263646566676869", typ: EchoReply, id: 0x1234, seq: 7},
	{name: "timestamp", hex: "0d00ef1400010002000003e80000000000000000", typ: Timestamp, id: 1, seq: 2, times: &Times{Originate: 1000}},
	{name: "timestamp reply", hex: "0e00de7300010002000003e8000007d0000007d1", typ: TimestampReply, id: 1, seq: 2, times: &Times{1000, 2000, 2001}},
	{name: "address mask", hex: "1100eff300050006ffffff00", typ: AddressMaskRequest, id: 5, seq: 6},
	{name: "router solicitation", hex: "0a00f5ff00000000", typ: RouterSolicitation},
	{name: "port unreachable", hex: "0303e95600000000" + quotedUDP, typ: DestinationUnreachable, code: PortUnreachable, quotes: ipv4.ProtocolUDP},
	{name: "fragmentation needed", hex: "0304f78300000578" + quotedEcho, typ: DestinationUnreachable, code: FragmentationNeeded, id: 0xbeef, seq: 42, quotes: ipv4.ProtocolICMP, mtu: 1400},
	{name: "time exceeded", hex: "0b00f4ff00000000" + quotedEcho, typ: TimeExceeded, code: TTLExceeded, id: 0xbeef, seq: 42, quotes: ipv4.ProtocolICMP},
	{name: "redirect", hex: "05013800c00002fe" + quotedEcho, typ: Redirect, code: RedirectHost, id: 0xbeef, seq: 42, quotes: ipv4.ProtocolICMP, gateway: "192.0.2.254"},
	{name: "parameter problem", hex: "0c00eaff09000000" + quotedEcho, typ: ParameterProblem, id: 0xbeef, seq: 42, quotes: ipv4.ProtocolICMP},
}

// TestVectors reads each message, asks it everything, and writes it again.
func TestVectors(t *testing.T) {
	for _, v := range vectors {
		b, err := hex.DecodeString(v.hex)
		if err != nil {
			t.Fatal(v.name, err)
		}
		m, err := Parse(b)
		if err != nil || m.Type != v.typ || m.Code != v.code || !m.Type.Known(m.Code) || !ipv4.Valid(b) {
			t.Errorf("%s: %+v, %v", v.name, m, err)
			continue
		}
		if again := m.Append([]byte{0xa5}); again[0] != 0xa5 || !bytes.Equal(again[1:], b) {
			t.Errorf("%s is written as %x", v.name, again[1:])
		}
		q, ok := m.Quote()
		if ok != (v.quotes != 0) || ok != m.Type.IsError() || q.Header.Protocol != v.quotes || q.Cut {
			t.Errorf("%s quotes %+v, %t", v.name, q, ok)
		}
		id, seq := m.ID(), m.Seq()
		if ok {
			var echo bool
			if id, seq, echo = q.Echo(); echo != (v.quotes == ipv4.ProtocolICMP) || q.Header.Dst != netip.MustParseAddr("198.51.100.9") {
				t.Errorf("%s quotes an echo: %t, to %v", v.name, echo, q.Header.Dst)
			}
		}
		if id != v.id || seq != v.seq {
			t.Errorf("%s: id %#x, seq %d", v.name, id, seq)
		}
		if m.MTU() != v.mtu || v.gateway == "" && m.Gateway().IsValid() || v.gateway != "" && m.Gateway().String() != v.gateway {
			t.Errorf("%s: MTU %d, gateway %v", v.name, m.MTU(), m.Gateway())
		}
		if times, ok := m.Times(); ok != (v.times != nil) || ok && times != *v.times {
			t.Errorf("%s: times %+v, %t", v.name, times, ok)
		}
	}
}

// TestEveryDamagedBitShows: the checksum of a message tells of any one bit.
func TestEveryDamagedBitShows(t *testing.T) {
	for _, v := range vectors {
		b, _ := hex.DecodeString(v.hex)
		for bit := range len(b) * 8 {
			b[bit/8] ^= 0x80 >> (bit % 8)
			if ipv4.Valid(b) {
				t.Errorf("%s: bit %d falls over unseen", v.name, bit)
			}
			b[bit/8] ^= 0x80 >> (bit % 8)
		}
	}
}

// TestCutMessages: of any length a message is read or refused, and a quote
// never holds more than is there.
func TestCutMessages(t *testing.T) {
	for _, v := range vectors {
		b, _ := hex.DecodeString(v.hex)
		for n := range b {
			m, err := Parse(b[:n:n])
			if (err == ErrShort) != (n < HeaderLen) {
				t.Errorf("%s cut to %d: %v", v.name, n, err)
			}
			q, ok := m.Quote()
			if ok && (!q.Cut || len(q.Payload) != n-HeaderLen-ipv4.HeaderLen) {
				t.Errorf("%s cut to %d: quotes %d bytes, cut %t", v.name, n, len(q.Payload), q.Cut)
			}
			if ok != (err == nil && v.quotes != 0 && n >= HeaderLen+ipv4.HeaderLen) {
				t.Errorf("%s cut to %d: quotes %t", v.name, n, ok)
			}
		}
	}
}
