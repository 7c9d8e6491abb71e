package reach

import (
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"
)

// Local is what this host's kernel knows about an interface: its addresses and
// where it sends what is not on the link.
type Local struct {
	Prefixes []netip.Prefix // addresses, with the network they are in
	Routes   []Route
}

// Route is a network that is reached by a gateway on the link.
type Route struct {
	To      netip.Prefix
	Gateway netip.Addr
}

// ReadLocal asks the kernel, in the namespace of the calling thread.
func ReadLocal(name string) (Local, error) {
	var l Local
	link, err := netlink.LinkByName(name)
	if err != nil {
		return l, fmt.Errorf("read addresses of %s: %w", name, err)
	}
	addrs, err := netlink.AddrList(link, netlink.FAMILY_ALL)
	if err != nil {
		return l, fmt.Errorf("read addresses of %s: %w", name, err)
	}
	for _, a := range addrs {
		if ip, ok := netip.AddrFromSlice(a.IP); ok {
			ones, _ := a.Mask.Size()
			l.Prefixes = append(l.Prefixes, netip.PrefixFrom(ip.Unmap(), ones))
		}
	}
	routes, err := netlink.RouteList(link, netlink.FAMILY_ALL)
	if err != nil {
		return l, fmt.Errorf("read routes of %s: %w", name, err)
	}
	for _, r := range routes {
		if gw, ok := netip.AddrFromSlice(r.Gw); ok {
			l.Routes = append(l.Routes, Route{To: prefixOf(r.Dst, gw.Unmap()), Gateway: gw.Unmap()})
		}
	}
	return l, nil
}

// prefixOf is a route's destination; nil is the default of the gateway's
// family.
func prefixOf(n *net.IPNet, gateway netip.Addr) netip.Prefix {
	if n != nil {
		if ip, ok := netip.AddrFromSlice(n.IP); ok {
			ones, _ := n.Mask.Size()
			return netip.PrefixFrom(ip.Unmap(), ones)
		}
	}
	if gateway.Is4() {
		return netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	}
	return netip.PrefixFrom(netip.IPv6Unspecified(), 0)
}

// Has says whether the kernel has the address on this interface.
func (l Local) Has(a netip.Addr) bool {
	return slices.ContainsFunc(l.Prefixes, func(p netip.Prefix) bool { return p.Addr() == a })
}

// OnLink says whether an address is in a network of this interface.
func (l Local) OnLink(a netip.Addr) bool {
	if a.IsLinkLocalUnicast() && a.Is6() {
		return true
	}
	return slices.ContainsFunc(l.Prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Source is the interface's own address to ask dst from: of the same network
// if there is one, else of the same family and scope; the zero Addr if none.
func (l Local) Source(dst netip.Addr) netip.Addr {
	var best netip.Addr
	for _, p := range l.Prefixes {
		a := p.Addr()
		switch {
		case a.Is4() != dst.Is4():
		case p.Contains(dst):
			return a
		case a.Is6() && a.IsLinkLocalUnicast() != dst.IsLinkLocalUnicast() && best.IsValid():
		case !best.IsValid() || a.Is6() && best.IsLinkLocalUnicast() && !dst.IsLinkLocalUnicast():
			best = a
		}
	}
	return best
}

// IsBroadcast says whether an address is the one that means all hosts of a
// network of this interface.
func (l Local) IsBroadcast(a netip.Addr) bool {
	return slices.ContainsFunc(l.Prefixes, func(p netip.Prefix) bool {
		return p.Addr().Is4() && p.Bits() < 31 && p.Contains(a) && a == lastOf(p)
	})
}

// lastOf is the last address of an IPv4 network.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().As4()
	for i := range 32 - p.Bits() {
		b[3-i/8] |= 1 << (i % 8)
	}
	return netip.AddrFrom4(b)
}

// Gateway is the next hop to an address that is not on the link, by the most
// specific route; the zero Addr if there is none.
func (l Local) Gateway(dst netip.Addr) (via netip.Addr) {
	bits := -1
	for _, r := range l.Routes {
		if r.To.Contains(dst) && r.To.Bits() > bits {
			via, bits = r.Gateway, r.To.Bits()
		}
	}
	return via
}

// Networks4 are the IPv4 networks that the interface has an address in.
func (l Local) Networks4() (networks []netip.Prefix) {
	for _, p := range l.Prefixes {
		if p.Addr().Is4() {
			networks = append(networks, p.Masked())
		}
	}
	return networks
}
