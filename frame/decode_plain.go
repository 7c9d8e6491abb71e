package frame

import (
	"encoding/binary"

	"eterm/frame/ether"
	"eterm/icmp"
	"eterm/ipv4"
)

// plain decodes what most frames are, in a third of the time: Ethernet II,
// IPv4 without options or fragments, then an ICMP echo, UDP or TCP, and
// nothing wrong. It leaves d alone and returns false for any other frame; for
// these it does just what general does, however they were captured. It stays
// because without it a printed line costs a sixth more
// (docs/develop/performance.md).
func (d *Decoded) plain(b []byte) bool {
	const ip = ether.HeaderLen
	if len(b) < ether.MinFrame || binary.BigEndian.Uint16(b[12:]) != TypeIPv4 || b[6]&1 != 0 {
		return false
	}
	h := b[ip : ip+ipv4.HeaderLen : ip+ipv4.HeaderLen]
	total := int(binary.BigEndian.Uint16(h[2:]))
	if h[0] != 0x45 || h[6]&0x3f|h[7] != 0 || h[12] >= 224 || total > len(b)-ip || total < ipv4.HeaderLen+8 || !validHeader(h) {
		return false
	}
	end := ip + total
	body := b[ip+ipv4.HeaderLen : end]
	l, n, sum := LayerICMP, 8, uint16(0)
	form := uint8(0)
	switch h[9] {
	case ipv4.ProtocolICMP:
		if body[0] != byte(icmp.Echo) && body[0] != byte(icmp.EchoReply) || body[1] != 0 {
			return false
		}
		if body[0] == byte(icmp.EchoReply) {
			form = icmpReply
		}
	case ipv4.ProtocolUDP:
		if int(binary.BigEndian.Uint16(body[4:])) != len(body) || body[6]|body[7] == 0 {
			return false
		}
		l, sum = LayerUDP, pseudoSum(ipv4.ProtocolUDP, len(body), h[12:])
	case ipv4.ProtocolTCP:
		if len(body) < 20 || int(body[12]>>4)*4 < 20 || int(body[12]>>4)*4 > len(body) {
			return false
		}
		l, n, sum = LayerTCP, int(body[12]>>4)*4, pseudoSum(ipv4.ProtocolTCP, len(body), h[12:])
	default:
		return false
	}
	if ipv4.Sum(sum, body) != 0xffff {
		return false
	}
	if cap(d.Parts) < 5 {
		d.Parts = make([]Part, 0, 8)
	}
	d.Bytes, d.Faults = b, d.Faults[:0]
	parts := d.Parts[:5]
	parts[0].set(LayerEth, 0, 0, ether.HeaderLen, end)
	parts[1].set(LayerIPv4, 0, ip, ipv4.HeaderLen, end)
	parts[2].set(l, form, ip+ipv4.HeaderLen, n, end)
	i, at := 3, ip+ipv4.HeaderLen+n
	if at < end {
		parts[i].set(LayerData, 0, at, end-at, end)
		i++
	}
	if end < len(b) {
		parts[i].set(LayerTrailer, 0, end, len(b)-end, len(b))
		i++
	}
	d.Parts = parts[:i]
	return true
}

var icmpReply = icmpSpec.named("echo-reply")
