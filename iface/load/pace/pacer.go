package pace

import (
	"runtime"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Pacer hands out frames as they become due, and measures how late it does.
type Pacer struct {
	schedule Schedule
	clock    Clock
	start    time.Duration
	next     uint64
	rehearse func()
	rested   time.Duration // when others were last let run
	recent   []int64       // pacing error of the frames last handed out
	late     *hdrhistogram.Histogram
}

// longest is the greatest pacing error the histogram tells from others.
const longest = time.Minute

// New makes a Pacer whose frame 0 is due by its schedule from now on.
func New(s Schedule, c Clock) *Pacer {
	return &Pacer{schedule: s, clock: c, start: c.Now(), recent: make([]int64, 0, 32), late: newHistogram()}
}

// Start makes frame 0 due at a time of the clock, rather than at that of New.
// It is called before the first Next.
func (p *Pacer) Start(at time.Duration) { p.start = at }

// Rehearse has Next call f 20 µs before a frame is due, if there is time for it:
// f makes ready what the caller uses to send, which after a sleep may be in none
// of the processor's caches.
func (p *Pacer) Rehearse(f func()) { p.rehearse = f }

// rehearsal is how long before a frame is due its sending is rehearsed: long
// enough for that to be over, short enough for the caches to keep it.
const rehearsal = 20 * time.Microsecond

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, int64(longest), 3) }

// Next waits until the next frame is due and says how many are due by then,
// 1 to most: more than one when the caller was held up or the rate is high. It
// returns 0 when done was closed before the frame was due.
func (p *Pacer) Next(most int, done <-chan struct{}) int {
	p.record()
	due := p.start + p.schedule(p.next)
	now := p.clock.Now()
	p.rest(due, now)
	for now < due {
		if p.rehearse != nil && due-now > rehearsal {
			p.clock.Wait(due-rehearsal, done)
			p.rehearse()
		}
		p.clock.Wait(due, done)
		now = p.clock.Now()
		select {
		case <-done:
			return 0
		default:
		}
	}
	n := 0
	for n < most && due <= now {
		p.recent = append(p.recent, int64(min(now-due, longest)))
		n++
		due = p.start + p.schedule(p.next+uint64(n))
	}
	p.next += uint64(n)
	return n
}

const (
	// restEvery is how often others are let run. When a goroutine has run for
	// 10 ms without a break, Go's runtime interrupts it by a signal, in the
	// middle of a frame if need be, and looks after it more closely for a
	// while.
	restEvery = 8 * time.Millisecond
	// resting is time enough to let them, when nobody has much to do.
	resting = 60 * time.Microsecond
)

// rest lets other goroutines run, now that a frame was sent, if it is time to
// and the next is not due at once.
func (p *Pacer) rest(due, now time.Duration) {
	if due-now > resting && now-p.rested > restEvery {
		p.rested = now
		runtime.Gosched()
	}
}

// record counts the pacing error of the frames last handed out: not before they
// are sent, because it may be the first use of a page of memory.
func (p *Pacer) record() {
	for _, l := range p.recent {
		p.late.RecordValue(l)
	}
	p.recent = p.recent[:0]
}

// Handed is how many frames were handed out.
func (p *Pacer) Handed() uint64 { return p.next }

// PacingError is how long after they were due frames were handed out.
type PacingError struct {
	P50 time.Duration `json:"p50_ns"`
	P99 time.Duration `json:"p99_ns"`
	Max time.Duration `json:"max_ns"`
}

// PacingError of all frames handed out so far, to three digits and at most a
// minute. Not to be called during Next.
func (p *Pacer) PacingError() PacingError {
	p.record()
	return pacingError(p.late)
}

// Combine is the pacing error of the frames of several pacers.
func Combine(pacers ...*Pacer) PacingError {
	all := newHistogram()
	for _, p := range pacers {
		p.record()
		all.Merge(p.late)
	}
	return pacingError(all)
}

func pacingError(h *hdrhistogram.Histogram) PacingError {
	return PacingError{
		P50: time.Duration(h.ValueAtQuantile(50)),
		P99: time.Duration(h.ValueAtQuantile(99)),
		Max: time.Duration(h.Max()),
	}
}
