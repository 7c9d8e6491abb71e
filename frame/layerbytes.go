package frame

import "fmt"

// CheckLayer says whether a layer is one that LayerBytes takes.
func CheckLayer(layer string) error {
	name, _, ok := trimIndex(layer)
	if !ok {
		return fmt.Errorf("%q: want LAYER or LAYER[N], such as vlan[1]", layer)
	}
	if _, known := layerNamed(name); !known {
		return fmt.Errorf("%s", unknown("layer", name, layerNames[:]))
	}
	return nil
}

// LayerBytes is the bytes that a layer has itself, without what it carries: of
// the first of that name, or of LAYER[N] with N from 0; nil if the frame has
// none. They share the frame's memory.
func (d *Decoded) LayerBytes(layer string) []byte {
	name, index, _ := trimIndex(layer)
	l, known := layerNamed(name)
	if i := d.find(l, index); known && i >= 0 {
		return d.Parts[i].bytes(d.Bytes)
	}
	return nil
}
