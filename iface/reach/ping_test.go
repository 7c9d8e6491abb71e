package reach

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/respond"
)

var (
	me4, you4 = netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	me6, you6 = netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
)

// serve answers on a port for the addresses until the test ends.
func serve(t *testing.T, ctx context.Context, port iface.Port, addresses ...netip.Addr) {
	var c respond.Config
	for _, a := range addresses {
		c.Addresses = append(c.Addresses, netip.PrefixFrom(a, a.BitLen()))
	}
	go respond.New(port, c).Serve(ctx)
}

func station(port iface.Port) Station {
	return Station{MAC: port.HardwareAddr(), IP4: me4, IP6: me6, Defend: []netip.Addr{me4, me6}}
}

// inLab runs f in a bubble with a wire whose other end answers for you4 and you6.
func inLab(t *testing.T, f func(t *testing.T, near, far *ifacetest.Port), o ...ifacetest.Option) {
	synctest.Test(t, func(t *testing.T) {
		near, far := ifacetest.Wire(o...)
		ctx, cancel := context.WithCancel(t.Context())
		serve(t, ctx, far, you4, you6)
		f(t, near, far)
		cancel()
		near.Close()
		far.Close()
	})
}

func config(port iface.Port, c Config) Config {
	c.Station = station(port)
	c.ID = 0xbeef
	if c.Interval == 0 {
		c.Interval = time.Second
	}
	c.Timeout = time.Second
	return c
}

func to(ip netip.Addr) []Target { return []Target{{Name: ip.String(), IP: ip}} }

func TestEchoOverEveryProtocol(t *testing.T) {
	for _, p := range []Protocol{ICMP, InBand, LLC, LBM} {
		for _, ip := range []netip.Addr{you4, you6} {
			inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
				targets := to(ip)
				if p != ICMP {
					targets = []Target{{Name: "far", MAC: far.HardwareAddr()}}
				}
				var events []Event
				r, err := Ping(t.Context(), near, config(near, Config{Shape: Shape{Protocol: p, Level: 3}, Targets: targets, Count: 5,
					First: 60, Last: 1514, Step: 100, Event: func(e Event) { events = append(events, e) }}))
				s := r.Total
				if err != nil || s.Sent != 5 || s.Received != 5 || s.Damaged+s.Duplicates+s.Late+s.Reordered+r.Foreign != 0 || len(events) != 5 {
					t.Errorf("%v %v: %+v %v", p, ip, s, err)
				}
				for i, e := range events {
					if e.Kind != Answered || e.Seq != uint64(i+1) || p == ICMP && (e.From != ip || e.TTL != 64) || e.Damage != nil {
						t.Errorf("%v: %+v", p, e)
					}
					if want := 60 + 100*i; e.Length != max(want, Shape{Protocol: p}.Overhead(ip, 0), 60) {
						t.Errorf("%v %v: answer %d has %d bytes", p, ip, i, e.Length)
					}
				}
			})
		}
	}
}

func TestFaultsAreCounted(t *testing.T) {
	for name, c := range map[string]struct {
		o     []ifacetest.Option
		check func(Stats) bool
	}{
		"loss":       {[]ifacetest.Option{ifacetest.Reverse(ifacetest.Drop(ifacetest.Every(10)))}, func(s Stats) bool { return s.Lost() == 10 }},
		"duplicates": {[]ifacetest.Option{ifacetest.Reverse(ifacetest.Duplicate(ifacetest.Every(4)))}, func(s Stats) bool { return s.Duplicates == 25 && s.Lost() == 0 }},
		"late":       {[]ifacetest.Option{ifacetest.Reverse(ifacetest.Delay(ifacetest.Every(5), 1450*time.Millisecond))}, func(s Stats) bool { return s.Late == 19 && s.Lost() == 1 && s.Reordered == 19 }},
		"corrupt":    {[]ifacetest.Option{ifacetest.Reverse(ifacetest.Corrupt(ifacetest.Every(5)))}, func(s Stats) bool { return s.Received == 80 }},
		"slow": {[]ifacetest.Option{ifacetest.Reverse(ifacetest.Delay(ifacetest.Every(1), 700*time.Millisecond))}, func(s Stats) bool {
			return s.Received == 100 && s.RTT.Min() == 700*time.Millisecond && s.RTT.Mdev() == 0
		}},
	} {
		inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
			r, err := Ping(t.Context(), near, config(near, Config{Targets: []Target{{Name: "far", IP: you4, MAC: far.HardwareAddr()}}, Count: 100, Interval: 100 * time.Millisecond}))
			if err != nil || r.Total.Sent != 100 || !c.check(r.Total) {
				t.Errorf("%s: %+v %v", name, r.Total, err)
			}
		}, c.o...)
	}
}

// At layer 2 nothing but our own comparison finds damage.
func TestDamageIsNamed(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		var found []Event
		r, err := Ping(t.Context(), near, config(near, Config{Shape: Shape{Protocol: InBand}, Targets: []Target{{Name: "far", MAC: far.HardwareAddr()}}, Count: 200, First: 1514,
			Event: func(e Event) {
				if e.Damage != nil {
					found = append(found, e)
				}
			}}))
		if err != nil || r.Total.Damaged < 15 || int(r.Total.Damaged) != len(found) {
			t.Fatalf("%+v %v", r.Total, err)
		}
		for _, e := range found {
			if d := e.Damage; d.Got == d.Want || d.Want != byte(d.Offset) || d.Length != d.Sent {
				t.Errorf("%+v", d)
			}
		}
	}, ifacetest.Reverse(ifacetest.Corrupt(ifacetest.Every(10))))
	if d := damage([]byte{0, 1}, []byte{0, 1, 2}); d == nil || d.Offset != 2 || d.Length != 2 || d.Sent != 3 {
		t.Errorf("%+v", d)
	}
}

