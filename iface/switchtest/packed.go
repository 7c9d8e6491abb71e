package switchtest

import (
	"encoding/binary"
	"errors"

	"eterm/frame/probe"
)

// packed is a test frame in a few bytes, as the two ends of a test tell each
// other of frames: what stands up to the end of the mark, how many bytes behind
// it are those that fill makes of the mark's number, and what comes then.
//
//	bytes   meaning
//	2       length of the frame
//	1, n    bytes up to the end of the mark and its seal, or all of a frame without one
//	2       bytes behind them that fill makes
//	1, n    bytes behind those; what is longer than these is zeros
type packed struct {
	length int
	head   []byte
	run    int
	raw    []byte
}

// Limits of what is packed.
const (
	mostHead = 120
	mostRaw  = 64
	mostLen  = 9216 + 4
)

var errPacked = errors.New("not a packed frame")

// pack describes a frame. The description shares its memory, and is exact but
// for bytes behind the first mostRaw that are not as sent.
func pack(frame []byte) packed {
	p := packed{length: len(frame)}
	f, ok := probe.Find(frame)
	head := f.Offset + probe.Size
	if f.Sealed {
		head += probe.SealSize
	}
	if !ok || head > min(mostHead, len(frame)) {
		p.head = frame[:min(len(frame), mostHead)]
	} else {
		p.head = frame[:head]
		p.run = matching(frame[len(p.head):], f.Seq)
	}
	rest := frame[len(p.head)+p.run:]
	p.raw = rest[:min(len(rest), mostRaw)]
	for len(rest) == len(p.raw) && len(p.raw) > 0 && p.raw[len(p.raw)-1] == 0 {
		p.raw, rest = p.raw[:len(p.raw)-1], rest[:len(rest)-1]
	}
	return p
}

// matching is how many bytes are those that fill makes.
func matching(b []byte, seq uint32) int {
	want := make([]byte, len(b))
	fillPattern(want, seq)
	for i := range b {
		if b[i] != want[i] {
			return i
		}
	}
	return len(b)
}

// size is how many bytes append appends.
func (p packed) size() int { return 2 + 1 + len(p.head) + 2 + 1 + len(p.raw) }

func (p packed) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(p.length))
	dst = append(append(dst, byte(len(p.head))), p.head...)
	dst = binary.BigEndian.AppendUint16(dst, uint16(p.run))
	return append(append(dst, byte(len(p.raw))), p.raw...)
}

// parsePacked reads a description; it shares the memory of b.
func parsePacked(b []byte) (p packed, rest []byte, err error) {
	part := func(n int) []byte {
		if err != nil || len(b) < n {
			err = errPacked
			return make([]byte, n)
		}
		part := b[:n]
		b = b[n:]
		return part
	}
	p.length = int(binary.BigEndian.Uint16(part(2)))
	p.head = part(int(part(1)[0]))
	p.run = int(binary.BigEndian.Uint16(part(2)))
	p.raw = part(int(part(1)[0]))
	if len(p.head)+p.run+len(p.raw) > p.length || p.length > mostLen {
		err = errPacked
	}
	return p, b, err
}

// frame appends the frame that is described.
func (p packed) frame(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, p.head...)
	dst = append(dst, make([]byte, p.run)...)
	if f, ok := probe.Find(p.head); ok && p.run > 0 {
		fillPattern(dst[start+len(p.head):], f.Seq)
	}
	dst = append(dst, p.raw...)
	return append(dst, make([]byte, p.length-(len(dst)-start))...)
}
