package probe

import (
	"cmp"
	"slices"
)

// Loss is the account of what never came.
type Loss struct {
	Lost uint64 `json:"lost"`
	// Bursts is how many times frames were lost one after the other (loss
	// periods, RFC 3357), Longest the most frames lost in one.
	Bursts  uint64 `json:"bursts"`
	Longest uint64 `json:"longest_burst"`
	// First and Last are the numbers of the first and the last frame lost.
	First uint64 `json:"first_lost"`
	Last  uint64 `json:"last_lost"`
	// Lengths counts bursts by length: of 1, 2, 3 to 4, 5 to 8 frames and so
	// on, doubling.
	Lengths []uint64 `json:"burst_lengths"`
	// Outages are the longest bursts, in the order they began, at most
	// MaxOutages.
	Outages []Outage `json:"outages"`
}

// MaxOutages bounds Loss.Outages.
const MaxOutages = 100

// Outage is one burst of loss, measured in both ways of RFC 6201.
type Outage struct {
	Stream uint8  `json:"stream"`
	First  uint64 `json:"first"` // number of the first frame lost
	Frames uint64 `json:"frames"`
	// Start is when the last frame before it came, Unix nanoseconds; 0 if
	// none did.
	Start int64 `json:"start_ns"`
	// ByCount is how long the sender took for the lost frames, in
	// nanoseconds (5.1, frame-loss method); 0 if its rate is not known.
	ByCount int64 `json:"by_count_ns"`
	// ByTime is from the last frame before to the first after it (5.2,
	// timestamp method); 0 at the start and the end of a run.
	ByTime int64 `json:"by_time_ns"`
}

// add counts one burst.
func (l *Loss) add(stream uint8, g gap, intervalPs uint64) {
	n := g.last - g.first + 1
	if l.Lost == 0 || g.first < l.First {
		l.First = g.first
	}
	l.Last = max(l.Last, g.last)
	l.Lost += n
	l.Bursts++
	l.Longest = max(l.Longest, n)
	class := lengthClass(n)
	for len(l.Lengths) <= class {
		l.Lengths = append(l.Lengths, 0)
	}
	l.Lengths[class]++
	o := Outage{Stream: stream, First: g.first, Frames: n, Start: g.before, ByCount: scale(n, intervalPs)}
	if g.before != 0 && g.after != 0 {
		o.ByTime = g.after - g.before
	}
	l.keep(o)
}

// keep puts an outage among the longest.
func (l *Loss) keep(o Outage) {
	if len(l.Outages) < MaxOutages {
		l.Outages = append(l.Outages, o)
		return
	}
	shortest := 0
	for i := range l.Outages {
		if l.Outages[i].Frames < l.Outages[shortest].Frames {
			shortest = i
		}
	}
	if o.Frames > l.Outages[shortest].Frames {
		l.Outages[shortest] = o
	}
}

// merge adds what another stream lost.
func (l *Loss) merge(o Loss) {
	if o.Lost == 0 {
		return
	}
	if l.Lost == 0 || o.First < l.First {
		l.First = o.First
	}
	l.Last = max(l.Last, o.Last)
	l.Lost += o.Lost
	l.Bursts += o.Bursts
	l.Longest = max(l.Longest, o.Longest)
	for i, n := range o.Lengths {
		if i == len(l.Lengths) {
			l.Lengths = append(l.Lengths, 0)
		}
		l.Lengths[i] += n
	}
	for _, x := range o.Outages {
		l.keep(x)
	}
}

// clone is a copy that shares nothing.
func (l Loss) clone() Loss {
	l.Lengths = append([]uint64{}, l.Lengths...)
	l.Outages = append([]Outage{}, l.Outages...)
	return l
}

func (l *Loss) sort() {
	slices.SortFunc(l.Outages, func(a, b Outage) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.First, b.First))
	})
}

// lengthClass is 0 for 1, 1 for 2, 2 for 3 and 4, 3 for 5 to 8.
func lengthClass(n uint64) (class int) {
	for n > 1 {
		n = (n + 1) / 2
		class++
	}
	return class
}

// scale is n intervals of so many picoseconds in nanoseconds, and no more than
// fits.
func scale(n, ps uint64) int64 {
	ns := float64(n) * float64(ps) / 1000
	if ns > 1<<62 {
		return 1 << 62
	}
	return int64(ns)
}
