package switchtest

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/probe"
	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/loop"
	"eterm/iface/respond"
	"eterm/iface/talk"
)

// rooms are two machines at a switch in memory; on that at port 1 eterm respond
// runs.
type rooms struct {
	sw    *ifacetest.Switch // nil: a cable
	ports [2]*ifacetest.Port
	key   seal.Key
	stops []func()
}

func newRooms(t *testing.T, key seal.Key, opts ...ifacetest.Option) *rooms {
	g := &rooms{sw: ifacetest.NewSwitch(2, append(opts, ifacetest.Buffer(1<<16))...), key: key}
	g.ports = [2]*ifacetest.Port{g.sw.Port(0), g.sw.Port(1)}
	g.again(t)
	return g
}

// again starts the reflector, or starts it again.
func (g *rooms) again(t *testing.T) {
	g.stop()
	data, control := g.ports[1].Twin(), g.ports[1].Twin()
	shelf := iface.NewShelf(data)
	reflector := talk.NewReflector(g.key, map[talk.Service]talk.Server{talk.Watch: NewWatchPeer(shelf.Lend, g.key)})
	r := respond.New(control, respond.Config{More: []respond.Answerer{reflector.Answerer()}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- r.Serve(ctx) }()
	g.stops = append(g.stops, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		reflector.Close()
		control.Close()
		shelf.Close()
	})
}

func (g *rooms) stop() {
	for _, stop := range g.stops {
		stop()
	}
	g.stops = nil
	synctest.Wait()
}

// watch watches from port 0.
func (g *rooms) watch(t *testing.T, c OutageConfig) (*OutageReport, error) {
	c.A, c.Control, c.To, c.Key = g.ports[0], g.ports[0].Twin(), g.ports[1].HardwareAddr(), g.key
	return Outage(t.Context(), c)
}

// fromPort picks frames that station sent.
func fromPort(sw *ifacetest.Switch, n int, when ifacetest.Select) ifacetest.Select {
	return func(i uint64, frame []byte, r *rand.Rand) bool {
		return [6]byte(frame[6:12]) == [6]byte(sw.Port(n).HardwareAddr()) && when(i, frame, r)
	}
}

// TestOutagesBetweenTwoMachines: outages of either direction and of both are
// measured exactly, on the clock of who asks, while that of the peer is what it
// is; those of both last longer than the time for which a test lives unasked.
func TestOutagesBetweenTwoMachines(t *testing.T) {
	for name, key := range map[string]seal.Key{"": {}, "sealed": keyOf(t, "a key of two friends")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var sw *ifacetest.Switch
				at := func(from, to time.Duration) ifacetest.Select { return between(start, from, to) }
				g := newRooms(t, key, ifacetest.Faults(
					ifacetest.Drop(at(60*time.Second, 85*time.Second)),
					ifacetest.Drop(func(i uint64, f []byte, r *rand.Rand) bool {
						return fromPort(sw, 0, at(100*time.Second, 102*time.Second))(i, f, r)
					}),
					ifacetest.Drop(func(i uint64, f []byte, r *rand.Rand) bool {
						return fromPort(sw, 1, at(110*time.Second, 111*time.Second))(i, f, r)
					})))
				sw = g.sw
				defer g.stop()
				told := map[string]int{}
				r, err := g.watch(t, OutageConfig{Duration: 2 * time.Minute, Progress: func(m Moment) { told[m.What+" "+m.Way]++ }})
				if err != nil {
					t.Fatal(err)
				}
				want := map[string][]time.Duration{"A to B": {25 * time.Second, 2 * time.Second}, "B to A": {25 * time.Second, time.Second}}
				for way, all := range want {
					found := outages(r, way)
					if len(found) != len(all) || told[Silent+" "+way] != len(all) || told[Speaking+" "+way] != len(all) {
						t.Fatalf("%s: %v, told %v, want %v", way, r.Timeline, told, all)
					}
					for i, d := range all {
						if off := found[i].ByCount - d; off < -r.Interval || off > r.Interval {
							t.Errorf("%s: %v by count, want %v", way, found[i].ByCount, d)
						}
						if off := found[i].ByTime - d; off < 0 || off > 2*r.Interval {
							t.Errorf("%s: %v by time, want %v", way, found[i].ByTime, d)
						}
					}
				}
				for i, w := range r.Ways {
					if w.Expected != w.Received+w.Loss.Lost || w.NotKnown != 0 || w.Expected < 11_800 {
						t.Errorf("%s: expected %d, received %d, lost %d, not known %d", directions[i], w.Expected, w.Received, w.Loss.Lost, w.NotKnown)
					}
				}
				if p := r.Peer; !p.Heard || p.Paused != 0 || r.Touched != 0 || p.ClockWithin > 50*time.Millisecond {
					t.Errorf("peer %+v, %d touched", *p, r.Touched)
				}
			})
		})
	}
}

