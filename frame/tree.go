package frame

import (
	"strings"

	"eterm/frame/ether"
)

// Columns of the tree.
const (
	nameCol  = 10
	valueCol = 26
	aboutCol = 54
)

// AppendTree appends the frame layer by layer, one field a line: its offset in
// the frame in bytes (and bits, where it starts inside a byte), its name, its
// value with the value's name, and its meaning. Faults stand behind their
// fields, marked with "!", those of no one field at the end.
func (d *Decoded) AppendTree(dst []byte) []byte {
	var shown uint64 // the faults that are, by number
	for i := range d.Parts {
		dst = d.appendHead(dst, &d.Parts[i])
		dst = d.appendBranch(dst, &d.Parts[i], &shown)
	}
	for i := range d.Faults {
		if shown>>i&1 == 0 {
			dst = append(d.Faults[i].Append(append(dst, "! "...)), '\n')
		}
	}
	return dst
}

// appendHead appends a layer's own line.
func (d *Decoded) appendHead(dst []byte, p *Part) []byte {
	dst = append(dst, p.Layer.String()...)
	s := table[p.Layer]
	if s != nil && s.lead >= 0 {
		dst = d.appendLead(append(dst, ' '), p)
	}
	dst = appendInt(append(dst, ", "...), p.Length)
	dst = appendInt(append(dst, " bytes at "...), p.Offset)
	if s != nil {
		dst = append(append(dst, ": "...), s.about...)
	}
	return append(dst, '\n')
}

// appendBranch appends the fields of a layer, or its bytes.
func (d *Decoded) appendBranch(dst []byte, p *Part, shown *uint64) []byte {
	b := p.bytes(d.Bytes)
	s := table[p.Layer]
	if s == nil {
		for at := 0; at < len(b); at += perRow {
			dst = appendRow(append(dst, "  "...), p.Offset+at, b[at:min(at+perRow, len(b))])
			dst = append(dst, '\n')
		}
		return dst
	}
	m := &s.forms[p.form]
	for j := range m.fields {
		if f := &m.fields[j]; d.shows(f, p) {
			dst = append(d.appendLeaf(dst, p, f, b, shown), '\n')
		}
	}
	return dst
}

// shows says whether a field is part of the tree: length instead of type in
// 802.3, no other view of the same bits, no empty rest.
func (d *Decoded) shows(f *Field, p *Part) bool {
	if p.Layer <= LayerSVLAN && f.Bits == 16 && f.Offset >= 0 {
		isLength := d.be16(p.Offset+p.Length-2) <= ether.MaxPayload
		return isLength == f.alias
	}
	return !f.alias && (f.Bits > 0 || p.Length > f.Offset/8)
}

func (d *Decoded) appendLeaf(dst []byte, p *Part, f *Field, b []byte, shown *uint64) []byte {
	start := len(dst)
	dst = append(dst, "  "...)
	dst = appendInt(dst, p.Offset+f.Offset/8)
	if f.Offset%8 != 0 || f.Bits%8 != 0 {
		dst = appendInt(append(dst, '.'), f.Offset%8)
	}
	dst = append(column(dst, start, nameCol), f.Name...)
	dst = column(dst, start, valueCol)
	switch {
	case f.Bits == 0:
		dst = f.appendRest(dst, b[f.Offset/8:])
	case f.Kind == IP6:
		dst = appendIP6(dst, b[f.Offset/8:f.Offset/8+16])
	default:
		v := f.get(d.Bytes, p.Offset)
		dst = f.appendValue(dst, v)
		if f.words == nil {
			break
		}
		if w := f.words.under(d.leadOf(p)).name(v); w != "" {
			dst = append(append(append(dst, " ("...), w...), ')')
		}
	}
	dst = append(column(dst, start, aboutCol), f.Meaning...)
	for i := range d.Faults {
		fault := &d.Faults[i]
		if *shown>>i&1 == 1 || fault.Offset != p.Offset+f.Offset/8 || fault.Field != p.Layer.String()+"."+f.Name {
			continue
		}
		*shown |= 1 << i
		dst = append(append(dst, "  ! "...), fault.Problem...)
		if fault.Want != "" {
			dst = append(append(dst, ", should be "...), fault.Want...)
		}
	}
	return dst
}

// leadOf is the value of the part's lead field, 0 without one.
func (d *Decoded) leadOf(p *Part) uint64 {
	s := table[p.Layer]
	if s.lead < 0 {
		return 0
	}
	return s.forms[p.form].fields[s.lead].get(d.Bytes, p.Offset)
}

// spaces is as many as the widest column has.
var spaces = strings.Repeat(" ", aboutCol)

// column fills a line with spaces up to a column, with one at least. It appends
// them at once: one at a time they were a quarter of what a tree takes.
func column(dst []byte, start, n int) []byte {
	return append(dst, spaces[:max(1, n-(len(dst)-start))]...)
}
