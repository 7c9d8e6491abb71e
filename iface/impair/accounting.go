package impair

import "time"

// Account is exactly what a line did to the frames of one class. Always:
//
//	Out = In - Lost - Inside + Duplicated
type Account struct {
	Class string `json:"class,omitempty"`
	In    uint64 `json:"in"`  // frames that went in
	Out   uint64 `json:"out"` // copies that came out
	// Lost frames came out in no copy. Of those, Overflowed found the queue
	// before the rate limit full; those whose copies were all Refused count too.
	Lost       uint64 `json:"lost"`
	Overflowed uint64 `json:"overflowed"`
	// Duplicated copies came out after another copy of the same frame.
	Duplicated uint64 `json:"duplicated"`
	// Reordered frames came out, in their first copy, after a frame that went
	// in later (RFC 4737, 3.3).
	Reordered uint64 `json:"reordered"`
	// Corrupted copies came out with a wrong bit, Truncated ones short,
	// Lengthened ones long. A copy may be more than one of these.
	Corrupted  uint64 `json:"corrupted"`
	Truncated  uint64 `json:"truncated"`
	Lengthened uint64 `json:"lengthened"`
	// Refused copies were not taken by the other port.
	Refused uint64 `json:"refused"`
	Inside  uint64 `json:"inside"` // frames that are still on the line in their first copy
	// How long copies were held, as it came out, in nanoseconds.
	DelayMin  time.Duration `json:"delay_min_ns"`
	DelayMax  time.Duration `json:"delay_max_ns"`
	DelayMean time.Duration `json:"delay_mean_ns"`
	// Which frames, by number within the class from 0: the first of each kind.
	LostFrames       []Span `json:"lost_frames"`
	DuplicatedFrames []Span `json:"duplicated_frames"`
	ReorderedFrames  []Span `json:"reordered_frames"`
	CorruptedFrames  []Span `json:"corrupted_frames"` // truncated and lengthened ones too
}

// Span is the frames from First to Last, both included.
type Span struct {
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
}

// keptSpans bounds each list of an Account.
const keptSpans = 1000

// entry is one frame in the accounting while copies of it are on the line.
type entry struct {
	class  int
	number uint64
	left   int // copies still on the line
	copies int // that came out
}

type accounting struct {
	kept []Account
	last []uint64 // 1 + the highest number that came out, by class
	held []time.Duration
	free []*entry
}

func newAccounting(classes []string) accounting {
	n := max(1, len(classes))
	l := accounting{kept: make([]Account, n), last: make([]uint64, n), held: make([]time.Duration, n)}
	for i, name := range classes {
		l.kept[i].Class = name
	}
	return l
}

// enter opens the entry of a frame.
func (l *accounting) enter(class int) *entry {
	a := &l.kept[class]
	a.In++
	a.Inside++
	e := &entry{}
	if n := len(l.free); n > 0 {
		e, l.free = l.free[n-1], l.free[:n-1]
	}
	*e = entry{class: class, number: a.In - 1}
	return e
}

// close closes an entry that has no copies left on the line.
func (l *accounting) close(e *entry) {
	if e.left > 0 {
		return
	}
	l.free = append(l.free, e)
	if e.copies > 0 {
		return
	}
	a := &l.kept[e.class]
	a.Inside--
	a.Lost++
	note(&a.LostFrames, e.number)
}

// overflow takes one copy off that found the queue full.
func (l *accounting) overflow(e *entry) {
	if e.left--; e.left == 0 && e.copies == 0 {
		l.kept[e.class].Overflowed++
	}
	l.close(e)
}

// leave notes that one copy came out, and whether the other end took it.
func (l *accounting) leave(c *transit, taken bool) {
	e, a := c.entry, &l.kept[c.entry.class]
	defer l.close(e)
	e.left--
	if !taken {
		a.Refused++
		return
	}
	a.Out++
	e.copies++
	l.noteOrder(e, a)
	if c.corrupted || c.truncated || c.lengthened {
		a.Corrupted += count(c.corrupted)
		a.Truncated += count(c.truncated)
		a.Lengthened += count(c.lengthened)
		note(&a.CorruptedFrames, e.number)
	}
	if !c.in.IsZero() {
		l.noteDelay(e.class, time.Since(c.in))
	}
}

// noteOrder counts a copy as the first in order, late, or a further one.
func (l *accounting) noteOrder(e *entry, a *Account) {
	switch {
	case e.copies > 1:
		a.Duplicated++
		note(&a.DuplicatedFrames, e.number)
		return
	case e.number < l.last[e.class]:
		a.Reordered++
		note(&a.ReorderedFrames, e.number)
	default:
		l.last[e.class] = e.number + 1
	}
	a.Inside--
}

func (l *accounting) noteDelay(class int, d time.Duration) {
	a := &l.kept[class]
	l.held[class] += d
	a.DelayMax = max(a.DelayMax, d)
	if a.Out == 1 || d < a.DelayMin {
		a.DelayMin = d
	}
}

// accounts is a copy of all accounts.
func (l *accounting) accounts() []Account {
	all := make([]Account, len(l.kept))
	for i, a := range l.kept {
		if a.Out > 0 {
			a.DelayMean = l.held[i] / time.Duration(a.Out)
		}
		a.LostFrames = append([]Span{}, a.LostFrames...)
		a.DuplicatedFrames = append([]Span{}, a.DuplicatedFrames...)
		a.ReorderedFrames = append([]Span{}, a.ReorderedFrames...)
		a.CorruptedFrames = append([]Span{}, a.CorruptedFrames...)
		all[i] = a
	}
	return all
}

// note adds a number to a list of spans, as long as there is room.
func note(list *[]Span, n uint64) {
	if l := *list; len(l) > 0 && l[len(l)-1].Last+1 == n {
		l[len(l)-1].Last = n
	} else if len(l) < keptSpans {
		*list = append(l, Span{n, n})
	}
}

func count(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
