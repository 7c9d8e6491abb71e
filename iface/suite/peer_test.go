package suite

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"testing/synctest"

	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/talk"
)

// TestPeerSendsNoMoreThanIsProved: an asker that does not prove that it receives
// is sent no more bytes than came from it, whatever load it asks for.
func TestPeerSendsNoMoreThanIsProved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard, sent int // bytes, as they come out of the ports
		var a *apart
		a = newApart(t, seal.Key{}, About{}, []ifacetest.Path{{}, {}}, ifacetest.Faults(ifacetest.Drop(func(_ uint64, f []byte, _ *rand.Rand) bool {
			if a == nil {
				return false
			}
			if [6]byte(f[6:12]) == [6]byte(a.device.Port(0).HardwareAddr()) {
				heard += len(f)
			} else {
				sent += len(f)
			}
			return false
		})))
		a.receiver.mu.Lock()
		a.receiver.challenge = nil // proves nothing
		a.receiver.mu.Unlock()
		trial := a.measure(t, Spec{Profile: []Segment{Load(10_000, 3)}, Directions: []Direction{Reverse}})
		if !trial.has(Control) || trial.Valid || len(trial.Accounts) != 0 {
			t.Errorf("a load that nobody proved to receive: %+v", trial)
		}
		if sent > heard || heard == 0 {
			t.Errorf("%d bytes sent for %d heard", sent, heard)
		}
	})
}

// TestPeerRefuses what no trial needs, before it makes room for it.
func TestPeerRefuses(t *testing.T) {
	good := func() wireTrial {
		p := &TwoMachines{To: []byte{2, 0, 0, 0, 0, 1}, pairs: []pair{{[]byte{2, 0, 0, 0, 0, 1}, []byte{2, 0, 0, 0, 0, 2}}}}
		w := p.wire(Spec{Sizes: []int{64}}, []Segment{Load(100, 1)})
		w.Forward = 1
		return w
	}
	if err := good().check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*wireTrial){
		"more frames than memory": func(w *wireTrial) { w.Profile[0].Frames = 1 << 60 },
		"as often as that":        func(w *wireTrial) { w.Profile[0].Times = 1 << 31 },
		"for days":                func(w *wireTrial) { w.Profile[0].Rate = 1e-6 },
		"no frames":               func(w *wireTrial) { w.Profile[0].Frames = 0 },
		"backwards":               func(w *wireTrial) { w.Profile[0].Gap = -1 },
		"many parts":              func(w *wireTrial) { w.Profile = make([]Segment, 65) },
		"no load":                 func(w *wireTrial) { w.Profile = nil },
		"a load of nobody":        func(w *wireTrial) { w.Forward = 0 },
		"many sizes":              func(w *wireTrial) { w.Load.Sizes = make([]int, 65) },
		"a group":                 func(w *wireTrial) { w.Addresses[0].Dst = everybody },
		"half an address":         func(w *wireTrial) { w.Addresses[0].Src = []byte{2} },
		"no addresses":            func(w *wireTrial) { w.Addresses = nil },
		"broadcast":               func(w *wireTrial) { w.BroadcastEvery = -1 },
		"patience":                func(w *wireTrial) { w.Residual = 61 },
		"a session":               func(w *wireTrial) { w.Forward = 1 << 24 },
	} {
		w := good()
		if spoil(&w); w.check() == nil {
			t.Errorf("%s: %+v is taken on", name, w)
		}
	}
}

// FuzzPeerTrial: whatever an asker says, the peer sends nothing that was not paid
// for, and survives it.
func FuzzPeerTrial(f *testing.F) {
	f.Add([]byte(`{"forward":1,"reverse":2,"learn":3,"load":{"sizes":[64],"streams":1},"profile":[{"frames":10,"rate_fps":100}],"addresses":[{"dst":"AgAAAAAB","src":"AgAAAAAC"}],"residual_s":0.1}`), uint8(talk.FirstOp), []byte(`0`))
	f.Add([]byte(`{"forward":1,"load":{"sizes":[64,1518],"vlans":[{"ID":5}]},"profile":[{"frames":1,"rate_fps":0,"times":3}],"addresses":[{"dst":"AgAAAAAB","src":"AgAAAAAC"}]}`), uint8(opConclude), []byte(`{"sent":{"offered":18446744073709551615},"complete":1}`))
	f.Add([]byte(`{"about":true}`), uint8(opHow), []byte(`x`))
	f.Fuzz(func(t *testing.T, begin []byte, op uint8, text []byte) {
		a, b := ifacetest.Wire()
		defer a.Close()
		p := &Peer{Open: func() (iface.Port, error) { return b, nil }}
		test, _, err := p.Begin(&talk.Session{Peer: [6]byte(a.HardwareAddr()), Own: [6]byte(b.HardwareAddr())}, begin, 1400)
		if err != nil {
			return
		}
		defer test.End()
		for _, o := range []talk.Op{talk.Op(op), opGo, opConclude, opHalves, opHow} {
			_, _ = test.Do(o, text, 1400)
		}
		if c, _ := b.Counters(); c.Attempted > 0 {
			t.Errorf("%d frames sent, and nothing was paid", c.Attempted)
		}
	})
}

// FuzzHalves: whatever a peer says, what is taken adds up.
func FuzzHalves(f *testing.F) {
	f.Add([]byte(`{"arrived":{"received":3,"series":{"received":[2,1],"min_ns":[0,0],"mean_ns":[0,0],"max_ns":[0,0]},"any":true,"highest":3,"gap":{"first":1,"last":1}},"sent":{"offered":4,"span_s":1}}`))
	f.Add([]byte(`{"arrived":{"received":18446744073709551615,"series":{"received":[18446744073709551615]},"took_ns":-1},"sent":{"offered":5,"refused":6,"span_s":-1}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var h wireHalves
		if json.Unmarshal(text, &h) != nil {
			return
		}
		profile := []Segment{Load(4, 1)}
		if h.Arrived != nil && h.Arrived.adds(4) == nil {
			if err := join(Forward, profile, SentHalf{Offered: 4, Span: 1}, *h.Arrived).Check(); err != nil {
				t.Error(err)
			}
		}
		if h.Sent != nil && h.Sent.adds(4) == nil {
			s := newSeries(4)
			if err := join(Reverse, profile, *h.Sent, ArrivedHalf{Series: s}).Check(); err != nil {
				t.Error(err)
			}
		}
	})
}
