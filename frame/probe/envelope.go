package probe

import (
	"cmp"
	"math"
	"slices"
)

// point is one frame: when it came, and the difference of the clocks it shows,
// both in nanoseconds since the first.
type point struct{ x, y float64 }

// envelope keeps the lowest and the highest point of every stretch of time, in
// bounded memory: stretches double as a run grows.
type envelope struct {
	width   float64
	buckets []bucket
}

type bucket struct {
	low, high point
	any       bool
}

// envelopeBuckets bounds the stretches; they begin 10 ms long.
const (
	envelopeBuckets = 1024
	firstWidth      = 10e6
)

func (e *envelope) add(p point) {
	if e.buckets == nil {
		e.width, e.buckets = firstWidth, make([]bucket, envelopeBuckets)
	}
	for p.x >= e.width*envelopeBuckets {
		e.halve()
	}
	b := &e.buckets[int(max(p.x, 0)/e.width)]
	if !b.any {
		*b = bucket{p, p, true}
		return
	}
	if p.y < b.low.y {
		b.low = p
	}
	if p.y > b.high.y {
		b.high = p
	}
}

// halve joins neighbouring stretches.
func (e *envelope) halve() {
	for i := range envelopeBuckets / 2 {
		e.buckets[i] = e.buckets[2*i].join(e.buckets[2*i+1])
	}
	clear(e.buckets[envelopeBuckets/2:])
	e.width *= 2
}

func (b bucket) join(o bucket) bucket {
	switch {
	case !b.any:
		return o
	case !o.any:
		return b
	}
	if o.low.y < b.low.y {
		b.low = o.low
	}
	if o.high.y > b.high.y {
		b.high = o.high
	}
	return b
}

// line is y = offset + slope x.
type line struct{ offset, slope float64 }

func (l line) at(x float64) float64 { return l.offset + l.slope*x }

// Limits of the fit: crystals are off by less than 500 ppm together, and over
// less than a second jitter looks like skew.
const (
	mostSkew  = 500e-6
	leastSpan = 1e9
)

// fit is the line below all points that is closest to them on the whole: the
// edge of their lower convex hull above which the middle of them lies (Moon,
// Skelly, Towsley, INFOCOM 1999). Over less than a second it is level.
func (e *envelope) fit() line {
	low := e.lows()
	if len(low) == 0 {
		return line{}
	}
	level := line{offset: slices.MinFunc(low, func(a, b point) int { return cmp.Compare(a.y, b.y) }).y}
	if low[len(low)-1].x-low[0].x < leastSpan {
		return level
	}
	hull := lowerHull(low)
	middle := 0.0
	for _, p := range low {
		middle += p.x / float64(len(low))
	}
	for i := 1; i < len(hull); i++ {
		if a, b := hull[i-1], hull[i]; b.x >= middle || i == len(hull)-1 {
			slope := (b.y - a.y) / (b.x - a.x)
			if math.Abs(slope) > mostSkew {
				break
			}
			return line{a.y - slope*a.x, slope}
		}
	}
	return level
}

// lowerHull of points ascending in x.
func lowerHull(points []point) (hull []point) {
	for _, p := range points {
		for len(hull) >= 2 {
			a, b := hull[len(hull)-2], hull[len(hull)-1]
			if (b.x-a.x)*(p.y-a.y)-(b.y-a.y)*(p.x-a.x) > 0 {
				break
			}
			hull = hull[:len(hull)-1]
		}
		hull = append(hull, p)
	}
	return hull
}

// lows are the lowest points of all stretches.
func (e *envelope) lows() (low []point) {
	for _, b := range e.buckets {
		if b.any {
			low = append(low, b.low)
		}
	}
	return low
}

// residual is how far the lowest points lie above the line, in the median: what
// the line may be wrong by where traffic never left a gap.
func (e *envelope) residual(l line) float64 {
	var above []float64
	for _, p := range e.lows() {
		above = append(above, p.y-l.at(p.x))
	}
	if len(above) == 0 {
		return 0
	}
	slices.Sort(above)
	return above[len(above)/2]
}

// highest is how far any point lies above the line.
func (e *envelope) highest(l line) (most float64) {
	for _, b := range e.buckets {
		if b.any {
			most = max(most, b.high.y-l.at(b.high.x))
		}
	}
	return most
}