func TestNobodyAnswersARP(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		var kinds []EventKind
		r, err := Ping(t.Context(), near, config(near, Config{Targets: to(netip.MustParseAddr("192.0.2.9")), Count: 3, Event: func(e Event) { kinds = append(kinds, e.Kind) }}))
		if err != nil || r.Total.Sent != 0 || r.Total.Unresolved != 3 || r.Total.LossRatio() != 1 || len(kinds) != 3 || kinds[0] != Unresolved {
			t.Errorf("%+v %v %v", r.Total, kinds, err)
		}
	})
}

// A host that is away for some seconds and comes back as another station.
func TestHostComesAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(3)
		first, cancelFirst := context.WithCancel(t.Context())
		serve(t, first, sw.Port(1), you4)
		moved := false
		go func() {
			time.Sleep(10*time.Second + 500*time.Millisecond)
			cancelFirst()
			time.Sleep(10 * time.Second)
			serve(t, t.Context(), sw.Port(2), you4)
		}()
		r, err := Ping(t.Context(), sw.Port(0), config(sw.Port(0), Config{Targets: to(you4), Count: 40, Event: func(e Event) { moved = moved || e.Kind == Moved }}))
		if s := r.Total; err != nil || s.Sent != 40 || s.Lost() < 8 || s.Lost() > 12 || !moved {
			t.Errorf("%+v moved %v %v", s, moved, err)
		}
		for i := range 3 {
			sw.Port(i).Close()
		}
	})
}

func TestTwoStationsClaimOneAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(3)
		ctx, cancel := context.WithCancel(t.Context())
		serve(t, ctx, sw.Port(1), you4)
		serve(t, ctx, sw.Port(2), you4)
		conflicts := 0
		r, err := Ping(t.Context(), sw.Port(0), config(sw.Port(0), Config{Targets: to(you4), Count: 5, Event: func(e Event) {
			if e.Kind == Conflict {
				conflicts++
			}
		}}))
		if err != nil || conflicts != 1 || r.Total.Received != 5 {
			t.Errorf("%d conflicts, %+v, %v", conflicts, r.Total, err)
		}
		cancel()
		for i := range 3 {
			sw.Port(i).Close()
		}
	})
}

// The number on the wire has 16 bits and starts again.
func TestNumbersWrap(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		r, err := Ping(t.Context(), near, config(near, Config{Targets: to(you4), Count: 140000, Interval: 10 * time.Millisecond}))
		if s := r.Total; err != nil || s.Received != 140000 || s.Duplicates+s.Reordered+r.Foreign != 0 {
			t.Errorf("%+v foreign %d, %v", s, r.Foreign, err)
		}
	})
}

func TestFlood(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		r, err := Ping(t.Context(), near, config(near, Config{Targets: to(you4), Count: 1000, Flood: true}))
		if err != nil || r.Total.Sent != 1000 || r.Elapsed > 3*time.Second {
			t.Errorf("%+v in %v: %v", r.Total, r.Elapsed, err)
		}
	}, ifacetest.Reverse(ifacetest.Drop(ifacetest.Every(10))))
}

func TestSeveralTargetsTakeTurns(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		targets := append(to(you4), to(you6)...)
		targets = append(targets, to(netip.MustParseAddr("192.0.2.77"))...)
		r, err := Ping(t.Context(), near, config(near, Config{Targets: targets, Duration: 10 * time.Second}))
		if err != nil || r.Targets[0].Received != 10 || r.Targets[1].Received != 10 || r.Targets[2].Unresolved != 10 {
			t.Errorf("%+v %v", r.Targets, err)
		}
	})
}

func TestPortGoesAway(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		go func() {
			time.Sleep(3500 * time.Millisecond)
			near.Remove()
		}()
		r, err := Ping(t.Context(), near, config(near, Config{Targets: to(you4)}))
		if !errors.Is(err, iface.ErrGone) || r.Total.Received != 4 {
			t.Errorf("%+v %v", r.Total, err)
		}
	})
}

func TestStoppedByContext(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		r, err := Ping(ctx, near, config(near, Config{Targets: to(you4)}))
		if err != nil || r.Total.Sent != 3 || r.Total.Received != 3 {
			t.Errorf("%+v %v", r.Total, err)
		}
	})
}

// TestTimestampsThatAreOfferedAndNotGiven: where a NIC can tell when frames left and is not
// set to, or tells it of some alone, all round trips in one statistic are of one clock.
func TestTimestampsThatAreOfferedAndNotGiven(t *testing.T) {
	for _, gives := range []bool{false, true} {
		inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
			port := &ifacetest.Timestamped{Port: near, Gives: gives}
			clocks := map[iface.Clock]int{}
			r, err := Ping(t.Context(), port, config(near, Config{Targets: []Target{{Name: "far", IP: you4, MAC: far.HardwareAddr()}}, Count: 20,
				Event: func(e Event) { clocks[e.Clock]++ }}))
			s := r.Total
			if err != nil || s.Received != 20 || s.RTT.Count()+s.RTT.Apart() != 20 || len(clocks) != 1 || s.RTT.Apart() != 0 {
				t.Errorf("gives %v: %+v, clocks %v, %d apart, %v", gives, s, clocks, s.RTT.Apart(), err)
			}
		})
	}
}
