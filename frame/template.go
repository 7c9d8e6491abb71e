package frame

import "net"

// Template is a notation made ready for sending: the bytes of its first frame
// and, if fields vary, where they change from frame to frame and which
// checksums follow. The zero value is ready for [Template.Parse]. A Template
// is for one goroutine; give others a [Template.Clone].
type Template struct {
	first   Decoded  // the frame before anything varied
	given   []uint64 // per part: the fields the notation sets, one bit each
	named   []uint64 // of those, the ones that it names: the others share their bits
	vary    []varying
	sums    []sum
	counter bool // a counter under one checksum is all that varies
	seed    uint64
	noise   []span // random data, filled from the seed

	// parsing only
	tokens []token
	rest   []byte
	padded bool // a trailer of its own says how the frame ends
	raw    bool // bytes alone, no Ethernet header
}

// span is a piece of the frame.
type span struct{ offset, length int }

// Parse reads notation. An error is always a [*SyntaxError].
func Parse(notation string) (*Template, error) {
	t := &Template{}
	if err := t.Parse(notation); err != nil {
		return nil, err
	}
	return t, nil
}

// Len is the length of each of the frames in bytes.
func (t *Template) Len() int { return len(t.first.Bytes) }

// Varies says whether frames differ from one another.
func (t *Template) Varies() bool { return len(t.vary) > 0 }

// Random says whether anything is random, so that the seed matters.
func (t *Template) Random() bool {
	for i := range t.vary {
		if t.vary[i].random {
			return true
		}
	}
	return len(t.noise) > 0
}

// Append appends the next frame; fields that vary then take their next value.
// It allocates nothing if dst has room.
func (t *Template) Append(dst []byte) []byte {
	n := len(dst)
	dst = append(dst, t.first.Bytes...)
	if len(t.vary) > 0 {
		t.Patch(dst[n:])
	}
	return dst
}

// Source sets the source address where the notation leaves it out, and with it
// the sender's address of an ARP packet.
func (t *Template) Source(mac net.HardwareAddr) {
	if len(mac) != 6 || len(t.given) == 0 || t.HasSource() {
		return
	}
	copy(t.first.Bytes[6:12], mac)
	t.given[0] |= 1 << 1 // once: HasSource is true from here on
	t.fillHardware(t.first.Bytes[6:12])
}

// HasSource says whether the notation gives a source address, or Source did.
func (t *Template) HasSource() bool {
	const src = 1 // its index among the fields
	return t.raw || len(t.given) > 0 && t.given[0]&(1<<src) != 0
}

// Seed sets where random values start, and starts all that varies anew: the
// same notation and seed give the same frames. The seed of a new Template is 0.
func (t *Template) Seed(seed uint64) {
	t.seed = seed
	t.reset()
	if len(t.noise) > 0 {
		t.fillNoise()
		t.fillSums()
	}
}

// Clone is an independent copy that goes on from where t is.
func (t *Template) Clone() *Template {
	c := *t
	c.first.Bytes = append([]byte(nil), t.first.Bytes...)
	c.first.Parts = append([]Part(nil), t.first.Parts...)
	c.given = append([]uint64(nil), t.given...)
	c.vary = append([]varying(nil), t.vary...)
	c.sums = append([]sum(nil), t.sums...)
	c.noise = append([]span(nil), t.noise...)
	c.tokens, c.rest = nil, nil
	return &c
}
