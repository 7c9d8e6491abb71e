package args

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/reach"
)

// Hosts says what operands that name hosts may be.
type Hosts struct {
	v4, v6, yes bool
	// Force allows group addresses.
	Force bool
}

// Flags are the flags of it.
func (f *Hosts) Flags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "ipv4", Aliases: []string{"4"}, Destination: &f.v4, Usage: "IPv4 only"},
		&cli.BoolFlag{Name: "ipv6", Aliases: []string{"6"}, Destination: &f.v6, Usage: "IPv6 only"},
		&cli.BoolFlag{Name: "yes", Destination: &f.yes, Usage: "ask ranges of more than 65,536 addresses too"},
		ForceFlag(&f.Force, "ask group addresses too, where every host may reply"),
	}
}

// OnlyIPv6 says whether IPv4 was ruled out.
func (f *Hosts) OnlyIPv6() bool { return f.v6 }

// Asked is one operand: a host, or a range of them.
type Asked struct {
	Name    string
	Addr    netip.Addr   // of a host
	Network netip.Prefix // of a range; the zero Prefix for a host
}

// IsRange says whether it is a range.
func (a Asked) IsRange() bool { return a.Network.IsValid() }

const (
	mostWithoutYes = 1 << 16
	mostAtAll      = 1 << 24
)

// Parse reads the operands. Names are looked up.
func (f *Hosts) Parse(ctx context.Context, words []string, at *reach.Place) ([]Asked, error) {
	var all []Asked
	for _, word := range words {
		a, err := f.one(ctx, word, at)
		if err != nil {
			return nil, err
		}
		if err := f.allowed(a, at); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

func (f *Hosts) one(ctx context.Context, word string, at *reach.Place) (Asked, error) {
	if strings.Contains(word, "/") {
		n, err := netip.ParsePrefix(word)
		if err != nil {
			return Asked{}, exit.Usage("%q is no range of addresses: want one such as 192.0.2.0/24", word)
		}
		if n.IsSingleIP() {
			return Asked{Name: n.Addr().String(), Addr: n.Addr()}, f.family(word, n.Addr())
		}
		return Asked{Name: word, Network: n.Masked()}, f.family(word, n.Addr())
	}
	if a, err := netip.ParseAddr(word); err == nil {
		a = a.WithZone("").Unmap()
		return Asked{Name: a.String(), Addr: a}, f.family(word, a)
	}
	network := "ip"
	switch {
	case f.v4:
		network = "ip4"
	case f.v6:
		network = "ip6"
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, network, word)
	if err != nil || len(found) == 0 {
		return Asked{}, exit.Usage("host %q does not resolve: give its address, or look at /etc/resolv.conf", word)
	}
	for _, a := range found { // one of a family we can ask from, if there is
		if a = a.WithZone("").Unmap(); at.From(a).IsValid() {
			return Asked{Name: word, Addr: a}, nil
		}
	}
	return Asked{Name: word, Addr: found[0].WithZone("").Unmap()}, nil
}

// family refuses addresses of the family that was ruled out.
func (f *Hosts) family(word string, a netip.Addr) error {
	switch {
	case f.v4 && !a.Is4():
		return exit.Usage("%s is an IPv6 address, but -4 was given", word)
	case f.v6 && a.Is4():
		return exit.Usage("%s is an IPv4 address, but -6 was given", word)
	}
	return nil
}

// allowed refuses what would ask too many.
func (f *Hosts) allowed(a Asked, at *reach.Place) error {
	if a.IsRange() {
		n := sizeOf(a.Network)
		switch {
		case n > mostAtAll:
			return exit.Usage("range %s has more than %d addresses: take a smaller one", a.Network, mostAtAll)
		case n > mostWithoutYes && !f.yes:
			return exit.Usage("range %s has %d addresses: say --yes to ask them all", a.Network, n)
		case a.Network.Addr().IsMulticast():
			return exit.Usage("range %s is multicast: give single groups", a.Network)
		}
		return nil
	}
	if a.Addr.IsUnspecified() {
		return exit.Usage("%s is no address of a host", a.Addr)
	}
	if at.IsGroup(a.Addr) && !f.Force {
		return exit.Usage("%s is a group address: every host there may reply; say --force to ask it", a.Addr)
	}
	return nil
}

// sizeOf is the number of addresses in a range, at most mostAtAll+1.
func sizeOf(n netip.Prefix) int {
	host := n.Addr().BitLen() - n.Bits()
	if host > 24 {
		return mostAtAll + 1
	}
	return 1 << host
}

// RangesOf are the operands as ranges; hosts are ranges of one.
func RangesOf(operands []Asked) (ranges []reach.Range) {
	for _, o := range operands {
		if o.IsRange() {
			ranges = append(ranges, reach.RangeOf(o.Network))
		} else {
			ranges = append(ranges, reach.Range{First: o.Addr, Count: 1})
		}
	}
	return ranges
}

// UnicastOnly refuses what nobody has.
func UnicastOnly(operands []Asked, at *reach.Place) error {
	for _, o := range operands {
		a := o.Addr
		if o.IsRange() {
			a = o.Network.Addr()
		}
		if at.IsGroup(a) || a.IsUnspecified() || a == (netip.Addr{}) {
			return exit.Usage("%s is no address that one host has", a)
		}
	}
	return nil
}
