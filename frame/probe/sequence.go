package probe

import "slices"

// gap is frames of a stream that have not come although later ones have.
type gap struct {
	first, last uint64
	// before and after are when the last frame in order before the gap and
	// the first after it came (Unix nanoseconds); before is 0 at the start.
	before, after int64
	// arrival is the number, among the frames received, of the one that made
	// the gap: the earliest that came before a frame it overtook.
	arrival uint64
}

// verdict says how a frame came.
type verdict uint8

const (
	inOrder verdict = iota
	late            // after a frame with a greater number
	again           // a frame of that number had come before
)

// sequence is the account of one stream's numbers. Its memory is the gaps.
type sequence struct {
	next     uint64 // one more than the greatest number received
	received uint64 // frames, each once
	lastAt   int64  // when the last frame in order came
	firstAt  int64
	gaps     []gap // ascending
	closed   uint64
	inRun    bool // the last frame received was late
	Reordering
	duplicated uint64
}

// Reordering is what RFC 4737 calls by that name.
type Reordering struct {
	// Reordered frames came after a frame with a greater number (3.3).
	Reordered uint64 `json:"reordered"`
	// Runs of reordered frames that came one after the other.
	Runs uint64 `json:"reordered_runs"`
	// MaxExtent is the most frames that a reordered frame came late by (4.2.2).
	MaxExtent uint64 `json:"max_extent"`
	// MaxTime is the longest time, in nanoseconds, from the first frame that
	// overtook one to that one (4.3).
	MaxTime int64 `json:"max_time_ns"`
	// ByHost frames were read after one with a greater number and had arrived
	// before it, as their timestamps say: the receiving host changed their
	// order, over several queues or processors. They are not Reordered.
	ByHost uint64 `json:"reordered_by_host"`
}

func (r *Reordering) add(o Reordering) {
	r.Reordered += o.Reordered
	r.Runs += o.Runs
	r.MaxExtent = max(r.MaxExtent, o.MaxExtent)
	r.MaxTime = max(r.MaxTime, o.MaxTime)
	r.ByHost += o.ByHost
}

// extend makes a number of 64 bits of one of 32, next to those received last.
func (s *sequence) extend(n uint32) uint64 {
	if s.received == 0 {
		return uint64(n)
	}
	e := int64(s.next) + int64(int32(n-uint32(s.next)))
	if e < 0 {
		e += 1 << 32
	}
	return uint64(e)
}

// add takes frame number n, received at time at.
func (s *sequence) add(n uint64, at int64) verdict {
	if s.received == 0 {
		s.firstAt = at
	}
	if n >= s.next {
		if n > s.next {
			s.gaps = append(s.gaps, gap{s.next, n - 1, s.lastAt, at, s.received})
		}
		s.next, s.lastAt, s.inRun = n+1, at, false
		s.received++
		return inOrder
	}
	g, missing := slices.BinarySearchFunc(s.gaps, n, func(g gap, n uint64) int {
		switch {
		case g.last < n:
			return -1
		case g.first > n:
			return 1
		}
		return 0
	})
	if !missing {
		s.duplicated++
		return again
	}
	s.noteLate(s.gaps[g], at)
	s.fill(g, n)
	s.received++
	return late
}

func (s *sequence) noteLate(g gap, at int64) {
	if at < g.after {
		s.ByHost++
		return
	}
	s.Reordered++
	s.MaxExtent = max(s.MaxExtent, s.received-g.arrival)
	s.MaxTime = max(s.MaxTime, at-g.after)
	if !s.inRun {
		s.Runs++
	}
	s.inRun = true
}

// fill takes number n out of gap i.
func (s *sequence) fill(i int, n uint64) {
	g := s.gaps[i]
	switch {
	case g.first == g.last:
		s.gaps = slices.Delete(s.gaps, i, i+1)
	case n == g.first:
		s.gaps[i].first++
	case n == g.last:
		s.gaps[i].last--
	default:
		s.gaps[i].last = n - 1
		g.first = n + 1
		s.gaps = slices.Insert(s.gaps, i+1, g)
	}
}

// giveUp gives up on the oldest half of the gaps: what is missing there is
// lost, and if it comes after all it will count as a duplicate. It returns
// them; the next call overwrites them.
func (s *sequence) giveUp() []gap {
	n := (len(s.gaps) + 1) / 2
	given := slices.Clone(s.gaps[:n])
	s.gaps = slices.Delete(s.gaps, 0, n)
	s.closed += uint64(n)
	return given
}
