package load_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/load"
	"eterm/iface/load/pace"
)

// counting is a source whose frames of 60 bytes carry their numbers.
func counting() load.Source {
	n := uint32(0)
	return func(dst []byte) []byte {
		from := len(dst)
		dst = append(dst, make([]byte, 60)...)
		copy(dst[from:], "\x02\x00\x00\x00\x00\x0b\x02\x00\x00\x00\x00\x0a\x88\xb5")
		binary.BigEndian.PutUint32(dst[from+14:], n)
		n++
		return dst
	}
}

func workers(int) load.Source { return counting() }

// arrived takes the numbers and times of what b has received. It leaves when
// ctx ends.
type arrived struct {
	mu      sync.Mutex
	numbers []int
	at      []time.Time
}

func receive(p iface.Port) *arrived {
	a := &arrived{}
	go func() {
		rx := make([]iface.Received, 64)
		for {
			n, err := p.Receive(rx)
			if err != nil {
				return
			}
			a.mu.Lock()
			for _, r := range rx[:n] {
				a.numbers = append(a.numbers, int(binary.BigEndian.Uint32(r.Bytes[14:])))
				a.at = append(a.at, r.At)
			}
			a.mu.Unlock()
		}
	}()
	return a
}

// run runs a plan over a wire in a bubble.
func run(t *testing.T, plan load.Plan, opts []ifacetest.Option, check func(load.Result, error, *arrived)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a, b := ifacetest.Wire(opts...)
		got := receive(b)
		plan.Clock = pace.Timers()
		r, err := load.Run(t.Context(), a, counting(), plan)
		synctest.Wait()
		b.Close()
		account(t, r)
		check(r, err, got)
	})
}

// account checks what holds for every result.
func account(t *testing.T, r load.Result) {
	t.Helper()
	if r.Offered != r.Sent+r.Skipped || r.Attempts != r.Sent+r.Refused.Total() {
		t.Errorf("the account does not add up: %+v", r)
	}
	if r.Port.Attempted != r.Attempts || r.Port.Accepted != r.Sent || r.Port.Refused != r.Refused {
		t.Errorf("the port counted %+v, the run %+v", r.Port, r)
	}
	if r.Bytes != 60*r.Sent {
		t.Errorf("%d bytes in %d frames of 60", r.Bytes, r.Sent)
	}
}

func upTo(n int) (want []int) {
	for i := range n {
		want = append(want, i)
	}
	return want
}

// readied is a port that notes when it is made ready.
type readied struct {
	iface.Port
	start time.Time
	at    []time.Duration
}

func (p *readied) Send(frames [][]byte) (int, error) {
	if len(frames) == 0 {
		p.at = append(p.at, time.Since(p.start))
	}
	return p.Port.Send(frames)
}

// TestPortIsMadeReady: shortly before a frame is due, the port is given none to
// send, and frames are made when they are due.
func TestPortIsMadeReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ifacetest.Wire()
		got := receive(b)
		var made []time.Duration
		source, start := counting(), time.Now()
		port := &readied{Port: a, start: start}
		_, err := load.Run(t.Context(), port, func(dst []byte) []byte {
			made = append(made, time.Since(start))
			return source(dst)
		}, load.Plan{Count: 4, Schedule: pace.Bursts(2, time.Millisecond, math.Inf(1)), Clock: pace.Timers()})
		synctest.Wait()
		b.Close()
		const ms = time.Millisecond
		if err != nil || !slices.Equal(got.numbers, upTo(4)) || !slices.Equal(made, []time.Duration{0, 0, ms, ms}) ||
			!slices.Equal(port.at, []time.Duration{ms - 20*time.Microsecond}) {
			t.Errorf("made at %v, made ready at %v; %v arrived: %v", made, port.at, got.numbers, err)
		}
	})
}

// TestExactCounts: whatever the pace, exactly the asked number arrives, in
// order.
func TestExactCounts(t *testing.T) {
	for name, plan := range map[string]load.Plan{
		"one":               {Count: 1, Schedule: pace.Rate(1)},
		"paced":             {Count: 1000, Schedule: pace.Rate(1e4)},
		"faster than timed": {Count: 1001, Schedule: pace.Rate(1e10)},
		"at full speed":     {Count: 1000},
		"odd batches":       {Count: 1000, Batch: 7},
		"bursts":            {Count: 1000, Schedule: pace.Bursts(64, time.Millisecond, math.Inf(1))},
		"ramp":              {Count: 1000, Schedule: pace.Ramp(10, 1000, time.Second)},
		"slow":              {Count: 3, Schedule: pace.Rate(0.001)},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, plan, nil, func(r load.Result, err error, got *arrived) {
				if err != nil || r.Sent != plan.Count || !slices.Equal(got.numbers, upTo(int(plan.Count))) {
					t.Errorf("sent %d, arrived %d, want %d: %v", r.Sent, len(got.numbers), plan.Count, err)
				}
			})
		})
	}
}

func TestDurationIsExact(t *testing.T) {
	run(t, load.Plan{Duration: 10 * time.Second, Schedule: pace.Rate(100)}, nil, func(r load.Result, err error, got *arrived) {
		if r.Sent != 1000 || err != nil {
			t.Errorf("sent %d in 10 s at 100/s: %v", r.Sent, err)
		}
		if r.Elapsed != 9990*time.Millisecond || r.Span != 10*time.Second || r.Asked != 10*time.Second {
			t.Errorf("elapsed %v, span %v, asked %v", r.Elapsed, r.Span, r.Asked)
		}
		for i, at := range got.at {
			if d := at.Sub(got.at[0]); d != time.Duration(i)*10*time.Millisecond {
				t.Fatalf("frame %d left at %v", i, d)
			}
		}
	})
}

