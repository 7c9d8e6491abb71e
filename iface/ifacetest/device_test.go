package ifacetest_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface"
	. "eterm/iface/ifacetest"
)

func send(t *testing.T, p iface.Port, frames ...[]byte) {
	t.Helper()
	if n, err := p.Send(frames); err != nil || n != len(frames) {
		t.Fatalf("sent %d: %v", n, err)
	}
}

// TestDeviceIsItsModel: what comes out, and when, is what the model of the path
// says of the same frames, and the account is of them.
func TestDeviceIsItsModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := Path{Rate: 1000, Queue: 20, Delay: 3 * time.Millisecond, Loss: 0.05, Seed: 9}
		d, m := NewDevice([]Path{{}, p}), NewModel(p)
		start := time.Now()
		var want []int
		var outs []time.Duration
		for i, f := range numbered(300) {
			at := time.Since(start)
			if fate := m.Offer(at, len(f), false); fate.Passed {
				want, outs = append(want, i), append(outs, fate.Out)
			}
			send(t, d.Port(0), f)
			time.Sleep(800 * time.Microsecond)
		}
		got := arrivals(t, d.Port(1))
		if !slices.Equal(numbers(got), want) {
			t.Errorf("%d frames came, not the %d of the model", len(got), len(want))
		}
		for i, r := range got {
			if r.At.Sub(start) != outs[i] {
				t.Fatalf("frame %d came at %v, want %v", i, r.At.Sub(start), outs[i])
			}
		}
		if d.Account(1) != m.Account || m.Account.Overflowed == 0 || m.Account.Lost == 0 {
			t.Errorf("account %+v, model %+v", d.Account(1), m.Account)
		}
		// The other way is perfect.
		send(t, d.Port(1), numbered(300)...)
		if got := arrivals(t, d.Port(0)); len(got) != 300 || d.Account(0) != (PathAccount{In: 300, Out: 300}) {
			t.Errorf("%d came back, account %+v", len(got), d.Account(0))
		}
	})
}

func TestDeviceResets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDevice([]Path{{}, {Delay: 10 * time.Millisecond}})
		for i, f := range numbered(100) {
			send(t, d.Port(0), f)
			if i == 50 {
				d.Reset(20 * time.Millisecond)
			}
			time.Sleep(time.Millisecond)
		}
		got := numbers(arrivals(t, d.Port(1)))
		// Those of the last 10 ms were inside, those of the next 20 ms came to nobody.
		var want []int
		for i := range 100 {
			if i <= 40 || i > 70 {
				want = append(want, i)
			}
		}
		if len(got) < len(want)-1 || len(got) > len(want)+1 {
			t.Errorf("%d came, want %d: %v", len(got), len(want), got)
		}
		if a := d.Account(1); a.In != 100 || a.Out != uint64(len(got)) || a.Lost != uint64(100-len(got)) {
			t.Errorf("account %+v of %d that came", a, len(got))
		}
	})
}

func TestDeviceMarksYellow(t *testing.T) {
	tagged := func() []byte {
		f := make([]byte, 64)
		copy(f, "\x02\x00\x00\x00\x00\x11\x02\x00\x00\x00\x00\x10\x81\x00\x00\x05\x88\xb5")
		return f
	}
	for name, test := range map[string]struct {
		policer Policer
		want    []bool
	}{
		"marks":     {Policer{CBS: 136, EBS: 136, Marks: true}, []bool{false, false, true, true}},
		"all green": {Policer{CBS: 136, EBS: 136, Marks: true, MarksGreen: true}, []bool{false, false, false, false}},
		"no marks":  {Policer{CBS: 136, EBS: 136}, []bool{false, false, false, false}},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := NewDevice([]Path{{}, {Policer: &test.policer}})
			for range 6 {
				send(t, d.Port(0), tagged())
			}
			var got []bool
			for _, r := range arrivals(t, d.Port(1)) {
				got = append(got, r.Bytes[14]&0x10 != 0)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%s: yellow %v, want %v", name, got, test.want)
			}
		})
	}
}

// TestDeviceFloods: with three ports it is a switch, and what nobody is known to
// be at comes out everywhere.
func TestDeviceFloods(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDevice([]Path{{}, {}, {}}, Ageing(5*time.Second))
		to1 := make([]byte, 64)
		copy(to1, "\x02\x00\x00\x00\x00\x11\x02\x00\x00\x00\x00\x10\x88\xb5")
		from1 := make([]byte, 64)
		copy(from1, "\x02\x00\x00\x00\x00\x10\x02\x00\x00\x00\x00\x11\x88\xb5")
		send(t, d.Port(1), from1)
		send(t, d.Port(0), to1)
		if a, b := len(arrivals(t, d.Port(1))), len(arrivals(t, d.Port(2))); a != 1 || b != 1 {
			t.Errorf("learnt: %d arrive, %d are flooded with what was learnt from", a, b)
		}
		time.Sleep(5 * time.Second)
		send(t, d.Port(0), to1)
		if a, b := len(arrivals(t, d.Port(1))), len(arrivals(t, d.Port(2))); a != 1 || b != 1 {
			t.Errorf("forgotten: %d arrive, %d are flooded", a, b)
		}
	})
}

func TestDeviceConforms(t *testing.T) {
	d := NewDevice([]Path{{}, {}})
	Conform(t, d.Port(0), d.Port(1))
}
