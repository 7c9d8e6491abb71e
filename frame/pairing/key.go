package pairing

import (
	"encoding/binary"
	"fmt"

	"eterm/frame/ether"
	"eterm/frame/probe"
)

// key is what frames must have in common to be one; false if there is no telling.
func (w Way) key(b []byte) (string, bool) {
	switch w {
	case ByMark:
		f, ok := probe.Find(b)
		if !ok || f.Kind != probe.KindMark && f.Kind != probe.KindMarkPlan {
			return "", false
		}
		return fmt.Sprintf("%d %d %d", f.Session, f.Stream, f.Seq), true
	case ByBytes:
		return string(b), true
	case ByPacket:
		return packetKey(b, false)
	}
	return packetKey(b, true)
}

// Types and protocols that keys know.
const (
	typeIPv4, typeIPv6 = 0x0800, 0x86dd
	icmp, tcp, udp     = 1, 6, 17
	icmp6              = 58
)

// leastContent is how many bytes must be left of a packet without its addresses, to
// be told from others by them.
const leastContent = 8

// packetKey is the packet of a frame without what boxes rewrite; without addresses
// and ports too if it is for translators.
func packetKey(b []byte, translated bool) (string, bool) {
	h, payload, err := ether.Parse(b)
	if err != nil {
		return "", false
	}
	key := binary.BigEndian.AppendUint16(nil, h.Type)
	switch {
	case h.Type == typeIPv4 && len(payload) >= 20:
		return ipv4Key(key, payload, translated)
	case h.Type == typeIPv6 && len(payload) >= 40:
		return ipv6Key(key, payload, translated)
	case translated:
		return "", false
	}
	return string(append(key, withoutPadding(payload)...)), true
}

// withoutPadding is what is before zeros at the end: a tag that was put on or taken
// off changes how many there are.
func withoutPadding(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}

// ipv4Key leaves out the type of service, TTL and checksum (RFC 791, 3.1).
func ipv4Key(key, b []byte, translated bool) (string, bool) {
	header, total := int(b[0]&0xf)*4, int(binary.BigEndian.Uint16(b[2:]))
	if header < 20 || total < header || total > len(b) {
		return "", false
	}
	h := append([]byte(nil), b[:header]...)
	h[1], h[8], h[10], h[11] = 0, 0, 0, 0
	if translated {
		clear(h[12:20])
	}
	fragment := binary.BigEndian.Uint16(b[6:])&0x1fff != 0
	return transportKey(append(key, h...), b[header:total], b[9], translated, fragment)
}

// ipv6Key leaves out the traffic class and the hop limit (RFC 8200, 3).
func ipv6Key(key, b []byte, translated bool) (string, bool) {
	total := 40 + int(binary.BigEndian.Uint16(b[4:]))
	if total > len(b) {
		return "", false
	}
	h := append([]byte(nil), b[:40]...)
	h[0], h[1], h[7] = h[0]&0xf0, h[1]&0x0f, 0
	if translated {
		clear(h[8:40])
	}
	return transportKey(append(key, h...), b[40:total], b[6], translated, false)
}

// transportKey adds what is in an IP packet; of what is translated without ports,
// identifiers and checksums.
func transportKey(key, b []byte, protocol byte, translated, fragment bool) (string, bool) {
	if !translated {
		return string(append(key, b...)), true
	}
	if len(b) < leastContent {
		return "", false
	}
	b = append([]byte(nil), b...)
	switch {
	case fragment:
	case protocol == udp:
		clear(b[0:4])
		clear(b[6:8])
	case protocol == tcp && len(b) >= 20:
		clear(b[0:4])
		clear(b[16:18])
	case protocol == icmp, protocol == icmp6:
		clear(b[2:6])
	}
	return string(append(key, b...)), true
}
