package switchtest

import "time"

// Limits of the storm guard: more copies of one frame than this at one port
// within this time are a loop.
const (
	stormCopies = 10
	stormWindow = time.Second
)

// LoopError is why a run stopped at once: a frame of ours came back to the
// port that sent it, or came again and again.
type LoopError struct {
	Port     string
	Returned bool
	Frame    []byte
}

// Error says loop, and what was seen.
func (e *LoopError) Error() string {
	if e.Returned {
		return "loop: a frame came back to port " + e.Port + ", which had sent it; take the loop out of the network first"
	}
	return "loop: one frame arrived at port " + e.Port + " more than 10 times within a second; take the loop out of the network first"
}

// guard counts copies of frames in a fixed table, so that a storm costs no
// memory. Two frames that share a place forget each other, which is harmless:
// a storm is of one frame.
type guard [256]struct {
	seq    uint32
	at     side
	copies int
	since  time.Time
}

// loops counts a frame and says whether it shows a loop.
func (g *guard) loops(m mark, at side, now time.Time) bool {
	if m.from == at {
		return true
	}
	e := &g[(m.seq*uint32(sides)+uint32(at))%uint32(len(g))]
	if e.seq != m.seq || e.at != at || e.copies == 0 || now.Sub(e.since) > stormWindow {
		e.seq, e.at, e.copies, e.since = m.seq, at, 0, now
	}
	e.copies++
	return e.copies > stormCopies
}
