package switchtest

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/probe"
	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/ifacetest"
)

func keyOf(t testing.TB, text string) seal.Key {
	t.Helper()
	key, err := seal.New([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// forger answers every frame with a mark that ear hears by frames with marks of
// the same session that nobody sent, without a seal, with one of another key,
// and too short for one, to everybody.
func forger(t *testing.T, ear, port iface.Port, ahead uint32, sessions ...uint32) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	other := keyOf(t, "the key of somebody else")
	go func() {
		defer close(over)
		_ = iface.Frames(ctx, ear, make([]iface.Received, burst), func(rx []iface.Received) error {
			for i := range rx {
				f, ok := probe.Find(rx[i].Bytes)
				for _, s := range sessions {
					if ok && MAC(rx[i].Bytes[6:12]) != forgers {
						port.Send(forged(session(f.Session+s), f.Seq+ahead, other))
					}
				}
			}
			return nil
		})
	}()
	return func() { cancel(); <-over }
}

// forgers is the source of forged frames.
var forgers = MAC{2, 0xad, 1}

func forged(id session, seen uint32, other seal.Key) (frames [][]byte) {
	for from := range sides {
		for _, seq := range []uint32{seen, seen + 1, seen + 2} {
			s := spec{dst: broadcast, src: forgers}
			l := newAccount(id, other)
			frames = append(frames, s.build(id, seq, from), l.frame(s, seq, from))
			s.size = 40
			frames = append(frames, s.build(id, seq, from), l.frame(s, seq, from))
		}
	}
	return frames
}

func TestForgedFramesAreInNoVerdict(t *testing.T) {
	cases, err := Select([]string{"forwarding", "flooding", "sizes", "transparency", "load"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	check := func(t *testing.T, attacked bool) *Card {
		sw := ifacetest.NewSwitch(3, ifacetest.Buffer(1<<15))
		if attacked {
			defer forger(t, sw.Port(2), sw.Port(2), 0, 0)()
		}
		card, err := Check(t.Context(), Config{A: sw.Port(0), B: sw.Port(1), Seed: 1, Cases: cases, Key: keyOf(t, "a key of two friends"), LoadTime: 100 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		return card
	}
	synctest.Test(t, func(t *testing.T) {
		quiet, attacked := check(t, false), check(t, true)
		if quiet.Forged != 0 || !quiet.Trusted() {
			t.Errorf("%d forged, trusted %v where nobody forges", quiet.Forged, quiet.Trusted())
		}
		if attacked.Forged == 0 || attacked.Trusted() || attacked.Loop != nil {
			t.Errorf("%d forged, trusted %v, loop %v", attacked.Forged, attacked.Trusted(), attacked.Loop)
		}
		for i, r := range quiet.Results {
			if r.Verdict == Fail || attacked.Results[i].Verdict != r.Verdict || attacked.Results[i].Value != r.Value {
				t.Errorf("%s is %v %s, and attacked %v %s: %s%s", r.Case.Name, r.Verdict, r.Value, attacked.Results[i].Verdict, attacked.Results[i].Value, attacked.Results[i].Seen, attacked.Results[i].Why)
			}
		}
	})
}

func TestForgedFramesAreInNoWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(3, ifacetest.Buffer(1<<15))
		key := keyOf(t, "a key of two friends")
		// Numbers that were not sent, of both streams, and the question to the station:
		// by who has a tap at B, for the switch shows others no more than it must.
		defer forger(t, sw.Port(1).Twin(), sw.Port(2), 1000, ^uint32(0), 0, 1, 3, 4)()
		report, err := Outage(t.Context(), OutageConfig{A: sw.Port(0), B: sw.Port(1), Duration: 10 * time.Second, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if report.Forged < 1000 || report.Lost() != 0 || count(report, Forgotten) != 0 {
			t.Errorf("%d forged, %d lost, %v", report.Forged, report.Lost(), report.Timeline)
		}
		for _, w := range report.Ways {
			if w.Contradictions.Total() != 0 || w.Received < 900 {
				t.Errorf("%d received, contradictions %+v", w.Received, w.Contradictions)
			}
		}
	})
}

// TestFramesOfAllSizesProveThemselves: by the seal, or by the tag where there is
// no room for it; and they come back exact from the other end.
func TestFramesOfAllSizesProveThemselves(t *testing.T) {
	key := keyOf(t, "a key of two friends")
	ours, theirs := newAccount(7, key), newAccount(7, keyOf(t, "the key of somebody else"))
	for size := headerLen + probe.Size; size <= longest; size++ {
		s := spec{dst: MAC{2, 9}, src: MAC{2, 8}, size: size, kind: sentinel}
		b := ours.frame(s, 99, portB)
		of := &flight{spec: s}
		for _, c := range []struct {
			name  string
			l     *account
			frame []byte
			want  bool
		}{{"its own", ours, b, true}, {"of another key", theirs, b, false}, {"without a key", ours, s.build(7, 99, portB), false}, {"of another number", ours, renumbered(b, s), false}} {
			m, f, ok := c.l.id.look(c.frame)
			if !ok || c.l.proves(c.frame, &f, m, of) != c.want {
				t.Fatalf("%d bytes, %s: want %v", size, c.name, c.want)
			}
		}
		p, _, err := parsePacked(pack(b).append(nil))
		if err != nil || !bytes.Equal(p.frame(nil), b) {
			t.Fatalf("%d bytes come back as\n%x, were\n%x (%v)", size, p.frame(nil), b, err)
		}
	}
}

// renumbered is a frame with another number, and its checks put right.
func renumbered(b []byte, s spec) []byte {
	b = bytes.Clone(b)
	f, _ := probe.Find(b)
	f.Seq++
	probe.Put(b, s.header(), f.Mark)
	return b
}

// What a seal costs a frame of 60 bytes, made and checked.
func BenchmarkSealedFrame(b *testing.B) {
	for name, key := range map[string]seal.Key{"without": {}, "with": keyOf(b, "a key of two friends")} {
		l := newAccount(7, key)
		s := spec{dst: MAC{2, 9}, src: MAC{2, 8}}
		b.Run("make "+name, func(b *testing.B) {
			for b.Loop() {
				l.frame(s, 5, portA)
			}
		})
		frame := l.frame(s, 5, portA)
		b.Run("check "+name, func(b *testing.B) {
			for b.Loop() {
				m, f, _ := l.id.look(frame)
				l.proves(frame, &f, m, nil)
			}
		})
	}
}
