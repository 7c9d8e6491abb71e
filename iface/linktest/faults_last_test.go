package linktest_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/lab/labtest"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
	"eterm/iface/talk"
)

// TestFaultMovedToAnotherNamespaceAndBack: a socket does not follow an interface.
// The run ends, says why, and what was sent until then is accounted for; at the
// receiver it ends the run too, and what came stays counted.
func TestFaultMovedToAnotherNamespaceAndBack(t *testing.T) {
	for _, sender := range []bool{true, false} {
		b := newBench(t)
		host := b.right
		if sender {
			host = b.left
		}
		r, err := b.try(t, linktest.Load{Count: 4000, Rate: 4000}, func() {
			if err := errors.Join(host.Move("eth0", b.middle), b.middle.Move("eth0", host), host.Up("eth0")); err != nil {
				t.Error(err)
			}
		})
		if !errGone(err) || r.Verdict.Status != linktest.Untrusted || r.Received == 0 || r.Received >= 4000 {
			t.Errorf("sender %v: %v: %d offered, %d received, %+v", sender, err, r.Offered, r.Received, r.Verdict)
		}
		if sender && r.NeverOffered != 4000-r.Offered {
			t.Errorf("%d offered, %d never", r.Offered, r.NeverOffered)
		}
	}
}

// TestFaultOpenVSwitchDoubles: two outputs of one flow are duplicates, and no
// reordering nor loss.
func TestFaultOpenVSwitchDoubles(t *testing.T) {
	b, o := newOVSBench(t)
	o.Flow("add-flow", "ovs0", "in_port=p0,actions=output:p1,output:p1")
	r := b.run(t, linktest.Load{Count: 200, Rate: 400})
	if r.Received != 200 || r.Lost != 0 || r.Duplicated != 200 || r.Verdict.Status == linktest.Untrusted && !busy(r) {
		t.Errorf("%d received, %d lost, %d duplicated, %d reordered, %+v", r.Received, r.Lost, r.Duplicated, r.Reordered, r.Verdict)
	}
}

// TestFaultOpenVSwitchMeter: what a meter drops is lost on the way.
func TestFaultOpenVSwitchMeter(t *testing.T) {
	b, o := newOVSBench(t)
	o.Flow("add-meter", "ovs0", "meter=1,pktps,burst,band=type=drop,rate=100,burst_size=10")
	o.Flow("add-flow", "ovs0", "in_port=p0,actions=meter:1,output:p1")
	r := b.run(t, linktest.Load{Count: 500, Rate: 500})
	if r.OnTheWay < 200 || r.Received < 50 || r.Duplicated != 0 {
		t.Errorf("%d received, %d lost on the way, %+v", r.Received, r.OnTheWay, r.Where)
	}
}

// newOVSBench is a bench on Open vSwitch.
func newOVSBench(t *testing.T) (*bench, *labtest.OVS) {
	t.Helper()
	left, right := labtest.Host(t, "left"), labtest.Host(t, "right")
	o := labtest.NewOVS(t, left, right)
	return &bench{left: left, right: right, tx: plug(t, left, iface.Options{}), rx: plug(t, right, iface.Options{})}, o
}

// busy says whether a machine had no time for the load.
func busy(r linktest.Result) bool {
	return strings.Contains(strings.Join(r.Verdict.Untrusted, "; "), "were asked for")
}

// slow is a port that takes its time for every frame.
type slow struct{ iface.Port }

func (s slow) Send(frames [][]byte) (int, error) {
	time.Sleep(time.Duration(len(frames)) * 3 * time.Millisecond)
	return s.Port.Send(frames)
}

// TestBothEndsHaveOneTruth: where back-pressure makes a sender miss its rate, it
// does not trust its run, and the receiver of a run one way has its word for it.
func TestBothEndsHaveOneTruth(t *testing.T) {
	for _, late := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			a, b := ifacetest.Wire()
			results := make(chan linktest.Result, 1)
			r := linktest.NewReceiver(b, linktest.ReceiveOptions{Ended: func(run *linktest.Run) { results <- linktest.Account(nil, run.Side(), linktest.Limits{}) }})
			ctx, cancel := context.WithCancel(t.Context())
			go r.Serve(ctx)
			var tx iface.Port = a
			if late {
				tx = slow{a}
			}
			l := linktest.Load{Src: a.HardwareAddr(), Dst: b.HardwareAddr(), Sizes: []int{64}, Rate: 1000, Count: 1000}
			sent, err := linktest.Send(ctx, tx, l, linktest.SendOptions{Session: 5, Clock: pace.Timers()})
			here, there := linktest.SenderOnly(5, sent.Side(l, err)), <-results
			want := linktest.Passed
			if late {
				want = linktest.Untrusted
			}
			if here.Verdict.Status != want || there.Verdict.Status != want || there.Received != 1000 || late && !says(there, "the sender does not trust its own run") {
				t.Errorf("late %v: %+v at the sender, %+v at the receiver", late, here.Verdict, there.Verdict)
			}
			cancel()
			synctest.Wait()
		})
	}
}

