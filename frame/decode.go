package frame

import (
	"encoding/binary"
	"slices"
)

const (
	// maxNest bounds how many packets may lie in one another, and how many
	// tags, labels or extension headers a frame shows as layers: what is
	// deeper is data.
	maxNest = 16
	// maxParts bounds the layers of a frame.
	maxParts = 128
	// maxFaults bounds what is said of one frame.
	maxFaults = 16
)

// Decoded is a frame taken apart. The zero value is ready for use; using it
// for frame after frame allocates nothing for frames without faults.
type Decoded struct {
	Bytes  []byte  // the frame; shared with the caller
	Parts  []Part  // tile Bytes: each byte is in exactly one part, in order
	Faults []Fault // what is wrong, in the order it was found
	walk   walk
}

// walk is where in a frame the decoder is.
type walk struct {
	off, end   int  // the next byte, and the end of the region it is in
	depth      int  // how many regions there are around this one
	bounded    bool // an 802.3 length says where the frame ends
	quoted     bool // inside an ICMP error's quote, which is cut short by design
	unverified bool // checksums beyond cannot be known: a fragment, a bad length
	pending    bool // those of UDP and TCP were not filled in yet
	unpadded   bool // no NIC has padded it yet
	beyond     int  // bytes of the region that were not captured
	ip         int  // the IP header around, an index into Parts, or -1
	stacked    int  // tags, labels and extension headers so far
	outer      [maxNest]int
}

// Decode takes b apart. It never fails: what it does not understand is data,
// and what is wrong stands in Faults. The result shares the memory of b.
func Decode(b []byte) *Decoded {
	d := &Decoded{Parts: make([]Part, 0, 8)}
	d.Decode(b)
	return d
}

// Decode takes b, a whole frame, apart into d, whose memory it uses again.
func (d *Decoded) Decode(b []byte) { d.DecodeCaptured(b, Captured{}) }

// Captured is what is known of how a frame was captured beside its bytes, so
// that what capturing did to it is not held against it.
type Captured struct {
	// Length is the frame's length on the wire without FCS, which is greater
	// than that of the bytes if the capture cut it short. 0, and whatever is
	// less than the bytes there are, stands for their number.
	Length int
	// ChecksumPending says that a host caught its own frame before its NIC
	// filled the checksum of UDP or TCP in: nothing is said of those.
	ChecksumPending bool
	// Unpadded says that the frame was caught before a NIC padded it, or that its
	// header is not from a wire: it is not too short.
	Unpadded bool
}

// DecodeCaptured takes b apart as Decode does. A header or packet that goes on
// in bytes that were not captured is no fault, and checksums over such bytes
// are not judged.
func (d *Decoded) DecodeCaptured(b []byte, how Captured) {
	if !d.plain(b) {
		d.general(b, how)
	}
}

// general decodes any frame.
func (d *Decoded) general(b []byte, how Captured) {
	d.Bytes, d.Parts, d.Faults = b, d.Parts[:0], d.Faults[:0]
	w := &d.walk
	w.off, w.end, w.depth, w.ip, w.stacked = 0, len(b), 0, -1, 0
	w.bounded, w.quoted, w.unverified, w.pending, w.unpadded = false, false, false, how.ChecksumPending, how.Unpadded
	w.beyond = max(how.Length-len(b), 0)
	for next := d.ethernet(); next != none; {
		if len(d.Parts) >= maxParts || w.stacked > maxNest {
			next = LayerData
		}
		next = d.layer(next)
	}
	d.close()
}

// layer decodes one layer at the current place and says which follows.
func (d *Decoded) layer(l Layer) Layer {
	switch l {
	case LayerIPv4:
		return d.ipv4()
	case LayerICMP:
		return d.icmp()
	case LayerUDP:
		return d.udp()
	case LayerTCP:
		return d.tcp()
	case LayerIPv6:
		return d.ipv6()
	case LayerVLAN, LayerSVLAN:
		return d.vlan(l)
	case LayerARP:
		return d.arp()
	case LayerICMPv6:
		return d.icmpv6()
	case LayerND, LayerLLDP:
		return d.tlv(l)
	case LayerMLDRecord, LayerIGMPRecord:
		return d.record(l)
	case LayerHopOpts, LayerDstOpts, LayerRouting, LayerFragment, LayerAH, LayerESP:
		return d.extension(l)
	case LayerMPLS:
		return d.mpls()
	case LayerIGMP:
		return d.igmp()
	case LayerLLC:
		return d.llc()
	case LayerSNAP:
		return d.snap()
	case LayerSTP:
		return d.stp()
	case LayerPause:
		return d.pause()
	}
	return d.data()
}

// part adds a layer of n bytes at the current place.
func (d *Decoded) part(l Layer, form uint8, n int) {
	i := len(d.Parts)
	if i == cap(d.Parts) {
		d.Parts = slices.Grow(d.Parts, 8)
	}
	d.Parts = d.Parts[:i+1]
	w := &d.walk
	d.Parts[i].set(l, form, w.off, n, w.end)
	w.off += n
}

// set writes a part field by field: a Part made elsewhere and copied would
// wait for its own bytes to reach the cache, longer than all the rest takes.
func (p *Part) set(l Layer, form uint8, offset, n, end int) {
	p.Layer, p.form, p.Offset, p.Length, p.end = l, form, offset, n, end
}

// left is how many bytes the region still has.
func (d *Decoded) left() int { return d.walk.end - d.walk.off }

// data makes a part of all the region still has.
func (d *Decoded) data() Layer {
	if n := d.left(); n > 0 {
		d.part(LayerData, 0, n)
	}
	return none
}

// push makes the next n bytes a region of their own: a packet that states its
// length, of which bytes may not have been captured. It fails when too many lie
// in one another.
func (d *Decoded) push(n int) bool {
	w := &d.walk
	if w.depth == maxNest {
		return false
	}
	w.outer[w.depth] = w.end
	w.depth++
	d.limit(n)
	return true
}

// limit makes the region end after the next n bytes, or where the bytes end.
func (d *Decoded) limit(n int) {
	w := &d.walk
	left := w.end - w.off
	w.beyond = max(min(n-left, w.beyond), 0)
	w.end = w.off + min(n, left)
}

// close makes parts of what lies behind the regions: surplus behind an inner
// packet, the trailer behind all.
func (d *Decoded) close() {
	w := &d.walk
	cur, ended := w.off, uint8(0)
	if w.depth > 0 {
		cur = w.end
	}
	for w.depth > 0 {
		w.depth--
		ended++
		outer := w.outer[w.depth]
		if outer == cur || w.depth == 0 && !w.bounded {
			continue
		}
		w.off, w.end = cur, outer
		d.part(LayerSurplus, ended, outer-cur)
		cur, ended = outer, 0
	}
	if cur == len(d.Bytes) {
		return
	}
	for i := range d.Parts { // whatever was thought to reach to the end of the frame ends here
		d.Parts[i].end = min(d.Parts[i].end, cur)
	}
	w.off, w.end = cur, len(d.Bytes)
	d.part(LayerTrailer, 0, len(d.Bytes)-cur)
}

// be16 reads a big-endian number at an offset of the frame.
func (d *Decoded) be16(at int) uint16 { return binary.BigEndian.Uint16(d.Bytes[at:]) }
