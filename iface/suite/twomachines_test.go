package suite

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
	"eterm/iface/respond"
	"eterm/iface/talk"
)

// apart are two machines at a device in memory: the tester at port 0, and a peer
// at port 1 on which eterm respond runs.
type apart struct {
	*TwoMachines
	device *ifacetest.Device
	about  About
	key    seal.Key
	stops  []func()
}

func newApart(t *testing.T, key seal.Key, about About, paths []ifacetest.Path, opts ...ifacetest.Option) *apart {
	t.Helper()
	a := &apart{device: ifacetest.NewDevice(paths, append(opts, ifacetest.Buffer(1<<17))...), about: about, key: key}
	a.again(t)
	near := a.device.Port(0)
	a.TwoMachines = &TwoMachines{Port: near, Control: near.Twin(), To: a.device.Port(1).HardwareAddr(), Key: key, Load: linktest.Load{},
		Clock: pace.Timers, Usage: func() Usage { return Usage{} }, Seed: 1}
	if _, err := a.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a.Close()
		a.down()
	})
	return a
}

// again starts the peer, or starts it again.
func (a *apart) again(t *testing.T) {
	a.down()
	data, control := a.device.Port(1).Twin(), a.device.Port(1).Twin()
	shelf := iface.NewShelf(data)
	reflector := talk.NewReflector(a.key, map[talk.Service]talk.Server{talk.Bench: &Peer{Open: shelf.Lend, Key: a.key, About: a.about, Clock: pace.Timers}})
	r := respond.New(control, respond.Config{More: []respond.Answerer{reflector.Answerer()}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- r.Serve(ctx) }()
	a.stops = append(a.stops, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		reflector.Close()
		control.Close()
		shelf.Close()
	})
}

// down stops the peer.
func (a *apart) down() {
	for _, stop := range a.stops {
		stop()
	}
	a.stops = nil
	synctest.Wait()
}

func (a *apart) measure(t *testing.T, s Spec) Trial {
	t.Helper()
	if s.Waits == (Waits{}) {
		s.Waits = quick
	}
	s.Sizes = []int{128}
	trial, err := a.Measure(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range trial.Accounts {
		if err := a.Check(); err != nil {
			t.Error(err)
		}
	}
	return trial
}

var bothWays = []Direction{Forward, Reverse}

// TestTrialBetweenTwoMachines: each direction, and both at once, is the device's
// account: nothing is lost below its rate, and above it what the device lost.
func TestTrialBetweenTwoMachines(t *testing.T) {
	key, err := seal.New([]byte("a key of two friends"))
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]seal.Key{"open": {}, "sealed": key} {
		for _, ways := range [][]Direction{{Forward}, {Reverse}, bothWays} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					slow := ifacetest.Path{Rate: 3000, Queue: 50, Delay: 30 * time.Microsecond}
					a := newApart(t, key, About{}, []ifacetest.Path{slow, slow})
					trial := a.measure(t, Spec{Profile: []Segment{Load(2000, 2)}, Directions: ways})
					if !trial.Valid || trial.NoWay || len(trial.Accounts) != len(ways) {
						t.Fatalf("%v below the rate: %+v", ways, trial)
					}
					for _, x := range trial.Accounts {
						if x.Lost != 0 || x.Offered != 4000 || x.OfferedFPS < 1990 || x.OfferedFPS > 2010 || x.Delay.Kind != "variation" || x.Tagged != nil || x.Foreign != 0 {
							t.Errorf("%v below the rate: %+v", ways, x)
						}
					}
					before := [2]ifacetest.PathAccount{a.device.Account(1), a.device.Account(0)}
					trial = a.measure(t, Spec{Profile: []Segment{Load(4000, 2)}, Directions: ways, Loss: 1})
					if !trial.Valid {
						t.Errorf("%v above the rate: %v", ways, trial.Reasons)
					}
					for _, x := range trial.Accounts {
						i := 0
						if x.Direction == Reverse {
							i = 1
						}
						overflowed := a.device.Account(1-i).Overflowed - before[i].Overflowed
						// Questions and proofs are lost with the rest, and are none of the load.
						if x.Lost == 0 || x.Lost > overflowed || overflowed-x.Lost > overflowed/20 || x.OnTheWay != x.Lost {
							t.Errorf("%v above the rate: %s lost %d, the device %d", ways, x.Direction, x.Lost, overflowed)
						}
					}
				})
			})
		}
	}
}

