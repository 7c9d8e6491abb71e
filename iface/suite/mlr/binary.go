package mlr

// Binary is a binary search with loss verification (ETSI GS NFV-TST 009,
// 12.3.3) over whole numbers: lengths of bursts, or points of a grid of loads.
// What lost is tried again before it counts as lossy.
type Binary struct {
	c          BinaryConfig
	good, bad  int // the greatest that passed and the least that did not
	next, leap int
	left       int // how often next may be tried again
	over       bool
}

// BinaryConfig is a binary search.
type BinaryConfig struct {
	// Least and Most bound the numbers, Step is how close the bounds come.
	Least int `json:"least"`
	Most  int `json:"most"`
	Step  int `json:"step"`
	// Loss is the greatest loss ratio that passes.
	Loss float64 `json:"loss"`
	// Again is how often a lossy trial is repeated (max(r) of TST 009), and
	// Threshold the loss ratio above which it is not; 0 repeats at any.
	Again     int     `json:"again"`
	Threshold float64 `json:"threshold"`
	// StartAt is a number near which the result is expected: the search then
	// begins there and leaps away from it, each time twice as far. 0 begins
	// at Most.
	StartAt int `json:"start_at"`
}

// NewBinary begins a search. 1 <= Least <= Most,
// Step >= 1, and StartAt is 0 or within them.
func NewBinary(c BinaryConfig) *Binary {
	s := &Binary{c: c, good: c.Least - 1, bad: c.Most + 1, next: c.Most, left: c.Again}
	if c.StartAt != 0 {
		s.next, s.leap = c.StartAt, c.Step
	}
	return s
}

// Next is the number to try, the same until Add; false when the search is over.
func (s *Binary) Next() (int, bool) { return s.next, !s.over }

// Add takes the loss ratio of the trial that Next gave.
func (s *Binary) Add(loss float64) {
	switch {
	case s.over:
		return
	case loss <= s.c.Loss:
		s.good = s.next
	case s.left > 0 && (s.c.Threshold == 0 || loss <= s.c.Threshold):
		s.left--
		return
	default:
		s.bad = s.next
	}
	s.left = s.c.Again
	s.over = s.bad-s.good <= s.c.Step || s.good == s.c.Most || s.bad == s.c.Least
	if !s.over {
		s.next = s.choose()
	}
}

// choose is where to go on between the bounds: not further than the next leap
// while one bound is still that of the range.
func (s *Binary) choose() int {
	middle := s.good + (s.bad-s.good)/2
	if s.leap == 0 {
		return max(middle, s.c.Least)
	}
	switch leap := s.leap; {
	case s.bad > s.c.Most && s.good >= s.c.Least: // all passed so far
		s.leap *= 2
		return min(s.good+leap, s.c.Most)
	case s.good < s.c.Least && s.bad <= s.c.Most: // none did
		s.leap *= 2
		return max(s.bad-leap, s.c.Least)
	}
	return middle
}

// Bounds are the greatest number that passed, one below Least if none did, and
// the least that did not, one above Most if all did.
func (s *Binary) Bounds() (good, bad int) { return s.good, s.bad }

// Grid lays a grid over loads, for a Binary: 0 to top, evenly spaced in the
// logarithm, no further apart than width.
func Grid(least, most, width float64) (load func(k int) float64, top int) {
	g := newGrid(least, most, []float64{width})
	return g.load, g.top
}
