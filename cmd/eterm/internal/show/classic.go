package show

import (
	"encoding/binary"
	"encoding/hex"

	"eterm/iface"
)

// appendClassic writes the three lines of the original demo: length and time,
// addresses and type, payload.
func (p *Frames) appendClassic(dst []byte, direction string, r iface.Received) []byte {
	b := r.Bytes
	dst = append(append(dst, direction...), ' ')
	dst = appendInt(dst, r.Length)
	dst = append(dst, " bytes at "...)
	dst = append(p.clock.append(dst, r.At), '\n')
	if len(b) < 14 {
		return appendPayload(dst, b, p.Snap)
	}
	dst = append(dst, "SMAC: "...)
	dst = appendMAC(dst, b[6:12])
	dst = append(dst, " DMAC: "...)
	dst = appendMAC(dst, b[:6])
	dst = append(dst, " Type: "...)
	dst = append(appendEtherType(dst, binary.BigEndian.Uint16(b[12:])), '\n')
	return appendPayload(dst, b[14:], p.Snap-14)
}

func appendPayload(dst, payload []byte, snap int) []byte {
	dst = append(dst, "Payload:"...)
	if snap > 0 && snap < len(payload) {
		payload = payload[:snap]
	}
	for i := range payload {
		dst = hex.AppendEncode(append(dst, ' '), payload[i:i+1])
	}
	return append(dst, '\n')
}

func appendEtherType(dst []byte, t uint16) []byte {
	return hex.AppendEncode(append(dst, "0x"...), []byte{byte(t >> 8), byte(t)})
}
