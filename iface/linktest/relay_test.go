package linktest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame"
	"eterm/frame/probe"
	"eterm/iface/ifacetest"
	"eterm/iface/impair"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
)

// over is what happens to a load on its way through a relay with faults, all
// in memory: the result, and the relay's own account of the test frames.
func over(t *testing.T, l linktest.Load, faults impair.Config, o linktest.ReceiveOptions) (linktest.Result, impair.Account) {
	t.Helper()
	tx, relayLeft := ifacetest.Wire(ifacetest.MTU(9000), ifacetest.Buffer(1<<16))
	relayRight, rx := ifacetest.Wire(ifacetest.MTU(9000), ifacetest.Buffer(1<<16))
	faults.Classes = []string{"test", "other"}
	faults.Classify = func(f []byte) int {
		if linktest.IsTestFrame(f) {
			return 0
		}
		return 1
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	relay := impair.Relay{Left: relayLeft, Right: relayRight, Forward: faults}
	relayed := make(chan impair.Report)
	go func() {
		rep, err := relay.Run(ctx)
		if err != nil {
			t.Error(err)
		}
		relayed <- rep
	}()
	results := make(chan *linktest.ReceiverSide, 1)
	o.Ended = func(r *linktest.Run) { results <- r.Side() }
	receiving, stopReceiving := context.WithCancel(ctx)
	defer stopReceiving()
	go linktest.NewReceiver(rx, o).Serve(receiving)
	l.Dst, l.Src = rx.HardwareAddr(), tx.HardwareAddr()
	sent, err := linktest.Send(ctx, tx, l, linktest.SendOptions{Session: 0x1234, Clock: pace.Timers()})
	if err != nil {
		t.Error(err)
	}
	side := <-results
	stopReceiving()
	cancel()
	rep := <-relayed
	return linktest.Account(sent.Side(l, nil), side, linktest.Limits{}), rep.Forward[0]
}

// randomLoad draws a load of n frames.
func randomLoad(random *rand.Rand, n uint64) linktest.Load {
	l := linktest.Load{Count: n, Rate: []float64{100, 1000, 20_000, 500_000}[random.IntN(4)], Streams: 1 + random.IntN(4)}
	l.Sizes = [][]int{{64}, {128}, {1518}, {64, 512, 1518}, {9000}, {70, 71, 72, 73}}[random.IntN(6)]
	switch random.IntN(4) {
	case 0:
		l.VLANs = []frame.VLAN{{PCP: 3, ID: 100}}
		l.Sizes = []int{128}
	case 1:
		l.IP = &linktest.IP{Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2"), ICMP: random.IntN(2) == 0}
	}
	l.Pattern = probe.Pattern(random.IntN(4))
	return l
}

// randomFaults draws what happens to the frames of a load.
func randomFaults(random *rand.Rand, l linktest.Load) (faults []impair.Fault, text string) {
	p := []float64{0.001, 0.01, 0.1, 0.3}[random.IntN(4)]
	shortest := 36 // enough for headers and mark
	if l.IP != nil {
		shortest = 64
	}
	all := []struct {
		name  string
		fault impair.Fault
	}{
		{"loss", impair.Drop(impair.Chance(p))},
		{"loss in bursts", impair.Drop(impair.Bursts(20, 300))},
		{"duplicates", impair.Duplicate(impair.Chance(p))},
		{"reordering", impair.Swap(impair.Chance(p))},
		{"corruption", impair.CorruptFrom(impair.Chance(p), 0)},
		{"slow frames", impair.Delay(impair.Every(10), 7*time.Millisecond)},
		{"delay", impair.Delay(impair.Always(), 2*time.Millisecond)},
		{"jitter", impair.Jitter(impair.Always(), 3*time.Millisecond)},
		{"growth", impair.Grow(impair.Chance(p), 5)},
		{"truncation", impair.Halve(impair.Chance(p), shortest)},
	}
	for _, i := range random.Perm(len(all))[:1+random.IntN(6)] {
		faults = append(faults, all[i].fault)
		text += " " + all[i].name
	}
	return faults, fmt.Sprintf("p=%v%s", p, text)
}

// TestEveryCountIsTheRelays: whatever the relay did, at any rate and size, the
// link test counts exactly that.
func TestEveryCountIsTheRelays(t *testing.T) {
	for seed := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 7))
			l := randomLoad(random, 1500)
			faults, text := randomFaults(random, l)
			c := impair.Config{Faults: faults, Seed: seed}
			if seed%5 == 0 {
				c.Rate, c.Queue = 20e6, 50
				text += " rate limit"
			}
			r, did := over(t, l, c, linktest.ReceiveOptions{SharedClock: true})
			what := fmt.Sprintf("seed %d: %s; %v frames/s of %v bytes, %d streams, %d tags, IP %v", seed, text, l.Rate, l.Sizes, l.Streams, len(l.VLANs), l.IP != nil)
			agree(t, what, r, did, l)
		})
	}
}

