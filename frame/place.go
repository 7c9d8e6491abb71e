package frame

import (
	"fmt"
	"strings"
)

// Place is where in a template's frames a number of up to 64 bits is.
type Place struct{ bit, bits int }

// Put writes the lower bits of v there, allocating nothing. Checksums do not
// follow: call [Template.Seal], or write what adds up to the same.
func (p Place) Put(b []byte, v uint64) { putBits(b, p.bit, p.bits, v) }

// Get is the number there.
func (p Place) Get(b []byte) uint64 { return getBits(b, p.bit, p.bits) }

// Place finds a field of the template's frames, LAYER.FIELD or LAYER[N].FIELD
// as [Edit.Set] takes them; of an IPv6 address its lower half.
func (t *Template) Place(field string) (Place, error) {
	layer, name, _ := strings.Cut(field, ".")
	layer, index, ok := trimIndex(layer)
	l, known := layerNamed(layer)
	i := -1
	if ok && known && table[l] != nil {
		i = t.first.find(l, index)
	}
	if i < 0 {
		return Place{}, fmt.Errorf("the frame has no layer for %q", field)
	}
	p := &t.first.Parts[i]
	m := &table[l].forms[p.form]
	f := m.field(name)
	if f == nil || f.Bits == 0 {
		return Place{}, fmt.Errorf("%q: %s", field, unknown("field", name, m.names())+m.hint(table[l], p.form))
	}
	if f.Bits > 64 {
		return Place{(p.Offset+f.Offset/8)*8 + f.Bits - 64, 64}, nil
	}
	return Place{p.Offset*8 + f.Offset, f.Bits}, nil
}

// Data is where the template's frames have their last layer of data, in bytes;
// length 0 if there is none.
func (t *Template) Data() (offset, length int) {
	for i := len(t.first.Parts) - 1; i >= 0; i-- {
		if p := &t.first.Parts[i]; p.Layer == LayerData {
			return p.Offset, p.Length
		}
	}
	return len(t.first.Bytes), 0
}

// Seal writes the checksums of a frame of this template whose bytes were
// changed in place, but for those that the notation gives. It allocates
// nothing. b must be [Template.Len] bytes or longer.
func (t *Template) Seal(b []byte) {
	d := Decoded{Bytes: b, Parts: t.first.Parts}
	for i := len(d.Parts) - 1; i >= 0; i-- {
		p := &d.Parts[i]
		if table[p.Layer] == nil {
			continue
		}
		fields := table[p.Layer].forms[p.form].fields
		for j := range fields {
			if fields[j].rule == checksum && t.given[i]&(1<<j) == 0 {
				putBits(b, p.Offset*8+fields[j].Offset, 16, uint64(d.checksum(i)))
			}
		}
	}
}
