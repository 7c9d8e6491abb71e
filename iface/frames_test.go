package iface_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/lab/labtest"
)

// framesOf makes n frames that the other end of a wire takes.
func framesOf(p iface.Port, n int) (frames [][]byte) {
	for i := range n {
		f := append(append([]byte{2, 0, 0, 0, 0, 0x0b}, p.HardwareAddr()...), 0x88, 0xb5)
		frames = append(frames, append(f, make([]byte, 46)...))
		frames[i][14] = byte(i)
	}
	return frames
}

func mustSend(t *testing.T, p iface.Port, n int) {
	t.Helper()
	if k, err := p.Send(framesOf(p, n)); k != n || err != nil {
		t.Fatalf("sent %d of %d: %v", k, n, err)
	}
}

// counting counts frames into n.
func counting(n *int) func([]iface.Received) error {
	return func(rx []iface.Received) error { *n += len(rx); return nil }
}

func TestFramesReadsThePortEmptyAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ifacetest.Wire()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		mustSend(t, a, 100)
		time.Sleep(2 * time.Second) // the end passes before a frame is read
		got := 0
		if err := iface.Frames(ctx, b, make([]iface.Received, 7), counting(&got)); err != nil || got != 100 {
			t.Errorf("%d frames, %v", got, err)
		}
		mustSend(t, a, 1) // and it leaves no deadline behind
		if n, err := b.Receive(make([]iface.Received, 1)); n != 1 || err != nil {
			t.Errorf("afterwards: %d frames, %v", n, err)
		}
	})
}

// TestFramesEndsThoughFramesKeepComing: what came before the end is read, and
// no more than that.
func TestFramesEndsThoughFramesKeepComing(t *testing.T) {
	a, b := ifacetest.Wire()
	ctx, cancel := context.WithCancel(t.Context())
	mustSend(t, a, 10)
	got := 0
	err := iface.Frames(ctx, b, make([]iface.Received, 1), func(rx []iface.Received) error {
		cancel()
		mustSend(t, a, 2)
		got += len(rx)
		return nil
	})
	if c, _ := b.Counters(); err != nil || got < 10 || c.Queued() == 0 {
		t.Errorf("%d frames, %v, %d left", got, err, c.Queued())
	}
}

func TestFramesEnds(t *testing.T) {
	enough := errors.New("enough")
	for name, test := range map[string]struct {
		during func(p *ifacetest.Port, cancel func())
		f      func([]iface.Received) error
		until  error // ErrDown: FramesUntilDown
		want   error
	}{
		"cancelled":                 {func(_ *ifacetest.Port, cancel func()) { cancel() }, nil, nil, nil},
		"enough":                    {nil, func([]iface.Received) error { return iface.ErrStop }, nil, nil},
		"an error of the function":  {nil, func([]iface.Received) error { return enough }, nil, enough},
		"gone":                      {func(p *ifacetest.Port, _ func()) { p.Remove() }, nil, nil, iface.ErrGone},
		"closed":                    {func(p *ifacetest.Port, _ func()) { p.Close() }, nil, nil, net.ErrClosed},
		"cancelled and then closed": {func(p *ifacetest.Port, cancel func()) { cancel(); p.Close() }, nil, nil, nil},
		"down":                      {func(p *ifacetest.Port, _ func()) { p.SetUp(false) }, nil, iface.ErrDown, iface.ErrDown},
		"down, waited for":          {func(p *ifacetest.Port, cancel func()) { p.SetUp(false); time.Sleep(time.Second); cancel() }, nil, nil, nil},
		"a deadline of somebody else": {func(p *ifacetest.Port, cancel func()) {
			p.SetReadDeadline(time.Unix(1, 0))
			time.Sleep(time.Second)
			cancel()
		}, nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, b := ifacetest.Wire()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.f == nil {
					test.f = func([]iface.Received) error { return nil }
				}
				go func() {
					time.Sleep(time.Second)
					mustSend(t, a, 1)
					if test.during != nil {
						test.during(b, cancel)
					}
				}()
				loop := iface.Frames
				if test.until != nil {
					loop = iface.FramesUntilDown
				}
				if err := loop(ctx, b, make([]iface.Received, 4), test.f); !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
					t.Errorf("ended with %v, want %v", err, test.want)
				}
			})
		})
	}
}

// TestFramesOnARealPort: a ring keeps frames for some ms, and they are read.
func TestFramesOnARealPort(t *testing.T) {
	both(t, func(t *testing.T, o iface.Options) {
		left, right := labtest.Pair(t)
		a, b := open(t, left, iface.Options{SendOnly: true}), open(t, right, o)
		for range 10 {
			ctx, cancel := context.WithCancel(t.Context())
			sent, got := make(chan struct{}), 0
			go func() {
				defer close(sent)
				for range 50 {
					send(t, a, frame(b.HardwareAddr(), a.HardwareAddr(), 60, 0x88b5))
				}
				cancel()
			}()
			err := iface.Frames(ctx, b, make([]iface.Received, 8), counting(&got))
			if <-sent; err != nil || got != 50 {
				t.Fatalf("%d of 50 frames, %v", got, err)
			}
		}
	})
}

// wrapped is a port around another, with abilities of its own or none.
type wrapped struct{ iface.Port }

func (w wrapped) Unwrap() iface.Port { return w.Port }

type named struct {
	wrapped
	name string
}

func (n named) Mechanism() string { return n.name }

type opaque struct{ iface.Port }

func TestAs(t *testing.T) {
	a, _ := ifacetest.Wire()
	inner := named{wrapped{a}, "inner"}
	for name, test := range map[string]struct {
		port iface.Port
		want string
	}{
		"none":                 {a, ""},
		"the port itself":      {inner, "inner"},
		"behind wrappers":      {wrapped{wrapped{inner}}, "inner"},
		"the outermost counts": {named{wrapped{inner}, "outer"}, "outer"},
		"hidden":               {wrapped{opaque{inner}}, ""},
		"no port":              {nil, ""},
		"around no port":       {wrapped{}, ""},
	} {
		m, ok := iface.As[iface.Mechanism](test.port)
		if ok != (test.want != "") || ok && m.Mechanism() != test.want {
			t.Errorf("%s: %v, %v", name, m, ok)
		}
	}
}
