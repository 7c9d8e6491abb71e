package probe

import (
	"bytes"
	"sync"
)

// Pattern is what the rest of a test frame's payload is filled with.
type Pattern uint8

// The patterns: pseudo-random bytes, and those that hide faults least or best.
const (
	Random Pattern = iota
	Zeros
	Ones
	Alternating // 0x55 0xaa
	patterns
)

func (p Pattern) String() string {
	if p < patterns {
		return [patterns]string{"random", "zeros", "ones", "alternating"}[p]
	}
	return "unknown"
}

// patternLength bounds the payload that is filled and checked.
const patternLength = 9300

// patternTable is made at its first use: most runs of a program need none.
var patternTable = sync.OnceValue(func() *[patterns][patternLength]byte {
	t := new([patterns][patternLength]byte)
	x := uint32(0x2545f491)
	for i := range patternLength {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		t[Random][i] = byte(x >> 24)
		t[Ones][i] = 0xff
		t[Alternating][i] = 0x55 << (i & 1)
	}
	return t
})

// patternAt is the n bytes of a pattern that begin offset bytes behind the
// mark's first byte, or what there is of them.
func patternAt(p Pattern, offset, n int) []byte {
	from := min(offset, patternLength)
	return patternTable()[p%patterns][from:min(offset+n, patternLength)]
}

// sameAsPattern says whether b, which begins offset bytes behind the mark's
// first byte, is the pattern.
func sameAsPattern(b []byte, p Pattern, offset int) bool {
	want := patternAt(p, offset, len(b))
	return bytes.Equal(b[:len(want)], want)
}

// likeliest is the pattern that has the most bytes in common with b.
func likeliest(b []byte, offset int) (best Pattern) {
	most := -1
	for p := range patterns {
		same := 0
		for i, want := range patternAt(p, offset, len(b)) {
			if b[i] == want {
				same++
			}
		}
		if same > most {
			best, most = p, same
		}
	}
	return best
}
