package load

import (
	"errors"
	"time"

	"eterm/frame/ether"
	"eterm/iface"
	"eterm/iface/load/pace"
)

// worker offers its share of the frames to one port.
type worker struct {
	port   iface.Port
	source Source
	plan   Plan
	count  uint64 // its share of the plan's
	pacer  *pace.Pacer
	frames [][]byte

	sent, skipped, attempts uint64
	bytes, wireBytes        uint64
	refused                 iface.Refused
	start, ended            time.Duration
	lastTaken               time.Duration // when the port last took a frame, at full speed
	wait                    time.Duration // the last one before a frame was offered again
}

func newWorker(p iface.Port, s Source, plan Plan, n, k int) *worker {
	w := &worker{port: p, source: s, plan: plan, frames: make([][]byte, plan.Batch)}
	w.count = plan.Count / uint64(n)
	if uint64(k) < plan.Count%uint64(n) {
		w.count++
	}
	if plan.Schedule != nil {
		w.pacer = pace.New(plan.Schedule.Every(uint64(n), uint64(k)), plan.Clock)
	}
	return w
}

// run offers the worker's share from time start on.
func (w *worker) run(done <-chan struct{}, start time.Duration) error {
	w.start, w.lastTaken = start, start
	if w.pacer != nil {
		w.pacer.Start(start)
		w.pacer.Rehearse(w.rehearse)
	}
	w.ended = start
	for left := w.count; left > 0; {
		n := w.turn(int(min(uint64(w.plan.Batch), left)), done)
		if n == 0 {
			return nil
		}
		err := w.offer(w.fill(n), done)
		w.ended = w.plan.Clock.Now()
		if errors.Is(err, ErrEnd) {
			return nil
		}
		if err != nil {
			return err
		}
		left -= uint64(n)
	}
	return nil
}

// turn is how many frames may be offered now, after waiting if need be; 0 ends
// the run.
func (w *worker) turn(most int, done <-chan struct{}) int {
	select {
	case <-done:
		return 0
	default:
	}
	if w.pacer != nil {
		return w.pacer.Next(most, done)
	}
	if w.plan.Duration > 0 && w.plan.Clock.Now()-w.start >= w.plan.Duration {
		return 0
	}
	return most
}

// fill makes the next n frames in memory that is used again.
func (w *worker) fill(n int) [][]byte {
	for i := range n {
		w.frames[i] = w.source(w.frames[i][:0])
	}
	return w.frames[:n]
}

// rehearse makes the port ready for the next frame.
func (w *worker) rehearse() { _, _ = w.port.Send(nil) }

// offer gives frames to the port until each is sent or skipped.
func (w *worker) offer(frames [][]byte, done <-chan struct{}) error {
	for len(frames) > 0 {
		n, err := w.port.Send(frames)
		w.took(frames[:n])
		if frames = frames[n:]; len(frames) == 0 {
			return nil
		}
		again, err := w.refuse(err, done)
		if err != nil {
			return err
		}
		if !again {
			frames = frames[1:]
		}
	}
	return nil
}

func (w *worker) took(frames [][]byte) {
	if len(frames) == 0 {
		return
	}
	for _, f := range frames {
		w.bytes += uint64(len(f))
		w.wireBytes += uint64(ether.WireLen(len(f)))
	}
	w.sent += uint64(len(frames))
	w.attempts += uint64(len(frames))
	if w.plan.Schedule == nil {
		w.lastTaken, w.wait = w.plan.Clock.Now(), 0
	}
}
