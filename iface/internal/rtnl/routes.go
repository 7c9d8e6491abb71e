package rtnl

import (
	"net"

	"github.com/vishvananda/netlink"
)

// DefaultRoutes are the interfaces that a default route points to, by index.
func DefaultRoutes() map[int]bool {
	found := map[int]bool{}
	routes, _ := netlink.RouteList(nil, netlink.FAMILY_ALL)
	for _, r := range routes {
		if r.Dst != nil && (r.Dst.IP == nil || !r.Dst.IP.IsUnspecified() || !isZero(r.Dst.Mask)) {
			continue
		}
		if r.LinkIndex != 0 {
			found[r.LinkIndex] = true
		}
		for _, hop := range r.MultiPath {
			found[hop.LinkIndex] = true
		}
	}
	return found
}

func isZero(m net.IPMask) bool {
	ones, _ := m.Size()
	return ones == 0
}
