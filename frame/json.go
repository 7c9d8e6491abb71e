package frame

import (
	"strconv"

	"eterm/frame/ether"
)

// AppendJSON appends the frame as members of a JSON object, without the
// braces around them: "layers" with every field of every layer, derived or
// not, "faults", and "notation". Numbers are numbers, flags true or false,
// everything else is a string written as in the notation.
func (d *Decoded) AppendJSON(dst []byte) []byte {
	dst = append(dst, `"layers":[`...)
	for i := range d.Parts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(d.appendLayerJSON(append(dst, `{"layer":`...), &d.Parts[i]), '}')
	}
	dst = d.AppendFaultsJSON(append(dst, "],"...))
	dst = append(dst, `,"notation":"`...)
	n := len(dst)
	dst = d.AppendNotation(dst)
	return append(escape(dst, n), '"')
}

// AppendFaultsJSON appends the member "faults" alone.
func (d *Decoded) AppendFaultsJSON(dst []byte) []byte {
	dst = append(dst, `"faults":[`...)
	for i := range d.Faults {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = d.Faults[i].appendJSON(dst)
	}
	return append(dst, ']')
}

func (d *Decoded) appendLayerJSON(dst []byte, p *Part) []byte {
	dst = appendString(dst, p.Layer.String())
	b := p.bytes(d.Bytes)
	s := table[p.Layer]
	if s == nil {
		if p.Layer == LayerSurplus {
			dst = appendInt(append(dst, `,"ends":`...), int(p.form))
		}
		dst = appendInt(append(dst, `,"length":`...), len(b))
		dst = appendHex(append(dst, `,"hex":"`...), b)
		return append(dst, '"')
	}
	m := &s.forms[p.form]
	for _, j := range m.order {
		f := &m.fields[j]
		if f.Bits == 0 {
			dst = appendMember(dst, f.Name)
			dst = append(dst, '"')
			n := len(dst)
			dst = append(escape(f.appendPlain(dst, b[f.Offset/8:]), n), '"')
			continue
		}
		if f.rule == nextType && p.Layer <= LayerSVLAN && f.get(d.Bytes, p.Offset) <= ether.MaxPayload {
			f = m.field("length")
		}
		dst = f.appendJSON(appendMember(dst, f.Name), d.Bytes, p.Offset)
	}
	return dst
}

// appendPlain appends the rest of a header as a string's content.
func (f *Field) appendPlain(dst, b []byte) []byte {
	switch {
	case len(b) == 0:
		return dst
	case f.Kind == Bytes && isText(b):
		return append(dst, b...)
	}
	return f.appendRest(dst, b)
}

// appendJSON appends the value of a field in the header at off of b.
func (f *Field) appendJSON(dst, b []byte, off int) []byte {
	switch f.Kind {
	case Flag:
		return strconv.AppendBool(dst, f.get(b, off) == 1)
	case Dec:
		return strconv.AppendUint(dst, f.get(b, off), 10)
	}
	dst = append(dst, '"')
	if f.Kind == IP6 {
		at := off + f.Offset/8
		dst = appendIP6(dst, b[at:at+16])
	} else {
		dst = f.appendValue(dst, f.get(b, off))
	}
	return append(dst, '"')
}

func (f *Fault) appendJSON(dst []byte) []byte {
	dst = appendString(append(dst, `{"field":`...), f.Field)
	dst = appendInt(append(dst, `,"offset":`...), f.Offset)
	dst = appendString(append(dst, `,"got":`...), f.Got)
	dst = appendString(append(dst, `,"want":`...), f.Want)
	dst = appendString(append(dst, `,"problem":`...), f.Problem)
	return append(dst, '}')
}

// appendMember appends a field's name, in the snake case of all our JSON.
func appendMember(dst []byte, name string) []byte {
	dst = append(dst, `,"`...)
	for i := range len(name) {
		c := name[i]
		if c == '-' {
			c = '_'
		}
		dst = append(dst, c)
	}
	return append(dst, `":`...)
}

// appendString appends a string that needs no escapes: a name of our own.
func appendString(dst []byte, s string) []byte {
	return append(append(append(dst, '"'), s...), '"')
}

// escape puts the escapes JSON needs into dst[n:], which is printable ASCII.
func escape(dst []byte, n int) []byte {
	extra := 0
	for _, c := range dst[n:] {
		if c == '"' || c == '\\' {
			extra++
		}
	}
	if extra == 0 {
		return dst
	}
	from := len(dst) - 1
	dst = append(dst, make([]byte, extra)...)
	for to := len(dst) - 1; to > from; to-- {
		dst[to] = dst[from]
		if c := dst[from]; c == '"' || c == '\\' {
			to--
			dst[to] = '\\'
		}
		from--
	}
	return dst
}
