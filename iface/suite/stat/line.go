package stat

import (
	"math"
	"slices"
)

// mostPoints bounds the pairs that a line is fitted to.
const mostPoints = 2000

// TheilSen is the slope of y over x: the median of the slopes of all pairs, with
// the 95 % interval of Sen (1968). Of very many points, evenly chosen ones are
// taken. The interval is infinite where there are too few.
func TheilSen(x, y []float64) Shift {
	x, y = thin(x), thin(y)
	var slopes []float64
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			if x[i] != x[j] {
				slopes = append(slopes, (y[j]-y[i])/(x[j]-x[i]))
			}
		}
	}
	s := Shift{By: Median(slopes), Low: math.Inf(-1), High: math.Inf(1)}
	n := float64(len(x))
	wide := 1.959964 * math.Sqrt(n*(n-1)*(2*n+5)/18)
	low := int(math.Floor((float64(len(slopes)) - wide) / 2))
	if low >= 1 {
		s.Low, s.High = slopes[low-1], slopes[len(slopes)-low]
	}
	return s
}

func thin(values []float64) []float64 {
	if len(values) <= mostPoints {
		return slices.Clone(values)
	}
	few := make([]float64, mostPoints)
	for i := range few {
		few[i] = values[i*(len(values)-1)/(mostPoints-1)]
	}
	return few
}
