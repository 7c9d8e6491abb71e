package linktest_test

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/ether"
	"eterm/frame/probe"
	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
	"eterm/iface/respond"
	"eterm/iface/talk"
)

// as is a port of an attacker: what it sends has another's address as its
// source, and it counts the bytes.
type as struct {
	iface.Port
	mac  net.HardwareAddr
	sent int
}

func (a *as) HardwareAddr() net.HardwareAddr { return a.mac }

func (a *as) Send(frames [][]byte) (int, error) {
	n, err := a.Port.Send(frames)
	for _, f := range frames[:n] {
		a.sent += len(f)
	}
	return n, err
}

// greedy is a begin that asks for the greatest load there is.
const greedy = `{"forward":1,"reverse":2,"load":{"sizes":[1518],"streams":1,"rate":0,"count":281474976710655,"duration_ns":0}}`

// TestNobodyIsFloodedThroughAPeer: an attacker M gets a token for a victim V's
// address, by taking its place in the switch for a moment, begins the greatest
// load there is, and goes on asking. What arrives at V is never more than what M
// sent.
func TestNobodyIsFloodedThroughAPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := ifacetest.NewSwitch(3, ifacetest.Buffer(1<<16))
		victim, attacker := s.Port(1), &as{Port: s.Port(2), mac: s.Port(1).HardwareAddr()}
		stop := peerOn(t, s.Port(0), s.Port(0).Twin(), nil)
		defer stop()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ask := talk.NewAsker(attacker, s.Port(0).HardwareAddr(), nil, seal.Key{})
		go ask.Listen(ctx, nil)
		if _, err := ask.Begin(ctx, talk.Link, []byte(greedy), 1514); err != nil {
			t.Fatal(err)
		}
		// V speaks, and has its place again.
		speak := ether.Header{Dst: net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, Src: victim.HardwareAddr(), Type: 0x88b6}.Append(nil)
		if _, err := victim.Send([][]byte{append(speak, make([]byte, 46)...)}); err != nil {
			t.Fatal(err)
		}
		for range 30 {
			short, end := context.WithTimeout(ctx, 300*time.Millisecond)
			_, _ = ask.Ask(short, talk.FirstOp, nil)
			end()
			_ = ask.Prove(talk.Proof{Seq: 1, Time: 2, Nonce: 3})
			if got := received(t, victim); got > attacker.sent {
				t.Fatalf("%d bytes at the victim for %d sent", got, attacker.sent)
			}
		}
		if got := received(t, victim); got == 0 {
			t.Error("nothing arrived: the test tries nothing")
		}
	})
}

var seenBytes = map[iface.Port]int{}

