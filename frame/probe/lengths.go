package probe

import "slices"

// LengthCount is how many frames of one length were received.
type LengthCount struct {
	// Length on the wire with FCS, in bytes; 0 stands for all lengths beyond the
	// first that were told apart.
	Length int    `json:"length"`
	Frames uint64 `json:"frames"` // each counted once
}

// maxLengths bounds the lengths that are told apart: all from 64 to 1518 bytes with
// and without a tag, and a few.
const maxLengths = 2048

// lengths counts frames by their length on the wire.
type lengths struct {
	by   map[int]uint64
	last int // the length of the frame before, and how many of it are not in by yet
	run  uint64
}

// fcsLen is the length of the check sequence (IEEE 802.3-2022, 3.2.9).
const fcsLen = 4

func (l *lengths) add(length int) {
	if length != l.last {
		l.file()
		l.last = length
	}
	l.run++
}

// file puts the run of frames of one length where it belongs.
func (l *lengths) file() {
	if l.run == 0 {
		return
	}
	if l.by == nil {
		l.by = map[int]uint64{}
	}
	key := l.last + fcsLen
	if _, known := l.by[key]; !known && len(l.by) >= maxLengths {
		key = 0
	}
	l.by[key] += l.run
	l.run = 0
}

// report lists them by length; nothing where all frames had one, unless even so.
func (l *lengths) report(even bool) []LengthCount {
	l.file()
	if len(l.by) < 2 && !even {
		return nil
	}
	counts := make([]LengthCount, 0, len(l.by))
	for n, frames := range l.by {
		counts = append(counts, LengthCount{n, frames})
	}
	slices.SortFunc(counts, func(a, b LengthCount) int { return a.Length - b.Length })
	return counts
}
