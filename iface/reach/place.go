package reach

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
)

// Place is who we are on an interface and how others are reached from there.
type Place struct {
	Station
	Local Local
	// Own is the interface's own address: a station of another answers ARP for
	// itself.
	Own net.HardwareAddr
	// Sources and Gateways are addresses given by the user, which come before
	// those that the kernel knows; at most one of a family counts.
	Sources, Gateways []netip.Addr
}

// ErrNoRoute is what Via says of an address that no gateway is known for.
var ErrNoRoute = errors.New("not in a network of the interface, and no route names a gateway")

// From chooses the source for asking dst, and makes it the station's address of
// that family. It is the zero Addr where we have none of dst's family. An
// address that the kernel does not answer for is defended from then on.
func (p *Place) From(dst netip.Addr) netip.Addr {
	mine := &p.IP4
	if !dst.Is4() {
		mine = &p.IP6
	}
	if mine.IsValid() {
		return *mine
	}
	*mine = given(p.Sources, dst)
	if !mine.IsValid() {
		*mine = p.Local.Source(dst)
	}
	if mine.IsValid() && (!p.Local.Has(*mine) || len(p.Tags) > 0 || string(p.MAC) != string(p.Own)) {
		p.Defend = append(p.Defend, *mine)
	}
	return *mine
}

// Via is the next hop to dst: dst itself if it is on the link, or if nothing is
// known of what is, else a gateway.
func (p *Place) Via(dst netip.Addr) (netip.Addr, error) {
	gateway := given(p.Gateways, dst)
	hasNetwork := slices.ContainsFunc(p.Local.Prefixes, func(n netip.Prefix) bool { return n.Addr().Is4() == dst.Is4() })
	switch {
	case p.Local.OnLink(dst), !hasNetwork && !gateway.IsValid():
		return dst, nil // an interface without an address sees everybody on its link
	case gateway.IsValid():
		return gateway, nil
	}
	if gateway = p.Local.Gateway(dst); gateway.IsValid() {
		return gateway, nil
	}
	if source := given(p.Sources, dst); source.IsValid() && !p.Local.Has(source) {
		return dst, nil // the user's idea of the network, not the kernel's
	}
	return gateway, fmt.Errorf("%s is %w", dst, ErrNoRoute)
}

// Given says whether the user gave an address as a source.
func (p *Place) Given(a netip.Addr) bool { return slices.Contains(p.Sources, a) }

// IsGroup says whether many hosts may have an address.
func (p *Place) IsGroup(a netip.Addr) bool {
	return a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) || p.Local.IsBroadcast(a)
}

// given is the last address of dst's family.
func given(all []netip.Addr, dst netip.Addr) netip.Addr {
	for _, a := range slices.Backward(all) {
		if a.Is4() == dst.Is4() {
			return a
		}
	}
	return netip.Addr{}
}
