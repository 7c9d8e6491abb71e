package probe

import (
	"bytes"
	"encoding/binary"
)

// image is what is before the pattern in the frames of one stream and size, as
// they come, without VLAN tags: learned from intact ones, and believed when two
// in a row agree.
type image struct {
	length   int // of the payload as sent
	kind     Kind
	offset   int    // of the mark
	head     []byte // headers, mark, plan block; of the mark nothing is used
	tags     []byte
	believed bool
}

// maxHead bounds the bytes of an image.
const maxHead = scanned + Size + PlanSize

// maxImages bounds the images of one stream: the sizes it may have that are
// checked in full.
const maxImages = 16

// images are those of one stream.
type images []*image

// find returns the image for a frame, or nil.
func (im images) find(length int, kind Kind) *image {
	for _, i := range im {
		if i.length == length && i.kind == kind {
			return i
		}
	}
	return nil
}

// learn takes the head of an intact frame as an example.
func (im *images) learn(v view, kind Kind, length int) {
	if len(v.head) > maxHead {
		return
	}
	i := im.find(length, kind)
	if i == nil {
		if len(*im) == maxImages {
			return
		}
		i = &image{length: length, kind: kind}
		*im = append(*im, i)
	}
	i.believed = i.fits(v) && bytes.Equal(i.tags, v.tags)
	i.offset, i.head, i.tags = v.offset, append(i.head[:0], v.head...), append(i.tags[:0], v.tags...)
}

// fits says whether a head is the image's but for the mark; tags do not count.
func (i *image) fits(v view) bool {
	return i.offset == v.offset && len(i.head) == len(v.head) && len(v.head) >= v.offset+Size &&
		bytes.Equal(i.head[:i.offset], v.head[:i.offset]) && bytes.Equal(i.head[i.offset+Size:], v.head[i.offset+Size:])
}

// view is the head of a frame with its tags taken out.
type view struct {
	head   []byte
	tags   []byte
	offset int // of the mark in head
}

// viewOf takes the tags out of frame[:end], into scratch if there are any.
func viewOf(frame []byte, h ethernet, offset, end int, scratch []byte) view {
	n := 4 * h.tags
	if n == 0 {
		return view{head: frame[:end], offset: offset}
	}
	head := append(append(scratch[:0], frame[:12]...), frame[12+n:end]...)
	return view{head: head, tags: frame[12 : 12+n], offset: offset - n}
}

// headersIntact says whether the IPv4 header in front of a mark, if there is
// one, has a right checksum.
func headersIntact(frame []byte, h ethernet, offset int) bool {
	if h.length == 0 || offset < h.length+20 || frame[h.length]>>4 != 4 {
		return true
	}
	n := int(frame[h.length]&0x0f) * 4
	return n >= 20 && h.length+n <= offset && fold(sum16(frame[h.length:h.length+n])) == 0xffff
}

// ipv4Length is the length of an intact IPv4 packet in front of a mark, or 0.
func ipv4Length(frame []byte, h ethernet, offset int) int {
	if offset < h.length+20 || frame[h.length]>>4 != 4 || !headersIntact(frame, h, offset) {
		return 0
	}
	return int(binary.BigEndian.Uint16(frame[h.length+2:]))
}
