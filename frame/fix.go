package frame

// Fix puts lengths and checksums of b right, in place, and says what was wrong,
// in the order it was found. Other faults stay; Decode names them afterwards. A
// packet's length is right if it is possible: what lies behind a shorter one is
// padding, and stays so.
func Fix(b []byte) (fixed []Fault) {
	var d Decoded
	for range maxFaults { // a length put right shows checksums that could not be judged before
		d.general(b, Captured{})
		before := len(fixed)
		for i := len(d.Parts) - 1; i >= 0; i-- {
			fixed = d.fixPart(i, fixed)
		}
		if len(fixed) == before {
			break
		}
	}
	return fixed
}

// fixPart puts the fields of part i right that have a fault of length or
// checksum.
func (d *Decoded) fixPart(i int, fixed []Fault) []Fault {
	p := &d.Parts[i]
	s := table[p.Layer]
	if s == nil {
		return fixed
	}
	m := &s.forms[p.form]
	for j := range m.fields {
		f := &m.fields[j]
		if f.rule != length && f.rule != checksum && (f.rule != nextType || p.Layer > LayerSVLAN) {
			continue
		}
		name := f.Name
		if f.rule == nextType { // an 802.3 length
			name = "length"
		}
		for k := range d.Faults {
			fault := &d.Faults[k]
			if fault.Offset == p.Offset+f.Offset/8 && fault.Field == p.Layer.String()+"."+name {
				putBits(d.Bytes, p.Offset*8+f.Offset, f.Bits, d.derive(i, f))
				fixed = append(fixed, *fault)
			}
		}
	}
	return fixed
}
