package respond

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/inband"
	"eterm/iface"
	"eterm/iface/ifacetest"
)

// Two responders and a third station on a switch that sends everything to
// everybody, twice, and back again: each question brings one answer a copy,
// and then there is silence.
func TestTwoRespondersNeverLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(3, ifacetest.Defective(ifacetest.Hub()), ifacetest.Defective(ifacetest.Reflects()), ifacetest.Defective(ifacetest.Duplicates()))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 2)
		var rs []*Responder
		for i := range 2 {
			r := New(sw.Port(i), Config{Addresses: []netip.Prefix{netip.PrefixFrom(ours, 32), netip.PrefixFrom(our6, 128)}})
			rs = append(rs, r)
			go func() { ended <- r.Serve(ctx) }()
		}
		a, b := sw.Port(0).HardwareAddr(), sw.Port(1).HardwareAddr()
		for _, q := range questions() {
			copy(q[6:], b) // as if one responder had asked the other
			if q[0]&1 == 0 {
				copy(q, a)
			}
			if _, err := sw.Port(2).Send([][]byte{q}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Hour) // costs nothing; a loop would never end
		if n := rs[0].Account().Total(); n < 8 || n > 64 {
			t.Errorf("%d answers to 8 questions", n)
		}
		if n := rs[1].Account().Total(); n > 64 {
			t.Errorf("the other gave %d answers", n)
		}
		cancel()
		for range rs {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		for i := range 3 {
			sw.Port(i).Close()
		}
	})
}

func TestServeOutlivesDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		port, other := ifacetest.Wire()
		defer other.Close()
		r := New(port, Config{})
		ended := make(chan error, 1)
		go func() { ended <- r.Serve(t.Context()) }()
		q := frameOf(port.HardwareAddr(), other.HardwareAddr(), inband.EtherType, inband.Echo{Data: []byte("x")}.Append(nil, inband.EchoRequest))
		rx := make([]iface.Received, 1)
		for _, up := range []bool{true, false, true} {
			port.SetUp(up)
			synctest.Wait()
			if up {
				other.Send([][]byte{q})
				if n, err := other.Receive(rx); n != 1 || err != nil {
					t.Fatal(n, err)
				}
			}
		}
		port.Remove()
		if err := <-ended; !errors.Is(err, iface.ErrGone) {
			t.Errorf("ended with %v", err)
		}
		if n := r.Account().Answered["echo"]; n != 2 {
			t.Errorf("%d answers", n)
		}
	})
}
