package mlr

import "math"

// Loads are numbers k of a grid from 0 (min) to top (max), evenly spaced in the
// logarithm, so that a width is a whole number of steps wherever it is.
type grid struct {
	least, most float64
	top         int
}

// Between these shares of a goal's width is the whole number of steps that
// stands for it: never more than asked, hardly less.
const (
	leastQuality = 0.99
	mostQuality  = 0.999999
)

// newGrid makes the coarsest grid on which every width is nearly a whole number
// of steps.
func newGrid(least, most float64, widths []float64) grid {
	whole := math.Log(most) - math.Log(least)
	for n := 1; ; {
		next, fits := n+1, true
		for _, w := range widths {
			steps := -math.Log1p(-w) / (whole / float64(n))
			quality := math.Floor(steps) / steps
			if quality < leastQuality || quality > mostQuality {
				fits = false
				enough := (math.Floor(steps) + 1) / mostQuality / steps * float64(n)
				next = max(next, int(math.Ceil(enough)))
			}
		}
		if fits {
			return grid{least: least, most: most, top: n}
		}
		n = next
	}
}

// load is the load of grid point k.
func (g grid) load(k int) float64 {
	switch {
	case k <= 0:
		return g.least
	case k >= g.top:
		return g.most
	}
	return g.least * math.Exp(math.Log(g.most/g.least)*float64(k)/float64(g.top))
}

// below is the greatest grid point whose load is at most x.
func (g grid) below(x float64) int {
	switch {
	case x <= g.least:
		return 0
	case x >= g.most:
		return g.top
	}
	k := int(math.Log(x/g.least) / math.Log(g.most/g.least) * float64(g.top))
	for k < g.top && g.load(k+1) <= x {
		k++
	}
	for k > 0 && g.load(k) > x {
		k--
	}
	return k
}

// steps is a relative width as whole steps, rounded down.
func (g grid) steps(width float64) int {
	return int(-math.Log1p(-width) / math.Log(g.most/g.least) * float64(g.top))
}

// span is a range of grid points.
type span struct{ lo, hi int }

func (s span) width() int { return s.hi - s.lo }

// middle divides a span wider than w so that one part is a power of two times
// w: halving that part again and again ends at exactly w. Of such divisions it
// is the most even one, with the smaller part below.
func (s span) middle(w int) int {
	whole := s.width()
	switch {
	case whole == 2*w:
		return s.lo + w
	case whole < 2*w && w%2 == 0:
		return s.middle(w / 2)
	case whole < 2*w:
		return s.lo + whole/2
	}
	high := w
	for whole-2*high > 2*high {
		high *= 2
	}
	low := whole - 2*high
	if high*(whole-high) > 2*high*low {
		low = high
	}
	return s.lo + low
}