// TestPeerSendsNoMoreThanIsPaidFor: in an outage that lasts longer than what was
// paid in advance the peer stops, which is said and is no loss, and the outage is
// not called exact. It goes on when it is asked again.
func TestPeerSendsNoMoreThanIsPaidFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var asked, sent int // bytes, as they come out of the ports
		var sw *ifacetest.Switch
		g := newRooms(t, seal.Key{}, ifacetest.Faults(ifacetest.Drop(func(_ uint64, f []byte, _ *rand.Rand) bool {
			if [6]byte(f[6:12]) == [6]byte(sw.Port(0).HardwareAddr()) {
				asked += len(f)
			} else if sent += len(f); sent > asked {
				t.Errorf("%d bytes sent of %d heard", sent, asked)
			}
			return between(start, 60*time.Second, 180*time.Second)(0, nil, nil)
		})))
		sw = g.sw
		defer g.stop()
		r, err := g.watch(t, OutageConfig{Duration: 200 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		if r.Peer.Paused < 5000 || r.Touched != 1 || count(r, Paused) != 1 {
			t.Errorf("%d frames not sent, %d outages touched: %v", r.Peer.Paused, r.Touched, r.Timeline)
		}
		forward, reverse := outages(r, "A to B"), outages(r, "B to A")
		if len(forward) != 1 || len(reverse) != 1 || forward[0].ByCount < 119*time.Second || reverse[0].ByCount > 70*time.Second || reverse[0].ByTime < 119*time.Second {
			t.Errorf("outages %v and %v", forward, reverse)
		}
		if w := r.Ways[1]; w.Expected+r.Peer.Paused < 19_000 || w.Expected != w.Received+w.Loss.Lost {
			t.Errorf("%d sent, %d not", w.Expected, r.Peer.Paused)
		}
	})
}

// TestPeerThatIsStartedAgain: its account is gone with it, and what became of
// the frames is said to be not known.
func TestPeerThatIsStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRooms(t, seal.Key{})
		defer g.stop()
		restarted := make(chan struct{})
		time.AfterFunc(10*time.Second, func() { g.again(t); close(restarted) })
		r, err := g.watch(t, OutageConfig{Duration: time.Hour})
		<-restarted
		if !errors.Is(err, talk.ErrLapsed) || r == nil {
			t.Fatal(err)
		}
		w := r.Ways[0]
		if r.Peer.Heard || r.Took > 20*time.Second || w.Loss.Lost != 0 || w.NotKnown == 0 || w.End == nil || w.Expected+w.NotKnown != w.End.Offered || w.Received < 900 {
			t.Errorf("%+v, %+v", *r.Peer, w)
		}
	})
}

// TestLinkEventsOfBothEnds are on one timeline.
func TestLinkEventsOfBothEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ifacetest.Wire()
		g := &rooms{ports: [2]*ifacetest.Port{a, b}}
		g.again(t)
		defer g.stop()
		for n := range 2 {
			at := time.Duration(20*(n+1)) * time.Second
			time.AfterFunc(at, func() { g.ports[n].SetUp(false) })
			time.AfterFunc(at+5*time.Second, func() { g.ports[n].SetUp(true) })
		}
		r, err := g.watch(t, OutageConfig{Duration: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for _, m := range r.Timeline {
			seen[m.What+" "+m.Port]++
		}
		for _, port := range []string{"A", "B"} {
			if seen[LinkLost+" "+port] != 1 || seen[LinkBack+" "+port] != 1 {
				t.Errorf("port %s: %v", port, r.Timeline)
			}
		}
		if r.SetDown != [2]uint64{1, 1} {
			t.Errorf("set down %v times", r.SetDown)
		}
	})
}