// TestBurstsAndAddressesBetweenTwoMachines: a burst of each direction is offered
// as one, and many addresses go forward.
func TestBurstsAndAddressesBetweenTwoMachines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := ifacetest.Path{Rate: 1000, Queue: 100}
		a := newApart(t, seal.Key{}, About{}, []ifacetest.Path{slow, slow})
		for _, d := range bothWays {
			spec := Spec{Profile: []Segment{{Frames: 90}}, Burst: true, Directions: []Direction{d}, Waits: Waits{Residual: 1}}
			if trial := a.measure(t, spec); !trial.Valid || trial.Lost() != 0 {
				t.Errorf("%s: a burst that fits: lost %d, %v", d, trial.Lost(), trial.Reasons)
			}
			spec.Profile[0].Frames = 150
			if trial := a.measure(t, spec); !trial.Valid || trial.Lost() < 45 || trial.Lost() > 55 {
				t.Errorf("%s: a burst that does not: lost %d, %v", d, trial.Lost(), trial.Reasons)
			}
		}
		trial := a.measure(t, Spec{Profile: []Segment{Load(500, 1)}, Directions: []Direction{Forward}, Addresses: 8, BroadcastEvery: 10})
		if x := trial.Account(Forward); !trial.Valid || x.Received != 500 || x.Corrupted != 0 {
			t.Errorf("8 addresses: %+v", trial)
		}
		for _, ways := range [][]Direction{{Reverse}, bothWays} {
			if _, err := a.Measure(t.Context(), Spec{Sizes: []int{64}, Profile: []Segment{Load(10, 1)}, Directions: ways, Addresses: 2}); err == nil {
				t.Errorf("%v: a peer is to send to addresses that nobody has proved", ways)
			}
		}
	})
}

// TestPeerThatGoesAway: a trial without its account is invalid and says why, the
// next one is made when the peer is back, and none if it never is.
func TestPeerThatGoesAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApart(t, seal.Key{}, About{}, []ifacetest.Path{{}, {}})
		for name, back := range map[string]time.Duration{"not in time": 0, "at once": time.Millisecond} {
			time.AfterFunc(700*time.Millisecond, func() {
				a.down()
				if back > 0 {
					time.Sleep(back)
					a.again(t)
				}
			})
			a.Fetch = 5 * time.Second
			trial := a.measure(t, Spec{Profile: []Segment{Load(1000, 2)}, Directions: []Direction{Forward}})
			if trial.Valid || !trial.has(Control) || len(trial.Accounts) != 0 {
				t.Errorf("a peer that is gone and back %s: %+v", name, trial)
			}
			if back == 0 {
				time.AfterFunc(20*time.Second, func() { a.again(t) })
			}
			if trial = a.measure(t, Spec{Profile: []Segment{Load(1000, 1)}, Directions: bothWays}); !trial.Valid || trial.Lost() != 0 {
				t.Errorf("a peer that is back %s: %+v", name, trial.Reasons)
			}
		}
		a.down()
		began := time.Now()
		_, err := a.Measure(t.Context(), Spec{Sizes: []int{64}, Profile: []Segment{Load(10, 1)}, Directions: bothWays, Waits: quick})
		if !errors.Is(err, talk.ErrNoPeer) || time.Since(began) < time.Minute || time.Since(began) > 70*time.Second {
			t.Errorf("a peer that is gone for ever: %v after %v", err, time.Since(began))
		}
	})
}

// TestPeerOffersNoMoreThanItMay: a load above the peer's own limit is refused
// before anything is sent.
func TestPeerOffersNoMoreThanItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApart(t, seal.Key{}, About{MaxRate: 500}, []ifacetest.Path{{}, {}})
		for _, profile := range [][]Segment{{Load(600, 1)}, {{Frames: 100}}} {
			_, err := a.Measure(t.Context(), Spec{Sizes: []int{64}, Profile: profile, Directions: []Direction{Reverse}, Waits: quick})
			if !errors.Is(err, talk.ErrRefused) || !strings.Contains(err.Error(), "--max-rate") {
				t.Errorf("%+v: %v", profile, err)
			}
		}
		if trial := a.measure(t, Spec{Profile: []Segment{Load(400, 1)}, Directions: []Direction{Reverse}}); !trial.Valid {
			t.Errorf("within the limit: %v", trial.Reasons)
		}
	})
}
