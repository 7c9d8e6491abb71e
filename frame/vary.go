package frame

import (
	"encoding/binary"
	"strings"

	"eterm/ipv4"
)

// varying is a field whose value changes from frame to frame: through a range,
// through a list, or at random within a range.
type varying struct {
	bit, bits int // where in the frame
	part      int
	cur       uint64 // the next frame's value
	lo, hi    uint64
	step      uint64
	list      []uint64
	at        int // in list
	random    bool
	state     uint64 // of the generator
	effects   []effect
}

// effect is what a field does to a checksum: its value, shifted so, counts.
type effect struct{ sum, shift int }

// sum is a checksum that follows fields that vary.
type sum struct {
	part   int
	offset int
	base   uint64 // the sum of what does not vary
	now    uint64
	udp    bool  // 0 is written as 0xffff
	feeds  []int // sums that cover this checksum
}

// varied reads the text of a value that changes and sets the first one.
func (p *parser) varied(f *Field, lead uint64, text string, at token) bool {
	i := len(p.first.Parts) - 1
	off := p.first.Parts[i].Offset
	v := varying{bit: off*8 + f.Offset, bits: min(f.Bits, 64), part: i, step: 1}
	if f.Kind == IP6 {
		v.bit += 64
	}
	one := func(s string) (uint64, bool) {
		x, problem := f.readLow(s, lead, p.first.Bytes[off+max(f.Offset, 0)/8:])
		return x, problem == "" || p.fail(at, problem)
	}
	ok := true
	switch rest, isRandom := strings.CutPrefix(text, "random"); {
	case isRandom:
		v.random, v.hi = true, largest(v.bits)
		if f.Kind == MAC {
			v.lo, v.hi = 0x020000000000, 0x02ffffffffff // local addresses of single hosts
		}
		if f.Kind == IP6 {
			return p.fail(at, "an IPv6 address varies as a range or list, not at random")
		}
		if rest != "" {
			ok = p.bounds(&v, strings.TrimPrefix(rest, ":"), at, one)
		}
	case strings.Contains(text, ".."):
		ok = p.bounds(&v, text, at, one)
	default:
		for more := true; more && ok; {
			var s string
			var x uint64
			s, text, more = cutByte(text, ',')
			x, ok = one(s)
			v.list = append(v.list, x)
		}
	}
	if !ok {
		return false
	}
	p.mark(i, f)
	v.reset(0, len(p.vary))
	putBits(p.first.Bytes, v.bit, v.bits, v.cur)
	p.vary = append(p.vary, v)
	return true
}

// bounds reads first..last and an optional +step.
func (p *parser) bounds(v *varying, text string, at token, one func(string) (uint64, bool)) bool {
	lo, hi, _ := strings.Cut(text, "..")
	hi, step, stepped := cutByte(hi, '+')
	var ok bool
	if v.lo, ok = one(lo); !ok {
		return false
	}
	if v.hi, ok = one(hi); !ok {
		return false
	}
	if v.lo > v.hi {
		return p.fail(at, "the range ends below where it starts")
	}
	if stepped {
		if v.step, ok = parseUint(step); !ok || v.step == 0 {
			return p.fail(at, quote(step)+" is no step: a number from 1")
		}
	}
	return true
}

// readLow reads a value as its lower 64 bits; the upper ones of an IPv6
// address go into header and must be the same for all values.
func (f *Field) readLow(s string, lead uint64, header []byte) (uint64, string) {
	if f.Kind != IP6 {
		return f.read(s, lead)
	}
	b, ok := parseIP6(s)
	if !ok {
		return 0, quote(s) + " is no IPv6 address"
	}
	if high := header[:8]; !isZero(high) && string(high) != string(b[:8]) {
		return 0, "addresses may differ in the lower 64 bits only"
	}
	copy(header, b[:8])
	return binary.BigEndian.Uint64(b[8:]), ""
}

// reset starts the field anew.
func (v *varying) reset(seed uint64, index int) {
	v.cur, v.at = v.lo, 0
	if v.list != nil {
		v.cur = v.list[0]
	}
	if v.random {
		v.state = mix(seed + uint64(index)*golden)
		v.next()
	}
}

