package pace

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Pacer hands out frames as they become due, and measures how late it does.
type Pacer struct {
	schedule Schedule
	clock    Clock
	start    time.Duration
	next     uint64
	late     *hdrhistogram.Histogram
}

// longest is the greatest lateness the histogram tells from others.
const longest = time.Minute

// New makes a Pacer whose frame 0 is due by its schedule from now on.
func New(s Schedule, c Clock) *Pacer {
	return &Pacer{schedule: s, clock: c, start: c.Now(), late: newHistogram()}
}

// Start makes frame 0 due at a time of the clock, rather than at that of New.
// It is called before the first Next.
func (p *Pacer) Start(at time.Duration) { p.start = at }

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, int64(longest), 3) }

// Next waits until the next frame is due and says how many are due by then,
// 1 to most: more than one when the caller was held up or the rate is high. It
// returns 0 when done was closed before the frame was due.
func (p *Pacer) Next(most int, done <-chan struct{}) int {
	due := p.start + p.schedule(p.next)
	now := p.clock.Now()
	for now < due {
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
		p.late.RecordValue(int64(min(now-due, longest)))
		n++
		due = p.start + p.schedule(p.next+uint64(n))
	}
	p.next += uint64(n)
	return n
}

// Handed is how many frames were handed out.
func (p *Pacer) Handed() uint64 { return p.next }

// Lateness is how long after their time frames were handed out.
type Lateness struct {
	P50 time.Duration `json:"p50_ns"`
	P99 time.Duration `json:"p99_ns"`
	Max time.Duration `json:"max_ns"`
}

// Lateness of all frames handed out so far, to three digits and at most a
// minute. Not to be called during Next.
func (p *Pacer) Lateness() Lateness { return lateness(p.late) }

// Combine is the lateness of the frames of several pacers.
func Combine(pacers ...*Pacer) Lateness {
	all := newHistogram()
	for _, p := range pacers {
		all.Merge(p.late)
	}
	return lateness(all)
}

func lateness(h *hdrhistogram.Histogram) Lateness {
	return Lateness{
		P50: time.Duration(h.ValueAtQuantile(50)),
		P99: time.Duration(h.ValueAtQuantile(99)),
		Max: time.Duration(h.Max()),
	}
}