// TestFaultBackPressure is the same with real sockets: a slow port of the switch
// holds the frames, and with them the room in the sender's socket.
func TestFaultBackPressure(t *testing.T) {
	b := newBench(t)
	labtest.Run(t, b.middle, "tc", "qdisc", "add", "dev", "right", "root", "tbf", "rate", "200kbit", "burst", "2000", "limit", "5000000")
	results := make(chan linktest.Result, 1)
	r := linktest.NewReceiver(b.rx, linktest.ReceiveOptions{Ended: func(run *linktest.Run) { results <- linktest.Account(nil, run.Side(), linktest.Limits{}) }})
	go r.Serve(t.Context())
	l := linktest.Load{Src: b.tx.HardwareAddr(), Dst: b.rx.HardwareAddr(), Sizes: []int{64}, Rate: 2000, Count: 1500}
	sent, err := linktest.Send(t.Context(), b.tx, l, linktest.SendOptions{Session: 5, Clock: pace.Precise()})
	here := linktest.SenderOnly(5, sent.Side(l, err))
	select {
	case there := <-results:
		if here.Verdict.Status != linktest.Untrusted || there.Verdict.Status != linktest.Untrusted || !says(there, "the sender does not trust its own run") {
			t.Errorf("%+v at the sender, %+v at the receiver", here.Verdict, there.Verdict)
		}
		if there.OfferedKnown != "end" || there.Received+here.Refused != 1500 || there.OnTheWay != 0 || there.NotKnown != 0 {
			t.Errorf("%d offered, %d refused, %d received, %d lost on the way, %d not known", here.Offered, here.Refused, there.Received, there.OnTheWay, there.NotKnown)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the receiver does not end the run")
	}
}

// TestPeerBoundsItsLoads: a reflector with a greatest rate refuses what is
// faster, as fast as can be too, and says what it offers.
func TestPeerBoundsItsLoads(t *testing.T) {
	for rate, refused := range map[float64]bool{100: false, 1000: false, 1001: true, math.Inf(1): true} {
		synctest.Test(t, func(t *testing.T) {
			g := newSegmentWith(t, linktest.PeerOptions{Clock: pace.Timers(), MaxRate: 1000})
			defer g.stop()
			o := g.options(linktest.Load{Sizes: []int{64}, Rate: rate, Count: 100})
			o.Forward = false
			total, err := linktest.Pair(t.Context(), g.askData, g.askControl, o)
			if refused != errors.Is(err, talk.ErrRefused) || refused && !strings.Contains(err.Error(), "this end offers at most 1000") || !refused && total.Received != 100 {
				t.Errorf("%v frames/s: %v, %d received", rate, err, total.Received)
			}
		})
	}
}

// TestOwnMessagesAreNotForeign: what two ends say to each other on the port of
// the test is none of the others' frames; those are.
func TestOwnMessagesAreNotForeign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newSegment(t)
		defer g.stop()
		stray := append(append(append([]byte{}, g.farData.HardwareAddr()...), g.askData.HardwareAddr()...), make([]byte, 48)...)
		stray[12], stray[13] = 0x88, 0xb5
		time.AfterFunc(time.Second, func() {
			for range 7 {
				_, _ = g.askControl.Send([][]byte{stray})
			}
		})
		total, err := linktest.Pair(t.Context(), g.askData, g.askControl, g.options(linktest.Load{Sizes: []int{64}, Rate: 500, Duration: 3 * time.Second}))
		if err != nil || len(total.Directions) != 2 {
			t.Fatal(err)
		}
		if f, r := total.Directions[0].Foreign, total.Directions[1].Foreign; f != 7 || r != 0 {
			t.Errorf("%d foreign forward, %d in reverse: want 7 and none", f, r)
		}
	})
}

// TestFaultClockSet: the clock of the day is set while a run lasts, and the run
// is not trusted; counts and what passed by the monotonic clock are as before.
func TestFaultClockSet(t *testing.T) {
	for _, step := range []time.Duration{0, time.Hour, -10 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			a, b := ifacetest.Wire()
			began := time.Now()
			results := make(chan linktest.Result, 1)
			r := linktest.NewReceiver(b, linktest.ReceiveOptions{
				Wall: func() time.Time {
					if time.Since(began) > 500*time.Millisecond {
						return time.Now().Round(0).Add(step)
					}
					return time.Now().Round(0)
				},
				Ended: func(run *linktest.Run) { results <- linktest.Account(nil, run.Side(), linktest.Limits{}) },
			})
			ctx, cancel := context.WithCancel(t.Context())
			go r.Serve(ctx)
			l := linktest.Load{Src: a.HardwareAddr(), Dst: b.HardwareAddr(), Sizes: []int{64}, Rate: 1000, Count: 1000}
			if _, err := linktest.Send(ctx, a, l, linktest.SendOptions{Session: 5, Clock: pace.Timers()}); err != nil {
				t.Error(err)
			}
			got := <-results
			set := step != 0
			if got.Received != 1000 || got.Lost != 0 || got.Receiver.ClockSet != int64(step) || says(got, "the receiver's clock was set by "+step.String()) != set ||
				(got.Verdict.Status == linktest.Untrusted) != set {
				t.Errorf("set by %v: %d received, clock set by %d, %+v", step, got.Received, got.Receiver.ClockSet, got.Verdict)
			}
			cancel()
			synctest.Wait()
		})
	}
}
