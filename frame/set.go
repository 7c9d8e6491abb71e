package frame

import (
	"fmt"
	"strings"
)

// Set overwrites one field of a frame in place and nothing else: checksums do
// not follow. It is how a frame is made wrong on purpose. The field is
// layer.field as in the notation (ipv4.checksum, vlan.id); where a layer
// occurs more than once the first is meant, or layer[n] with n from 0. Fields
// wider than 64 bits and those without fixed width cannot be set.
func Set(b []byte, field string, value uint64) error {
	layer, name, ok := strings.Cut(field, ".")
	if !ok {
		return fmt.Errorf("frame: %q is no layer.field, such as ipv4.checksum", field)
	}
	layer, index, ok := trimIndex(layer)
	if !ok {
		return fmt.Errorf("frame: %q is no layer[n].field, such as vlan[1].id", field)
	}
	l, ok := layerNamed(layer)
	if !ok || table[l] == nil {
		return fmt.Errorf("frame: %s", unknown("layer", layer, LayerNames()))
	}
	d := Decode(b)
	for i := range d.Parts {
		p := &d.Parts[i]
		if p.Layer != l {
			continue
		}
		if index > 0 {
			index--
			continue
		}
		return d.set(p, name, value)
	}
	return fmt.Errorf("frame: the frame has no such layer: %s", strings.TrimSuffix(field, "."+name))
}

func (d *Decoded) set(p *Part, name string, value uint64) error {
	m := &table[p.Layer].forms[p.form]
	f := m.field(name)
	switch {
	case f == nil:
		return fmt.Errorf("frame: %s in %s", unknown("field", name, m.names()), p.Layer)
	case f.Bits == 0 || f.Bits > 64:
		return fmt.Errorf("frame: %s.%s is not a number of up to 64 bits", p.Layer, name)
	case !fitsBits(value, f.Bits):
		return fmt.Errorf("frame: %d is too large for %s.%s: %d is the largest", value, p.Layer, name, largest(f.Bits))
	}
	putBits(d.Bytes, p.Offset*8+f.Offset, f.Bits, value)
	return nil
}
