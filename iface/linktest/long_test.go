package linktest_test

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/probe"
	"eterm/iface/ifacetest"
	"eterm/iface/impair"
	"eterm/iface/linktest"
)

// TestWeek is a week of a frame every 20 s, through an outage of a day, in
// which clocks, numbers and deadlines go on.
func TestWeek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const week, day = 30_240, 4320 // frames
		l := linktest.Load{Count: week, Rate: 0.05, Sizes: []int{64}}
		n := uint64(0)
		lost := both(impair.Where(linktest.IsTestFrame), func(uint64, []byte, *rand.Rand) bool { n++; return n > day && n <= 2*day })
		r, did := over(t, l, impair.Config{Faults: []impair.Fault{impair.Drop(lost), impair.Delay(impair.Always(), time.Second)}}, linktest.ReceiveOptions{SharedClock: true})
		agree(t, "a week", r, did, l)
		o := r.Receiver.Report.Loss.Outages
		if r.Lost != day || len(o) != 1 || o[0].ByTime != int64(day+1)*20e9 || r.Verdict.Status != linktest.Passed {
			t.Errorf("%d lost, %+v, %+v", r.Lost, o, r.Verdict)
		}
	})
}

// TestHoursOfEveryFault: hours with faults of all kinds at once.
func TestHoursOfEveryFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := impair.Chance(0.01)
		faults := []impair.Fault{impair.Drop(p), impair.Duplicate(p), impair.Swap(p), impair.CorruptFrom(p, 0), impair.Jitter(impair.Always(), 50*time.Millisecond)}
		l := linktest.Load{Duration: 5 * time.Hour, Rate: 2, Sizes: []int{64, 300}, Streams: 1}
		r, did := over(t, l, impair.Config{Faults: faults, Seed: 9}, linktest.ReceiveOptions{SharedClock: true})
		l.Count = 36_000
		agree(t, "five hours", r, did, l)
	})
}

// TestRunsAreBounded: marks of ever new sessions, each of a frame, make no more
// runs than there is room for, and the true run among them is counted right.
func TestRunsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tx, rx := ifacetest.Wire(ifacetest.Buffer(1 << 16))
		ended := 0
		r := linktest.NewReceiver(rx, linktest.ReceiveOptions{Ended: func(*linktest.Run) { ended++ }})
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error)
		go func() { served <- r.Serve(ctx) }()
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		f := make([]byte, 60)
		f[12], f[13] = 0x88, 0xb5
		for i := range uint32(20_000) {
			probe.Put(f, 14, probe.Mark{Kind: probe.KindMark, Session: i + 1, Seq: i * 1000})
			if _, err := tx.Send([][]byte{f}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Millisecond)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if live := len(r.Live()); live > 16 {
			t.Errorf("%d runs at a time", live)
		}
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 48<<20 {
			t.Errorf("%d bytes kept", grown)
		}
		stop()
		if err := <-served; err != nil || ended == 0 || ended > 200 {
			t.Errorf("%v, %d runs ended", err, ended)
		}
	})
}

// TestFullRate offers as much as this machine holds, for the time given in
// ETERM_FULL_RATE (such as 1m), through a Linux bridge: every frame must be
// accounted for, to the last.
func TestFullRate(t *testing.T) {
	d, err := time.ParseDuration(os.Getenv("ETERM_FULL_RATE"))
	if err != nil {
		d = time.Second
	}
	b := newBench(t)
	r := b.run(t, linktest.Load{Duration: d, Rate: math.Inf(1), Sizes: []int{64}})
	if r.Received == 0 || r.Duplicated+r.Reordered+r.Corrupted != 0 || r.OnTheWay != 0 {
		t.Errorf("%d received, %d duplicated, %d reordered, %d corrupted, %d lost on the way", r.Received, r.Duplicated, r.Reordered, r.Corrupted, r.OnTheWay)
	}
	t.Logf("%d offered in %v, %.0f a second: %d received, %d lost by this host %+v", r.Offered, d, r.Sender.OfferedRate, r.Received, r.LostLocal, r.Where)
}
