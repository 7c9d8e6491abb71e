package frame

import (
	"encoding/binary"
	"strings"
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
	at        int  // in list
	listed    bool // values are not just a step apart: from a list, or random
	random    bool
	width     int    // in bytes if that is 2 or 4 whole bytes, else 0
	state     uint64 // of the generator
	effects   []effect
}

// effect is what a field does to a checksum: its value counts, turned left by
// so many bits, so that its words lie as the words of the sum do.
type effect struct{ sum, turn int }

// sum is a checksum that follows fields that vary.
type sum struct {
	part   int
	offset int
	base   uint64   // the sum of what does not vary
	now    uint64   // the sum as far as the frame being made goes; base between frames
	udp    bool     // 0 is written as 0xffff
	feeds  []effect // what this checksum does to those that cover it
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
	if !ok || !p.mark(i, f, at) {
		return false
	}
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
	v.cur, v.at, v.listed = v.lo, 0, v.list != nil || v.random
	if v.bit%8 == 0 && (v.bits == 16 || v.bits == 32) {
		v.width = v.bits / 8
	}
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
