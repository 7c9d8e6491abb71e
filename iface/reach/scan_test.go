package reach

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"eterm/iface/ifacetest"
)

// TestScan finds exactly those there, with an echo of each that may be asked.
func TestScan(t *testing.T) {
	hosts := []netip.Addr{you4, netip.MustParseAddr("192.0.2.100")}
	for _, mayAsk := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			near, far := ifacetest.Wire()
			ctx, cancel := context.WithCancel(t.Context())
			serve(t, ctx, far, hosts...)
			from := func(netip.Addr) netip.Addr { return me4 }
			if !mayAsk {
				from = func(netip.Addr) netip.Addr { return netip.Addr{} }
			}
			ranges := []Range{RangeOf(netip.MustParsePrefix("192.0.2.0/24"))}
			found, err := Scan(t.Context(), near, ScanConfig{Discovery: Discovery{Station: station(near), Ranges: ranges, Tries: 2, Timeout: time.Second}}, from)
			if err != nil || len(found) != len(hosts) {
				t.Fatalf("%+v, %v", found, err)
			}
			for i, h := range found {
				if h.IP != hosts[i] || h.MAC.String() != far.HardwareAddr().String() || h.Echoed != mayAsk || h.Name != "" {
					t.Errorf("host %d: %+v", i, h)
				}
			}
			all := WithSilent(ranges, found)
			if len(all) != 254 || !all[1].Up() || all[2].Up() || all[99].IP != hosts[1] || !all[99].Up() {
				t.Errorf("%d addresses, %+v", len(all), all[:3])
			}
			cancel()
			near.Close()
			far.Close()
		})
	}
}

func TestConflictsAreOneHost(t *testing.T) {
	a, b, c := net.HardwareAddr{2, 0, 0, 0, 0, 1}, net.HardwareAddr{2, 0, 0, 0, 0, 2}, net.HardwareAddr{2, 0, 0, 0, 0, 3}
	hosts := hostsOf([]Found{{IP: you4, MAC: a}, {IP: you4, MAC: b, Conflict: true}, {IP: you4.Next(), MAC: c}})
	if len(hosts) != 2 || len(hosts[0].Others) != 1 || hosts[0].Others[0].String() != b.String() || hosts[1].Others != nil {
		t.Errorf("%+v", hosts)
	}
}
