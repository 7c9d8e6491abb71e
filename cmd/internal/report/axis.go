package report

import (
	"math"
	"strings"
)

// Axis is what is drawn along one side of a plot.
type Axis struct {
	Title string
	// Log axes are logarithmic and show nothing at or below 0.
	Log bool
	// Ticks are named by Name; si if it is nil.
	Name func(float64) string
	// From and To bound the axis; both 0 are those of the data. A linear axis
	// begins at 0 unless FromData.
	From, To float64
	FromData bool
}

// scale maps values to places in a drawing.
type scale struct {
	axis     Axis
	low, top float64 // values, as their logarithms on a log axis
	at, span float64 // the place of low, and from there to that of top
	ticks    []float64
}

// fit makes the scale of values over a stretch of a drawing.
func (a Axis) fit(values []float64, at, span float64) scale {
	low, top := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) || a.Log && v <= 0 {
			continue
		}
		low, top = min(low, v), max(top, v)
	}
	if a.From != 0 || a.To != 0 {
		low, top = a.From, a.To
	}
	if math.IsInf(low, 0) {
		low, top = 1, 10
	}
	s := scale{axis: a, at: at, span: span}
	if a.Log {
		s.low, s.top = math.Floor(math.Log10(low)+1e-9), math.Ceil(math.Log10(top)-1e-9)
		if s.top <= s.low {
			s.top = s.low + 1
		}
		step := math.Ceil((s.top - s.low) / 10)
		for e := s.low; e <= s.top; e += step {
			s.ticks = append(s.ticks, math.Pow(10, e))
		}
		return s
	}
	if !a.FromData {
		low = min(low, 0)
	}
	if top <= low {
		top = low + 1
	}
	step := niceStep((top - low) / 5)
	s.low = math.Floor(low/step) * step
	s.top = math.Ceil(top/step-1e-9) * step
	for i := 0; i < 12 && s.low+float64(i)*step <= s.top+step/2; i++ {
		s.ticks = append(s.ticks, s.low+float64(i)*step)
	}
	return s
}

// niceStep is 1, 2 or 5 times a power of ten, at least so much.
func niceStep(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, n := range []float64{1, 2, 5} {
		if n*power >= least*(1-1e-9) {
			return n * power
		}
	}
	return 10 * power
}

// place is where a value is drawn; ok is false for what has no place.
func (s scale) place(v float64) (at float64, ok bool) {
	if s.axis.Log {
		if v <= 0 {
			return 0, false
		}
		v = math.Log10(v)
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, false
	}
	return s.at + s.span*min(max((v-s.low)/(s.top-s.low), 0), 1), true
}

// name is a tick in words.
func (s scale) name(v float64) string {
	if s.axis.Name != nil {
		return s.axis.Name(v)
	}
	return strings.TrimSpace(si(v))
}
