package frame

import "eterm/frame/ether"

// finish gives every field that the notation leaves out what it should hold,
// pads the frame and makes it ready to vary.
func (p *parser) finish() {
	if !p.padded {
		p.endFrom(0)
	}
	t := p.Template
	if t.raw {
		t.fillNoise()
		return
	}
	t.fillAddresses()
	t.fillNoise()
	t.fillDerived()
	if !p.padded {
		t.first.Bytes = Pad(t.first.Bytes, ether.MinFrame)
	}
	t.reset()
	t.fillSums()
}

// fillAddresses sets addresses that follow from what the frame carries: the
// group a protocol is sent to, the sender in an ARP packet.
func (t *Template) fillAddresses() {
	d := &t.first
	if t.given[0]&1 == 0 {
		for i := range d.Parts {
			if to := groupOf(d.Parts[i].Layer); to != 0 {
				putBits(d.Bytes, 0, 48, to)
				break
			}
		}
	}
	t.fillHardware(d.Bytes[6:12])
}

// fillHardware sets the sender's address in ARP packets that leave it out.
func (t *Template) fillHardware(mac []byte) {
	const sha = 5 // its index among the fields
	for i := range t.first.Parts {
		if p := &t.first.Parts[i]; p.Layer == LayerARP && t.given[i]&(1<<sha) == 0 {
			copy(t.first.Bytes[p.Offset+8:], mac)
		}
	}
}

// groupOf is the address that frames with this layer go to, or 0.
func groupOf(l Layer) uint64 {
	switch l {
	case LayerLLDP:
		return 0x0180c200000e
	case LayerSTP:
		return 0x0180c2000000
	case LayerPause:
		return 0x0180c2000001
	}
	return 0
}

// fillDerived sets the fields that follow from layers and lengths.
func (t *Template) fillDerived() {
	d := &t.first
	for i := range d.Parts {
		p := &d.Parts[i]
		s := table[p.Layer]
		if s == nil {
			continue
		}
		m := &s.forms[p.form]
		for j := range m.fields {
			f := &m.fields[j]
			if f.rule >= nextType && f.rule != checksum && t.given[i]&(1<<j) == 0 {
				putBits(d.Bytes, p.Offset*8+f.Offset, f.Bits, d.derive(i, f))
			}
		}
	}
}

// fillSums sets the checksums, innermost first, since the outer ones cover
// them, and notes which follow varying fields.
func (t *Template) fillSums() {
	d := &t.first
	t.sums = t.sums[:0]
	for i := len(d.Parts) - 1; i >= 0; i-- {
		p := &d.Parts[i]
		s := table[p.Layer]
		if s == nil {
			continue
		}
		m := &s.forms[p.form]
		for j := range m.fields {
			f := &m.fields[j]
			if f.rule != checksum || t.given[i]&(1<<j) != 0 {
				continue
			}
			putBits(d.Bytes, p.Offset*8+f.Offset, 16, uint64(d.checksum(i)))
			if len(t.vary) > 0 {
				t.sums = append(t.sums, sum{part: i, offset: p.Offset + f.Offset/8, udp: p.Layer == LayerUDP})
			}
		}
	}
	if len(t.vary) > 0 {
		t.prepare()
	}
}
