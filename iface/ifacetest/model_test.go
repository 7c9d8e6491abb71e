package ifacetest_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	. "eterm/iface/ifacetest"
)

// offer has n frames of 64 bytes come a gap apart, from a time on.
func offer(m *Model, n int, gap, from time.Duration) (passed int, last Fate) {
	for i := range n {
		if f := m.Offer(from+time.Duration(i)*gap, 60, false); f.Passed {
			passed++
			last = f
		}
	}
	return passed, last
}

// TestModelRate: what a path is said to forward for ever goes through, and of
// more just so much as it forwards and holds.
func TestModelRate(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		p := Path{Rate: 100 + random.Float64()*1e6, Queue: random.IntN(500)}
		if random.IntN(2) == 0 {
			p.BitRate = p.Rate * 84 * 8 * (0.5 + random.Float64())
		}
		slot := time.Duration(math.Round(1e9 / p.Throughput(60)))
		const n = 5000
		if passed, _ := offer(NewModel(p), n, slot, 0); passed != n {
			t.Errorf("%+v: %d of %d pass at the throughput", p, passed, n)
		}
		// At half the gap, every second frame finds room once the queue is full.
		gap := slot / 2
		passed, _ := offer(NewModel(p), n, gap, 0)
		if want := min(n, p.Queue+1+int((n-1)*int64(gap)/int64(slot))); passed < want-1 || passed > want+1 {
			t.Errorf("%+v: %d pass at twice the throughput, want %d", p, passed, want)
		}
	}
}

func TestModelBurst(t *testing.T) {
	// All at once: the queue and the one that is forwarded.
	if n := (Path{Rate: 1000, Queue: 100}).Burst(60, 0, 1e6); n != 101 {
		t.Errorf("a queue of 100 takes %d at once", n)
	}
	// At twice the rate every second one leaves meanwhile.
	if n := (Path{Rate: 1000, Queue: 100}).Burst(60, time.Second/2000, 1e6); n < 201 || n > 203 {
		t.Errorf("a queue of 100 takes %d at twice the rate", n)
	}
	if n := (Path{Rate: 1000, Queue: 1000, QueueBytes: 6400}).Burst(60, 0, 1e6); n != 101 {
		t.Errorf("a queue of 6400 bytes takes %d frames of 64 at once", n)
	}
	if n := (Path{Rate: 1000, Queue: 100}).Burst(60, time.Millisecond, 500); n != 500 {
		t.Errorf("at the rate itself: %d of 500", n)
	}
}

func TestModelPolicer(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		p := Policer{CIR: 1e6 * (1 + random.Float64()), EIR: 1e6 * random.Float64(), CBS: 4000, EBS: 4000}
		m := NewModel(Path{Policer: &p})
		const seconds = 20
		green, yellow := 0.0, 0.0
		gap := time.Duration(1e9 * 64 * 8 / (1.5 * (p.CIR + p.EIR)))
		for at := time.Duration(0); at < seconds*time.Second; at += gap {
			switch f := m.Offer(at, 60, false); {
			case f.Passed && f.Yellow:
				yellow += 64 * 8
			case f.Passed:
				green += 64 * 8
			}
		}
		if rate := green / seconds; math.Abs(rate/p.CIR-1) > 0.003 {
			t.Errorf("%+v: %v bit/s green", p, rate)
		}
		if rate := (green + yellow) / seconds; math.Abs(rate/(p.CIR+p.EIR)-1) > 0.003 {
			t.Errorf("%+v: %v bit/s pass", p, rate)
		}
		if a := m.Account; a.In != a.Out+a.Policed || a.Policed == 0 {
			t.Errorf("account %+v", a)
		}
	}
	aware := NewModel(Path{Policer: &Policer{CIR: 1e6, CBS: 6400, EIR: 0, EBS: 640, Aware: true}})
	for range 10 {
		if f := aware.Offer(0, 60, true); !f.Passed || !f.Yellow {
			t.Error("a yellow frame is not passed as yellow within the excess burst")
		}
	}
	if aware.Offer(0, 60, true).Passed || !aware.Offer(0, 60, false).Passed {
		t.Error("yellow frames use up what is for green ones")
	}
}

func TestModelFaults(t *testing.T) {
	lost := func(p Path, n int, gap time.Duration) int {
		m := NewModel(p)
		passed, _ := offer(m, n, gap, 0)
		if a := m.Account; a.In != a.Out+a.Overflowed+a.Policed+a.Lost || a.Out != uint64(passed) {
			t.Errorf("%+v: account %+v of %d passed", p, a, passed)
		}
		return n - passed
	}
	ms := time.Millisecond
	if n := lost(Path{Loss: 0.01}, 100_000, ms); n < 900 || n > 1100 {
		t.Errorf("one in 100: %d of 100000", n)
	}
	if n := lost(Path{LossAbove: 63}, 10, ms); n != 10 {
		t.Errorf("above 63 bytes: %d of 10 frames of 64", n)
	}
	if n := lost(Path{LossAbove: 64}, 10, ms); n != 0 {
		t.Errorf("above 64 bytes: %d of 10 frames of 64", n)
	}
	if n := lost(Path{Loss: 1, LossAfter: 30 * ms}, 100, ms); n != 70 {
		t.Errorf("after 30 of 100 ms: %d", n)
	}
	if n := lost(Path{Idle: time.Second, WarmUp: 10 * ms}, 100, ms); n != 10 {
		t.Errorf("while warming up for 10 ms: %d", n)
	}
	if n := lost(Path{LossBelow: 500}, 1000, ms); n != 0 {
		t.Errorf("at 1000 frames/s, when it loses below 500: %d", n)
	}
	if n := lost(Path{LossBelow: 2000}, 1001, ms); n != 100 {
		t.Errorf("at 1000 frames/s, when it loses below 2000: %d of 1001", n)
	}
	m := NewModel(Path{Idle: 50 * ms, LossBurst: 3})
	for burst := range 9 {
		if passed, _ := offer(m, 5, 0, time.Duration(burst)*time.Second); (passed == 4) != (burst%3 == 2) {
			t.Errorf("burst %d: %d of 5 pass", burst, passed)
		}
	}
	// A stall of 5 ms costs what comes in it and finds no room.
	if n := lost(Path{Rate: 2000, Queue: 2, Stall: 5 * ms, StallEvery: time.Second, Seed: 4}, 100_000, ms); n < 100 || n > 500 {
		t.Errorf("a stall a second for 100 s with 2 or 3 lost in each: %d", n)
	}
	if n := lost(Path{Rate: 2000, Queue: 12, Stall: 5 * ms, StallEvery: time.Second, Seed: 4}, 100_000, ms); n > 20 {
		t.Errorf("a queue that outlasts a stall: %d", n)
	}
	m = NewModel(Path{Rate: 1000, Queue: 10})
	m.Reset(5*ms, 20*ms)
	if passed, _ := offer(m, 50, ms, 0); passed != 25 {
		t.Errorf("dead until 25 of 50 ms: %d pass", passed)
	}
}

func TestModelDelay(t *testing.T) {
	m := NewModel(Path{Rate: 1000, Queue: 10, Delay: 3 * time.Millisecond})
	for i, want := range []time.Duration{4, 5, 6} {
		if f := m.Offer(0, 60, false); f.Out != want*time.Millisecond {
			t.Errorf("frame %d of three at once comes out after %v", i, f.Out)
		}
	}
}
