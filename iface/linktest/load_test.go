package linktest_test

import (
	"math"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"eterm/frame"
	"eterm/iface/linktest"
)

// TestLoadsThatCannotBe are refused before anything is sent, with what is wrong.
func TestLoadsThatCannotBe(t *testing.T) {
	good := linktest.Load{Dst: net.HardwareAddr{2, 0, 0, 0, 0, 2}, Src: net.HardwareAddr{2, 0, 0, 0, 0, 1}, Sizes: []int{64}, Rate: 1, Count: 1}
	if err := good.Check(1500); err != nil {
		t.Fatal(err)
	}
	ip := &linktest.IP{Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2")}
	for want, change := range map[string]func(*linktest.Load){
		"a load needs a frame size":                                         func(l *linktest.Load) { l.Sizes = nil },
		"257 streams: want 1 to 256":                                        func(l *linktest.Load) { l.Streams = 257 },
		"rate 0: want more than no frames a second":                         func(l *linktest.Load) { l.Rate = 0 },
		"rate NaN: want more":                                               func(l *linktest.Load) { l.Rate = math.NaN() },
		"frame size 63: want 64 to 9216 bytes":                              func(l *linktest.Load) { l.Sizes = []int{63} },
		"frame size 1519 is more than an MTU of 1500 carries: at most 1518": func(l *linktest.Load) { l.Sizes = []int{64, 1519} },
		"leaves 14 bytes behind the headers: the mark needs 18":             func(l *linktest.Load) { l.IP, l.VLANs = ip, []frame.VLAN{{ID: 1}} },
		"want at most 16384 together":                                       func(l *linktest.Load) { l.Streams, l.Sizes = 200, slices.Repeat([]int{64}, 100) },
		"5000":                                                              func(l *linktest.Load) { l.VLANs, l.Sizes = []frame.VLAN{{ID: 5000}}, []int{128} },
	} {
		l := good
		change(&l)
		if err := l.Check(1500); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	tagged := good
	tagged.VLANs, tagged.Sizes = []frame.VLAN{{ID: 1}}, []int{1522}
	if err := tagged.Check(1500); err != nil {
		t.Error(err)
	}
}