// received is how many bytes have arrived at a port so far.
func received(t *testing.T, p iface.Port) int {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	if err := iface.Frames(ctx, p, make([]iface.Received, 64), func(rx []iface.Received) error {
		for _, r := range rx {
			seenBytes[p] += r.Length
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return seenBytes[p]
}

// peerOn lets a port answer as eterm respond does.
func peerOn(t *testing.T, data, control iface.Port, clock pace.Clock) (stop func()) {
	if clock == nil {
		clock = pace.Timers()
	}
	p := linktest.NewPeer(data, linktest.PeerOptions{Clock: clock})
	reflector := talk.NewReflector(seal.Key{}, map[talk.Service]talk.Server{talk.Link: p})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 2)
	go func() { done <- p.Serve(ctx) }()
	go func() {
		done <- respond.New(control, respond.Config{More: []respond.Answerer{reflector.Answerer()}}).Serve(ctx)
	}()
	return func() {
		cancel()
		<-done
		<-done
		reflector.Close()
	}
}

// TestAForgerGetsNoLoadOnABridge is the attack as it was found, on real sockets:
// M on a Linux bridge says who it likes that it is. V counts.
func TestAForgerGetsNoLoadOnABridge(t *testing.T) {
	a, v, m := labtest.Host(t, "peer"), labtest.Host(t, "victim"), labtest.Host(t, "attacker")
	middle := labtest.Host(t, "switch")
	if err := middle.Switch("br0"); err != nil {
		t.Fatal(err)
	}
	for _, h := range []*lab.Host{a, v, m} {
		labtest.Cable(t, h, "eth0", middle, h.Name)
		if err := middle.AddPort("br0", h.Name); err != nil {
			t.Fatal(err)
		}
	}
	stop := peerOn(t, plug(t, a, iface.Options{Promiscuous: true}), control(t, a), pace.Precise())
	defer stop()
	victim := plug(t, v, iface.Options{Immediate: true})
	attacker := &as{Port: plug(t, m, iface.Options{Immediate: true, Promiscuous: true}), mac: victim.HardwareAddr()}
	ask := talk.NewAsker(attacker, control(t, a).HardwareAddr(), nil, seal.Key{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go ask.Listen(ctx, nil)
	if _, err := ask.Begin(ctx, talk.Link, []byte(greedy), 1514); err != nil {
		t.Fatal(err)
	}
	speak := ether.Header{Dst: net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, Src: victim.HardwareAddr(), Type: 0x88b6}.Append(nil)
	if _, err := victim.Send([][]byte{append(speak, make([]byte, 46)...)}); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		short, end := context.WithTimeout(ctx, 200*time.Millisecond)
		_, _ = ask.Ask(short, talk.FirstOp, nil)
		end()
	}
	ours := 0
	ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_ = iface.Frames(ctx, victim, make([]iface.Received, 64), func(rx []iface.Received) error {
		for _, r := range rx {
			if h, _, err := ether.Parse(r.Bytes); err == nil && h.Type == probe.EtherType {
				ours += r.Length
			}
		}
		return nil
	})
	if ours > attacker.sent || attacker.sent < 1000 {
		t.Errorf("%d bytes at the victim for %d sent", ours, attacker.sent)
	}
}

// wireRun is a run of 1,000 frames of which numbers 700 to 999 are lost, heard
// by a receiver, while an attacker on the same wire does something.
func wireRun(t *testing.T, attack func(forge func(src net.HardwareAddr, frame []byte))) linktest.Result {
	t.Helper()
	return sealedRun(t, seal.Key{}, seal.Key{}, attack)
}

// sealedRun is a wireRun whose sender and receiver have keys.
func sealedRun(t *testing.T, sender, receiver seal.Key, attack func(forge func(src net.HardwareAddr, frame []byte))) linktest.Result {
	t.Helper()
	var result linktest.Result
	synctest.Test(t, func(t *testing.T) {
		s := ifacetest.NewSwitch(3, ifacetest.Buffer(1<<16))
		results := make(chan linktest.Result, 40)
		r := linktest.NewReceiver(s.Port(1), linktest.ReceiveOptions{Key: receiver, Ended: func(run *linktest.Run) {
			if run.Session == 0x1234 {
				results <- linktest.Account(nil, run.Side(), linktest.Limits{})
			}
		}})
		ctx, cancel := context.WithCancel(t.Context())
		go r.Serve(ctx)
		forge := func(src net.HardwareAddr, frame []byte) {
			f := bytes.Clone(frame)
			copy(f, s.Port(1).HardwareAddr())
			if src == nil {
				src = s.Port(2).HardwareAddr()
			}
			copy(f[6:], src)
			if found, ok := probe.Find(f); ok {
				probe.Put(f, found.Offset, found.Mark)
			}
			if _, err := s.Port(2).Send([][]byte{f}); err != nil {
				t.Error(err)
			}
		}
		l := linktest.Load{Src: s.Port(0).HardwareAddr(), Dst: s.Port(1).HardwareAddr(), Sizes: []int{64}, Rate: 1000, Count: 1000, Key: sender}
		time.AfterFunc(500*time.Millisecond, func() {
			if attack != nil {
				attack(forge)
			}
		})
		tx := &losing{Port: s.Port(0)}
		if _, err := linktest.Send(ctx, tx, l, linktest.SendOptions{Session: 0x1234, Clock: pace.Timers()}); err != nil {
			t.Error(err)
		}
		result = <-results
		cancel()
		synctest.Wait()
	})
	return result
}

// losing is a port behind which test frames from number 700 on are lost.
type losing struct{ iface.Port }

func (l *losing) Send(frames [][]byte) (int, error) {
	for _, f := range frames {
		if found, ok := probe.Find(f); ok && (found.Kind == probe.KindMark || found.Kind == probe.KindMarkPlan) && found.Seq >= 700 {
			continue
		}
		if _, err := l.Port.Send([][]byte{f}); err != nil {
			return 0, err
		}
	}
	return len(frames), nil
}

// endOf is an end frame of the run that says that so many were offered.
func endOf(offered uint64) []byte {
	head := append(make([]byte, 12), probe.EtherType>>8, probe.EtherType&0xff)
	p := probe.Plan{Length: 46, Total: 1000, Interval: 1e9, TCI: probe.Untagged}
	f := p.AppendEndPayload(head, probe.SenderAccount{Intended: 1000, Offered: offered, Elapsed: 1e9})
	probe.Put(f, 14, probe.Mark{Kind: probe.KindEnd, Session: 0x1234, Time: probe.Ticks(time.Now().UnixNano())})
	return f
}

// markOf is a test frame of a session.
func markOf(session, seq uint32) []byte {
	head := append(make([]byte, 12), probe.EtherType>>8, probe.EtherType&0xff)
	p := probe.Plan{Length: 46, Total: 1000, Interval: 1e9, TCI: probe.Untagged}
	f, kind := p.AppendPayload(head)
	probe.Put(f, 14, probe.Mark{Kind: kind, Session: session, Seq: seq, Time: probe.Ticks(time.Now().UnixNano())})
	return f
}

func says(r linktest.Result, what string) bool {
	return strings.Contains(strings.Join(r.Verdict.Untrusted, "; "), what)
}

func TestForgedMessagesDoNotChangeAnAccountUnnoticed(t *testing.T) {
	if r := wireRun(t, nil); r.Lost != 300 || r.Verdict.Status != linktest.Passed {
		t.Fatalf("left alone: %d lost, %+v", r.Lost, r.Verdict)
	}
	r := wireRun(t, func(forge func(net.HardwareAddr, []byte)) {
		for range 12 {
			forge(nil, endOf(700))
		}
	})
	if r.Lost != 300 || r.Offered != 1000 || r.Verdict.Status != linktest.Untrusted || !says(r, "contradict each other: another sender?") {
		t.Errorf("ends from another address: %d of %d lost, %+v", r.Lost, r.Offered, r.Verdict)
	}
	r = wireRun(t, func(forge func(net.HardwareAddr, []byte)) { forge(net.HardwareAddr{2, 0, 0, 0, 0, 0x10}, endOf(700)) })
	if r.Verdict.Status != linktest.Untrusted || !says(r, "contradict each other") {
		t.Errorf("an end from its own address: %d of %d lost, %+v", r.Lost, r.Offered, r.Verdict)
	}
	r = wireRun(t, func(forge func(net.HardwareAddr, []byte)) {
		for n := uint32(700); n < 1000; n++ {
			forge(nil, markOf(0x1234, n))
		}
	})
	if r.Lost != 300 || r.Verdict.Status != linktest.Untrusted || !says(r, "300 marks of this run contradict") {
		t.Errorf("marks from another address: %d of %d lost, %+v", r.Lost, r.Offered, r.Verdict)
	}
	r = wireRun(t, func(forge func(net.HardwareAddr, []byte)) {
		for n := uint32(700); n < 1000; n++ {
			forge(net.HardwareAddr{2, 0, 0, 0, 0, 0x10}, markOf(0x1234, n))
		}
	})
	if r.Verdict.Status != linktest.Untrusted || !says(r, "contradict each other") {
		t.Errorf("marks from its own address: %d of %d lost, %+v", r.Lost, r.Offered, r.Verdict)
	}
}

// TestMadeUpSessionsShutNobodyOut: 16 of them, and more while the run lasts.
func TestMadeUpSessionsShutNobodyOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, agreed := range []bool{false, true} {
			s := ifacetest.NewSwitch(3, ifacetest.Buffer(1<<16))
			results := make(chan linktest.Result, 1)
			r := linktest.NewReceiver(s.Port(1), linktest.ReceiveOptions{Ended: func(run *linktest.Run) {
				if run.Session == 0x1234 {
					results <- linktest.Account(nil, run.Side(), linktest.Limits{})
				}
			}})
			if agreed {
				r.Expect(0x1234, s.Port(0).HardwareAddr())
			}
			ctx, cancel := context.WithCancel(t.Context())
			go r.Serve(ctx)
			forge := func(from, to uint32) {
				for n := from; n < to; n++ {
					f := markOf(n, 0)
					copy(f, s.Port(1).HardwareAddr())
					copy(f[6:], s.Port(2).HardwareAddr())
					probe.Put(f, 14, probe.Mark{Kind: probe.KindMarkPlan, Session: n})
					s.Port(2).Send([][]byte{f})
				}
			}
			forge(1, 17)
			time.AfterFunc(200*time.Millisecond, func() { forge(100, 300) })
			l := linktest.Load{Src: s.Port(0).HardwareAddr(), Dst: s.Port(1).HardwareAddr(), Sizes: []int{64}, Rate: 1000, Count: 1000}
			sent, err := linktest.Send(ctx, s.Port(0), l, linktest.SendOptions{Session: 0x1234, Clock: pace.Timers()})
			if err != nil {
				t.Error(err)
			}
			if agreed {
				r.Conclude(0x1234, sent.SenderAccount, sent.Plan)
			}
			got := <-results
			if agreed && (got.Received != 1000 || got.Verdict.Status != linktest.Passed) {
				t.Errorf("agreed on: %d received, %+v", got.Received, got.Verdict)
			}
			if !agreed && (got.Received+got.Where.Uncounted != 1000 || got.Received < 990 || got.OnTheWay != 0 || got.Verdict.Status != linktest.Untrusted || !says(got, "no place")) {
				t.Errorf("by itself: %d received, %+v, %+v", got.Received, got.Where, got.Verdict)
			}
			cancel()
			synctest.Wait()
		}
	})
}

