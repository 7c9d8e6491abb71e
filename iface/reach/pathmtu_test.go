package reach

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/ether"
	"eterm/icmp"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/respond"
	"eterm/ipv4"
)

// longer picks frames whose packet is longer than n bytes.
func longer(n int) ifacetest.Select {
	return ifacetest.Where(func(frame []byte) bool { return len(frame) > ether.HeaderLen+n })
}

func pathMTU(t *testing.T, near *ifacetest.Port, ip netip.Addr, limit int) MTUResult {
	t.Helper()
	c := MTUConfig{Config: config(near, Config{Targets: to(ip)}), Limit: limit, Tries: 3}
	r, err := PathMTU(t.Context(), near, c)
	if err != nil {
		t.Error(err)
	}
	return r
}

// Nobody says anything: the number is found by silence alone, also where one
// request in ten is lost.
func TestPathMTUBySilence(t *testing.T) {
	for _, ip := range []netip.Addr{you4, you6} {
		for _, mtu := range []int{1280, 1281, 1380, 1499} {
			began := time.Time{}
			inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
				began = time.Now()
				r := pathMTU(t, near, ip, 1500)
				if r.MTU != mtu || r.Refused != mtu+1 || r.By != nil || !r.Confirmed() || len(r.Untrue) != 0 {
					t.Errorf("%v over %d: %+v", ip, mtu, r)
				}
				if d := time.Since(began); d > 20*time.Second {
					t.Errorf("%v over %d took %v", ip, mtu, d)
				}
			}, ifacetest.Reverse(ifacetest.Drop(longer(mtu))), ifacetest.Reverse(ifacetest.Drop(ifacetest.Every(10))))
		}
	}
}

func TestPathMTUIsTheInterfaces(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		r := pathMTU(t, near, you4, 1500)
		if r.MTU != 1500 || r.Refused != 0 || !r.Confirmed() || len(r.Steps) != 6 {
			t.Errorf("%+v", r)
		}
	})
}

func TestPathMTUOfNobody(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		r := pathMTU(t, near, you4, 1500)
		if r.MTU != 0 || r.Confirmed() || len(r.Steps) != 1 || r.Steps[0].Asked != 3 {
			t.Errorf("%+v", r)
		}
	}, ifacetest.Reverse(ifacetest.Drop(ifacetest.Where(func(f []byte) bool { return f[12] == 8 && f[13] == 0 }))))
}

// serveBehind is the host you4 behind a router that forwards packets of up to mtu
// bytes, and says of longer ones that the next link takes told bytes.
func serveBehind(ctx context.Context, port *ifacetest.Port, mtu, told int) {
	host := respond.New(port, respond.Config{Addresses: []netip.Prefix{netip.PrefixFrom(you4, 32)}})
	iface.Frames(ctx, port, make([]iface.Received, 8), func(rx []iface.Received) error {
		for i := range rx {
			answer := host.Answer(nil, rx[i].Bytes, rx[i].At)
			if packet := rx[i].Bytes[ether.HeaderLen:]; len(packet) > mtu {
				head := ipv4.Header{TTL: 64, Protocol: ipv4.ProtocolICMP, Src: netip.MustParseAddr("192.0.2.254"), Dst: me4}
				said := icmp.NewError(icmp.DestinationUnreachable, icmp.FragmentationNeeded, uint32(told), packet[:28]).Append(nil)
				answer = append(slices.Concat(rx[i].Bytes[6:12], port.HardwareAddr()), 8, 0)
				answer, _ = head.Append(answer, len(said))
				answer = append(answer, said...)
			}
			if len(answer) > 0 {
				port.Send([][]byte{answer})
			}
		}
		return nil
	})
}

// A router says which size it takes: that is asked at once, and checked.
func TestPathMTUByMessages(t *testing.T) {
	for _, c := range []struct {
		name       string
		mtu, told  int
		by, untrue bool
		steps      int // at most
	}{
		{"truth", 1400, 1400, true, false, 8},
		{"too low", 1400, 1000, false, true, 20},
		{"too high", 1400, 1450, false, true, 20},
		{"nothing", 1400, 0, false, false, 20},
		{"nonsense", 1400, 20, false, true, 20},
		{"above what was sent", 1400, 9000, false, true, 20},
	} {
		synctest.Test(t, func(t *testing.T) {
			near, far := ifacetest.Wire()
			ctx, cancel := context.WithCancel(t.Context())
			go serveBehind(ctx, far, c.mtu, c.told)
			r := pathMTU(t, near, you4, 1500)
			if r.MTU != c.mtu || (r.By != nil) != c.by || (len(r.Untrue) > 0) != c.untrue || !r.Confirmed() || len(r.Steps) > c.steps {
				t.Errorf("%s: %+v", c.name, r)
			}
			cancel()
			near.Close()
			far.Close()
		})
	}
}

// A search that is stopped says what it has, and that it is not the number.
func TestPathMTUStopped(t *testing.T) {
	inLab(t, func(t *testing.T, near, far *ifacetest.Port) {
		ctx, cancel := context.WithCancel(t.Context())
		c := MTUConfig{Config: config(near, Config{Targets: to(you4)}), Limit: 1500, Tries: 3, Step: func(s MTUStep) {
			if s.Bytes == 1088 {
				cancel()
			}
		}}
		r, err := PathMTU(ctx, near, c)
		if err != nil || r.MTU != 1088 || r.Confirmed() {
			t.Errorf("%+v, %v", r, err)
		}
	}, ifacetest.Reverse(ifacetest.Drop(longer(1200))))
}
