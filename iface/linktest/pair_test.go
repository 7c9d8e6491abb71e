package linktest_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/impair"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
	"eterm/iface/respond"
	"eterm/iface/talk"
)

// segment is two machines on one switch in memory: of each, a port for test
// frames and one for what they say to each other.
type segment struct {
	askData, askControl, farData, farControl *ifacetest.Port
	told                                     chan linktest.Total
	ended                                    chan *linktest.Run
	stop                                     func()
}

// newSegment puts a peer on a switch with faults.
func newSegment(t *testing.T, opts ...ifacetest.Option) *segment {
	t.Helper()
	return keyedSegment(t, seal.Key{}, opts...)
}

// keyedSegment is a newSegment whose peer has a key.
func keyedSegment(t *testing.T, key seal.Key, opts ...ifacetest.Option) *segment {
	t.Helper()
	return newSegmentWith(t, linktest.PeerOptions{Clock: pace.Timers(), Receive: linktest.ReceiveOptions{Key: key}}, opts...)
}

// newSegmentWith is a newSegment whose peer has options.
func newSegmentWith(t *testing.T, o linktest.PeerOptions, opts ...ifacetest.Option) *segment {
	t.Helper()
	s := ifacetest.NewSwitch(2, append(opts, ifacetest.Buffer(1<<16))...)
	g := &segment{askData: s.Port(0), askControl: s.Port(0).Twin(), farData: s.Port(1), farControl: s.Port(1).Twin(),
		told: make(chan linktest.Total, 1), ended: make(chan *linktest.Run, 4)}
	o.Receive.Ended = func(r *linktest.Run) { g.ended <- r }
	o.Result = func(t linktest.Total) { g.told <- t }
	p := linktest.NewPeer(g.farData, o)
	reflector := talk.NewReflector(o.Receive.Key, map[talk.Service]talk.Server{talk.Link: p})
	r := respond.New(g.farControl, respond.Config{More: []respond.Answerer{reflector.Answerer()}})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 2)
	go func() { done <- p.Serve(ctx) }()
	go func() { done <- r.Serve(ctx) }()
	g.stop = func() {
		stop()
		for range 2 {
			if err := <-done; err != nil && !errors.Is(err, iface.ErrGone) {
				t.Error(err)
			}
		}
		reflector.Close()
		synctest.Wait()
	}
	return g
}

func (g *segment) options(l linktest.Load) linktest.PairOptions {
	return linktest.PairOptions{To: []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, Load: l, Forward: true, Reverse: true,
		Session: 1, ReverseSession: 2, Clock: pace.Timers()}
}

func TestPairBothWays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newSegment(t)
		defer g.stop()
		// Minutes, so that the peer is asked many times.
		l := linktest.Load{Sizes: []int{64, 1518}, Streams: 2, Rate: 100, Duration: 3 * time.Minute}
		total, err := linktest.Pair(t.Context(), g.askData, g.askControl, g.options(l))
		if err != nil {
			t.Fatal(err)
		}
		if len(total.Directions) != 2 || total.Offered != 36_000 || total.Received != 36_000 || total.Verdict.Status != linktest.Passed {
			t.Errorf("%+v", total)
		}
		for i, name := range []string{"forward", "reverse"} {
			d := total.Directions[i]
			if d.Direction != name || d.Offered != 18_000 || d.Received != 18_000 || d.OfferedKnown != "sender" || d.Intended != 18_000 {
				t.Errorf("%s: %+v", name, d)
			}
		}
		if total.RTT == nil || total.RTT.Lost != 0 || total.RTT.Count < 500 {
			t.Errorf("round trips: %+v", total.RTT)
		}
		if told := <-g.told; !sameJSON(t, told, total) {
			t.Error("the other end was told something else")
		}
		if len(g.ended) != 0 {
			t.Error("the other end reported a run of its own as well")
		}
	})
}

func sameJSON(t *testing.T, a, b any) bool {
	t.Helper()
	x, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(x) == string(y)
}

// TestPairOverABadLink: messages are lost, doubled and damaged like all else,
// and the accounts come through.
func TestPairOverABadLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := impair.Chance(0.05)
		g := newSegment(t, ifacetest.Faults(impair.Drop(p), impair.Duplicate(p), impair.Corrupt(p)), ifacetest.Seed(5))
		defer g.stop()
		l := linktest.Load{Sizes: []int{128}, Rate: 1000, Count: 5000}
		total, err := linktest.Pair(t.Context(), g.askData, g.askControl, g.options(l))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range total.Directions {
			if d.Offered != 5000 || d.Lost < 150 || d.Lost > 350 || d.Duplicated < 150 || d.Corrupted < 150 || d.Offered != d.Received+d.Lost {
				t.Errorf("%s: %d offered, %d received, %d lost, %d duplicated, %d corrupted", d.Direction, d.Offered, d.Received, d.Lost, d.Duplicated, d.Corrupted)
			}
		}
		if told := <-g.told; !reflect.DeepEqual(told.Directions[0].Where, total.Directions[0].Where) {
			t.Error("the other end was told something else")
		}
	})
}

