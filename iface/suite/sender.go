package suite

import (
	"sync/atomic"
	"time"

	"eterm/frame/probe"
	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/load"
	"eterm/iface/load/pace"
)

// frames makes the test frames of one direction: flows take turns, and within
// each the sizes.
type frames struct {
	flows [][]made
	n     uint64
}

// made is a frame that is complete but for its number and time.
type made struct {
	bytes  []byte
	writer probe.Writer
}

// newFrames makes frames with these address pairs. Of every `every` frames the
// last is to everybody; 0 is none.
func newFrames(l linktest.Load, pairs []pair, every int, session uint32) (*frames, probe.Plan, error) {
	flows := flowsOf(pairs, every)
	l.Streams = len(flows)
	f := &frames{}
	for i, p := range flows {
		l.Dst, l.Src = p.dst, p.src
		var sizes []made
		for _, size := range l.Sizes {
			b, w, err := l.TestFrame(uint8(i), size, session)
			if err != nil {
				return nil, probe.Plan{}, err
			}
			sizes = append(sizes, made{b, w})
		}
		f.flows = append(f.flows, sizes)
	}
	return f, l.Plan(), nil
}

// pair is where frames go and come from.
type pair struct{ dst, src []byte }

var everybody = []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// flowsOf are the flows that frames take turns in: as many as there are pairs,
// or as it takes to make one in `every` a broadcast frame.
func flowsOf(pairs []pair, every int) (flows []pair) {
	switch {
	case every == 1:
		return []pair{{everybody, pairs[0].src}}
	case every == 0:
		return pairs
	}
	for i := range every - 1 {
		flows = append(flows, pairs[i%len(pairs)])
	}
	return append(flows, pair{everybody, pairs[0].src})
}

func (f *frames) next(dst []byte) []byte {
	n := f.n
	f.n++
	flows := uint64(len(f.flows))
	number := n / flows
	sizes := f.flows[n%flows]
	m := &sizes[number%uint64(len(sizes))]
	m.writer.Write(uint32(number), probe.Ticks(time.Now().UnixNano()))
	return append(dst, m.bytes...)
}

// watched is a port, and the clock of its sender, that notes when frames were
// sent and how late.
type watched struct {
	iface.Port
	pace.Clock
	due     pace.Schedule
	start   time.Duration
	sent    uint64
	told    atomic.Uint64 // sent, for who follows
	ended   time.Duration
	blocked time.Duration
	stalls  []Stall
	more    uint64
	behind  bool
	steps   []uint64 // first frames of the segments still to come
	stepAt  []float64
}

const (
	// late is when frames count as held up, and long when a call of Send does.
	late = time.Millisecond
	long = time.Millisecond
	// mostStalls bounds those listed.
	mostStalls = 1000
)

// Begin notes when the first frame is due.
func (w *watched) Begin(period time.Duration) time.Duration {
	w.start = w.Clock.Begin(period)
	return w.start
}

func (w *watched) Send(list [][]byte) (int, error) {
	if len(list) == 0 {
		return w.Port.Send(list)
	}
	before := w.Now()
	w.note(before, uint64(len(list)))
	n, err := w.Port.Send(list)
	w.ended = w.Now()
	if took := w.ended - before; took > long {
		w.blocked += took
	}
	w.sent += uint64(n)
	if err != nil {
		w.sent++ // the one refused had its turn
	}
	w.told.Store(w.sent)
	return n, err
}

// note looks how late the next n frames are, and when segments begin.
func (w *watched) note(now time.Duration, n uint64) {
	for len(w.steps) > 0 && w.steps[0] < w.sent+n {
		w.steps = w.steps[1:]
		w.stepAt = append(w.stepAt, (now - w.start).Seconds())
	}
	behind := now - w.start - w.due(w.sent)
	switch {
	case behind < late:
		w.behind = false
	case w.behind:
		if len(w.stalls) > 0 && w.more == 0 {
			w.stalls[len(w.stalls)-1].Frames += n
		}
	case len(w.stalls) == mostStalls:
		w.behind = true
		w.more++
	default:
		w.behind = true
		w.stalls = append(w.stalls, Stall{First: w.sent, Frames: n, Late: int64(behind)})
	}
	if w.behind && len(w.stalls) > 0 && w.more == 0 {
		s := &w.stalls[len(w.stalls)-1]
		s.Late = max(s.Late, int64(behind))
	}
}

// Unwrap lets the inner port's abilities be found.
func (w *watched) Unwrap() iface.Port { return w.Port }

var _ load.Source = (*frames)(nil).next

// learningFrame is a frame to one address from another, of the look of a load.
func learningFrame(l linktest.Load, dst, src []byte, size int, session uint32) ([]byte, error) {
	l.Dst, l.Src = dst, src
	l.Sizes, l.Rate, l.Count, l.Streams = []int{size}, 1, 1, 1
	b, w, err := l.TestFrame(0, size, session)
	if err != nil {
		return nil, err
	}
	w.Write(0, probe.Ticks(time.Now().UnixNano()))
	return b, nil
}
