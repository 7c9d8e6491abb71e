package frame

import (
	"strconv"

	"eterm/frame/ether"
)

// AppendNotation appends the frame as notation on one line, without its end:
// text that [Parse] builds the same bytes from. A field that holds what it
// should is left out. Only printable ASCII is in it.
func (d *Decoded) AppendNotation(dst []byte) []byte {
	start := len(dst)
	for i := range d.Parts {
		p := &d.Parts[i]
		if p.Layer == LayerTrailer && d.impliedPadding(p) {
			break
		}
		b := p.bytes(d.Bytes)
		if p.Layer == LayerData && i+1 == len(d.Parts) {
			if b = d.withoutPadding(b); len(b) == 0 {
				break
			}
		}
		if len(dst) > start {
			dst = append(dst, " / "...)
		}
		dst = d.appendLayer(dst, i, b)
	}
	if n := len(d.Parts); n == 0 {
		dst = append(dst, "hex"...)
	} else if len(d.Bytes) < ether.MinFrame && d.Parts[0].Layer == LayerEth && d.Parts[n-1].Layer != LayerTrailer {
		dst = append(dst, " / pad 0"...)
	}
	return dst
}

// impliedPadding says whether a trailer is what a frame gets unless it has a
// trailer of its own: zeros up to the least length.
func (d *Decoded) impliedPadding(p *Part) bool {
	return len(d.Bytes) == ether.MinFrame && isZero(p.bytes(d.Bytes)) && d.Parts[0].Layer == LayerEth
}

// withoutPadding is data without the zeros at its end, if the frame is as long
// as padding would make it and nothing states the data's length.
func (d *Decoded) withoutPadding(b []byte) []byte {
	if len(d.Bytes) != ether.MinFrame {
		return b
	}
	for i := range d.Parts[:len(d.Parts)-1] {
		p := &d.Parts[i]
		switch p.Layer {
		case LayerEth, LayerVLAN, LayerSVLAN:
		default:
			return b
		}
		if d.be16(p.Offset+p.Length-2) < ether.MinType {
			return b
		}
	}
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}

func isZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

func (d *Decoded) appendLayer(dst []byte, i int, b []byte) []byte {
	p := &d.Parts[i]
	switch p.Layer {
	case LayerData:
		return appendData(dst, b)
	case LayerTrailer:
		if isZero(b) {
			return appendInt(append(dst, "pad "...), len(b))
		}
		return appendHex(append(dst, "trailer "...), b)
	case LayerSurplus:
		dst = append(dst, "surplus "...)
		if p.form != 1 {
			dst = appendInt(append(dst, "ends="...), int(p.form))
			dst = append(dst, ' ')
		}
		return appendHex(dst, b)
	}
	dst = append(dst, p.Layer.String()...)
	s := table[p.Layer]
	m := &s.forms[p.form]
	lead := uint64(0)
	if s.lead >= 0 {
		lead = m.fields[s.lead].get(d.Bytes, p.Offset)
	}
	dst = s.appendForm(dst, p.form, lead)
	for _, j := range m.order {
		if f := &m.fields[j]; int(j) != s.lead {
			dst = d.appendField(dst, i, f, lead)
		}
	}
	return dst
}

// appendForm appends the words that choose a form and set its lead field.
func (s *spec) appendForm(dst []byte, n uint8, lead uint64) []byte {
	m := &s.forms[n]
	if s.lead < 0 {
		if m.name != "" {
			dst = append(append(dst, ' '), m.name...)
		}
		return dst
	}
	f := &m.fields[s.lead]
	if s.lookup(lead, maxBuilt) != n {
		dst = append(append(dst, ' '), m.name...)
		if lead == f.def {
			return dst
		}
	} else if w := f.words.under(lead).name(lead); w != "" {
		return append(append(dst, ' '), w...)
	} else if lead == m.lead && !m.any {
		if m.name != "" {
			dst = append(append(dst, ' '), m.name...)
		}
		return dst
	}
	dst = append(append(dst, ' '), f.Name...)
	return f.appendValue(append(dst, '='), lead)
}

// appendField appends a field of part i, unless it holds what it should.
func (d *Decoded) appendField(dst []byte, i int, f *Field, lead uint64) []byte {
	p := &d.Parts[i]
	if f.Bits == 0 {
		return d.appendTail(dst, p, f)
	}
	if f.Kind == IP6 {
		at := p.Offset + f.Offset/8
		return appendIP6(appendKey(dst, f.Name), d.Bytes[at:at+16])
	}
	v := f.get(d.Bytes, p.Offset)
	if f.rule != always && v == d.derive(i, f) {
		return dst
	}
	if f.Kind == Flag && v == 1 {
		return append(append(dst, ' '), f.Name...)
	}
	if f.rule == nextType && v <= ether.MaxPayload && p.Layer <= LayerSVLAN {
		return strconv.AppendUint(appendKey(dst, "length"), v, 10)
	}
	dst = appendKey(dst, f.Name)
	if w := f.words.under(lead).name(v); w != "" {
		return append(dst, w...)
	}
	return f.appendValue(dst, v)
}

func appendKey(dst []byte, name string) []byte {
	return append(append(append(dst, ' '), name...), '=')
}

// appendValue appends a number as the field's kind writes it. It is not for
// IPv6 addresses.
func (f *Field) appendValue(dst []byte, v uint64) []byte {
	switch f.Kind {
	case Hex:
		return appendHexN(dst, v, (f.Bits+3)/4)
	case MAC:
		return appendMAC(dst, v)
	case IP4:
		return appendIP4(dst, v)
	}
	return strconv.AppendUint(dst, v, 10)
}

// appendTail appends the rest of a header, unless there is none.
func (d *Decoded) appendTail(dst []byte, p *Part, f *Field) []byte {
	b := p.bytes(d.Bytes)[f.Offset/8:]
	if len(b) == 0 || f.Kind <= Options6 && f.Kind >= Options4 && len(optionsOf[f.Kind].padding(b)) == len(b) {
		return dst
	}
	return f.appendRest(appendKey(dst, f.Name), b)
}

// appendRest appends the value of a field that is the rest of its header.
func (f *Field) appendRest(dst, b []byte) []byte {
	switch f.Kind {
	case List4:
		for i := 0; i+4 <= len(b); i += 4 {
			dst = append(appendIP4(dst, getBits(b, i*8, 32)), ',')
		}
		return dst[:len(dst)-1]
	case List6:
		for i := 0; i+16 <= len(b); i += 16 {
			dst = append(appendIP6(dst, b[i:i+16]), ',')
		}
		return dst[:len(dst)-1]
	case Bytes:
		if isText(b) {
			return appendQuoted(dst, b)
		}
		return appendHex(append(dst, "0x"...), b)
	}
	return optionsOf[f.Kind].append(dst, b)
}

// The least length from which data is written as a pattern.
const minPattern = 9

// appendData appends data as the word that writes it best.
func appendData(dst, b []byte) []byte {
	switch {
	case isText(b):
		return appendQuoted(append(dst, "text "...), b)
	case len(b) >= minPattern && isZero(b):
		return appendInt(append(dst, "zeros "...), len(b))
	case len(b) >= minPattern && isCount(b):
		return appendInt(append(dst, "count "...), len(b))
	}
	return appendHex(append(dst, "hex "...), b)
}

// isCount says whether b is 00 01 02 and so on.
func isCount(b []byte) bool {
	for i, c := range b {
		if c != byte(i) {
			return false
		}
	}
	return true
}
