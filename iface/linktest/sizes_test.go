package linktest_test

import (
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"eterm/frame/ether"
	"eterm/iface/ifacetest"
	. "eterm/iface/linktest"
	"eterm/iface/load/pace"
)

// The loss of a mix is told by size, exactly, also where sizes and streams take
// turns; a size of which nothing arrives is lost wholly.
func TestLossBySize(t *testing.T) {
	for _, c := range []struct {
		name    string
		sizes   []int
		streams int
		fault   ifacetest.Fault
		want    []SizeAccount
	}{
		{"one size stops", []int{64, 512, 1280, 1400, 1518}, 1,
			ifacetest.Drop(ifacetest.Where(func(f []byte) bool { return len(f)+ether.FCSLen > 1300 && len(f)+ether.FCSLen < 1500 })),
			[]SizeAccount{{64, 20, 20, 0}, {512, 20, 20, 0}, {1280, 20, 20, 0}, {1400, 20, 0, 20}, {1518, 20, 20, 0}}},
		{"a size twice, in streams", []int{64, 64, 1518}, 4,
			ifacetest.Drop(ifacetest.Where(func(f []byte) bool { return len(f) > 1000 })),
			[]SizeAccount{{64, 68, 68, 0}, {1518, 32, 0, 32}}},
		{"one size only", []int{64}, 1, ifacetest.Drop(ifacetest.Every(10)), nil},
		{"lengths changed on the way", []int{64, 512}, 1, ifacetest.Truncate(ifacetest.Every(9), 60), nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			a, b := ifacetest.Wire(ifacetest.Forward(c.fault))
			l := Load{Dst: b.HardwareAddr(), Src: a.HardwareAddr(), Sizes: c.sizes, Streams: c.streams, Count: 100, Rate: 1000}
			r, err := Direct(t.Context(), a, b, l, DirectOptions{Session: 7, Drain: 100 * time.Millisecond, Clock: pace.Timers()})
			if err != nil || !slices.Equal(r.Sizes, c.want) {
				t.Errorf("%s: %+v, %v", c.name, r.Sizes, err)
			}
			var offered, lost uint64
			for _, s := range r.Sizes {
				offered, lost = offered+s.Offered, lost+s.Lost
			}
			if r.Sizes != nil && (offered != r.Offered || lost != r.Lost) {
				t.Errorf("%s: sizes sum up to %d offered, %d lost; the result has %d and %d", c.name, offered, lost, r.Offered, r.Lost)
			}
			a.Close()
			b.Close()
		})
	}
}

// TestBothSidesSayWhatCarriesTheMarks: more than switches handles IP packets.
func TestBothSidesSayWhatCarriesTheMarks(t *testing.T) {
	for _, ip := range []*IP{nil, {Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2")}} {
		synctest.Test(t, func(t *testing.T) {
			a, b := ifacetest.Wire()
			defer a.Close()
			defer b.Close()
			l := Load{Dst: b.HardwareAddr(), Src: a.HardwareAddr(), Sizes: []int{128}, Count: 10, Rate: 1000, IP: ip}
			r, err := Direct(t.Context(), a, b, l, DirectOptions{Session: 7, Drain: 100 * time.Millisecond, Clock: pace.Timers()})
			if err != nil || r.Received != 10 || r.Sender.InIP != (ip != nil) || r.Receiver.InIP != (ip != nil) {
				t.Errorf("%v: sender %v, receiver %v, %v", ip, r.Sender.InIP, r.Receiver.InIP, err)
			}
		})
	}
}
