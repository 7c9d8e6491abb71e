package ifacetest

import (
	"math/rand/v2"
	"slices"
	"time"
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

// A Fault is something a wire does to the frames that are picked. It gets the
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
				copies = append(copies, transit{frame: c.frame, delay: c.delay})
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
func Corrupt(which Select) Fault {
	return each(which, func(c *transit, random *rand.Rand) {
		if len(c.frame) == 0 {
			return
		}
		from := headerLen
		if len(c.frame) <= from {
			from = 0
		}
		c.frame, c.own = slices.Clone(c.frame), true
		c.frame[from+random.IntN(len(c.frame)-from)] ^= 1 << random.IntN(8)
	})
}

// Truncate cuts frames to at most n bytes.
func Truncate(which Select, n int) Fault {
	return each(which, func(c *transit, _ *rand.Rand) { c.frame = c.frame[:min(n, len(c.frame))] })
}

// Grow appends n zero bytes.
func Grow(which Select, n int) Fault {
	return each(which, func(c *transit, _ *rand.Rand) {
		c.frame, c.own = append(slices.Clone(c.frame), make([]byte, n)...), true
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
