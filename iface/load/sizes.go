package load

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The sizes frames may have on the wire with FCS, as in RFC 2544, up to the
// jumbo frames in use.
const (
	MinSize = 64
	MaxSize = 9216
)

// genome is the size of each letter with FCS (RFC 6985, section 4). Letter z
// stands for the largest frame of the path.
var genome = map[byte]int{
	'a': 64, 'b': 128, 'c': 256, 'd': 512, 'e': 1024, 'f': 1280,
	'g': 1518, 'h': 2112, 'i': 9000, 'j': 16000,
}

// mostSizes bounds a list of sizes.
const mostSizes = 1 << 16

var errManySizes = fmt.Errorf("more than %d sizes", mostSizes)

// ParseGenome reads an IMIX genome (RFC 6985), such as aaaaaaaddddg, in which
// the sizes are sent in this order again and again. A number repeats the
// letter after it: 7a4dg is the same. largest is the size of letter z.
func ParseGenome(s string, largest int) ([]int, error) {
	var sizes []int
	for i := 0; i < len(s); i++ {
		from := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		if i == len(s) {
			return nil, fmt.Errorf("genome %q ends in a number: a letter follows it", s)
		}
		times := 1
		if i > from {
			n, err := strconv.Atoi(s[from:i])
			if err != nil || n < 1 || n > mostSizes {
				return nil, fmt.Errorf("genome %q: want 1 to %d times a letter, not %s", s, mostSizes, s[from:i])
			}
			times = n
		}
		size, ok := genome[s[i]]
		if s[i] == 'z' {
			size, ok = largest, true
		}
		if !ok {
			return nil, fmt.Errorf("genome %q: no size has letter %q: want a to j or z", s, s[i])
		}
		if len(sizes)+times > mostSizes {
			return nil, errManySizes
		}
		for range times {
			sizes = append(sizes, size)
		}
	}
	if len(sizes) == 0 {
		return nil, errors.New("empty genome: want letters such as aaaaaaaddddg")
	}
	return sizes, nil
}

// ParseSizes reads sizes with FCS, to be sent in turn: 64, or 64,512,1518, or
// the ramp 64..1518, or in steps 64..1518/8.
func ParseSizes(s string) ([]int, error) {
	var sizes []int
	for part := range strings.SplitSeq(s, ",") {
		from, to, step, err := parseRange(part)
		if err != nil {
			return nil, err
		}
		if len(sizes)+(to-from)/step+1 > mostSizes {
			return nil, errManySizes
		}
		for n := from; n <= to; n += step {
			sizes = append(sizes, n)
		}
	}
	return sizes, nil
}

func parseRange(s string) (from, to, step int, err error) {
	wrong := fmt.Errorf("want sizes in bytes with FCS, %d to %d, such as 64 or 64,1518 or 64..1518/8", MinSize, MaxSize)
	step = 1
	low, high, ramp := strings.Cut(s, "..")
	if ramp {
		if rest, by, ok := strings.Cut(high, "/"); ok {
			high = rest
			if step, err = strconv.Atoi(by); err != nil || step < 1 {
				return 0, 0, 0, wrong
			}
		}
	} else {
		high = low
	}
	from, err = strconv.Atoi(low)
	if err == nil {
		to, err = strconv.Atoi(high)
	}
	if err != nil || from < MinSize || to > MaxSize || from > to {
		return 0, 0, 0, wrong
	}
	return from, to, step, nil
}
