package frame

import (
	"fmt"
	"slices"
	"strings"

	"eterm/frame/ether"
)

// Edit is changes to be made to frames that are there already. The zero value
// changes nothing.
type Edit struct {
	sets []setting
	tags []VLAN // instead of those a frame has, if retag
	// retag says that tags are changed.
	retag bool
}

// setting is one field to be set.
type setting struct {
	layer Layer
	index uint64 // of the layer among its like
	name  string
	value string
	text  string // as given, for messages
}

// Set adds a change written LAYER.FIELD=VALUE, with names and values as in the
// notation (ipv4.ttl=1, vlan.id=7, eth.dst=broadcast). Where a layer occurs more
// than once the first is meant, or LAYER[N] with N from 0.
func (e *Edit) Set(change string) error {
	field, value, ok := strings.Cut(change, "=")
	layer, name, dotted := strings.Cut(field, ".")
	if !ok || !dotted {
		return fmt.Errorf("%q: want LAYER.FIELD=VALUE, such as ipv4.ttl=1", change)
	}
	layer, index, ok := trimIndex(layer)
	if !ok {
		return fmt.Errorf("%q: want LAYER[N].FIELD=VALUE, such as vlan[1].id=5", change)
	}
	l, ok := layerNamed(layer)
	if !ok || table[l] == nil {
		return fmt.Errorf("%q: %s", change, unknown("layer", layer, LayerNames()))
	}
	s := setting{l, index, name, value, change}
	if err := s.check(); err != nil {
		return err
	}
	e.sets = append(e.sets, s)
	return nil
}

// check says what no form of the layer takes.
func (s *setting) check() error {
	first := &table[s.layer].forms[0]
	err := fmt.Errorf("%q: %s%s", s.text, unknown("field", s.name, first.names()), first.hint(table[s.layer], 0))
	for i := range table[s.layer].forms {
		m := &table[s.layer].forms[i]
		if f := m.field(s.name); f != nil {
			if err = s.put(make([]byte, len(zeroHeader)*2), m, f, len(zeroHeader)/2); err == nil {
				return nil
			}
		}
	}
	return err
}

// Empty says whether there is nothing to change.
func (e *Edit) Empty() bool { return len(e.sets) == 0 && !e.retag }

// Retag replaces the tags of a frame by these, outer first; none takes them off.
func (e *Edit) Retag(tags []VLAN) { e.tags, e.retag = slices.Clone(tags), true }

// put writes the setting's value into the header at off of b.
func (s *setting) put(b []byte, m *form, f *Field, off int) error {
	switch {
	case f.Bits == 0:
		return fmt.Errorf("%q: %s has no fixed width: write the frame as notation", s.text, s.name)
	case f.Kind == IP6:
		v, ok := parseIP6(s.value)
		if !ok {
			return fmt.Errorf("%q: %s is no IPv6 address", s.text, quote(s.value))
		}
		copy(b[off+f.Offset/8:], v[:])
		return nil
	}
	lead := uint64(0)
	if n := table[s.layer].lead; n >= 0 {
		lead = m.fields[n].get(b, off)
	}
	v, problem := f.read(s.value, lead)
	if problem != "" {
		return fmt.Errorf("%q: %s", s.text, problem)
	}
	putBits(b, off*8+f.Offset, f.Bits, v)
	return nil
}

// Apply makes the changes and returns the frame, which is d.Bytes changed in
// place unless its tags changed. d is then the frame as changed. Checksums that
// were right stay right, wrong ones and those that are set stay as they are;
// lengths are not touched. A frame that had the least length does not become
// shorter by losing tags. An error says which layer or field the frame does not
// have; the frame may then be half changed.
func (e *Edit) Apply(d *Decoded) ([]byte, error) {
	if e.retag {
		d.Decode(e.retagged(d))
	}
	right := make([]bool, len(d.Parts))
	for i := range d.Parts {
		right[i] = d.sumIsRight(i)
	}
	for i := range e.sets {
		s := &e.sets[i]
		n := d.find(s.layer, s.index)
		if n < 0 {
			return nil, fmt.Errorf("%q: the frame has no such layer", s.text)
		}
		m := &table[s.layer].forms[d.Parts[n].form]
		f := m.field(s.name)
		if f == nil {
			return nil, fmt.Errorf("%q: %s", s.text, unknown("field", s.name, m.names())+m.hint(table[s.layer], d.Parts[n].form))
		}
		if f.Offset < 0 && (n == 0 || d.Parts[n-1].Layer > LayerSVLAN) {
			return nil, fmt.Errorf("%q: nothing before this tag has a type", s.text)
		}
		if err := s.put(d.Bytes, m, f, d.Parts[n].Offset); err != nil {
			return nil, err
		}
		if f.rule == checksum {
			right[n] = false
		}
	}
	for i := len(d.Parts) - 1; i >= 0; i-- { // inner ones first: the outer cover them
		if right[i] {
			at := d.Parts[i].Offset + sumAt(d.Parts[i].Layer)
			putBits(d.Bytes, at*8, 16, uint64(d.checksum(i)))
		}
	}
	d.Decode(d.Bytes)
	return d.Bytes, nil
}

// sumIsRight says whether part i has a checksum and it is right. None in UDP is
// no checksum.
func (d *Decoded) sumIsRight(i int) bool {
	p := &d.Parts[i]
	s := table[p.Layer]
	if s == nil || !slices.ContainsFunc(s.forms[p.form].fields, func(f Field) bool { return f.rule == checksum }) {
		return false
	}
	got := d.be16(p.Offset + sumAt(p.Layer))
	return d.valid(i) && (p.Layer != LayerUDP || got != 0)
}

// find is the part that is the layer's occurrence of that index, or -1.
func (d *Decoded) find(l Layer, index uint64) int {
	for i := range d.Parts {
		if d.Parts[i].Layer != l {
			continue
		}
		if index == 0 {
			return i
		}
		index--
	}
	return -1
}

// retagged is a copy of the frame with other tags.
func (e *Edit) retagged(d *Decoded) []byte {
	b := d.Bytes
	h, payload, err := ether.Parse(b)
	if err != nil {
		return b
	}
	out := append(append([]byte(nil), h.Dst...), h.Src...)
	for _, v := range e.tags {
		out = append(out, byte(v.tpid()>>8), byte(v.tpid()), byte(v.tci()>>8), byte(v.tci()))
	}
	out = append(append(out, byte(h.Type>>8), byte(h.Type)), payload...)
	if len(b) >= ether.MinFrame {
		out = Pad(out, ether.MinFrame)
	}
	return out
}
