package frame

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"eterm/ipv4"
)

func (d *Decoded) ipv4() Layer {
	w := &d.walk
	at := w.off
	b := d.Bytes[at:w.end]
	if len(b) < ipv4.HeaderLen {
		return d.cut(LayerIPv4, ipv4.HeaderLen)
	}
	if b[0]>>4 != 4 {
		d.fault("ipv4.version", at, strconv.Itoa(int(b[0]>>4)), "4", "unknown version")
		return LayerData
	}
	n := int(b[0]&15) * 4
	if n < ipv4.HeaderLen || n > len(b) {
		d.headerFault("ipv4.ihl", at, n/4, n, n < ipv4.HeaderLen)
		return LayerData
	}
	total := int(binary.BigEndian.Uint16(b[2:]))
	region := total
	if total < n || total > len(b) {
		region = d.badTotal(at, total, n, len(b))
	}
	if !d.push(region) {
		return LayerData
	}
	w.ip = len(d.Parts)
	d.part(LayerIPv4, 0, n)
	if n == ipv4.HeaderLen && !validHeader(b) || n > ipv4.HeaderLen && !ipv4.Valid(b[:n]) {
		d.sumFault("ipv4.checksum", w.ip, 10)
	}
	if b[12] >= 224 && b[12] < 240 || binary.BigEndian.Uint32(b[12:]) == 0xffffffff {
		d.fault("ipv4.src", at+12, netip.AddrFrom4([4]byte(b[12:16])).String(), "", "group address as source")
	}
	fragment := binary.BigEndian.Uint16(b[6:])
	if fragment&0x1fff != 0 {
		return LayerData
	}
	if fragment&0x2000 != 0 {
		w.unverified = true
	}
	return d.carried(b[9], LayerIPv4, LayerIPv4, at+9)
}

// badTotal takes a total length that is not of the bytes there are, and says
// how many bytes to take. 0 is that of a packet longer than the field can say,
// which Linux passes on as it is (BIG TCP).
func (d *Decoded) badTotal(at, total, header, avail int) int {
	whole := avail + d.walk.beyond
	if total != 0 || whole <= ipv4.MaxLen {
		return d.lengthFault("ipv4.length", at+2, total, header, avail)
	}
	d.walk.unverified = d.walk.unverified || d.walk.beyond > 0
	return whole
}

// carried is the layer a protocol number, which stands in layer from, means
// inside IPv4 or IPv6. A protocol that belongs into the other version alone is a fault, and data.
func (d *Decoded) carried(p byte, in, from Layer, at int) Layer {
	l, other := protocolLayersV4[p], protocolLayersV6[p]
	if in == LayerIPv6 {
		l, other = other, l
	}
	if l == LayerData && other != LayerData {
		field := from.String() + ".next"
		if from == LayerIPv4 {
			field = "ipv4.protocol"
		}
		d.fault(field, at, strconv.Itoa(int(p)), "", other.String()+" is not for "+in.String())
	}
	return l
}

func (d *Decoded) ipv6() Layer {
	const size = 40
	w := &d.walk
	at := w.off
	b := d.Bytes[at:w.end]
	if len(b) < size {
		return d.cut(LayerIPv6, size)
	}
	if b[0]>>4 != 6 {
		d.fault("ipv6.version", at, strconv.Itoa(int(b[0]>>4)), "6", "unknown version")
		return LayerData
	}
	total := size + int(binary.BigEndian.Uint16(b[4:]))
	switch whole := len(b) + w.beyond; {
	case total > len(b):
		total = size + d.lengthFault("ipv6.length", at+4, total-size, 0, len(b)-size)
	case total == size && b[6] == 0: // the length is in a hop-by-hop option (RFC 2675)
		total = whole
		w.unverified = w.unverified || w.beyond > 0
	}
	if !d.push(total) {
		return LayerData
	}
	w.ip = len(d.Parts)
	d.part(LayerIPv6, 0, size)
	if b[8] == 0xff {
		d.fault("ipv6.src", at+8, netip.AddrFrom16([16]byte(b[8:24])).String(), "", "group address as source")
	}
	return d.carried(b[6], LayerIPv6, LayerIPv6, at+6)
}

// extension decodes a header between IPv6 and what it carries.
func (d *Decoded) extension(l Layer) Layer {
	w := &d.walk
	if d.left() < 8 {
		return d.cut(l, 8)
	}
	at, n := w.off, 8
	b := d.Bytes[at:]
	switch l {
	case LayerAH:
		n = max(int(b[1])*4+8, 12)
	case LayerHopOpts, LayerDstOpts, LayerRouting:
		n = int(b[1])*8 + 8
	}
	if n > d.left() {
		d.headerFault(l.String()+".len", at+1, int(b[1]), n, false)
		return LayerData
	}
	w.stacked++
	d.part(l, 0, n)
	if l == LayerESP {
		return LayerData
	}
	if l == LayerFragment {
		f := binary.BigEndian.Uint16(b[2:])
		if f>>3 != 0 {
			return LayerData
		}
		w.unverified = w.unverified || f&1 != 0
	}
	return d.carried(b[0], d.Parts[w.ip].Layer, l, at)
}