// agree holds a result against the relay's account of the same frames.
func agree(t *testing.T, what string, r linktest.Result, did impair.Account, l linktest.Load) {
	t.Helper()
	for _, c := range []struct {
		name      string
		got, want uint64
	}{
		{"offered", r.Offered, did.In},
		{"intended", r.Intended, l.Count},
		{"received", r.Received, did.In - did.Lost},
		{"lost", r.Lost, did.Lost},
		{"lost on the way", r.OnTheWay, did.Lost},
		{"duplicated", r.Duplicated, did.Duplicated},
		{"frames with wrong bits", r.Receiver.Report.Damage.WrongBits, did.Corrupted},
		{"truncated", r.Receiver.Report.Damage.Truncated, did.Truncated},
		{"lengthened", r.Receiver.Report.Damage.Lengthened, did.Lengthened},
		{"offered, summed up", r.Offered, r.Received + r.Lost},
	} {
		if c.got != c.want {
			t.Errorf("%s\n%s: %d, want %d", what, c.name, c.got, c.want)
		}
	}
	if l.Streams <= 1 && r.Reordered != did.Reordered {
		t.Errorf("%s\nreordered: %d, want %d", what, r.Reordered, did.Reordered)
	}
	if d := r.Receiver.Report.Delay; d.Kind != "one_way" || d.Min < int64(did.DelayMin)*999/1000-probe.Tick || d.Max > int64(did.DelayMax)*1002/1000+probe.Tick {
		t.Errorf("%s\ndelay %d to %d ns, held %v to %v", what, d.Min, d.Max, did.DelayMin, did.DelayMax)
	}
	if t.Failed() {
		t.Logf("%+v", r.Receiver.Report.Damage)
	}
}

// TestOutagesAreTheRelays: each burst of loss is reported where and as long as
// it was, in both ways of measuring.
func TestOutagesAreTheRelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := linktest.Load{Count: 2000, Rate: 1000, Sizes: []int{64}}
		test := impair.Where(linktest.IsTestFrame)
		n := uint64(0)
		inBurst := func(uint64, []byte, *rand.Rand) bool { n++; return n > 500 && n <= 750 || n > 1000 && n <= 1003 }
		r, did := over(t, l, impair.Config{Faults: []impair.Fault{impair.Drop(both(test, inBurst))}}, linktest.ReceiveOptions{})
		agreeOn := r.Receiver.Report.Loss.Outages
		if len(agreeOn) != 2 || len(did.LostFrames) != 2 {
			t.Fatalf("%+v, relay %+v", agreeOn, did.LostFrames)
		}
		for i, o := range agreeOn {
			s := did.LostFrames[i]
			frames := int64(s.Last - s.First + 1)
			if o.First != s.First || int64(o.Frames) != frames || o.ByCount != frames*1e6 || o.ByTime != (frames+1)*1e6 {
				t.Errorf("outage %+v, want frames %+v", o, s)
			}
		}
	})
}

// both picks the frames that both pick; b is asked only about those a picks.
func both(a, b impair.Select) impair.Select {
	return func(n uint64, frame []byte, random *rand.Rand) bool {
		return a(n, frame, random) && b(n, frame, random)
	}
}
