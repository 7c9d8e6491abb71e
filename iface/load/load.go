// Package load offers frames to a port at a pace, as many as asked and not one
// more or less, and says what became of each.
package load

import (
	"context"
	"errors"
	"math"
	"syscall"
	"time"

	"eterm/iface"
	"eterm/iface/load/pace"
)

// A Source appends the next frame to dst and returns the result. It never ends
// and keeps neither.
type Source func(dst []byte) []byte

// Plan says how many frames are offered and when.
type Plan struct {
	// Count is how many frames are offered; 0 is no limit.
	Count uint64
	// Duration bounds the run: frames due at that time or later are not
	// offered. 0 is no limit.
	Duration time.Duration
	// Schedule says when frames are due. A frame that is refused has had its
	// moment and is not offered again. Nil is as fast as the port takes them:
	// then a frame refused because a queue is full or the interface is down
	// is offered until it is taken, or for Patience without a single success.
	Schedule pace.Schedule
	// Clock is pace.Precise if nil.
	Clock pace.Clock
	// Batch is the most frames in one Send; 32 if 0.
	Batch int
	// Patience is 10 s if 0.
	Patience time.Duration
}

// ErrStuck ends a run at full speed in which the port takes nothing more.
var ErrStuck = errors.New("no frame was taken for too long")

// Result is the account of a run. Always Offered = Sent + Skipped, and
// Attempts = Sent + Refused.Total(): frames offered again are attempts again.
type Result struct {
	Offered  uint64        // frames whose turn came
	Sent     uint64        // frames the port took
	Skipped  uint64        // frames the port refused that were not offered again
	Bytes    uint64        // of the frames sent, without FCS
	OnWire   uint64        // their ether.WireLen: with padding, FCS, preamble and gap
	Attempts uint64        // frames given to Send, each time
	Refused  iface.Refused // refusals by reason
	// Elapsed is the time from the first frame's turn to the end of the last
	// Send. Span is that and the wait for the frame that would have been
	// next, so that Offered/Span is a rate.
	Elapsed, Span time.Duration
	// Asked is how long the schedule gives to Offered frames: Offered/Asked
	// is the rate asked for. 0 for a run at full speed.
	Asked time.Duration
	// PacingError is the schedule's error: how long after their turn frames were
	// given to Send.
	PacingError pace.PacingError
	// CPU is the time this process used, in user and kernel mode.
	CPU time.Duration
	// Port is what the ports counted during the run, all of them together.
	Port iface.Counters
	// Workers is how many goroutines sent.
	Workers int
}

// Run offers frames from source to port. It ends when the plan is fulfilled,
// when ctx ends (which is no error), or with an error when the port is gone or
// takes nothing any more; the result is valid in every case.
func Run(ctx context.Context, port iface.Port, source Source, plan Plan) (Result, error) {
	return RunAll(ctx, []iface.Port{port}, func(int) Source { return source }, plan)
}

// RunAll spreads a plan evenly over several ports, each with a worker of its
// own: of n, worker k offers frames k, n+k, 2n+k and so on, at their times.
// Every worker gets a source of its own, which has to make all frames.
func RunAll(ctx context.Context, ports []iface.Port, source func(worker int) Source, plan Plan) (Result, error) {
	plan = plan.complete()
	before := total(ports)
	workers := make([]*worker, len(ports))
	for k, p := range ports {
		workers[k] = newWorker(p, share(source(k), len(ports), k), plan, len(ports), k)
	}
	failed := make(chan error)
	start := plan.begin()
	cpu := cpuTime()
	for _, w := range workers {
		go func() {
			failed <- w.run(ctx.Done(), start)
		}()
	}
	var err error
	for range workers {
		err = errors.Join(err, <-failed)
	}
	r := Result{Workers: len(workers), CPU: cpuTime() - cpu, Port: total(ports).Sub(before)}
	for _, w := range workers {
		r.add(w)
	}
	r.finish(plan, workers, start)
	return r, err
}

// complete fills in what was left out.
func (p Plan) complete() Plan {
	if p.Clock == nil {
		p.Clock = pace.Precise()
	}
	if p.Batch == 0 {
		p.Batch = 32
	}
	if p.Patience == 0 {
		p.Patience = 10 * time.Second
	}
	if p.Count == 0 {
		p.Count = math.MaxUint64
	}
	if p.Schedule != nil && p.Duration > 0 {
		p.Count = p.Schedule.Within(p.Duration, p.Count)
	}
	return p
}

// begin is when the first frame is due.
func (p Plan) begin() time.Duration {
	if p.Schedule == nil {
		return p.Clock.Now()
	}
	return p.Clock.Begin(p.Schedule(1))
}

// share leaves every n-th frame of a source, beginning with frame k.
func share(s Source, n, k int) Source {
	if n == 1 {
		return s
	}
	skip := k
	return func(dst []byte) []byte {
		from := len(dst)
		for range skip {
			dst = s(dst)[:from]
		}
		skip = n - 1
		return s(dst)
	}
}

func (r *Result) add(w *worker) {
	r.Offered += w.sent + w.skipped
	r.Sent += w.sent
	r.Skipped += w.skipped
	r.Bytes += w.bytes
	r.OnWire += w.wireBytes
	r.Attempts += w.attempts
	r.Refused = r.Refused.Add(w.refused)
}

// finish works out the times of the whole run.
func (r *Result) finish(plan Plan, workers []*worker, start time.Duration) {
	for _, w := range workers {
		r.Elapsed = max(r.Elapsed, w.ended-start)
	}
	r.Span = r.Elapsed
	if plan.Schedule == nil || r.Offered == 0 {
		return
	}
	pacers := make([]*pace.Pacer, len(workers))
	for k, w := range workers {
		pacers[k] = w.pacer
	}
	r.PacingError = pace.Combine(pacers...)
	r.Asked = plan.Schedule(r.Offered)
	r.Span += r.Asked - plan.Schedule(r.Offered-1)
}

// cpuTime is the time this process has used so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
