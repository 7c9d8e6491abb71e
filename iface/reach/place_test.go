package reach

import (
	"errors"
	"net"
	"net/netip"
	"testing"
)

func placed() *Place {
	own := net.HardwareAddr{2, 0, 0, 0, 0, 1}
	return &Place{
		Station: Station{MAC: own}, Own: own,
		Local: Local{Prefixes: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24")}},
	}
}

func TestPlaceVia(t *testing.T) {
	near, far := netip.MustParseAddr("192.0.2.9"), netip.MustParseAddr("198.51.100.1")
	gateway, other := netip.MustParseAddr("192.0.2.254"), netip.MustParseAddr("203.0.113.7")
	for name, c := range map[string]struct {
		change func(*Place)
		to     netip.Addr
		want   netip.Addr // the zero Addr: ErrNoRoute
	}{
		"on the link":            {func(*Place) {}, near, near},
		"no route":               {func(*Place) {}, far, netip.Addr{}},
		"a route":                {func(p *Place) { p.Local.Routes = []Route{{netip.MustParsePrefix("0.0.0.0/0"), gateway}} }, far, gateway},
		"a gateway given":        {func(p *Place) { p.Gateways = []netip.Addr{gateway} }, far, gateway},
		"one of another family":  {func(p *Place) { p.Gateways = []netip.Addr{netip.MustParseAddr("2001:db8::1")} }, far, netip.Addr{}},
		"no network at all":      {func(p *Place) { p.Local.Prefixes = nil }, far, far},
		"a source of our own":    {func(p *Place) { p.Sources = []netip.Addr{other} }, far, far},
		"a source of the kernel": {func(p *Place) { p.Sources = []netip.Addr{netip.MustParseAddr("192.0.2.1")} }, far, netip.Addr{}},
	} {
		p := placed()
		c.change(p)
		got, err := p.Via(c.to)
		if got != c.want || errors.Is(err, ErrNoRoute) == c.want.IsValid() {
			t.Errorf("%s: via %v, %v; want %v", name, got, err, c.want)
		}
	}
}

// TestPlaceFrom: what the kernel does not answer for is defended.
func TestPlaceFrom(t *testing.T) {
	near := netip.MustParseAddr("192.0.2.9")
	own, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.77")
	for name, c := range map[string]struct {
		change   func(*Place)
		want     netip.Addr
		defended bool
	}{
		"the kernel's":              {func(*Place) {}, own, false},
		"in a VLAN":                 {func(p *Place) { p.Tags = []byte{0x81, 0, 0, 5} }, own, true},
		"as another station":        {func(p *Place) { p.MAC = net.HardwareAddr{2, 9, 9, 9, 9, 9} }, own, true},
		"given":                     {func(p *Place) { p.Sources = []netip.Addr{other} }, other, true},
		"given, and the kernel's":   {func(p *Place) { p.Sources = []netip.Addr{own} }, own, false},
		"none":                      {func(p *Place) { p.Local.Prefixes = nil }, netip.Addr{}, false},
		"given of the other family": {func(p *Place) { p.Sources = []netip.Addr{netip.MustParseAddr("2001:db8::5")} }, own, false},
	} {
		p := placed()
		c.change(p)
		for range 2 { // the second time changes nothing
			if got := p.From(near); got != c.want || p.IP4 != c.want {
				t.Errorf("%s: %v, station %v; want %v", name, got, p.IP4, c.want)
			}
		}
		if len(p.Defend) > 1 || (len(p.Defend) == 1) != c.defended {
			t.Errorf("%s: defends %v, want %t", name, p.Defend, c.defended)
		}
	}
	if p := placed(); !p.IsGroup(netip.MustParseAddr("192.0.2.255")) || p.IsGroup(near) || !p.IsGroup(netip.MustParseAddr("ff02::1")) {
		t.Error("groups are not told apart")
	}
}
