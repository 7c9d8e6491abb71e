package frame

import (
	"encoding/binary"
	"math/bits"

	"eterm/ipv4"
)

// Patch writes the next frame over b, which holds a frame of this template:
// only what varies, and the checksums that cover it, is written. Fields then
// take their next value. It allocates nothing. b must be [Template.Len] bytes
// or longer.
func (t *Template) Patch(b []byte) {
	if t.counter {
		t.patchCounter(b)
		return
	}
	for i := range t.vary {
		v := &t.vary[i]
		x := v.cur
		switch v.width {
		case 2:
			binary.BigEndian.PutUint16(b[v.bit>>3:], uint16(x))
		case 4:
			binary.BigEndian.PutUint32(b[v.bit>>3:], uint32(x))
		default:
			putBits(b, v.bit, v.bits, x)
		}
		for _, e := range v.effects {
			t.sums[e.sum].now += words16(bits.RotateLeft64(x, e.turn))
		}
		if v.listed || v.hi-x < v.step {
			v.next()
		} else {
			v.cur = x + v.step
		}
	}
	for i := range t.sums {
		s := &t.sums[i]
		n := s.now
		s.now = s.base
		c := s.checksum(n)
		binary.BigEndian.PutUint16(b[s.offset:], c)
		for _, e := range s.feeds {
			t.sums[e.sum].now += words16(uint64(c) << e.turn)
		}
	}
}

// patchCounter is Patch for the usual template: one 16-bit field that counts,
// under one checksum.
func (t *Template) patchCounter(b []byte) {
	v, s := &t.vary[0], &t.sums[0]
	x := v.cur
	binary.BigEndian.PutUint16(b[v.bit>>3:], uint16(x))
	binary.BigEndian.PutUint16(b[s.offset:], s.checksum(s.base+x))
	if v.cur = x + v.step; v.hi-x < v.step {
		v.cur = v.lo
	}
}

// checksum is the field's value for a sum of words not yet folded.
func (s *sum) checksum(n uint64) uint16 {
	n = n>>16 + n&0xffff
	n = n>>16 + n&0xffff
	c := ^uint16(n>>16 + n)
	if c == 0 && s.udp {
		c = 0xffff
	}
	return c
}

// words16 is the sum of the four 16-bit words of x.
func words16(x uint64) uint64 {
	return x>>48 + x>>32&0xffff + x>>16&0xffff + x&0xffff
}

// prepare finds which checksums follow which fields (RFC 1624: a checksum
// changes by what the words it covers change by) and sums up the rest of what
// each covers.
func (t *Template) prepare() {
	t.link()
	rest := t.first
	rest.Bytes = append([]byte(nil), t.first.Bytes...)
	for i := range t.vary {
		putBits(rest.Bytes, t.vary[i].bit, t.vary[i].bits, 0)
	}
	for i := range t.sums {
		putBits(rest.Bytes, t.sums[i].offset*8, 16, 0)
	}
	for i := range t.sums {
		s := &t.sums[i]
		s.base = uint64(ipv4.Sum(rest.pseudo(s.part), rest.covered(s.part)))
		s.now = s.base
	}
	v := &t.vary[0]
	t.counter = len(t.vary) == 1 && len(t.sums) == 1 && v.width == 2 && !v.listed &&
		len(v.effects) == 1 && v.effects[0].turn == 0
}

// link finds what each field and checksum does to the checksums that cover it,
// and leaves out those that never change. Inner checksums come first.
func (t *Template) link() {
	all := t.sums
	t.sums = t.sums[:0]
	for i := range t.vary {
		t.vary[i].effects = nil
	}
	for _, s := range all {
		n := len(t.sums)
		changes := false
		for i := range t.vary {
			v := &t.vary[i]
			if turn, ok := t.affects(v, &s); ok {
				v.effects = append(v.effects, effect{n, turn})
				changes = true
			}
		}
		outer := &t.first.Parts[s.part]
		for i := range t.sums {
			if inner := &t.sums[i]; outer.Layer != LayerIPv4 && inner.offset < outer.end {
				inner.feeds = append(inner.feeds, effect{n, (inner.offset - outer.Offset) % 2 * 8})
				changes = true
			}
		}
		if changes {
			t.sums = append(t.sums, s)
		}
	}
}

// affects says whether a checksum covers a field, and how far the field's
// value must be turned to be added to it.
func (t *Template) affects(v *varying, s *sum) (turn int, ok bool) {
	d := &t.first
	p := &d.Parts[s.part]
	from, to := p.Offset*8, len(d.covered(s.part))*8+p.Offset*8
	if v.bit >= from && v.bit < to {
		return (16 - (v.bit-from+v.bits)%16) % 16, true
	}
	if d.Parts[v.part].Layer != LayerIPv4 && d.Parts[v.part].Layer != LayerIPv6 || v.part >= s.part {
		return 0, false
	}
	// An address counts if the pseudo-header changes with it.
	old := getBits(d.Bytes, v.bit, v.bits)
	before := d.pseudo(s.part)
	putBits(d.Bytes, v.bit, v.bits, old^1)
	changed := d.pseudo(s.part) != before
	putBits(d.Bytes, v.bit, v.bits, old)
	return 0, changed
}