// TestASenderThatDiesIsNotBlamedOnTheLink: what nobody said is not known.
func TestASenderThatDiesIsNotBlamedOnTheLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tx, rx := ifacetest.Wire()
		results := make(chan linktest.Result, 1)
		r := linktest.NewReceiver(rx, linktest.ReceiveOptions{Ended: func(run *linktest.Run) {
			results <- linktest.Account(nil, run.Side(), linktest.Limits{})
		}})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go r.Serve(ctx)
		time.AfterFunc(171500*time.Microsecond, tx.Remove)
		l := linktest.Load{Src: tx.HardwareAddr(), Dst: rx.HardwareAddr(), Sizes: []int{64}, Rate: 1000, Count: 1000}
		linktest.Send(ctx, tx, l, linktest.SendOptions{Session: 9, Clock: pace.Timers()})
		got := <-results
		if got.Received != 172 || got.Lost != 0 || got.NotKnown != 828 || got.OnTheWay != 0 || got.Verdict.Status != linktest.Untrusted ||
			!says(got, "828 frames were lost or never sent: the sender's end was not heard") {
			t.Errorf("%d received, %d lost, %d not known, %+v", got.Received, got.Lost, got.NotKnown, got.Verdict)
		}
	})
}

// TestPairSurvivesAnOutage of five seconds, in which nothing passes in either
// direction: the peer stops sending, and tells its account afterwards.
func TestPairSurvivesAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, outage := range []time.Duration{1500 * time.Millisecond, 5 * time.Second} {
			g := newSegment(t)
			time.AfterFunc(2*time.Second, func() { g.askData.SetUp(false) })
			time.AfterFunc(2*time.Second+outage, func() { g.askData.SetUp(true) })
			total, err := linktest.Pair(t.Context(), g.askData, g.askControl, g.options(linktest.Load{Sizes: []int{64}, Rate: 1000, Duration: 10 * time.Second}))
			if err != nil || len(total.Directions) != 2 || total.Verdict.Status != linktest.Untrusted {
				t.Fatalf("%v: %v, %+v", outage, err, total)
			}
			for _, d := range total.Directions {
				addsUp(t, d)
				if d.Receiver == nil || d.Sender == nil {
					t.Errorf("%v, %s: an account is missing", outage, d.Direction)
				}
			}
			f, r := total.Directions[0], total.Directions[1]
			missed := uint64(outage.Milliseconds())
			if f.Offered != 10_000 || f.Received > 10_000-missed+20 || f.Received < 10_000-missed-20 || f.Where.Refused < missed-20 {
				t.Errorf("%v, forward: %d offered, %d received, %+v", outage, f.Offered, f.Received, f.Where)
			}
			// A second of frames goes out in vain; then they are withheld, or after
			// three never offered.
			if r.OnTheWay < 900 || r.OnTheWay > 1200 || r.Received+r.Where.Withheld+r.NeverOffered+r.OnTheWay != 10_000 {
				t.Errorf("%v, reverse: %d received, %d never offered, %+v", outage, r.Received, r.NeverOffered, r.Where)
			}
			if long := outage > talk.Lease; long != (r.Sender.Error != "") || long != (r.NeverOffered > 0) {
				t.Errorf("%v, reverse: %q, %d never offered", outage, r.Sender.Error, r.NeverOffered)
			}
			g.stop()
		}
	})
}

