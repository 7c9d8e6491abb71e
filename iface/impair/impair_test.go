package impair_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/impair"
)

// numbered is a frame that says three times which one it is, so that one wrong
// bit does not hide it.
func numbered(n uint64) []byte {
	f := make([]byte, 60)
	f[13] = byte(n % 2) // its class
	for i := range 3 {
		binary.BigEndian.PutUint16(f[14+2*i:], uint16(n))
	}
	return f
}

func numberOf(f []byte) uint64 {
	a, b, c := binary.BigEndian.Uint16(f[14:]), binary.BigEndian.Uint16(f[16:]), binary.BigEndian.Uint16(f[18:])
	return uint64(a&b | b&c | a&c)
}

// TestAccountAgreesWithWhatCameOut counts what comes out of lines with many
// combinations of faults, by the slow and plain way of keeping all of it.
func TestAccountAgreesWithWhatCameOut(t *testing.T) {
	p := impair.Chance
	all := []impair.Fault{
		impair.Drop(p(0.1)), impair.Duplicate(p(0.1)), impair.Swap(p(0.1)), impair.Delay(impair.Every(7), 5*time.Millisecond),
		impair.Jitter(p(0.2), 3*time.Millisecond), impair.Corrupt(p(0.1)), impair.Grow(p(0.1), 3), impair.Halve(p(0.05), 22),
	}
	for seed := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			var faults []impair.Fault
			for _, i := range random.Perm(len(all))[:1+random.IntN(5)] {
				faults = append(faults, all[i])
			}
			c := impair.Config{Faults: faults, Seed: seed}
			if seed%3 == 0 {
				c.Rate, c.Queue = 1e6, 10
			}
			var came [][]byte
			l := impair.NewLine(c, func(f []byte) bool { came = append(came, append([]byte{}, f...)); return true })
			const sent = 2000
			for i := range uint64(sent) {
				l.Pass(numbered(i))
				time.Sleep(time.Duration(random.IntN(1500)) * time.Microsecond)
			}
			time.Sleep(time.Second)
			got := l.Accounts()[0]
			got.DelayMax, got.DelayMean, got.DelayMin, got.Overflowed = 0, 0, 0, 0
			if want := count(came, sent); !reflect.DeepEqual(got, want) {
				t.Errorf("seed %d: accounts\n%.300s, counted\n%.300s", seed, fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want))
			}
		})
	}
}

// count is the account of the frames that came out of sent ones.
func count(came [][]byte, sent uint64) impair.Account {
	a := impair.Account{In: sent, Out: uint64(len(came)), LostFrames: []impair.Span{}, DuplicatedFrames: []impair.Span{},
		ReorderedFrames: []impair.Span{}, CorruptedFrames: []impair.Span{}}
	seen := map[uint64]bool{}
	next := uint64(0)
	add := func(n *uint64, list *[]impair.Span, number uint64) {
		*n++
		if l := len(*list); l > 0 && (*list)[l-1].Last+1 == number {
			(*list)[l-1].Last++
			return
		}
		*list = append(*list, impair.Span{First: number, Last: number})
	}
	for _, f := range came {
		n := numberOf(f)
		want := numbered(n)
		if len(f) > 60 {
			a.Lengthened++
		} else if len(f) < 60 {
			a.Truncated++
		}
		differs := false
		for i := range f {
			differs = differs || i < 60 && f[i] != want[i] || i >= 60 && f[i] != 0
		}
		var dummy uint64
		if differs {
			a.Corrupted++
		}
		if differs || len(f) != 60 {
			add(&dummy, &a.CorruptedFrames, n)
		}
		switch {
		case seen[n]:
			add(&a.Duplicated, &a.DuplicatedFrames, n)
		case n < next:
			add(&a.Reordered, &a.ReorderedFrames, n)
		default:
			next = n + 1
		}
		seen[n] = true
	}
	for n := range sent {
		if !seen[n] {
			add(&a.Lost, &a.LostFrames, n)
		}
	}
	return a
}

func TestClassesAreAccountedForApart(t *testing.T) {
	l := impair.NewLine(impair.Config{
		Faults:  []impair.Fault{impair.Drop(impair.Range(0, 3))},
		Classes: []string{"even", "odd"}, Classify: func(f []byte) int { return int(f[13]) },
	}, func([]byte) bool { return true })
	for i := range uint64(7) {
		l.Pass(numbered(i))
	}
	for i, want := range []string{"even 4 in 2 lost [{0 1}]", "odd 3 in 2 lost [{0 1}]"} {
		a := l.Accounts()[i]
		if got := fmt.Sprint(a.Class, " ", a.In, " in ", a.Lost, " lost ", a.LostFrames); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestRelay puts a relay between two wires and holds its report against what
// the other ends saw.
func TestRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left, relayLeft := ifacetest.Wire()
		relayRight, right := ifacetest.Wire()
		r := impair.Relay{Left: relayLeft, Right: relayRight,
			Forward: impair.Config{Faults: []impair.Fault{impair.Drop(impair.Every(10)), impair.Delay(impair.Always(), time.Millisecond)}},
			Reverse: impair.Config{Faults: []impair.Fault{impair.Duplicate(impair.Every(4))}}}
		ctx, cancel := context.WithCancel(t.Context())
		reports := make(chan impair.Report)
		go func() {
			rep, err := r.Run(ctx)
			if err != nil {
				t.Error(err)
			}
			reports <- rep
		}()
		for i := range uint64(100) {
			left.Send([][]byte{numbered(i)})
			right.Send([][]byte{numbered(i)})
		}
		time.Sleep(time.Second)
		if n := waiting(t, right); n != 90 {
			t.Errorf("right got %d frames, want 90", n)
		}
		if n := waiting(t, left); n != 125 {
			t.Errorf("left got %d frames, want 125", n)
		}
		cancel()
		rep := <-reports
		if f, b := rep.Forward[0], rep.Reverse[0]; f.Lost != 10 || f.DelayMin != time.Millisecond || b.Duplicated != 25 || b.Lost != 0 {
			t.Errorf("report %+v", rep)
		}
	})
}

// waiting counts the frames a port has.
func waiting(t *testing.T, p iface.Port) (n int) {
	t.Helper()
	p.SetReadDeadline(time.Now().Add(time.Millisecond))
	rx := make([]iface.Received, 10)
	for {
		k, err := p.Receive(rx)
		n += k
		if err != nil {
			return n
		}
	}
}
