package reach

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/arp"
	"eterm/iface"
	"eterm/iface/ifacetest"
)

func TestRange(t *testing.T) {
	for _, c := range []struct {
		net, first, last string
		count            int
	}{
		{"192.0.2.77/24", "192.0.2.1", "192.0.2.254", 254},
		{"192.0.2.0/31", "192.0.2.0", "192.0.2.1", 2},
		{"10.0.0.0/16", "10.0.0.1", "10.0.255.254", 65534},
		{"2001:db8::/120", "2001:db8::", "2001:db8::ff", 256},
	} {
		r, last := RangeOf(netip.MustParsePrefix(c.net)), netip.MustParseAddr(c.last)
		if r.First.String() != c.first || r.Count != c.count {
			t.Errorf("%s: %+v", c.net, r)
		}
		if r.index(r.First.Next()) != 1 || r.index(last) != r.Count-1 || r.index(last.Next()) != -1 || r.index(netip.MustParseAddr("::1")) != -1 || r.index(netip.MustParseAddr("1.1.1.1")) != -1 {
			t.Errorf("%s: index", c.net)
		}
	}
}

// A /24 with some hosts on a wire that loses every third frame each way.
func TestDiscover(t *testing.T) {
	hosts := []netip.Addr{you4, netip.MustParseAddr("192.0.2.100"), netip.MustParseAddr("192.0.2.254")}
	for _, lossy := range []bool{false, true} {
		var o []ifacetest.Option
		tries := 2
		if lossy {
			o, tries = append(o, ifacetest.Reverse(ifacetest.Drop(ifacetest.Every(2)))), 6
		}
		synctest.Test(t, func(t *testing.T) {
			near, far := ifacetest.Wire(o...)
			ctx, cancel := context.WithCancel(t.Context())
			serve(t, ctx, far, hosts...)
			began, told, sent := time.Now(), 0, 0
			found, asked, err := Discover(t.Context(), near, Discovery{Station: station(near), Ranges: []Range{RangeOf(netip.MustParsePrefix("192.0.2.0/24"))}, Tries: tries,
				Found: func(Found) { told++ }, Progress: func(n, _ int) { sent = n }})
			if err != nil || len(found) != len(hosts) || told != len(hosts) || asked != sent || asked < 254*tries-2*tries*3 {
				t.Errorf("lossy %v: %+v, %d asked, %v", lossy, found, asked, err)
			}
			for i, f := range found {
				if f.IP != hosts[i] || f.MAC.String() != far.HardwareAddr().String() || f.Conflict {
					t.Errorf("%+v", f)
				}
			}
			if d := time.Since(began); !lossy && d > 2*time.Second {
				t.Errorf("took %v", d)
			}
			cancel()
			near.Close()
			far.Close()
		})
	}
}

func TestDiscoverEndsWhenAllAnswered(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		began := time.Now()
		found, _, err := Discover(t.Context(), near, Discovery{Station: station(near), Ranges: []Range{{you4, 1}, {you6, 1}}, Tries: 3, Timeout: time.Hour})
		if err != nil || len(found) != 2 || time.Since(began) > time.Second {
			t.Errorf("%+v %v after %v", found, err, time.Since(began))
		}
	})
}

func TestDiscoverConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sw := ifacetest.NewSwitch(3)
		ctx, cancel := context.WithCancel(t.Context())
		serve(t, ctx, sw.Port(1), you4)
		serve(t, ctx, sw.Port(2), you4)
		found, _, err := Discover(t.Context(), sw.Port(0), Discovery{Station: station(sw.Port(0)), Ranges: []Range{{you4, 1}}, Linger: true, Tries: 3})
		if err != nil || len(found) != 2 || found[0].Conflict || !found[1].Conflict {
			t.Errorf("%+v %v", found, err)
		}
		cancel()
		for i := range 3 {
			sw.Port(i).Close()
		}
	})
}

// The /16 that the docs promise in under a minute.
func TestDiscoverLargeRange(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		began := time.Now()
		found, asked, err := Discover(t.Context(), near, Discovery{Station: station(near), Ranges: []Range{RangeOf(netip.MustParsePrefix("192.0.0.0/16"))}, Tries: 2})
		if d := time.Since(began); err != nil || len(found) != 1 || asked < 2*65533 || d > time.Minute {
			t.Errorf("%d found, %d asked in %v: %v", len(found), asked, d, err)
		}
	}, ifacetest.Buffer(1<<17))
}

func TestDiscoverStopsAndFails(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		d := Discovery{Station: station(near), Ranges: []Range{RangeOf(netip.MustParsePrefix("192.0.2.0/24"))}}
		if found, asked, err := Discover(ctx, near, d); err != nil || len(found) != 1 || asked > 110 {
			t.Errorf("%+v %d %v", found, asked, err)
		}
		near.Remove()
		if _, _, err := Discover(t.Context(), near, d); err == nil {
			t.Error("a removed port is no error")
		}
	})
}

// A station that claims an address by ever new MAC addresses, unasked too.
func TestDiscoverBoundsClaims(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		x := newDiscoverer(near, Discovery{Station: station(near), Ranges: []Range{{you4, 1}}})
		x.last[0][0].sent = 1
		for i := range 1000 {
			mac := []byte{2, 0, 0, 1, byte(i >> 8), byte(i)}
			p := arp.Packet{Op: arp.Reply, SenderMAC: mac, SenderIP: you4, TargetMAC: near.HardwareAddr(), TargetIP: me4}
			b := p.Append(append(append(near.HardwareAddr(), mac...), 8, 6))
			x.look(&iface.Received{Bytes: b, At: time.Now()})
		}
		if len(x.found) != maxHolders {
			t.Errorf("%d kept", len(x.found))
		}
	})
}
