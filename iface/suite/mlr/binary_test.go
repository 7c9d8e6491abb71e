package mlr

import (
	"math/rand/v2"
	"testing"
)

// TestBinaryFinds: whatever the truth and where the search starts, the bounds
// are next to it, and the way there is short.
func TestBinaryFinds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 9))
	for range 5000 {
		c := BinaryConfig{Least: 1 + random.IntN(50), Step: 1 + random.IntN(5), Again: random.IntN(3)}
		c.Most = c.Least + random.IntN(3_000_000)
		if random.IntN(2) == 0 {
			c.StartAt = c.Least + random.IntN(c.Most-c.Least+1)
		}
		truth := c.Least - 1 + random.IntN(c.Most-c.Least+2)
		s, tries := NewBinary(c), 0
		for n, more := s.Next(); more; n, more = s.Next() {
			if n < c.Least || n > c.Most {
				t.Fatalf("%+v: tries %d", c, n)
			}
			loss := 0.0
			if n > truth {
				loss = 0.1
			}
			s.Add(loss)
			if tries++; tries > 50*(c.Again+1) {
				t.Fatalf("%+v: no end for %d", c, truth)
			}
		}
		if good, bad := s.Bounds(); good > truth || bad <= truth || bad-good > c.Step {
			t.Fatalf("%+v: %d and %d for %d", c, good, bad, truth)
		}
	}
}

func TestBinaryVerifiesLoss(t *testing.T) {
	// The first try of each number loses, by chance; only those above 700 do
	// so again.
	s, tried := NewBinary(BinaryConfig{Least: 1, Most: 1000, Step: 1, Again: 1}), map[int]int{}
	for n, more := s.Next(); more; n, more = s.Next() {
		tried[n]++
		loss := 0.01
		if tried[n] == 2 && n <= 700 {
			loss = 0
		}
		s.Add(loss)
	}
	if good, bad := s.Bounds(); good != 700 || bad != 701 {
		t.Errorf("found %d and %d", good, bad)
	}
	// Above the threshold nothing is tried again.
	s, tried = NewBinary(BinaryConfig{Least: 1, Most: 1000, Step: 1, Again: 1, Threshold: 0.005}), map[int]int{}
	for n, more := s.Next(); more; n, more = s.Next() {
		tried[n]++
		s.Add(0.01)
	}
	for n, times := range tried {
		if times != 1 {
			t.Errorf("%d was tried %d times", n, times)
		}
	}
}

func TestGrid(t *testing.T) {
	load, top := Grid(10, 1000, 0.005)
	if load(0) != 10 || load(top) != 1000 {
		t.Errorf("the grid goes from %v to %v", load(0), load(top))
	}
	for k := range top {
		if w := 1 - load(k)/load(k+1); w <= 0 || w > 0.005 {
			t.Fatalf("step %d is %v wide", k, w)
		}
	}
}
