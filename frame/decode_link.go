package frame

import (
	"strconv"

	"eterm/frame/ether"
)

// ethernet decodes the header at the start of a frame.
func (d *Decoded) ethernet() Layer {
	b := d.Bytes
	if len(b) < ether.HeaderLen {
		return d.cut(LayerEth, ether.HeaderLen)
	}
	d.part(LayerEth, 0, ether.HeaderLen)
	if b[6]&1 != 0 {
		d.fault("eth.src", 6, string(appendMAC(nil, getBits(b, 48, 48))), "", "group address as source")
	}
	if n := len(b) + d.walk.beyond; n < ether.MinFrame && !d.walk.unpadded {
		d.fault("eth", 0, strconv.Itoa(n), strconv.Itoa(ether.MinFrame), "runt")
	}
	return d.byType(12)
}

// byType is the layer that the length/type field at an offset announces.
func (d *Decoded) byType(at int) Layer {
	t := d.be16(at)
	if t <= ether.MaxPayload {
		return d.by8023(at, int(t))
	}
	if t < ether.MinType {
		d.fault(d.Parts[len(d.Parts)-1].Layer.String()+".type", at, hex16(t), "", "neither a length nor a type")
	}
	return typeLayers[t]
}

// by8023 takes a length: the frame's payload ends where it says.
func (d *Decoded) by8023(at, n int) Layer {
	if left := d.left(); n > left {
		n = d.lengthFault(d.Parts[len(d.Parts)-1].Layer.String()+".length", at, n, 0, left)
	}
	d.limit(n)
	d.walk.bounded = true
	if d.left() < 3 {
		return LayerData
	}
	return LayerLLC
}

func (d *Decoded) vlan(l Layer) Layer {
	if d.left() < 4 {
		return d.cut(l, 4)
	}
	d.walk.stacked++
	d.part(l, 0, 4)
	return d.byType(d.walk.off - 2)
}

func (d *Decoded) llc() Layer {
	b := d.Bytes[d.walk.off:d.walk.end]
	if b[2]&3 != 3 {
		if len(b) < 4 {
			return d.cut(LayerLLC, 4)
		}
		d.part(LayerLLC, 1, 4)
		return LayerData
	}
	d.part(LayerLLC, 0, 3)
	switch {
	case b[2] != 3 || b[0] != b[1]:
	case b[0] == 0xaa:
		return LayerSNAP
	case b[0] == 0x42:
		return LayerSTP
	}
	return LayerData
}

func (d *Decoded) snap() Layer {
	if d.left() < 5 {
		return d.cut(LayerSNAP, 5)
	}
	at := d.walk.off
	d.part(LayerSNAP, 0, 5)
	if t := d.be16(at + 3); getBits(d.Bytes, at*8, 24) == 0 && t >= ether.MinType {
		return typeLayers[t]
	}
	return LayerData
}

func (d *Decoded) mpls() Layer {
	if d.left() < 4 {
		return d.cut(LayerMPLS, 4)
	}
	d.walk.stacked++
	d.part(LayerMPLS, 0, 4)
	at := d.walk.off
	if d.Bytes[at-2]&1 == 0 {
		return LayerMPLS
	}
	if d.left() > 0 { // nothing says what follows: the first nibble usually does (RFC 4928)
		switch d.Bytes[at] >> 4 {
		case 4:
			return LayerIPv4
		case 6:
			return LayerIPv6
		}
	}
	return LayerData
}

func (d *Decoded) arp() Layer {
	const size = 28
	if d.left() < size {
		return d.cut(LayerARP, size)
	}
	b := d.Bytes[d.walk.off:]
	if b[4] != 6 || b[5] != 4 {
		return LayerData // other addresses than Ethernet's and IPv4's
	}
	d.part(LayerARP, 0, size)
	return d.ended()
}

// ended ends a layer that carries nothing: what still follows is padding, or
// data if something states that the region goes on.
func (d *Decoded) ended() Layer {
	if d.walk.bounded || d.walk.depth > 0 {
		return LayerData
	}
	return none
}

func (d *Decoded) pause() Layer {
	if d.left() < 2 {
		return d.cut(LayerPause, 2)
	}
	s := table[LayerPause]
	f := s.lookup(uint64(d.be16(d.walk.off)), d.left())
	d.part(LayerPause, f, s.forms[f].size)
	if s.forms[f].any {
		return LayerData
	}
	return d.ended()
}

func (d *Decoded) stp() Layer {
	if d.left() < 4 {
		return d.cut(LayerSTP, 4)
	}
	s := table[LayerSTP]
	f := s.lookup(uint64(d.Bytes[d.walk.off+3]), d.left())
	d.part(LayerSTP, f, s.forms[f].size)
	return LayerData
}

// tlv decodes one option of neighbour discovery or one TLV of LLDP; another
// follows as long as there is something.
func (d *Decoded) tlv(l Layer) Layer {
	left := d.left()
	if left == 0 {
		return none
	}
	if left < 2 {
		return d.cut(l, 2)
	}
	b := d.Bytes[d.walk.off:]
	lead, got := uint64(b[0]), int(b[1])
	n, field, at := got*8, "nd.len", d.walk.off+1
	if l == LayerLLDP {
		lead, got = uint64(b[0]>>1), int(b[0])&1<<8|int(b[1])
		n, field, at = got+2, "lldp.length", d.walk.off
	}
	if n < 2 || n > left {
		d.headerFault(field, at, got, n, n < 2)
		return LayerData
	}
	d.part(l, table[l].exact(lead, n), n)
	if l == LayerLLDP && lead == 0 {
		return d.ended()
	}
	if d.left() == 0 {
		return none
	}
	return l
}

// exact is the form for a lead value whose header is n bytes long: one without
// a rest must have just that size.
func (s *spec) exact(lead uint64, n int) uint8 {
	for i := range s.forms {
		m := &s.forms[i]
		if m.any || m.lead == lead && (m.size == n || m.size < n && m.tail != nil && m.tail.fits(n-m.size)) {
			return uint8(i)
		}
	}
	return uint8(len(s.forms) - 1)
}

// fits says whether a rest of n bytes can be the field's.
func (f *Field) fits(n int) bool {
	switch f.Kind {
	case List4:
		return n%4 == 0
	case List6:
		return n%16 == 0
	}
	return true
}
