package reach

// Sizes is what became of the frame sizes of a sweep, for one target.
type Sizes struct {
	First, Step int  // in bytes without FCS
	Came        []By // by step
}

// By counts the probes of one size.
type By struct{ Sent, Received uint64 }

// maxSwept is for how many targets sizes are told apart.
const maxSwept = 64

func newSizes(c *Config) *Sizes {
	if c.Step == 0 || c.Last <= c.First || len(c.Targets) > maxSwept {
		return nil
	}
	return &Sizes{First: c.First, Step: c.Step, Came: make([]By, Steps(c.First, c.Last, c.Step))}
}

// of counts probes of the size that number seq has.
func (s *Sizes) of(seq uint64) *By { return &s.Came[(seq-1)%uint64(len(s.Came))] }

// length is the frame size of a step.
func (s *Sizes) length(step int) int { return s.First + step*s.Step }

// Steps is how many sizes a sweep from first to last has.
func Steps(first, last, step int) int { return (last-first)/step + 1 }

// Largest is the longest frame that was replied to, in bytes without FCS; 0: none.
func (s *Sizes) Largest() int {
	for i := len(s.Came) - 1; i >= 0; i-- {
		if s.Came[i].Received > 0 {
			return s.length(i)
		}
	}
	return 0
}

// SizeRange is sizes from the first to the last that stand beside each other in a sweep.
type SizeRange struct{ From, To int }

// Gaps are the sizes that were sent and never replied to, in bytes without FCS.
func (s *Sizes) Gaps() (gaps []SizeRange) {
	open := false
	for i, n := range s.Came {
		switch {
		case n.Sent == 0 || n.Received > 0:
			open = false
		case open:
			gaps[len(gaps)-1].To = s.length(i)
		default:
			gaps, open = append(gaps, SizeRange{s.length(i), s.length(i)}), true
		}
	}
	return gaps
}
