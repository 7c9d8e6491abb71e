package probe

import (
	"bytes"

	"eterm/frame/ether"
)

// arrived is one test frame of a run as it came.
type arrived struct {
	frame  []byte
	length int // on the wire; more than len(frame) if it was cut on reception
	found  Found
	number uint64
	at     int64
}

// check says what is wrong with a frame, and learns from it if nothing is.
func (t *Tally) check(a arrived, s *stream) {
	h := header(a.frame)
	plan, planned := PlanOf(a.frame, a.found)
	if planned && !a.found.Sealed { // that of a sealed frame is not under its seal
		t.notePlan(plan)
	}
	if t.planned && t.plan.TCI != h.tagged() {
		t.damage.Retagged++
		t.damage.NoPriority += one(t.plan.TCI != Untagged && h.tagged() == t.plan.TCI&vidMask)
	}
	payload := t.sentLength(a, h, plan, planned)
	end := min(a.found.Offset+Size, len(a.frame))
	if a.found.Kind == KindMarkPlan {
		end = min(end+PlanSize, len(a.frame))
	}
	fill := end
	if a.found.Sealed {
		fill = min(end+SealSize, len(a.frame))
	}
	c := checked{arrived: a, payload: payload, end: end, fill: fill, whole: max(a.found.Offset+payload, ether.MinFrame),
		view: viewOf(a.frame, h, a.found.Offset, end, t.scratch[0][:0]), image: s.images.find(payload, a.found.Kind)}
	if !t.intact(&c) || a.found.Kind == KindMarkPlan && !planned || !headersIntact(a.frame, h, a.found.Offset) {
		t.noteDamage(&c)
		return
	}
	if c.image == nil || !c.image.believed {
		s.images.learn(c.view, a.found.Kind, payload)
	}
}

// checked is a frame and what it is held against.
type checked struct {
	arrived
	payload int // the payload's length as sent
	end     int // of mark and plan block in the frame
	fill    int // where the pattern begins: there, or behind the seal
	whole   int // the frame's length as sent, padded
	view    view
	image   *image
}

// short and long say whether a frame came cut or with more than its padding.
func (c *checked) short() bool { return c.length < c.found.Offset+c.payload }
func (c *checked) long() bool  { return c.length > c.whole }

// sentLength is the length of the payload as it was sent, as far as the frame,
// its run's plan or its IPv4 header say.
func (t *Tally) sentLength(a arrived, h ethernet, plan Plan, planned bool) int {
	switch {
	case planned && a.found.Kind == KindMarkPlan:
		return int(plan.Length)
	case t.planned && !t.plan.Mixed:
		return int(t.plan.Length)
	case a.found.Kind == KindMarkPlan && a.length < a.found.Offset+Size+PlanSize:
		return Size + PlanSize // or more: the frame was cut before it could say
	}
	if n := ipv4Length(a.frame, h, a.found.Offset); n > 0 {
		return max(0, h.length+n-a.found.Offset)
	}
	return max(Size, a.length-a.found.Offset)
}

// intact says whether a frame is right, as far as is known.
func (t *Tally) intact(c *checked) bool {
	if c.found.Repaired || !c.found.Balanced || c.short() || c.long() || t.sealDamaged(c) {
		return false
	}
	if im := c.image; im != nil && im.believed && (!im.fits(c.view) || len(im.tags) == len(c.view.tags) && !bytes.Equal(im.tags, c.view.tags)) {
		return false
	}
	rest := min(c.found.Offset+c.payload, len(c.frame))
	return c.fill >= rest || sameAsPattern(c.frame[c.fill:rest], t.pattern(c, rest), c.fill-c.found.Offset)
}

// sealBlock is what the seal block of a frame should be, if it has one.
func (t *Tally) sealBlock(c *checked) (block [SealSize]byte, sealed bool) {
	if c.fill < c.end+SealSize {
		return block, false
	}
	want, _, ok := expectedSeal(t.key, c.frame, c.found)
	putSeal(block[:], want)
	return block, ok
}

// sealDamaged says whether a seal, right as it is taken to be, has wrong bits.
func (t *Tally) sealDamaged(c *checked) bool {
	return c.fill > c.end && (c.fill < c.end+SealSize || c.found.sealBits > 0 ||
		fold(sum16(c.frame[c.end:c.fill])) != 0xffff)
}

// pattern is what a frame is filled with up to offset rest: as its run's plan
// says, or else the one it is most like.
func (t *Tally) pattern(c *checked, rest int) Pattern {
	if t.planned {
		return t.plan.Pattern
	}
	return likeliest(c.frame[c.fill:rest], c.fill-c.found.Offset)
}

// noteDamage counts and names what is wrong.
func (t *Tally) noteDamage(c *checked) {
	d := &t.damage
	e := Example{Stream: c.found.Stream, Number: c.number, At: c.at, Length: c.length, Want: c.whole}
	wrong := t.compareHead(c, &e)
	if c.fill > c.end {
		block, _ := t.sealBlock(c)
		wrong += d.compare(c.frame[c.end:c.fill], block[:], c.end, &e)
	}
	if rest := min(c.found.Offset+c.payload, len(c.frame)); rest > c.fill {
		wrong += d.compare(c.frame[c.fill:rest], patternAt(t.pattern(c, rest), c.fill-c.found.Offset, rest-c.fill), c.fill, &e)
	}
	if wrong == 0 && !c.short() && !c.long() {
		d.Unnamed++
		wrong++
	}
	d.Corrupted++
	d.WrongBits += one(wrong > 0)
	d.Truncated += one(c.short())
	d.Lengthened += one(c.long())
	if len(d.Examples) < MaxExamples {
		d.Examples = append(d.Examples, e)
	}
}

// compareHead names the wrong bits in headers, mark and plan block. Without an
// image to go by, only those in the mark can be named, and not those in its
// balance word, which would be wrong if a header were.
func (t *Tally) compareHead(c *checked, e *Example) (wrong int) {
	v, im := c.view, c.image
	if im != nil && im.believed && im.offset == v.offset && len(im.head) >= len(v.head) {
		want := append(t.scratch[1][:0], im.head[:len(v.head)]...)
		Put(want, v.offset, c.found.Mark)
		shift := len(v.tags)
		wrong = t.damage.compare(v.head[:12], want[:12], 0, e)
		if len(im.tags) == len(v.tags) {
			wrong += t.damage.compare(v.tags, im.tags, 12, e)
		}
		return wrong + t.damage.compare(v.head[12:], want[12:], 12+shift, e)
	}
	want := append(t.scratch[1][:0], v.head...)
	Put(want, v.offset, c.found.Mark)
	n := Size
	if !c.found.Balanced {
		n -= 2
	}
	return t.damage.compare(v.head[v.offset:v.offset+n], want[v.offset:v.offset+n], c.found.Offset, e)
}

// notePlan takes over what the sender says of its run. Of several sizes the
// longest counts.
func (t *Tally) notePlan(p Plan) {
	if !t.planned || p.Length > t.plan.Length {
		t.plan, t.planned = p, true
	}
}

// vidMask is what of a TCI is the VLAN; the rest is priority and drop eligible bit.
const vidMask = 0x0fff

// tagged is the TCI of the outermost tag, or Untagged.
func (h ethernet) tagged() uint16 {
	if h.tags == 0 {
		return Untagged
	}
	return h.tci
}

func one(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
