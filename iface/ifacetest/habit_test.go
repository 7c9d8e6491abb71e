package ifacetest_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/load"
	"eterm/iface/load/pace"
)

// tagged is a frame from a to b in a VLAN.
func tagged(pcp, vid byte) []byte {
	f := append([]byte{2, 0, 0, 0, 0, 0x0b, 2, 0, 0, 0, 0, 0x0a, 0x81, 0, pcp << 5, vid, 0x88, 0xb5}, make([]byte, 46)...)
	return f
}

// receiveAll takes what is there.
func receiveAll(t *testing.T, p iface.Port) (got []iface.Received) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := iface.Frames(ctx, p, make([]iface.Received, 4), func(rx []iface.Received) error {
		for _, r := range rx {
			r.Bytes = slices.Clone(r.Bytes)
			got = append(got, r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func mustSend(t *testing.T, p iface.Port, frames ...[]byte) {
	t.Helper()
	if n, err := p.Send(frames); n != len(frames) || err != nil {
		t.Fatalf("sent %d of %d: %v", n, len(frames), err)
	}
}

func TestHabitFiltersVLANs(t *testing.T) {
	a, b := ifacetest.Wire()
	b.Habits(ifacetest.FiltersVLANs(7))
	frames := [][]byte{tagged(3, 10), tagged(3, 7), tagged(3, 0), append(slices.Clone(tagged(0, 10)[:12]), make([]byte, 48)...)}
	mustSend(t, a, frames...)
	filter, ok := iface.As[iface.VLANFilterer](iface.Port(b))
	if got := receiveAll(t, b); len(got) != 3 || !ok || !filter.FiltersVLANs() {
		t.Errorf("%d frames passed the filter, want 3 of 4", len(got))
	}
	b.SetPromiscuous(true)
	mustSend(t, a, frames...)
	if got := receiveAll(t, b); len(got) != 4 || filter.FiltersVLANs() {
		t.Errorf("%d frames of 4 in promiscuous mode", len(got))
	}
}

func TestHabitLosesPriority(t *testing.T) {
	a, b := ifacetest.Wire()
	b.Habits(ifacetest.LosesPriority())
	f := tagged(5, 10)
	mustSend(t, a, f)
	if got := receiveAll(t, b); len(got) != 1 || got[0].Bytes[14] != 0 || got[0].Bytes[15] != 10 || f[14] != 5<<5 {
		t.Errorf("%+v", got)
	}
}

func TestHabitPadsRunts(t *testing.T) {
	a, b := ifacetest.Wire()
	mustSend(t, a, make([]byte, 20))
	a.Habits(ifacetest.PadsRunts())
	mustSend(t, a, make([]byte, 20), make([]byte, 61))
	var lengths []int
	for _, r := range receiveAll(t, b) {
		lengths = append(lengths, r.Length)
	}
	if !slices.Equal(lengths, []int{20, 60, 61}) {
		t.Errorf("lengths %v", lengths)
	}
}

// TestCarrierLostWhileSending: a run whose link went away in the middle is not
// to be trusted, though every frame was taken; the NIC's count stands beside ours.
func TestCarrierLostWhileSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ifacetest.Wire()
		a.Habits(ifacetest.SlowLink(2 * time.Second))
		time.AfterFunc(3130*time.Millisecond+time.Microsecond, func() { a.SetMTU(9000) })
		plan := load.Plan{Count: 800, Schedule: pace.Rate(100), Clock: pace.Timers()}
		r, err := load.Run(t.Context(), a, load.Sequence(func(dst []byte) []byte { return append(dst, tagged(0, 1)...) }), plan)
		want := iface.Doubt{Reason: iface.CarrierLost, Text: "the carrier was lost once: it got 800 frames, and counts 600 sent"}
		if err != nil || r.Sent != 800 || !slices.Equal(r.Doubts(), []iface.Doubt{want}) {
			t.Errorf("sent %d, %v, doubts %v", r.Sent, err, r.Doubts())
		}
		if got := receiveAll(t, b); len(got) != 600 {
			t.Errorf("%d arrived", len(got))
		}
		if c, _ := a.Counters(); c.CarrierChanges != 2 || c.CarrierLost != 1 || c.NoCarrier {
			t.Errorf("%+v", c)
		}
	})
}

func TestSlowLinkAfterUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ifacetest.Wire()
		a.Habits(ifacetest.SlowLink(2 * time.Second))
		a.SetUp(false)
		a.SetUp(true)
		mustSend(t, a, tagged(0, 1))
		if c, _ := a.Counters(); !c.NoCarrier || len(receiveAll(t, b)) != 0 {
			t.Errorf("%+v", c)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		mustSend(t, a, tagged(0, 1))
		if c, _ := a.Counters(); c.NoCarrier || len(receiveAll(t, b)) != 1 {
			t.Errorf("%+v", c)
		}
	})
}

