package ifacetest

import (
	"math"
	"math/rand/v2"
	"time"

	"eterm/frame/ether"
)

// Path is what one way through a device is like. The zero value passes every
// frame at once.
type Path struct {
	// Rate is how fast it forwards, in frames/s, or BitRate in bits/s counted
	// as on the wire with FCS, preamble and gap; the slower of the two. 0 is
	// without limit.
	Rate, BitRate float64
	// Queue is how many frames wait, besides the one being forwarded, and
	// QueueBytes how many bytes of them, with FCS; 0 bytes is without limit. A
	// frame that finds no room is lost.
	Queue      int
	QueueBytes int
	// Delay is what a frame takes besides waiting and being forwarded.
	Delay time.Duration
	// Policer, if not nil, comes before the queue.
	Policer *Policer
	// Stall is how long forwarding stops, and StallEvery the mean time from
	// one such stop to the next, which are spread at random.
	Stall, StallEvery time.Duration
	// Loss is the probability with which any frame is lost.
	Loss float64
	// LossAbove loses frames longer than that, in bytes with FCS; 0 none.
	LossAbove int
	// LossBelow loses every tenth of the frames that come more slowly than
	// so many a second: a device that does worse under less load.
	LossBelow float64
	// LossAfter, if above 0, holds Loss and LossAbove back until so long
	// after the first frame.
	LossAfter time.Duration
	// Idle is how long nothing comes until the device has gone to sleep, and
	// WarmUp for how long it then loses all.
	Idle, WarmUp time.Duration
	// LossBurst loses one frame of every so many bursts; bursts are apart by
	// at least Idle.
	LossBurst int
	Seed      uint64
}

// Model works out what becomes of frames on a Path. It is pure: times are
// arguments and must not decrease.
type Model struct {
	Path
	policer policer
	random  *rand.Rand
	free    time.Duration // when the frame being forwarded is
	waiting []waiting
	bytes   int // of those waiting

	stallFrom, stallTo time.Duration
	started            bool
	first, last, woken time.Duration
	bursts             int
	slow               int
	deadUntil          time.Duration
	Account            PathAccount
}

type waiting struct {
	start  time.Duration // when it begins to be forwarded
	length int
}

// PathAccount is exactly what became of frames. Always In = Out + Overflowed +
// Policed + Lost.
type PathAccount struct {
	In         uint64 `json:"in"`
	Out        uint64 `json:"out"`
	Overflowed uint64 `json:"overflowed"` // found the queue full
	Policed    uint64 `json:"policed"`
	Lost       uint64 `json:"lost"` // by the path's faults
}

// NewModel makes a path without any frames in it.
func NewModel(p Path) *Model {
	m := &Model{Path: p, random: rand.New(rand.NewPCG(p.Seed, 77)), stallFrom: math.MaxInt64, stallTo: math.MaxInt64}
	if p.StallEvery > 0 {
		m.stallFrom, m.stallTo = 0, 0
		m.nextStall()
	}
	if p.Policer != nil {
		m.policer = newPolicer(*p.Policer)
	}
	return m
}

// Fate is what became of a frame.
type Fate struct {
	// Out is when it comes out at the far side, if it is Passed.
	Out    time.Duration
	Passed bool
	// Yellow is how the policer marked it.
	Yellow bool
}

// Offer is a frame that comes in at a time, of so many bytes without FCS.
// Yellow is how it is marked, for a policer that looks.
func (m *Model) Offer(at time.Duration, length int, yellow bool) Fate {
	m.Account.In++
	woken := m.wake(at)
	size := max(length, ether.MinFrame) + ether.FCSLen
	if m.fails(at, size, woken) {
		m.Account.Lost++
		return Fate{}
	}
	fate := Fate{Yellow: yellow}
	if m.Policer != nil {
		green, passed := m.policer.take(at, size, yellow)
		if !passed {
			m.Account.Policed++
			return Fate{}
		}
		fate.Yellow = !green
	}
	out, room := m.forward(at, length, size)
	if !room {
		m.Account.Overflowed++
		return Fate{}
	}
	m.Account.Out++
	fate.Out, fate.Passed = out+m.Delay, true
	return fate
}

