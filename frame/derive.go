package frame

// What a field should hold follows from the frame around it. The same rules
// fill a frame that is built and decide what is worth printing of one that was
// decoded: that is why the printed form builds the same bytes.
//
// For that to hold, a rule may look only at what both know: the parts, where
// they end, the bytes of fields that no rule fills, and, for checksums, all
// bytes they cover.

// derive is what the field of part i should hold, within the field's width.
func (d *Decoded) derive(i int, f *Field) uint64 {
	p := &d.Parts[i]
	var v uint64
	switch f.rule {
	case nextType:
		v = d.announce(i)
	case length:
		v = uint64(lengthOf(p))
	case headerLen:
		v = uint64(headerUnits(p))
	case count:
		v = uint64(d.counted(i))
	case checksum:
		v = uint64(d.checksum(i))
	case bottom:
		if d.following(i) != LayerMPLS {
			v = 1
		}
	default:
		return f.def
	}
	return v & (1<<f.Bits - 1)
}

// following is the layer that part i carries, or none.
func (d *Decoded) following(i int) Layer {
	if i+1 < len(d.Parts) && d.Parts[i+1].Offset < d.Parts[i].end {
		return d.Parts[i+1].Layer
	}
	return none
}

// announce is what part i should call the layer that follows it.
func (d *Decoded) announce(i int) uint64 {
	p := &d.Parts[i]
	next := d.following(i)
	switch p.Layer {
	case LayerEth, LayerVLAN, LayerSVLAN:
		if next == LayerLLC {
			return uint64(p.end - p.Offset - p.Length)
		}
		return etherTypeOf(next)
	case LayerSNAP:
		return etherTypeOf(next)
	case LayerLLC:
		switch next {
		case LayerSNAP:
			return 0xaa
		case LayerSTP:
			return 0x42
		}
		return 0
	case LayerIPv4:
		return protocolOf(next, experimental)
	}
	return protocolOf(next, noNext)
}

// lengthOf is what a length field of the part should hold.
func lengthOf(p *Part) int {
	switch p.Layer {
	case LayerIPv6:
		return p.end - p.Offset - p.Length
	case LayerND:
		return p.Length / 8
	case LayerLLDP:
		return p.Length - 2
	}
	return p.end - p.Offset // IPv4, UDP
}

// headerUnits is the header's length as its own length field counts it.
func headerUnits(p *Part) int {
	switch p.Layer {
	case LayerIPv4, LayerTCP:
		return p.Length / 4
	case LayerAH:
		return p.Length/4 - 2
	}
	return p.Length/8 - 1
}

// counted is the number of records behind a report, or of addresses in the
// rest of a header.
func (d *Decoded) counted(i int) int {
	p := &d.Parts[i]
	m := &table[p.Layer].forms[p.form]
	if m.tail != nil {
		if m.tail.Kind == List6 {
			return (p.Length - m.size) / 16
		}
		return (p.Length - m.size) / 4
	}
	n := 0
	for _, q := range d.Parts[i+1:] {
		if q.Layer != LayerIGMPRecord && q.Layer != LayerMLDRecord || q.Offset >= p.end {
			break
		}
		n++
	}
	return n
}
