package probe

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestFitFindsSkewAndFloor: clocks that run apart by up to 450 ppm, frames late by
// what queues make of them, a few of them not at all. The line found is within
// 1 ppm, below no more than a trifle of what came, and touches the fastest.
func TestFitFindsSkewAndFloor(t *testing.T) {
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 3))
		skew := (random.Float64()*2 - 1) * 450e-6
		seconds := 2 + random.IntN(60)
		var e envelope
		var points []point
		for i := range 200 * seconds {
			x := float64(i) * 5e6
			late := random.ExpFloat64() * 50_000
			if i%40 == 0 {
				late = 0
			}
			p := point{x, 1000 + skew*x + late}
			e.add(p)
			points = append(points, p)
		}
		l := e.fit()
		if math.Abs(l.slope-skew) > 1e-6 {
			t.Errorf("seed %d: skew %.3f ppm, found %.3f", seed, skew*1e6, l.slope*1e6)
		}
		least := math.Inf(1)
		for _, p := range points {
			least = min(least, p.y-l.at(p.x))
		}
		if math.Abs(least) > 10 {
			t.Errorf("seed %d: the fastest is %.1f ns from the line", seed, least)
		}
	}
}

// TestFitIsLevel where skew cannot be told from jitter: over less than a second,
// and where the points ask for more than crystals are off by.
func TestFitIsLevel(t *testing.T) {
	for name, points := range map[string][]point{
		"nothing":  nil,
		"one":      {{0, 7}},
		"short":    {{0, 500}, {0.5e9, 100}, {0.9e9, 300}},
		"too fast": {{0, 0}, {1e9, 1e6}, {2e9, 2e6}, {3e9, 3e6}}, // 1,000 ppm
	} {
		var e envelope
		want := 0.0
		for i, p := range points {
			e.add(p)
			if want = min(want, p.y); i == 0 {
				want = p.y
			}
		}
		if l := e.fit(); l.slope != 0 || l.offset != want {
			t.Errorf("%s: %+v, want level at %v", name, l, want)
		}
	}
}

// TestEnvelopeKeepsLowestAndHighest of every stretch, in the same memory however
// long it takes.
func TestEnvelopeKeepsLowestAndHighest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	var e envelope
	var points []point
	for x := 0.0; x < 3600e9; x += random.Float64() * 2e9 {
		p := point{x, random.NormFloat64() * 1000}
		e.add(p)
		points = append(points, p)
	}
	if len(e.buckets) != envelopeBuckets {
		t.Fatalf("%d stretches", len(e.buckets))
	}
	for i, b := range e.buckets {
		from, to := float64(i)*e.width, float64(i+1)*e.width
		var in []point
		for _, p := range points {
			if p.x >= from && p.x < to {
				in = append(in, p)
			}
		}
		if b.any != (len(in) > 0) {
			t.Fatalf("stretch %d: %d points, any %v", i, len(in), b.any)
		}
		byY := func(a, b point) int { return cmp.Compare(a.y, b.y) }
		if len(in) > 0 && (b.low != slices.MinFunc(in, byY) || b.high != slices.MaxFunc(in, byY)) {
			t.Fatalf("stretch %d: %+v to %+v of %d", i, b.low, b.high, len(in))
		}
	}
}

// TestLowerHullIsBelowAll: convex, made of the points, and below every one.
func TestLowerHullIsBelowAll(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 9))
		var points []point
		for i := range 3 + random.IntN(60) {
			points = append(points, point{float64(i), float64(random.IntN(20))})
		}
		hull := lowerHull(points)
		if hull[0] != points[0] || hull[len(hull)-1] != points[len(points)-1] {
			t.Fatalf("seed %d: from %v to %v", seed, hull[0], hull[len(hull)-1])
		}
		for i := 1; i < len(hull); i++ {
			a, b := hull[i-1], hull[i]
			slope := (b.y - a.y) / (b.x - a.x)
			if i > 1 && slope <= (a.y-hull[i-2].y)/(a.x-hull[i-2].x) {
				t.Errorf("seed %d: not convex at %v", seed, a)
			}
			for _, p := range points {
				if p.x >= a.x && p.x <= b.x && p.y < a.y+slope*(p.x-a.x)-1e-9 {
					t.Errorf("seed %d: %v is below the hull", seed, p)
				}
			}
		}
	}
}

// TestNearestWrongBit: every single wrong bit of a mark has a syndrome of its own,
// and no two wrong bits are taken for one.
func TestNearestWrongBit(t *testing.T) {
	var m [Size]byte
	right := crc(m[:])
	seen := map[byte]int{}
	flip := func(bit int) { m[bit/8] ^= 0x80 >> (bit % 8) }
	for bit := 2 * 8; bit < 16*8; bit++ {
		flip(bit)
		s := crc(m[:]) ^ m[7] ^ right
		if other, twice := seen[s]; twice || s == 0 || wrongBit[s] != bit {
			t.Errorf("bit %d: syndrome %#x, also of %d, found is %d", bit, s, other, wrongBit[s])
		}
		seen[s] = bit
		for second := bit + 1; second < 16*8; second++ {
			flip(second)
			if s := crc(m[:]) ^ m[7] ^ right; s == 0 || wrongBit[s] >= 0 {
				t.Errorf("bits %d and %d look like none or bit %d", bit, second, wrongBit[s])
			}
			flip(second)
		}
		flip(bit)
	}
}
