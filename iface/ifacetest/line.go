package ifacetest

import (
	"cmp"
	"container/heap"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// line is one direction of a cable: frames go in, pass the faults and come out
// at once or later.
type line struct {
	faults []Fault
	rate   float64
	limit  int
	arrive func(frame []byte)

	mu      sync.Mutex
	random  *rand.Rand
	number  uint64    // of the next frame
	free    time.Time // when the last frame put on the cable has left
	order   uint64
	pending pending
	swapped int // of those pending, how many wait to be overtaken
	timer   *time.Timer
	copies  []transit
}

// transit is one copy of a frame on its way.
type transit struct {
	frame []byte
	own   bool // frame is a copy that may be changed and kept
	delay time.Duration
	swap  bool
}

func newLine(c config, faults []Fault, stream uint64, arrive func([]byte)) *line {
	return &line{faults: faults, rate: c.lineRate, limit: c.lineQueue, arrive: arrive,
		random: rand.New(rand.NewPCG(c.seed, stream))}
}

// pass takes a frame from the sender and does not keep it.
func (l *line) pass(frame []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.copies = append(l.copies[:0], transit{frame: frame})
	for _, f := range l.faults {
		l.copies = f(l.copies, l.number, l.random)
	}
	l.number++
	overtaken := l.takeSwapped()
	for _, c := range l.copies {
		l.depart(c)
	}
	for _, w := range overtaken {
		l.arrive(w.frame)
	}
}

// depart puts one copy on the cable.
func (l *line) depart(c transit) {
	queueing, ok := l.occupy(len(c.frame))
	delay := c.delay + queueing
	if c.swap {
		delay += swapWait
	}
	switch {
	case !ok:
	case delay <= 0:
		l.arrive(c.frame)
	default:
		l.hold(c, delay)
	}
}

// swapWait is how long a swapped frame waits for another to overtake it.
const swapWait = 10 * time.Millisecond

// hold keeps a copy until its time.
func (l *line) hold(c transit, delay time.Duration) {
	f := c.frame
	if !c.own {
		f = slices.Clone(f)
	}
	if c.swap {
		l.swapped++
	}
	heap.Push(&l.pending, waiting{frame: f, due: time.Now().Add(delay), order: l.order, swap: c.swap})
	l.order++
	l.rearm()
}

// takeSwapped takes out the frames that wait to be overtaken, oldest first.
func (l *line) takeSwapped() (overtaken []waiting) {
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
func (l *line) occupy(length int) (time.Duration, bool) {
	if l.rate <= 0 {
		return 0, true
	}
	now := time.Now()
	if l.free.Before(now) {
		l.free = now
	}
	took := time.Duration(float64(max(length, 60)+24) * 8 / l.rate * float64(time.Second))
	if l.free.Sub(now) > time.Duration(l.limit)*took {
		return 0, false
	}
	l.free = l.free.Add(took)
	return l.free.Sub(now), true
}

// rearm sets the timer to the next frame that is due.
func (l *line) rearm() {
	if len(l.pending) == 0 {
		return
	}
	wait := time.Until(l.pending[0].due)
	if l.timer == nil {
		l.timer = time.AfterFunc(wait, l.flush)
		return
	}
	l.timer.Reset(wait)
}

// flush lets the frames out that are due.
func (l *line) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for len(l.pending) > 0 && !l.pending[0].due.After(now) {
		w := heap.Pop(&l.pending).(waiting)
		if w.swap {
			l.swapped--
		}
		l.arrive(w.frame)
	}
	l.rearm()
}

// waiting is a frame that comes out of the cable when it is due.
type waiting struct {
	frame []byte
	due   time.Time
	order uint64
	swap  bool
}

// pending is a heap of frames by the time they are due, then as they came.
type pending []waiting

func (p pending) Len() int { return len(p) }
func (p pending) Less(i, j int) bool {
	if !p[i].due.Equal(p[j].due) {
		return p[i].due.Before(p[j].due)
	}
	return p[i].order < p[j].order
}
func (p pending) Swap(i, j int) { p[i], p[j] = p[j], p[i] }
func (p *pending) Push(x any)   { *p = append(*p, x.(waiting)) }
func (p *pending) Pop() any {
	old := *p
	x := old[len(old)-1]
	old[len(old)-1] = waiting{}
	*p = old[:len(old)-1]
	return x
}
