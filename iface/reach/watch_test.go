package reach

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
)

func TestWatch(t *testing.T) {
	var w Watch
	ip, a, b := netip.MustParseAddr("192.0.2.1"), net.HardwareAddr{2, 0, 0, 0, 0, 1}, net.HardwareAddr{2, 0, 0, 0, 0, 2}
	for i, c := range []struct {
		claim Claim
		want  net.HardwareAddr
	}{
		{Claim{IP: ip, MAC: a}, nil},
		{Claim{IP: ip, MAC: a}, nil},
		{Claim{IP: ip, MAC: b, Probe: true}, nil},
		{Claim{IP: ip, MAC: b}, a},
		{Claim{IP: ip, MAC: b}, nil},
		{Claim{IP: ip, MAC: a}, b},
		{Claim{IP: ip.Next(), MAC: a}, nil},
	} {
		if got := w.See(c.claim); got.String() != c.want.String() {
			t.Errorf("claim %d: before %v, want %v", i, got, c.want)
		}
	}
	if w.Conflicts != 2 {
		t.Errorf("%d conflicts, want 2", w.Conflicts)
	}
}

// TestWatchIsBounded: a flood of addresses fills no memory, and does not hide a
// conflict about one that was known before.
func TestWatchIsBounded(t *testing.T) {
	var w Watch
	for i := range 2 * maxWatched {
		var ip [4]byte
		binary.BigEndian.PutUint32(ip[:], uint32(i)+1)
		w.See(Claim{IP: netip.AddrFrom4(ip), MAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}})
	}
	if len(w.holders) != maxWatched {
		t.Errorf("%d addresses are remembered, want %d", len(w.holders), maxWatched)
	}
	if w.See(Claim{IP: netip.AddrFrom4([4]byte{0, 0, 0, 1}), MAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}}) == nil {
		t.Error("a conflict is not seen any more")
	}
}