// TestWindowSurvivesLoss: a link that loses a third of everything in both
// directions holds up no frame of a load.
func TestWindowSurvivesLoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newSegment(t, ifacetest.Faults(ifacetest.Drop(ifacetest.Chance(1.0/3))), ifacetest.Seed(7))
		defer g.stop()
		total, err := linktest.Pair(t.Context(), g.askData, g.askControl, g.options(linktest.Load{Sizes: []int{64, 1518}, Rate: 2000, Duration: 20 * time.Second}))
		if err != nil || len(total.Directions) != 2 {
			t.Fatalf("%v, %+v", err, total)
		}
		r := total.Directions[1]
		if r.Offered != 40_000 || r.Where.Withheld != 0 || r.Sender.PacingError.Max > 5*time.Millisecond || r.Received < 26_000 || r.Received > 27_400 {
			t.Errorf("%d offered, %d never (%d intended), %q, %d received, %+v, pacing error %+v", r.Offered, r.NeverOffered, r.Intended, r.Sender.Error, r.Received, r.Where, r.Sender.PacingError)
		}
	})
}

// TestALoopEndsATest at once, with status 3, between two ports of one machine
// and with a peer.
func TestALoopEndsATest(t *testing.T) {
	copies := ifacetest.Duplicate(ifacetest.Where(linktest.IsTestFrame))
	many := ifacetest.Faults(copies, copies, copies, copies)
	synctest.Test(t, func(t *testing.T) {
		s := ifacetest.NewSwitch(2, many)
		l := linktest.Load{Src: s.Port(0).HardwareAddr(), Dst: s.Port(1).HardwareAddr(), Sizes: []int{64}, Rate: 100, Duration: time.Hour}
		began := time.Now()
		r, err := linktest.Direct(t.Context(), s.Port(0), s.Port(1), l, linktest.DirectOptions{Session: 1, Clock: pace.Timers()})
		if err != nil || r.Offered > 5 || time.Since(began) > 2*time.Second || r.Verdict.Status != linktest.Untrusted || !says(r, "loop: one frame came to p1 11 times") {
			t.Errorf("%v: after %v, %d offered, %+v", err, time.Since(began), r.Offered, r.Verdict)
		}
	})
	for name, o := range map[string]ifacetest.Option{"copies": many, "returned": ifacetest.Defective(ifacetest.Reflects())} {
		synctest.Test(t, func(t *testing.T) {
			g := newSegment(t, o)
			defer g.stop()
			began := time.Now()
			p := g.options(linktest.Load{Sizes: []int{64}, Rate: 100, Duration: time.Hour})
			total, err := linktest.Pair(t.Context(), g.askData, g.askControl, p)
			if err != nil || total.Offered > 400 || time.Since(began) > 5*time.Second || total.Verdict.Status != linktest.Untrusted ||
				!strings.Contains(strings.Join(total.Verdict.Untrusted, "; "), "loop: ") {
				t.Errorf("%s: %v: after %v, %d offered, %+v", name, err, time.Since(began), total.Offered, total.Verdict)
			}
		})
	}
}

// TestAReceiverWhoseLinkWentAwayIsNotTrusted, at either end: both ends print the
// same result.
func TestAReceiverWhoseLinkWentAwayIsNotTrusted(t *testing.T) {
	for _, far := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			g := newSegment(t)
			defer g.stop()
			port, direction := g.askData, 1
			if far {
				port, direction = g.farData, 0
			}
			time.AfterFunc(time.Second, func() { port.SetUp(false) })
			time.AfterFunc(1300*time.Millisecond, func() { port.SetUp(true) })
			total, err := linktest.Pair(t.Context(), g.askData, g.askControl, g.options(linktest.Load{Sizes: []int{64}, Rate: 1000, Duration: 3 * time.Second}))
			if err != nil || len(total.Directions) != 2 {
				t.Fatalf("far %v: %v", far, err)
			}
			d := total.Directions[direction]
			if d.Lost < 250 || d.Verdict.Status != linktest.Untrusted || !says(d, "at the receiver the interface went down once") {
				t.Errorf("far %v: %d lost, %+v", far, d.Lost, d.Verdict)
			}
			if told := <-g.told; told.Verdict.Status != linktest.Untrusted {
				t.Errorf("far %v: the other end has status %d", far, told.Verdict.Status)
			}
		})
	}
}
