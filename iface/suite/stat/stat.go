// Package stat compares repeated measurements of two devices without taking
// anything for normally distributed, and fits lines. The unit is the repetition,
// or the trial, and never the frame: frames of one trial are not independent.
package stat

import (
	"math"
	"slices"
)

// Summary describes a set of values.
type Summary struct {
	N    int     `json:"n"`
	Mean float64 `json:"mean"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
	// SD is the standard deviation of the sample, with n-1; 0 for one value.
	SD float64 `json:"sd"`
}

// Summarize describes values; of none all is 0.
func Summarize(values []float64) (s Summary) {
	s.N = len(values)
	if s.N == 0 {
		return s
	}
	s.Min, s.Max = slices.Min(values), slices.Max(values)
	for _, v := range values {
		s.Mean += v / float64(s.N)
	}
	squares := 0.0
	for _, v := range values {
		squares += (v - s.Mean) * (v - s.Mean)
	}
	if s.N > 1 {
		s.SD = math.Sqrt(squares / float64(s.N-1))
	}
	return s
}

// Median is the middle of values, which it sorts; NaN of none.
func Median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	return (values[(n-1)/2] + values[n/2]) / 2
}

// Shift is by how much one set of values is greater than another.
type Shift struct {
	By float64 `json:"by"`
	// Low and High are the ends of an interval that holds the true shift in
	// at least 95 of 100 comparisons. Both are infinite where there are too
	// few values for that.
	Low  float64 `json:"-"`
	High float64 `json:"-"`
}

// HodgesLehmann estimates the shift from a to b: the median of all differences,
// with the interval that goes with the Mann-Whitney test.
func HodgesLehmann(a, b []float64) Shift {
	var d []float64
	for _, x := range a {
		for _, y := range b {
			d = append(d, y-x)
		}
	}
	s := Shift{By: Median(d), Low: math.Inf(-1), High: math.Inf(1)}
	if k := depth(len(a), len(b)); k > 0 {
		s.Low, s.High = d[k-1], d[len(d)-k]
	}
	return s
}

// significance is the level of intervals and tests, two-sided.
const significance = 0.05

// depth is how many differences lie outside a 95 % interval at each end and one
// more; 0 if the interval has no end.
func depth(n, m int) int {
	if n == 0 || m == 0 {
		return 0
	}
	if n > exactUpTo || m > exactUpTo {
		mean, sd := float64(n*m)/2, math.Sqrt(float64(n*m*(n+m+1))/12)
		return max(0, int(mean-1.959964*sd))
	}
	ranks := make([]int, n+m)
	for i := range ranks {
		ranks[i] = 2 * (i + 1)
	}
	ways := rankSums(ranks, n)
	total, below, least := sum(ways), 0.0, n*(n+1) // twice the least rank sum
	for u := 0; u <= n*m; u++ {
		below += ways[least+2*u]
		if below/total > significance/2 {
			return u
		}
	}
	return 0
}

// exactUpTo is the most values of a set for which probabilities are counted out;
// beyond that the normal approximation does.
const exactUpTo = 20

// MannWhitney is the two-sided probability that two sets from one distribution
// differ in rank at least as much as these do. Ties are counted out too.
func MannWhitney(a, b []float64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 1
	}
	ranks, inA := midranks(a, b)
	mean := float64(len(a) * (len(a) + len(b) + 1)) // twice the mean rank sum
	off := math.Abs(float64(inA) - mean)
	if len(a) > exactUpTo || len(b) > exactUpTo {
		return normalTail(ranks, len(a), off)
	}
	ways := rankSums(ranks, len(a))
	extreme := 0.0
	for s, w := range ways {
		if math.Abs(float64(s)-mean) >= off {
			extreme += w
		}
	}
	return extreme / sum(ways)
}

// normalTail approximates the probability of a rank sum that is off by so much
// (twice, and corrected by half a rank), ties accounted for.
func normalTail(ranks []int, n int, off float64) float64 {
	all := float64(len(ranks))
	variance := 0.0
	for _, r := range ranks {
		d := float64(r) - (all + 1)
		variance += d * d
	}
	variance *= float64(n) * (all - float64(n)) / (all * (all - 1))
	if variance == 0 {
		return 1
	}
	return math.Erfc(math.Max(0, off-1) / math.Sqrt(2*variance))
}

// midranks are twice the ranks of all values, equal ones sharing the mean of
// theirs, and the sum of those of a.
func midranks(a, b []float64) (ranks []int, inA int) {
	all := slices.Concat(a, b)
	slices.Sort(all)
	rank := func(v float64) int {
		first, _ := slices.BinarySearch(all, v)
		last := first
		for last < len(all) && all[last] == v {
			last++
		}
		return first + 1 + last
	}
	for _, v := range all {
		ranks = append(ranks, rank(v))
	}
	for _, v := range a {
		inA += rank(v)
	}
	return ranks, inA
}

// rankSums counts in how many ways n of the ranks have each sum.
func rankSums(ranks []int, n int) []float64 {
	top := 0
	for _, r := range ranks {
		top += r
	}
	ways := make([][]float64, n+1) // by how many were chosen, by their sum
	for i := range ways {
		ways[i] = make([]float64, top+1)
	}
	ways[0][0] = 1
	for _, r := range ranks {
		for i := n; i > 0; i-- {
			for s := top; s >= r; s-- {
				ways[i][s] += ways[i-1][s-r]
			}
		}
	}
	return ways[n]
}

func sum(values []float64) (s float64) {
	for _, v := range values {
		s += v
	}
	return s
}

// Holm corrects the probabilities of several tests for their number, by Holm's
// method: those below a level are then all true but with that probability.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case p[i] < p[j]:
			return -1
		case p[i] > p[j]:
			return 1
		}
		return 0
	})
	corrected, last := make([]float64, len(p)), 0.0
	for rank, i := range order {
		last = math.Min(1, math.Max(last, p[i]*float64(len(p)-rank)))
		corrected[i] = last
	}
	return corrected
}
