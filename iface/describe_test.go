package iface_test

import (
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"

	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/lab/labtest"
)

func describe(t *testing.T, h *lab.Host, name string) (info iface.Info) {
	t.Helper()
	err := h.Do(func() (err error) {
		info, err = iface.Describe(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestDescribe(t *testing.T) {
	left, right := labtest.Pair(t)
	nl := left.Netlink()
	l, err := nl.LinkByName("eth0")
	if err != nil {
		t.Fatal(err)
	}
	info := describe(t, left, "eth0")
	want := l.Attrs()
	if info.Index != want.Index || info.MTU != want.MTU || !slices.Equal(info.HardwareAddr, want.HardwareAddr) {
		t.Errorf("%+v\nnetlink says %+v", info, want)
	}
	if info.Type != "ethernet" || !info.Up || !info.Carrier || info.DefaultRoute {
		t.Errorf("%+v", info)
	}
	if info.Driver != "veth" || info.Speed != 10e9 || info.Duplex != "full" || !info.Timestamps.TxSoftware || info.Timestamps.Clock != -1 {
		t.Errorf("%+v", info)
	}
	if lo := describe(t, left, "lo"); lo.Type != "loopback" || lo.MTU != 65536 {
		t.Errorf("%+v", lo)
	}
	if err := right.Down("eth0"); err != nil {
		t.Fatal(err)
	}
	if info := describe(t, left, "eth0"); !info.Up || info.Carrier {
		t.Errorf("with the other end down: %+v", info)
	}
}

func TestDescribeTheDefaultRoute(t *testing.T) {
	left, _ := labtest.Pair(t)
	if err := left.AddAddress("eth0", "192.0.2.1/24"); err != nil {
		t.Fatal(err)
	}
	if describe(t, left, "eth0").DefaultRoute {
		t.Error("a default route before there is one")
	}
	if err := left.Netlink().RouteAdd(&netlink.Route{Gw: net.IPv4(192, 0, 2, 2)}); err != nil {
		t.Fatal(err)
	}
	if !describe(t, left, "eth0").DefaultRoute || describe(t, left, "lo").DefaultRoute {
		t.Error("the default route is not seen")
	}
}

// The offloads are compared with what ethtool prints.
func TestDescribeOffloadsAsEthtool(t *testing.T) {
	needTool(t, "ethtool")
	left, _ := labtest.Pair(t)
	for _, setting := range []string{"on", "off"} {
		ethtool(t, left, "-K", "eth0", "gro", setting, "tso", setting, "gso", setting, "rxvlan", setting)
		shown := string(ethtool(t, left, "-k", "eth0"))
		info := describe(t, left, "eth0")
		for _, name := range []string{"generic-receive-offload", "large-receive-offload", "rx-vlan-offload", "rx-fcs", "tcp-segmentation-offload", "generic-segmentation-offload"} {
			if got, want := slices.Contains(info.Offloads, name), strings.Contains(shown, name+": on"); got != want {
				t.Errorf("%s: on is %v, ethtool says %v", name, got, want)
			}
		}
	}
}

// The driver's statistics change by what they do in ethtool, and stay known
// when the port is closed or the interface gone.
func TestDriverCountersAsEthtool(t *testing.T) {
	needTool(t, "ethtool")
	left, right := labtest.Pair(t)
	ethtool(t, left, "-K", "eth0", "gro", "on") // veth counts only with NAPI
	ethtool(t, right, "-K", "eth0", "gro", "on")
	send(t, open(t, left, iface.Options{}), batch(30, 60)...)
	p := open(t, right, iface.Options{})
	before := string(ethtool(t, right, "-S", "eth0"))
	send(t, open(t, left, iface.Options{}), batch(50, 60)...)
	receive(t, p, 50)
	var changes map[string]uint64
	until(t, "50 frames in the driver's statistics", func() bool {
		changes = p.(iface.DriverCounter).DriverCounters()
		return changes["rx_queue_0_xdp_packets"] == 50 || changes["rx_queue_0_packets"] == 50 || len(changes) == 0
	})
	after := string(ethtool(t, right, "-S", "eth0"))
	if (before == after) != (len(changes) == 0) {
		t.Errorf("changes %v\n%s\n%s", changes, before, after)
	}
	if err := withLink(right, right.Netlink().LinkDel); err != nil {
		t.Fatal(err)
	}
	p.Close()
	if got := p.(iface.DriverCounter).DriverCounters(); len(got) != len(changes) {
		t.Errorf("%v after the end, %v before", got, changes)
	}
}

func ethtool(t *testing.T, h *lab.Host, args ...string) []byte {
	t.Helper()
	return run(t, h, "ethtool", args...)
}
