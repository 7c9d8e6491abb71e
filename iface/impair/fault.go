package impair

import (
	"math/rand/v2"
	"slices"
	"time"

	"eterm/frame/ether"
)

// Select picks frames. n counts the frames that went into this direction from
// 0; random is the only source of chance it may use.
type Select func(n uint64, frame []byte, random *rand.Rand) bool

// Always picks every frame.
func Always() Select { return func(uint64, []byte, *rand.Rand) bool { return true } }

// Every picks each k-th frame: numbers k-1, 2k-1 and so on.
func Every(k uint64) Select {
	return func(n uint64, _ []byte, _ *rand.Rand) bool { return n%k == k-1 }
}

// Range picks the frames numbered from to to, both included.
func Range(from, to uint64) Select {
	return func(n uint64, _ []byte, _ *rand.Rand) bool { return n >= from && n <= to }
}

// Bursts picks the first length frames of each period.
func Bursts(length, period uint64) Select {
	return func(n uint64, _ []byte, _ *rand.Rand) bool { return n%period < length }
}

// Chance picks each frame with probability p, 0 to 1.
func Chance(p float64) Select {
	return func(_ uint64, _ []byte, random *rand.Rand) bool { return random.Float64() < p }
}

// Where picks the frames that match.
func Where(match func(frame []byte) bool) Select {
	return func(_ uint64, frame []byte, _ *rand.Rand) bool { return match(frame) }
}

// A Fault is something a line does to the frames that are picked. It gets the
// copies of frame n that are on their way so far, and says which are then.
type Fault func(copies []transit, n uint64, random *rand.Rand) []transit

// Drop loses frames.
func Drop(which Select) Fault {
	return func(copies []transit, n uint64, random *rand.Rand) []transit {
		return slices.DeleteFunc(copies, func(c transit) bool { return which(n, c.frame, random) })
	}
}

// Duplicate delivers frames twice.
func Duplicate(which Select) Fault {
	return func(copies []transit, n uint64, random *rand.Rand) []transit {
		for _, c := range copies {
			if which(n, c.frame, random) {
				c.own = false
				copies = append(copies, c)
			}
		}
		return copies
	}
}

// Swap makes a frame come after the next one, or 10 ms late if none follows.
func Swap(which Select) Fault {
	return each(which, func(c *transit, _ *rand.Rand) { c.swap = true })
}

// Delay delivers frames later by d. With Every it reorders: frames not picked
// overtake those that are.
func Delay(which Select, d time.Duration) Fault {
	return each(which, func(c *transit, _ *rand.Rand) { c.delay += d })
}

// Jitter delivers frames later by 0 to d, evenly spread. It reorders.
func Jitter(which Select, d time.Duration) Fault {
	return each(which, func(c *transit, random *rand.Rand) {
		c.delay += time.Duration(random.Int64N(int64(d) + 1))
	})
}

// Corrupt flips one bit behind the Ethernet header, or anywhere in a frame
// that has nothing there.
func Corrupt(which Select) Fault { return CorruptFrom(which, ether.HeaderLen) }

// CorruptFrom flips one bit of byte from or of a later one, or anywhere in a
// frame that has none of these.
func CorruptFrom(which Select, from int) Fault {
	return each(which, func(c *transit, random *rand.Rand) {
		from := from
		if len(c.frame) <= from {
			from = 0
		}
		if len(c.frame) > 0 {
			c.flip(from+random.IntN(len(c.frame)-from), random.IntN(8))
		}
	})
}

// flip turns one bit of a copy around.
func (c *transit) flip(at, bit int) {
	c.frame, c.own = slices.Clone(c.frame), true
	c.frame[at] ^= 1 << bit
	if !c.corrupted || at < c.wrongAt {
		c.wrongAt = at
	}
	c.corrupted = true
}

// cut shortens a copy to n bytes, wrong ones perhaps among those that go.
func (c *transit) cut(n int) {
	if n < len(c.frame) {
		c.frame, c.truncated = c.frame[:n], true
		c.lengthened, c.corrupted = false, c.corrupted && c.wrongAt < n
	}
}

// Truncate cuts frames to at most n bytes.
func Truncate(which Select, n int) Fault {
	return each(which, func(c *transit, _ *rand.Rand) { c.cut(n) })
}

// Halve cuts frames to half their length, but not below n bytes.
func Halve(which Select, n int) Fault {
	return each(which, func(c *transit, _ *rand.Rand) { c.cut(max(n, len(c.frame)/2)) })
}

// Grow appends n zero bytes to frames that were not cut.
func Grow(which Select, n int) Fault {
	return each(which, func(c *transit, _ *rand.Rand) {
		if !c.truncated {
			c.frame, c.own, c.lengthened = append(slices.Clone(c.frame), make([]byte, n)...), true, true
		}
	})
}

func each(which Select, do func(*transit, *rand.Rand)) Fault {
	return func(copies []transit, n uint64, random *rand.Rand) []transit {
		for i := range copies {
			if which(n, copies[i].frame, random) {
				do(&copies[i], random)
			}
		}
		return copies
	}
}
