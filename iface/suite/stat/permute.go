package stat

import (
	"math"
	"math/rand/v2"
)

const (
	// mostWays is how many divisions are all tried; of more, drawn are.
	mostWays = 50_000
	drawn    = 20_000
)

// Permutation is the two-sided probability that two sets from one distribution
// have means at least as far apart as these, over all ways to divide the values
// in two, or many drawn by a fixed seed.
func Permutation(a, b []float64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 1
	}
	all := append(append([]float64{}, a...), b...)
	whole := sum(all)
	mean := whole / float64(len(all))
	// Sums that differ by rounding alone are the same.
	off := math.Abs(sum(a)-mean*float64(len(a))) * (1 - 1e-12)
	extreme := func(s float64) bool { return math.Abs(s-mean*float64(len(a))) >= off }
	if choose(len(all), len(a)) <= mostWays {
		hits, ways := 0, 0
		each(all, len(a), 0, func(s float64) {
			ways++
			if extreme(s) {
				hits++
			}
		})
		return float64(hits) / float64(ways)
	}
	random, hits := rand.New(rand.NewPCG(2889, 6201)), 1
	for range drawn {
		s := 0.0
		for i := range a {
			j := i + random.IntN(len(all)-i)
			all[i], all[j] = all[j], all[i]
			s += all[i]
		}
		if extreme(s) {
			hits++
		}
	}
	return float64(hits) / (drawn + 1)
}

// each calls f with the sum of every choice of n values.
func each(values []float64, n int, s float64, f func(float64)) {
	if n == 0 {
		f(s)
		return
	}
	for i := 0; i+n <= len(values); i++ {
		each(values[i+1:], n-1, s+values[i], f)
	}
}

// choose is how many choices of k out of n there are.
func choose(n, k int) float64 {
	c := 1.0
	for i := 1; i <= k; i++ {
		c *= float64(n-k+i) / float64(i)
	}
	return math.Round(c)
}