// TestWorkersShare: several workers send each frame once and together keep
// the times.
func TestWorkersShare(t *testing.T) {
	for _, count := range []uint64{1, 2, 3, 100, 101} {
		synctest.Test(t, func(t *testing.T) {
			s := ifacetest.NewSwitch(4)
			got := receive(s.Port(3))
			ports := []iface.Port{s.Port(0), s.Port(1), s.Port(2)}
			start := time.Now()
			plan := load.Plan{Count: count, Schedule: pace.Rate(1000), Clock: pace.Timers()}
			r, err := load.RunAll(t.Context(), ports, workers, plan)
			synctest.Wait()
			s.Port(3).Close()
			account(t, r)
			if err != nil || !slices.Equal(got.numbers, upTo(int(count))) {
				t.Errorf("of %d frames arrived %v: %v", count, got.numbers, err)
			}
			for i, at := range got.at {
				if at.Sub(start) != time.Duration(i)*time.Millisecond {
					t.Errorf("frame %d left at %v", i, at.Sub(start))
				}
			}
		})
	}
}

func TestRefusedFramesArePacedToo(t *testing.T) {
	opts := []ifacetest.Option{ifacetest.Refusing(ifacetest.Every(4))}
	run(t, load.Plan{Count: 100, Schedule: pace.Rate(1000)}, opts, func(r load.Result, err error, got *arrived) {
		if r.Sent != 75 || r.Skipped != 25 || r.Refused.QueueFull != 25 || r.Span != 100*time.Millisecond || err != nil {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestFullSpeedWaitsForTheQueue(t *testing.T) {
	opts := []ifacetest.Option{ifacetest.Refusing(ifacetest.Every(4))}
	run(t, load.Plan{Count: 99}, opts, func(r load.Result, err error, got *arrived) {
		if r.Sent != 99 || r.Skipped != 0 || r.Refused.QueueFull != 32 || err != nil {
			t.Errorf("%+v, %v", r, err)
		}
		if !slices.Equal(got.numbers, upTo(99)) {
			t.Errorf("arrived %v", got.numbers)
		}
	})
}

func TestFullSpeedGivesUp(t *testing.T) {
	opts := []ifacetest.Option{ifacetest.Refusing(ifacetest.Range(5, 1<<60))}
	run(t, load.Plan{Count: 99}, opts, func(r load.Result, err error, got *arrived) {
		if r.Sent != 5 || r.Skipped != 1 || !errors.Is(err, load.ErrStuck) || !errors.Is(err, iface.ErrQueueFull) {
			t.Errorf("%+v, %v", r, err)
		}
	})
	run(t, load.Plan{Duration: time.Second}, opts, func(r load.Result, err error, got *arrived) {
		if r.Sent != 5 || err != nil {
			t.Errorf("the duration does not end it: %+v, %v", r, err)
		}
	})
}

// TestInterfaceThatComesAndGoes takes the port down for 3 s.
func TestInterfaceThatComesAndGoes(t *testing.T) {
	for name, c := range map[string]struct {
		plan                load.Plan
		down                time.Duration
		sent, skipped, refs uint64
	}{
		"paced":      {load.Plan{Count: 100, Schedule: pace.Rate(10)}, 1950 * time.Millisecond, 70, 30, 30},
		"full speed": {load.Plan{Count: 64}, -1, 64, 0, 300},
	} {
		synctest.Test(t, func(t *testing.T) {
			a, _ := ifacetest.Wire()
			a.SetUp(c.down >= 0)
			time.AfterFunc(c.down, func() { a.SetUp(false) })
			time.AfterFunc(c.down+3*time.Second, func() { a.SetUp(true) })
			c.plan.Clock = pace.Timers()
			r, err := load.Run(t.Context(), a, counting(), c.plan)
			account(t, r)
			if err != nil || r.Sent != c.sent || r.Skipped != c.skipped || r.Refused.Down != c.refs {
				t.Errorf("%s: %+v, %v", name, r, err)
			}
		})
	}
}

func TestGonePortEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _ := ifacetest.Wire()
		time.AfterFunc(2500*time.Millisecond, a.Remove)
		r, err := load.Run(t.Context(), a, counting(), load.Plan{Count: 10, Schedule: pace.Rate(1), Clock: pace.Timers()})
		account(t, r)
		if !errors.Is(err, iface.ErrGone) || r.Sent != 3 || r.Refused.Gone != 1 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestSmallerMTUIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _ := ifacetest.Wire()
		time.AfterFunc(2500*time.Millisecond, func() { a.SetMTU(40) })
		r, err := load.Run(t.Context(), a, counting(), load.Plan{Count: 10, Schedule: pace.Rate(1), Clock: pace.Timers()})
		account(t, r)
		if err != nil || r.Sent != 3 || r.Refused.TooLong != 7 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestCancelGivesThePartialResult(t *testing.T) {
	for name, plan := range map[string]load.Plan{
		"paced": {Schedule: pace.Rate(1)},
		"stuck": {},
	} {
		synctest.Test(t, func(t *testing.T) {
			a, _ := ifacetest.Wire(ifacetest.Refusing(func(n uint64, _ []byte, _ *rand.Rand) bool { return plan.Schedule == nil && n >= 3 }))
			ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
			defer cancel()
			plan.Clock = pace.Timers()
			start := time.Now()
			r, err := load.Run(ctx, a, counting(), plan)
			account(t, r)
			if err != nil || r.Sent != 3 || time.Since(start) > 2501*time.Millisecond {
				t.Errorf("%s: after %v: %+v, %v", name, time.Since(start), r, err)
			}
		})
	}
}
