// Package impair is a wire with known faults: lines that lose, copy, delay,
// reorder and change frames by a seed, and keep an exact account of what they
// did; and a relay that puts two of them between two ports. Its delays are
// timers, so they cost no time inside testing/synctest.
package impair

import (
	"cmp"
	"container/heap"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Config says what a line does.
type Config struct {
	// Faults befall frames in this order.
	Faults []Fault
	// Rate is the line's speed in bits/s, counted as on the wire with FCS,
	// preamble and gap (24 bytes more than a frame has); 0 is without limit.
	// Queue frames wait before it; a frame that finds the queue full is lost.
	Rate  float64
	Queue int
	// Seed and Stream start the random numbers: the same two and the same
	// frames give the same faults. Each class has random numbers of its own, so
	// that what happens to its frames does not depend on those of others.
	Seed, Stream uint64
	// Classes names the kinds of frames that are accounted for apart, and
	// Classify tells which one a frame is of. Nil counts all as one.
	Classes  []string
	Classify func(frame []byte) int
}

// Line is one direction of a cable: frames go in, pass the faults and come out
// at once or later.
type Line struct {
	Config
	arrive func(frame []byte) bool

	mu         sync.Mutex
	random     []*rand.Rand // by class
	number     uint64       // of the next frame
	free       time.Time    // when the last frame put on the cable has left
	order      uint64
	pending    pending
	swapped    int // of those pending, how many wait to be overtaken
	timer      *time.Timer
	copies     []transit
	accounting accounting
}

// NewLine makes a line. Arrive is called for every frame that comes out, from
// one goroutine at a time; it says whether it took the frame, and does not keep
// it.
func NewLine(c Config, arrive func(frame []byte) bool) *Line {
	l := &Line{Config: c, arrive: arrive, accounting: newAccounting(c.Classes)}
	for class := range max(1, len(c.Classes)) {
		l.random = append(l.random, rand.New(rand.NewPCG(c.Seed, c.Stream+uint64(class)<<32)))
	}
	return l
}

// transit is one copy of a frame on its way.
type transit struct {
	frame []byte
	own   bool // frame is a copy that may be changed and kept
	delay time.Duration
	swap  bool

	corrupted, truncated, lengthened bool
	wrongAt                          int // offset of the first wrong byte
	entry                            *entry
	in                               time.Time
}

// Pass takes a frame from the sender and does not keep it.
func (l *Line) Pass(frame []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	class := 0
	if l.Classify != nil {
		class = l.Classify(frame)
	}
	e := l.accounting.enter(class)
	l.copies = append(l.copies[:0], transit{frame: frame, entry: e})
	if l.Rate > 0 || len(l.Faults) > 0 {
		l.copies[0].in = time.Now()
	}
	for _, f := range l.Faults {
		l.copies = f(l.copies, l.number, l.random[class])
	}
	l.number++
	e.left = len(l.copies)
	l.accounting.close(e)
	overtaken := l.takeSwapped()
	last := time.Time{}
	for _, c := range l.copies {
		if due := l.depart(c); due.After(last) {
			last = due
		}
	}
	for _, w := range overtaken {
		l.follow(w, last)
	}
}

// depart puts one copy on the cable and says when it comes out, if it does so
// later and is not to be overtaken itself.
func (l *Line) depart(c transit) (due time.Time) {
	queueing, ok := l.occupy(len(c.frame))
	delay := c.delay + queueing
	if c.swap {
		delay += swapWait
	}
	switch {
	case !ok:
		l.accounting.overflow(c.entry)
	case delay <= 0:
		l.out(c)
	default:
		due = time.Now().Add(delay)
		l.hold(c, due)
	}
	if c.swap {
		return time.Time{}
	}
	return due
}

// follow lets a frame out that was overtaken: after the copies that overtook
// it, the last of which comes out at time last, and not before its own time.
func (l *Line) follow(w waiting, last time.Time) {
	w.swap = false
	due := w.due.Add(-swapWait)
	if due.Before(last) {
		due = last
	}
	if due.After(time.Now()) {
		l.hold(w.transit, due)
		return
	}
	l.out(w.transit)
}

// out lets one copy out.
func (l *Line) out(c transit) { l.accounting.leave(&c, l.arrive(c.frame)) }

// swapWait is how long a swapped frame waits for another to overtake it.
const swapWait = 10 * time.Millisecond

// hold keeps a copy until its time.
func (l *Line) hold(c transit, due time.Time) {
	if !c.own {
		c.frame, c.own = slices.Clone(c.frame), true
	}
	if c.swap {
		l.swapped++
	}
	heap.Push(&l.pending, waiting{transit: c, due: due, order: l.order})
	l.order++
	l.rearm()
}

// takeSwapped takes out the frames that wait to be overtaken, oldest first.
func (l *Line) takeSwapped() (overtaken []waiting) {
	if l.swapped == 0 {
		return nil
	}
	keep := l.pending[:0]
	for _, w := range l.pending {
		if w.swap {
			overtaken = append(overtaken, w)
		} else {
			keep = append(keep, w)
		}
	}
	clear(l.pending[len(keep):])
	l.pending, l.swapped = keep, 0
	heap.Init(&l.pending)
	slices.SortFunc(overtaken, func(a, b waiting) int { return cmp.Compare(a.order, b.order) })
	return overtaken
}

// occupy takes a place in the queue before the cable and says how long the
// frame takes to be out at its other end.
func (l *Line) occupy(length int) (time.Duration, bool) {
	if l.Rate <= 0 {
		return 0, true
	}
	now := time.Now()
	if l.free.Before(now) {
		l.free = now
	}
	took := time.Duration(float64(max(length, 60)+24) * 8 / l.Rate * float64(time.Second))
	if l.free.Sub(now) > time.Duration(l.Queue)*took {
		return 0, false
	}
	l.free = l.free.Add(took)
	return l.free.Sub(now), true
}

// rearm sets the timer to the next frame that is due.
func (l *Line) rearm() {
	if len(l.pending) == 0 {
		return
	}
	wait := time.Until(l.pending[0].due)
	if l.timer == nil {
		l.timer = time.AfterFunc(wait, l.release)
		return
	}
	l.timer.Reset(wait)
}

// release lets the frames out that are due.
func (l *Line) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.releaseUntil(time.Now())
	l.rearm()
}

// Drain returns when no frame is on the line any more. Those that have not come
// out when limit has passed come out at once, in the order they are due.
func (l *Line) Drain(limit time.Duration) {
	for end := time.Now().Add(limit); ; {
		l.mu.Lock()
		if len(l.pending) == 0 || l.pending[0].due.After(end) {
			break
		}
		due := l.pending[0].due
		l.mu.Unlock()
		time.Sleep(max(time.Until(due), time.Millisecond))
	}
	defer l.mu.Unlock()
	for len(l.pending) > 0 {
		l.releaseUntil(l.pending[0].due)
	}
}

func (l *Line) releaseUntil(now time.Time) {
	for len(l.pending) > 0 && !l.pending[0].due.After(now) {
		w := heap.Pop(&l.pending).(waiting)
		if w.swap {
			l.swapped--
		}
		l.out(w.transit)
	}
}

// Accounts is what the line did so far, one account a class.
func (l *Line) Accounts() []Account {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.accounting.accounts()
}