// wake notes when frames come after nothing came for long.
func (m *Model) wake(at time.Duration) (slept bool) {
	if !m.started || m.Idle > 0 && at-m.last >= m.Idle {
		slept = true
		m.woken = at
		m.bursts++
	}
	if !m.started {
		m.started, m.first = true, at
	} else if m.LossBelow > 0 && (at-m.last).Seconds() > 1/m.LossBelow {
		m.slow++
	}
	m.last = at
	return slept
}

// fails says whether a fault befalls a frame.
func (m *Model) fails(at time.Duration, size int, first bool) bool {
	switch {
	case at < m.deadUntil:
		return true
	case m.WarmUp > 0 && at-m.woken < m.WarmUp:
		return true
	case m.LossBurst > 0 && first && m.bursts%m.LossBurst == 0:
		return true
	case m.LossBelow > 0 && m.slow >= 10:
		m.slow = 0
		return true
	case at-m.first < m.LossAfter:
		return false
	case m.LossAbove > 0 && size > m.LossAbove:
		return true
	}
	return m.Loss > 0 && m.random.Float64() < m.Loss
}

// forward queues a frame and says when it has been forwarded.
func (m *Model) forward(at time.Duration, length, size int) (out time.Duration, room bool) {
	for len(m.waiting) > 0 && m.waiting[0].start <= at {
		m.bytes -= m.waiting[0].length
		m.waiting = m.waiting[1:]
	}
	start := m.clear(max(at, m.free))
	if start > at && (len(m.waiting) >= m.Queue || m.QueueBytes > 0 && m.bytes+size > m.QueueBytes) {
		return 0, false
	}
	if start > at {
		m.waiting = append(m.waiting, waiting{start, size})
		m.bytes += size
	}
	m.free = start + m.takes(length)
	return m.free, true
}

// takes is how long it takes to forward a frame.
func (m *Model) takes(length int) time.Duration {
	seconds := 0.0
	if m.Rate > 0 {
		seconds = 1 / m.Rate
	}
	if m.BitRate > 0 {
		seconds = max(seconds, float64(ether.WireLen(length)*8)/m.BitRate)
	}
	return time.Duration(math.Round(seconds * 1e9))
}

// clear is the first time from t on that is in no stall.
func (m *Model) clear(t time.Duration) time.Duration {
	for t >= m.stallTo {
		m.nextStall()
	}
	if t >= m.stallFrom {
		return m.stallTo
	}
	return t
}

func (m *Model) nextStall() {
	m.stallFrom = m.stallTo + time.Duration(m.random.ExpFloat64()*float64(m.StallEvery))
	m.stallTo = m.stallFrom + m.Stall
}

// Reset has the device lose what it has and all that comes for so long, as
// when it starts again.
func (m *Model) Reset(at, outage time.Duration) {
	m.waiting, m.bytes, m.free = nil, 0, at
	m.deadUntil = at + outage
}

// Throughput is the greatest rate in frames/s that goes through for ever, of
// frames of so many bytes without FCS, faults and policers apart; 0 if there is
// no limit.
func (p Path) Throughput(length int) float64 {
	takes := (&Model{Path: p}).takes(length)
	if takes == 0 {
		return 0
	}
	return 1e9 / float64(takes)
}

// Burst is how many frames of so many bytes without FCS, a gap apart, go
// through a path at rest before one is lost, at most limit.
func (p Path) Burst(length int, gap time.Duration, limit int) int {
	m := NewModel(p)
	for n := range limit {
		if !m.Offer(time.Duration(n)*gap, length, false).Passed {
			return n
		}
	}
	return limit
}