func TestCountersThatBeginAnewGoOn(t *testing.T) {
	a, b := ifacetest.Wire()
	mustSend(t, a, slices.Repeat([][]byte{tagged(0, 1)}, 10)...)
	before, _ := b.Counters()
	b.ResetCounters()
	mustSend(t, a, slices.Repeat([][]byte{tagged(0, 1)}, 4)...)
	after, _ := b.Counters()
	d := after.Sub(before)
	if after.Interface.RxPackets != 14 || d.Interface.RxPackets != 4 || d.Interface.Restarts != 1 {
		t.Errorf("%+v", d)
	}
	if doubts := d.Doubts(); len(doubts) != 1 || doubts[0].Reason != iface.CountersRestarted {
		t.Errorf("%v", doubts)
	}
}

// TestMissedThatRisesByItself: no more is put down to this host than was lost.
func TestMissedThatRisesByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ifacetest.Wire(ifacetest.Forward(ifacetest.Drop(ifacetest.Range(3, 4))))
		b.Habits(ifacetest.MissedRises(10 * time.Millisecond))
		mustSend(t, a, slices.Repeat([][]byte{tagged(0, 1)}, 10)...)
		time.Sleep(time.Second)
		lost := uint64(10 - len(receiveAll(t, b)))
		c, _ := b.Counters()
		if lost != 2 || c.Interface.RxMissed != 100 || c.HostDropped() != 100 || c.DroppedOf(lost) != 2 || c.DroppedOf(0) != 0 {
			t.Errorf("lost %d, %+v", lost, c)
		}
	})
}

// TestOvertakingInTheHost: the frames come out of order, and their timestamps say
// that the wire had them in order.
func TestOvertakingInTheHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ifacetest.Wire()
		b.Habits(ifacetest.Overtaking(ifacetest.Every(2)))
		var sent []time.Time
		for i := range byte(6) {
			mustSend(t, a, tagged(0, i))
			sent = append(sent, time.Now())
			time.Sleep(time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond) // none overtakes the last
		synctest.Wait()
		var order []byte
		for _, r := range receiveAll(t, b) {
			n := r.Bytes[15]
			order = append(order, n)
			if !r.At.Equal(sent[n]) {
				t.Errorf("frame %d has the timestamp of another: %v, sent %v", n, r.At, sent[n])
			}
		}
		if !slices.Equal(order, []byte{0, 2, 1, 4, 3, 5}) {
			t.Errorf("order %v", order)
		}
	})
}

// TestQueueFullForAWhileAndForEver: the one is waited for, the other told.
func TestQueueFullForAWhileAndForEver(t *testing.T) {
	for name, test := range map[string]struct {
		which ifacetest.Select
		sent  uint64
		err   error
	}{
		"for a while": {ifacetest.Range(5, 30), 20, nil},
		"for ever":    {func(n uint64, _ []byte, _ *rand.Rand) bool { return n >= 5 }, 5, load.ErrStuck},
	} {
		synctest.Test(t, func(t *testing.T) {
			a, _ := ifacetest.Wire(ifacetest.Refusing(test.which))
			r, err := load.Run(t.Context(), a, load.Sequence(func(dst []byte) []byte { return append(dst, tagged(0, 1)...) }), load.Plan{Count: 20, Clock: pace.Timers()})
			if r.Sent != test.sent || !errors.Is(err, test.err) || (len(r.Doubts()) == 0) != (test.err == nil) {
				t.Errorf("%s: sent %d, %v, doubts %v", name, r.Sent, err, r.Doubts())
			}
		})
	}
}

func TestTimestampsOfferedAndNotGiven(t *testing.T) {
	for _, gives := range []bool{false, true} {
		a, _ := ifacetest.Wire()
		p := &ifacetest.Timestamped{Port: a, Gives: gives}
		mustSend(t, p, tagged(0, 1), tagged(0, 2))
		stamper, ok := iface.As[iface.TxTimestamper](iface.Port(p))
		if !ok {
			t.Fatal("no timestamps are offered")
		}
		got := make([]iface.TxTimestamp, 4)
		n, err := stamper.TxTimestamps(got)
		if err != nil || (n == 2) != gives || gives && (got[0].Sequence != 0 || got[1].Sequence != 1) {
			t.Errorf("gives %v: %d timestamps, %v", gives, n, err)
		}
	}
}
