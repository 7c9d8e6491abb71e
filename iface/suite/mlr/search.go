package mlr

// Trial is a load to offer and for how long, in seconds.
type Trial struct {
	Load     float64 `json:"load"`
	Duration float64 `json:"duration_s"`
}

// Outcome is how a trial went.
type Outcome struct {
	// Loss is the share of the frames that were lost, 0 to 1.
	Loss float64 `json:"loss"`
	// Seconds is the trial's intended length.
	Seconds float64 `json:"seconds"`
	// Undecidable says that the tester cannot measure at this load. It counts
	// as an upper bound, of kind tester. Loss is then the share of the load
	// that the tester fell short by, if that is known: a hint where to go on.
	Undecidable bool `json:"undecidable,omitempty"`
}

// measured is a trial that was made.
type measured struct {
	duration float64
	Outcome
}

// none stands for a grid point that there is not.
const none = -1

// Search is a search under way.
type Search struct {
	config Config
	grid   grid
	trials map[int][]measured // by grid point
	goals  []*selector
	start  starter
	next   *proposal
	made   int
	// step is the width of the last winner: no later step away from the
	// bounds is smaller.
	step int
}

// New begins a search. The configuration must pass its Check.
func New(c Config) *Search {
	if c.MaxTrials == 0 {
		c.MaxTrials = 200
	}
	var widths []float64
	for _, g := range c.Goals {
		widths = append(widths, g.Width)
	}
	s := &Search{config: c, grid: newGrid(c.Min, c.Max, widths), trials: map[int][]measured{}}
	for _, g := range c.Goals {
		s.goals = append(s.goals, &selector{search: s, targets: g.targets(s.grid)})
	}
	s.start = newStarter(s)
	s.advance()
	return s
}

// Next is the trial to make, the same until Add; false when the search is over.
func (s *Search) Next() (Trial, bool) {
	if s.next == nil {
		return Trial{}, false
	}
	return Trial{Load: s.grid.load(s.next.load), Duration: s.next.duration}, true
}

// Add takes the outcome of the trial that Next gave.
func (s *Search) Add(t Trial, o Outcome) {
	p := s.next
	if p == nil {
		return
	}
	s.made++
	m := measured{duration: t.Duration, Outcome: o}
	if !p.warmup {
		s.trials[p.load] = append(s.trials[p.load], m)
	}
	if p.from == nil {
		s.start.took(s, p, m)
	} else {
		if p.width > 0 {
			s.step = p.width
		}
		p.from.won(p.load)
	}
	s.advance()
}

// advance finds the next trial.
func (s *Search) advance() {
	s.next = nil
	if s.made >= s.config.MaxTrials {
		return
	}
	if p := s.start.next(); p != nil {
		s.next = p
		return
	}
	for _, g := range s.goals {
		if p := g.propose(); p != nil && (s.next == nil || p.before(s.next)) {
			s.next = p
		}
	}
}

// proposal is a trial that one goal wants.
type proposal struct {
	load     int
	duration float64
	width    int // the step that led there; 0 if none did
	from     *selector
	warmup   bool
}

// before says whether p is made rather than q, of an earlier goal: the lesser
// load, then the longer trial, then the wider step.
func (p *proposal) before(q *proposal) bool {
	switch {
	case p.load != q.load:
		return p.load < q.load
	case p.duration != q.duration:
		return p.duration > q.duration
	}
	return p.width > q.width
}

// bounds are the relevant ones for a target: the least upper bound, and the
// greatest lower bound below it; none where there is not one yet.
func (s *Search) bounds(t target) span {
	b := span{none, none}
	for k, trials := range s.trials {
		if t.classify(trials) == UpperBound && (b.hi == none || k < b.hi) {
			b.hi = k
		}
	}
	for k, trials := range s.trials {
		if (b.hi == none || k < b.hi) && k > b.lo && t.classify(trials) == LowerBound {
			b.lo = k
		}
	}
	return b
}

// within keeps a load that goes beyond the bounds one width off them, so that
// no trial is spent on less than a width, and inside min and max; none if there
// is no room.
func (s *Search) within(load, width int, b span) int {
	lo, hi := b.lo, b.hi
	if lo == none {
		lo = 0
	}
	if hi == none {
		hi = s.grid.top
	}
	if b.lo != none && b.hi != none && (load <= lo || load >= hi) {
		return none
	}
	if width >= hi-lo {
		switch {
		case b.lo == none:
			return lo
		case b.hi == none:
			return hi
		}
		return none
	}
	least, most := lo+width, hi-width
	if least > most {
		least = span{lo, hi}.middle(width)
		most = least
	}
	switch {
	case load < least && b.lo == none:
		return lo
	case load < least:
		return least
	case load > most && b.hi == none:
		return hi
	}
	return min(load, most)
}
