package reach

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface/ifacetest"
)

func TestProbe(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		s := station(near)
		for ip, bounds := range map[netip.Addr][2]time.Duration{netip.MustParseAddr("192.0.2.9"): {4 * time.Second, 7 * time.Second}, netip.MustParseAddr("2001:db8::9"): {time.Second, 2 * time.Second}} {
			began := time.Now()
			holder, err := s.Probe(t.Context(), near, ip)
			if d := time.Since(began); holder != nil || err != nil || d < bounds[0] || d > bounds[1] {
				t.Errorf("%v: %v %v after %v", ip, holder, err, d)
			}
		}
		for _, ip := range []netip.Addr{you4, you6} {
			began := time.Now()
			holder, err := s.Probe(t.Context(), near, ip)
			if holder.String() != far.HardwareAddr().String() || err != nil || time.Since(began) > probeWait {
				t.Errorf("%v: %v %v after %v", ip, holder, err, time.Since(began))
			}
		}
	})
}

// Two stations that probe for one address at the same time both see it.
func TestTwoProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := ifacetest.Wire()
		a, b := station(near), station(far)
		taken := make(chan bool)
		go func() {
			holder, _ := b.Probe(t.Context(), far, you4)
			taken <- holder != nil
		}()
		holder, err := a.Probe(t.Context(), near, you4)
		if other := <-taken; holder == nil && !other || err != nil {
			t.Errorf("%v %v %v", holder, other, err)
		}
		near.Close()
		far.Close()
	})
}

func TestAnnounceAndListen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := ifacetest.Wire()
		s := station(near)
		var heard []Claim
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		ended := make(chan error)
		go func() {
			ended <- Listen(ctx, far, nil, func(c Claim, _ time.Time) bool {
				heard = append(heard, c)
				return len(heard) < 3
			})
		}()
		for _, ip := range []netip.Addr{me4, me6} {
			if err := s.Announce(near, ip); err != nil {
				t.Fatal(err)
			}
		}
		near.Send([][]byte{s.appendQuestion(nil, you6)})
		if err := <-ended; err != nil || len(heard) != 3 {
			t.Fatal(heard, err)
		}
		for i, want := range []netip.Addr{me4, me6, me6} {
			if c := heard[i]; c.IP != want || c.MAC.String() != near.HardwareAddr().String() || c.Solicited || c.Probe {
				t.Errorf("%+v", c)
			}
		}
		if heard[0].Asked != me4 || heard[1].Asked.IsValid() || heard[2].Asked != you6 {
			t.Errorf("%+v", heard)
		}
		near.Close()
		far.Close()
	})
}
