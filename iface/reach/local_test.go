package reach

import (
	"net/netip"
	"testing"
)

func TestLocal(t *testing.T) {
	l := Local{
		Prefixes: []netip.Prefix{netip.MustParsePrefix("fe80::1/64"), netip.MustParsePrefix("192.0.2.1/24"), netip.MustParsePrefix("10.0.0.9/8"), netip.MustParsePrefix("2001:db8::1/64")},
		Routes: []Route{{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParseAddr("192.0.2.254")}, {netip.MustParsePrefix("198.51.100.0/24"), netip.MustParseAddr("192.0.2.253")},
			{netip.MustParsePrefix("::/0"), netip.MustParseAddr("fe80::fe")}},
	}
	for dst, want := range map[string][2]string{ // source, gateway
		"192.0.2.77":    {"192.0.2.1", "192.0.2.254"},
		"10.1.2.3":      {"10.0.0.9", "192.0.2.254"},
		"198.51.100.4":  {"192.0.2.1", "192.0.2.253"},
		"203.0.113.1":   {"192.0.2.1", "192.0.2.254"},
		"2001:db8:9::1": {"2001:db8::1", "fe80::fe"},
		"fe80::77":      {"fe80::1", "fe80::fe"},
	} {
		a := netip.MustParseAddr(dst)
		if s, g := l.Source(a), l.Gateway(a); s.String() != want[0] || g.String() != want[1] {
			t.Errorf("%s: from %v by %v, want %v", dst, s, g, want)
		}
	}
	if !l.OnLink(netip.MustParseAddr("10.255.0.1")) || l.OnLink(netip.MustParseAddr("203.0.113.1")) || !l.OnLink(netip.MustParseAddr("fe80::5")) {
		t.Error("on link")
	}
	if !l.IsBroadcast(netip.MustParseAddr("192.0.2.255")) || !l.IsBroadcast(netip.MustParseAddr("10.255.255.255")) || l.IsBroadcast(netip.MustParseAddr("192.0.2.254")) {
		t.Error("broadcast")
	}
	if !l.Has(netip.MustParseAddr("10.0.0.9")) || l.Has(netip.MustParseAddr("10.0.0.8")) {
		t.Error("has")
	}
	if (Local{}).Source(you4).IsValid() || (Local{}).Gateway(you4).IsValid() {
		t.Error("an interface without addresses has a source or a gateway")
	}
}