// next takes the next value.
func (v *varying) next() {
	switch {
	case v.random:
		v.state += golden
		v.cur = mix(v.state)
		if span := v.hi - v.lo + 1; span != 0 {
			v.cur = v.lo + v.cur%span
		}
	case v.list != nil:
		if v.at++; v.at == len(v.list) {
			v.at = 0
		}
		v.cur = v.list[v.at]
	default:
		if v.hi-v.cur < v.step {
			v.cur = v.lo
		} else {
			v.cur += v.step
		}
	}
}

// golden and mix are the generator SplitMix64 (Steele, Lea, Flood 2014): fast,
// and its state can be set anywhere.
const golden = 0x9e3779b97f4a7c15

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (t *Template) reset() {
	for i := range t.vary {
		v := &t.vary[i]
		v.reset(t.seed, i)
		putBits(t.first.Bytes, v.bit, v.bits, v.cur)
	}
}

// fillNoise fills random data from the seed.
func (t *Template) fillNoise() {
	state := mix(t.seed ^ golden)
	for _, n := range t.noise {
		b := t.first.Bytes[n.offset : n.offset+n.length]
		for i := range b {
			if i%8 == 0 {
				state += golden
			}
			b[i] = byte(mix(state) >> (i % 8 * 8))
		}
	}
}

// Patch writes the next frame over b, which holds a frame of this template:
// only what varies, and the checksums that cover it, is written. Fields then
// take their next value. It allocates nothing. b must be [Template.Len] bytes
// or longer.
func (t *Template) Patch(b []byte) {
	for i := range t.sums {
		t.sums[i].now = t.sums[i].base
	}
	for i := range t.vary {
		v := &t.vary[i]
		switch x := v.cur; {
		case v.bit&7 == 0 && v.bits == 16:
			binary.BigEndian.PutUint16(b[v.bit>>3:], uint16(x))
		case v.bit&7 == 0 && v.bits == 32:
			binary.BigEndian.PutUint32(b[v.bit>>3:], uint32(x))
		default:
			putBits(b, v.bit, v.bits, x)
		}
		for _, e := range v.effects {
			t.sums[e.sum].now += words16(v.cur << e.shift)
		}
		v.next()
	}
	for i := range t.sums {
		s := &t.sums[i]
		n := s.now>>16 + s.now&0xffff
		n = n>>16 + n&0xffff
		c := ^uint16(n>>16 + n)
		if c == 0 && s.udp {
			c = 0xffff
		}
		binary.BigEndian.PutUint16(b[s.offset:], c)
		for _, outer := range s.feeds {
			t.sums[outer].now += uint64(c)
		}
	}
}

// words16 is the sum of the four 16-bit words of x.
func words16(x uint64) uint64 {
	return x>>48 + x>>32&0xffff + x>>16&0xffff + x&0xffff
}

// prepare finds which checksums follow which fields (RFC 1624: a checksum
// changes by what the words it covers change by) and sums up the rest of what
// each covers.
func (t *Template) prepare() {
	for i := range t.vary {
		v := &t.vary[i]
		v.effects = nil
		for j := range t.sums {
			if shift, ok := t.affects(v, &t.sums[j]); ok {
				v.effects = append(v.effects, effect{j, shift})
			}
		}
	}
	rest := t.first
	rest.Bytes = append([]byte(nil), t.first.Bytes...)
	for i := range t.vary {
		putBits(rest.Bytes, t.vary[i].bit, t.vary[i].bits, 0)
	}
	for i := range t.sums {
		s := &t.sums[i]
		putBits(rest.Bytes, s.offset*8, 16, 0)
		s.feeds = nil
		for j := i + 1; j < len(t.sums); j++ {
			outer := &t.first.Parts[t.sums[j].part]
			if outer.Layer != LayerIPv4 && s.offset < outer.end {
				s.feeds = append(s.feeds, j)
			}
		}
	}
	for i := range t.sums {
		s := &t.sums[i]
		s.base = uint64(ipv4.Sum(rest.pseudo(s.part), rest.covered(s.part)))
	}
}

// affects says whether a checksum covers a field, and how far the field's
// value must be shifted to be added to it.
func (t *Template) affects(v *varying, s *sum) (shift int, ok bool) {
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
