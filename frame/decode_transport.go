package frame

import (
	"strconv"

	"eterm/frame/icmpv6"
	"eterm/icmp"
)

// verify notes a wrong checksum of the last part, where that can be known.
func (d *Decoded) verify(field string) {
	i := len(d.Parts) - 1
	if d.walk.unverified || d.walk.pending && (d.Parts[i].Layer == LayerUDP || d.Parts[i].Layer == LayerTCP) {
		return
	}
	if !d.valid(i) {
		d.sumFault(field, i, sumAt(d.Parts[i].Layer))
	}
}

func (d *Decoded) icmp() Layer {
	if d.left() < icmp.HeaderLen {
		return d.cut(LayerICMP, icmp.HeaderLen)
	}
	t := d.Bytes[d.walk.off]
	s := table[LayerICMP]
	f := s.lookup(uint64(t), d.left())
	d.part(LayerICMP, f, s.forms[f].size)
	d.verify("icmp.checksum")
	if code := d.Bytes[d.Parts[len(d.Parts)-1].Offset+1]; !icmp.Type(t).Known(code) {
		d.unassigned("icmp", t, code, icmp.Type(t).Assigned())
	}
	if icmp.Type(t).IsError() && d.left() > 0 && d.Bytes[d.walk.off]>>4 == 4 {
		d.walk.quoted = true
		return LayerIPv4
	}
	return LayerData
}

// unassigned notes a type, or a code of a type, that the registry does not have.
func (d *Decoded) unassigned(layer string, t, code uint8, typeAssigned bool) {
	at := d.Parts[len(d.Parts)-1].Offset
	if typeAssigned {
		d.fault(layer+".code", at+1, strconv.Itoa(int(code)), "", "unassigned code")
	} else {
		d.fault(layer+".type", at, strconv.Itoa(int(t)), "", "unassigned type")
	}
}

func (d *Decoded) icmpv6() Layer {
	left := d.left()
	if left < 8 {
		return d.cut(LayerICMPv6, 8)
	}
	b := d.Bytes[d.walk.off:]
	s := table[LayerICMPv6]
	f := s.lookup(uint64(b[0]), left)
	n := s.forms[f].size
	if b[0] == 130 && left >= mldQueryLen && left >= mldQueryLen+16*int(d.be16(d.walk.off+26)) {
		f, n = mldQuery, mldQueryLen+16*int(d.be16(d.walk.off+26))
	}
	d.part(LayerICMPv6, f, n)
	d.verify("icmpv6.checksum")
	if t := icmpv6.Type(b[0]); !t.Known(b[1]) {
		d.unassigned("icmpv6", b[0], b[1], t.Assigned())
	}
	switch {
	case b[0] < 128 && d.left() > 0 && d.Bytes[d.walk.off]>>4 == 6:
		d.walk.quoted = true
		return LayerIPv6
	case s.forms[f].any || d.left() == 0:
	case b[0] >= 133 && b[0] <= 137:
		return LayerND
	case b[0] == 143:
		return LayerMLDRecord
	}
	return LayerData
}

func (d *Decoded) igmp() Layer {
	left := d.left()
	if left < 8 {
		return d.cut(LayerIGMP, 8)
	}
	at := d.walk.off
	s := table[LayerIGMP]
	f := s.lookup(uint64(d.Bytes[at]), left)
	n := s.forms[f].size
	if d.Bytes[at] == 0x11 && left >= igmpQueryLen && left >= igmpQueryLen+4*int(d.be16(at+10)) {
		f, n = igmpQuery, igmpQueryLen+4*int(d.be16(at+10))
	}
	d.part(LayerIGMP, f, n)
	d.verify("igmp.checksum")
	if d.Bytes[at] == 0x22 && d.left() > 0 {
		return LayerIGMPRecord
	}
	return LayerData
}

// The queries of IGMPv3 and MLDv2 share their type with older ones and are
// known by their length (RFC 3376, 7.1; RFC 3810, 8.1).
const igmpQueryLen, mldQueryLen = 12, 28

var igmpQuery, mldQuery uint8

func init() {
	igmpQuery = table[LayerIGMP].named("query-v3")
	mldQuery = table[LayerICMPv6].named("query-v2")
}

// named is the index of the form of that name; it must exist.
func (s *spec) named(name string) uint8 {
	for i := range s.forms {
		if s.forms[i].name == name {
			return uint8(i)
		}
	}
	panic("frame: no form " + name)
}

// record decodes one group record of an IGMPv3 or MLDv2 report.
func (d *Decoded) record(l Layer) Layer {
	m := &table[l].forms[0]
	if d.left() < m.size {
		return d.cut(l, m.size)
	}
	b := d.Bytes[d.walk.off:]
	n := m.size + int(d.be16(d.walk.off+2))*(m.size-4) // an address is as long as the group's
	if n > d.left() || b[1] != 0 {
		return LayerData
	}
	d.part(l, 0, n)
	if d.left() == 0 {
		return none
	}
	return l
}

func (d *Decoded) udp() Layer {
	const size = 8
	w := &d.walk
	left := d.left()
	if left < size {
		return d.cut(LayerUDP, size)
	}
	at := w.off
	n := int(d.be16(at + 4))
	switch bad := n < size || n > left; {
	case bad && w.unverified:
		n = left + w.beyond
	case bad:
		n = d.lengthFault("udp.length", at+4, n, size, left)
	}
	if !d.push(n) {
		return LayerData
	}
	d.part(LayerUDP, 0, size)
	if d.be16(at+6) != 0 {
		d.verify("udp.checksum")
	} else if d.Parts[w.ip].Layer == LayerIPv6 && !w.unverified && !w.pending {
		d.sumFault("udp.checksum", len(d.Parts)-1, 6)
	}
	return LayerData
}

func (d *Decoded) tcp() Layer {
	const size = 20
	left := d.left()
	if left < size {
		return d.cut(LayerTCP, size)
	}
	at := d.walk.off
	n := int(d.Bytes[at+12]>>4) * 4
	if n < size || n > left {
		d.headerFault("tcp.offset", at+12, n/4, n, n < size)
		return LayerData
	}
	d.part(LayerTCP, 0, n)
	d.verify("tcp.checksum")
	return LayerData
}