func TestPairOneWay(t *testing.T) {
	for _, forward := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			g := newSegment(t)
			defer g.stop()
			o := g.options(linktest.Load{Sizes: []int{64}, Rate: 1000, Count: 1000})
			o.Forward, o.Reverse = forward, !forward
			total, err := linktest.Pair(t.Context(), g.askData, g.askControl, o)
			if err != nil || len(total.Directions) != 0 || total.Received != 1000 || (total.Direction == "forward") != forward {
				t.Errorf("%v, %+v", err, total)
			}
			<-g.told
		})
	}
}

func TestPairWithoutPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := ifacetest.NewSwitch(2)
		began := time.Now()
		_, err := linktest.Pair(t.Context(), s.Port(0), s.Port(0).Twin(), (&segment{}).options(linktest.Load{Sizes: []int{64}, Rate: 1000, Count: 1}))
		if !errors.Is(err, talk.ErrNoPeer) || time.Since(began) > 4*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// TestPairPeerDies: the result says that nothing is known of the other end,
// and invents nothing.
func TestPairPeerDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newSegment(t)
		time.AfterFunc(2*time.Second, g.stop)
		total, err := linktest.Pair(t.Context(), g.askData, g.askControl, g.options(linktest.Load{Sizes: []int{64}, Rate: 1000, Duration: 20 * time.Second}))
		if err == nil || len(total.Directions) != 2 || total.Verdict.Status != linktest.Untrusted {
			t.Fatalf("%v, %+v", err, total)
		}
		forward, back := total.Directions[0], total.Directions[1]
		if forward.Receiver != nil || forward.Lost != 0 || forward.Offered < 2000 {
			t.Errorf("forward: %+v", forward)
		}
		if back.Sender != nil || back.Received < 1900 || back.Received > 2100 {
			t.Errorf("back: %+v", back)
		}
	})
}

// TestPairAskerDies: what the peer sends ends within the lease, and what it
// saw is a run like any other.
func TestPairAskerDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newSegment(t)
		defer g.stop()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(2*time.Second, func() {
			g.askControl.Remove()
			g.askData.Remove()
		})
		_, err := linktest.Pair(ctx, g.askData, g.askControl, g.options(linktest.Load{Sizes: []int{64}, Rate: 1000, Duration: time.Hour}))
		cancel()
		if err == nil {
			t.Error("no error from a port that is gone")
		}
		run := <-g.ended
		side := run.Side()
		if r := side.Report; r.Session != 1 || r.Received < 1900 || r.Received > 2100 {
			t.Errorf("the peer saw %d frames of run %d", r.Received, r.Session)
		}
		time.Sleep(5 * time.Second)
		before, _ := g.farData.Counters()
		time.Sleep(10 * time.Second)
		if after, _ := g.farData.Counters(); after.Accepted != before.Accepted {
			t.Error("the peer still sends")
		}
	})
}

// TestPairInterrupted: what was measured until then is a result, of both ends.
func TestPairInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newSegment(t)
		defer g.stop()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		total, err := linktest.Pair(ctx, g.askData, g.askControl, g.options(linktest.Load{Sizes: []int{64}, Rate: 1000, Duration: time.Hour}))
		if err != nil || total.Verdict.Status != linktest.Passed {
			t.Fatalf("%v, %+v", err, total.Verdict)
		}
		for _, d := range total.Directions {
			if d.Offered != d.Received || d.Offered < 4900 || d.Offered > 5500 || d.Intended != 3_600_000 || d.NeverOffered != d.Intended-d.Offered {
				t.Errorf("%s: %d intended, %d offered, %d received", d.Direction, d.Intended, d.Offered, d.Received)
			}
		}
		<-g.told
	})
}

// TestSecondAskerIsTurnedAway while the first is served.
func TestSecondAskerIsTurnedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := ifacetest.NewSwitch(3, ifacetest.Buffer(1<<16))
		p := linktest.NewPeer(s.Port(2), linktest.PeerOptions{Clock: pace.Timers()})
		reflector := talk.NewReflector(seal.Key{}, map[talk.Service]talk.Server{talk.Link: p})
		r := respond.New(s.Port(2).Twin(), respond.Config{More: []respond.Answerer{reflector.Answerer()}})
		ctx, stop := context.WithCancel(t.Context())
		go p.Serve(ctx)
		go r.Serve(ctx)
		l := linktest.Load{Sizes: []int{64}, Rate: 100, Count: 1000}
		first := make(chan error)
		go func() {
			_, err := linktest.Pair(ctx, s.Port(0), s.Port(0).Twin(), (&segment{}).options(l))
			first <- err
		}()
		time.Sleep(time.Second)
		o := (&segment{}).options(l)
		o.Session, o.ReverseSession = 3, 4
		if _, err := linktest.Pair(ctx, s.Port(1), s.Port(1).Twin(), o); !errors.Is(err, talk.ErrBusy) {
			t.Errorf("the second asker got %v", err)
		}
		if err := <-first; err != nil {
			t.Errorf("the first asker got %v", err)
		}
		stop()
		reflector.Close()
		synctest.Wait()
	})
}

// TestFastAsCanBe: a rate without end crosses the wire as JSON.
func TestFastAsCanBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newSegment(t)
		defer g.stop()
		total, err := linktest.Pair(t.Context(), g.askData, g.askControl, g.options(linktest.Load{Sizes: []int{64}, Rate: math.Inf(1), Count: 10_000}))
		if err != nil || total.Received != 20_000 {
			t.Errorf("%v, %d received", err, total.Received)
		}
		<-g.told
	})
}