// TestLoopBetweenTwoMachines ends the watch at once.
func TestLoopBetweenTwoMachines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		copies := ifacetest.Duplicate(between(time.Now(), 5*time.Second, time.Hour))
		g := newRooms(t, seal.Key{}, ifacetest.Faults(copies, copies, copies, copies))
		defer g.stop()
		r, err := g.watch(t, OutageConfig{Duration: time.Hour})
		var looped *loop.Error
		if !errors.As(err, &looped) || r == nil || r.Took > 10*time.Second {
			t.Errorf("%v, %v", err, r)
		}
	})
}

// TestPairOutageNotBegun: what cannot be watched has no report.
func TestPairOutageNotBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRooms(t, seal.Key{}, ifacetest.Faults(ifacetest.Drop(func(_ uint64, f []byte, _ *rand.Rand) bool {
			_, ok := probe.Find(f)
			return ok
		})))
		if r, err := g.watch(t, OutageConfig{}); !errors.Is(err, ErrNotConnected) || r != nil {
			t.Errorf("%v, %v: want ErrNotConnected", r, err)
		}
		if r, err := g.watch(t, OutageConfig{Interval: time.Microsecond}); err == nil || r != nil {
			t.Error("an interval of 1 µs was taken")
		}
		g.stop()
		if r, err := g.watch(t, OutageConfig{}); !errors.Is(err, talk.ErrNoPeer) || r != nil {
			t.Errorf("%v, %v: want ErrNoPeer", r, err)
		}
	})
}

// FuzzPeerAccount: whatever a peer says, what is taken adds up, and makes a report.
func FuzzPeerAccount(f *testing.F) {
	sent := probe.SenderAccount{Offered: 10}
	f.Add([]byte(`{"f":{"expected":10,"received":8,"loss":{"lost":2,"bursts":1,"outages":[{"first":3,"frames":2,"start_ns":5,"by_count_ns":1,"by_time_ns":2}]}},"r":{"offered":9},"m":[{"a":1,"w":"link lost"}]}`))
	f.Add([]byte(`{"f":{"expected":10,"received":10},"r":{}}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := parseAccount(text, sent)
		if err != nil {
			return
		}
		if a.Forward.Received+a.Forward.Loss.Lost != sent.Offered {
			t.Errorf("%+v", a)
		}
		w := &pairWatch{report: OutageReport{Peer: &OutagePeer{}, Interval: time.Millisecond}}
		w.fromPeer(a.Moments)
		w.report.Ways[0] = a.Forward
		w.report.outages(w.stalls)
		if r := w.report; r.Unlisted < 0 || len(r.Timeline) > mostKept+probe.MaxOutages {
			t.Errorf("%d listed, %d not", len(r.Timeline), r.Unlisted)
		}
	})
}

// FuzzWatchPeer: whatever an asker says, the peer sends no more than it heard.
func FuzzWatchPeer(f *testing.F) {
	f.Add([]byte(`{"f":1,"r":2,"i":1000000}`), uint8(talk.FirstOp), []byte(`{"t":-1}`))
	f.Add([]byte(`{"f":1,"r":2,"i":10000000000}`), uint8(talk.FirstOp+1), []byte(`{"s":{"offered":18446744073709551615},"t":99}`))
	f.Fuzz(func(t *testing.T, begin []byte, op uint8, text []byte) {
		a, b := ifacetest.Wire()
		defer a.Close()
		p := NewWatchPeer(func() (iface.Port, error) { return b, nil }, seal.Key{})
		test, _, err := p.Begin(&talk.Session{Peer: [6]byte(a.HardwareAddr()), Own: [6]byte(b.HardwareAddr())}, begin, 1400)
		if err != nil {
			return
		}
		defer test.End()
		_, _ = test.Do(talk.Op(op), text, 1400)
		if c, _ := b.Counters(); c.Attempted > 0 {
			t.Errorf("%d frames sent, and nothing was paid", c.Attempted)
		}
	})
}
