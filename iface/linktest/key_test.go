package linktest_test

import (
	"net"
	"net/netip"
	"testing"
	"testing/synctest"

	"eterm/frame/probe"
	"eterm/frame/seal"
	"eterm/iface/ifacetest"
	"eterm/iface/impair"
	"eterm/iface/linktest"
)

func keyOf(t *testing.T, secret string) seal.Key {
	t.Helper()
	k, err := seal.New([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// sealedMark is a test frame of the run that somebody with another key made.
func sealedMark(t *testing.T, key seal.Key, seq uint32) []byte {
	t.Helper()
	l := linktest.Load{Src: net.HardwareAddr{2, 0, 0, 0, 0, 9}, Dst: net.HardwareAddr{2, 0, 0, 0, 0, 8}, Sizes: []int{64}, Rate: 1000, Count: 1000, Key: key}
	f, w, err := l.TestFrame(0, 64, 0x1234)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(seq, 0)
	return f
}

// TestForgedMarksAreInNoAccount: with a key, nothing that a third party sends
// changes what is counted, whatever address it takes; and it is said.
func TestForgedMarksAreInNoAccount(t *testing.T) {
	key, other := keyOf(t, "what both ends have"), keyOf(t, "what the attacker has")
	if r := sealedRun(t, key, key, nil); r.Received != 700 || r.Lost != 300 || r.OfferedKnown != "end" || r.Verdict.Status != linktest.Passed {
		t.Fatalf("left alone: %d received, %d lost, %+v", r.Received, r.Lost, r.Verdict)
	}
	own := net.HardwareAddr{2, 0, 0, 0, 0, 0x10} // the true sender's, in ifacetest
	for name, make := range map[string]func(n uint32) []byte{
		"without a seal":   func(n uint32) []byte { return markOf(0x1234, n) },
		"with another key": func(n uint32) []byte { return sealedMark(t, other, n) },
		"ends":             func(uint32) []byte { return endOf(700) },
	} {
		for _, from := range []net.HardwareAddr{nil, own} {
			r := sealedRun(t, key, key, func(forge func(net.HardwareAddr, []byte)) {
				for n := uint32(700); n < 1000; n++ {
					forge(from, make(n))
				}
			})
			c := r.Receiver.Report.Contradictions
			if r.Received != 700 || r.Lost != 300 || r.Duplicated != 0 || c != (probe.Contradictions{Unsealed: 300}) ||
				r.Verdict.Status != linktest.Untrusted || !says(r, "300 marks of this run have not the seal of the key") {
				t.Errorf("%s from %v: %d received, %d lost, %+v, %+v", name, from, r.Received, r.Lost, c, r.Verdict)
			}
		}
	}
}

// TestAKeyIsNeededFromTheFirstFrame: what comes without it before the run begins
// is no run, and does not say from where the run comes.
func TestAKeyIsNeededFromTheFirstFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := ifacetest.NewSwitch(2, ifacetest.Buffer(1<<12))
		ended := 0
		r := linktest.NewReceiver(s.Port(1), linktest.ReceiveOptions{Key: keyOf(t, "what both ends have"), Ended: func(*linktest.Run) { ended++ }})
		done := make(chan error)
		go func() { done <- r.Serve(t.Context()) }()
		for n := range uint32(20) {
			if _, err := s.Port(0).Send([][]byte{markOf(n, 0)}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if r.Forged() != 20 || len(r.Live()) != 0 {
			t.Errorf("%d forged, runs %v", r.Forged(), r.Live())
		}
		s.Port(1).Close()
		<-done
		if ended != 0 {
			t.Errorf("%d runs ended", ended)
		}
	})
}

// TestPairWithAKey over a link that damages frames: wrong bits are no forgeries,
// both directions are accounted for, in frames of every kind.
func TestPairWithAKey(t *testing.T) {
	key := keyOf(t, "what both ends have")
	for _, l := range []linktest.Load{
		{Sizes: []int{64, 80, 1518}, Streams: 3, Rate: 500, Count: 3000},
		{Sizes: []int{74, 594}, Rate: 500, Count: 2000, IP: &linktest.IP{Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2")}},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := keyedSegment(t, key, ifacetest.Faults(impair.Corrupt(impair.Chance(0.05))), ifacetest.Seed(7))
			defer g.stop()
			o := g.options(l)
			o.Key = key
			total, err := linktest.Pair(t.Context(), g.askData, g.askControl, o)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range total.Directions {
				if c := d.Receiver.Report.Contradictions; c.Total() != 0 || d.Corrupted == 0 || d.Received+d.Lost != l.Count || d.Lost > l.Count/50 || d.Verdict.Status != linktest.Passed {
					t.Errorf("%s: %d received, %d lost, %d corrupted, %+v, %+v", d.Direction, d.Received, d.Lost, d.Corrupted, c, d.Verdict)
				}
			}
		})
	}
}

// TestSizesThatHoldNoSeal are refused, with the least that does.
func TestSizesThatHoldNoSeal(t *testing.T) {
	l := linktest.Load{Src: net.HardwareAddr{2, 0, 0, 0, 0, 1}, Dst: net.HardwareAddr{2, 0, 0, 0, 0, 2}, Sizes: []int{64}, Rate: 1, Key: keyOf(t, "what both ends have")}
	if err := l.Check(1500); err != nil {
		t.Error("the shortest frame: ", err)
	}
	l.IP = &linktest.IP{Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2")}
	const want = "frame size 64 leaves 18 bytes behind the headers: the mark needs 28 with the seal of the key: at least 74"
	if err := l.Check(1500); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if l.Sizes[0] = 74; l.Check(1500) != nil {
		t.Error("74 is refused")
	}
}
