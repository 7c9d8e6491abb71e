package main

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
)

// hostFlags say what operands that name hosts may be.
type hostFlags struct {
	v4, v6, yes, force bool
}

func (f *hostFlags) flags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "ipv4", Aliases: []string{"4"}, Destination: &f.v4, Usage: "IPv4 only"},
		&cli.BoolFlag{Name: "ipv6", Aliases: []string{"6"}, Destination: &f.v6, Usage: "IPv6 only"},
		&cli.BoolFlag{Name: "yes", Destination: &f.yes, Usage: "ask ranges of more than 65,536 addresses too"},
		args.ForceFlag(&f.force, "ask group addresses too, where every host may answer"),
	}
}

// asked is one operand: a host, or a range of them.
type asked struct {
	name    string
	addr    netip.Addr   // of a host
	network netip.Prefix // of a range; the zero Prefix for a host
}

func (a asked) isRange() bool { return a.network.IsValid() }

const (
	mostWithoutYes = 1 << 16
	mostAtAll      = 1 << 24
)

// parse reads the operands. Names are looked up.
func (f *hostFlags) parse(ctx context.Context, words []string, at *place) ([]asked, error) {
	if f.v4 && f.v6 {
		return nil, exit.Usage("-4 and -6 contradict each other: give one")
	}
	var all []asked
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

func (f *hostFlags) one(ctx context.Context, word string, at *place) (asked, error) {
	if strings.Contains(word, "/") {
		n, err := netip.ParsePrefix(word)
		if err != nil {
			return asked{}, exit.Usage("%q is no range of addresses: want one such as 192.0.2.0/24", word)
		}
		if n.IsSingleIP() {
			return asked{name: n.Addr().String(), addr: n.Addr()}, f.family(word, n.Addr())
		}
		return asked{name: word, network: n.Masked()}, f.family(word, n.Addr())
	}
	if a, err := netip.ParseAddr(word); err == nil {
		a = a.WithZone("").Unmap()
		return asked{name: a.String(), addr: a}, f.family(word, a)
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
		return asked{}, exit.Usage("host %q does not resolve: give its address, or look at /etc/resolv.conf", word)
	}
	for _, a := range found { // one of a family we can ask from, if there is
		if a = a.WithZone("").Unmap(); at.From(a).IsValid() {
			return asked{name: word, addr: a}, nil
		}
	}
	return asked{name: word, addr: found[0].WithZone("").Unmap()}, nil
}

// family refuses addresses of the family that was ruled out.
func (f *hostFlags) family(word string, a netip.Addr) error {
	switch {
	case f.v4 && !a.Is4():
		return exit.Usage("%s is an IPv6 address, but -4 was given", word)
	case f.v6 && a.Is4():
		return exit.Usage("%s is an IPv4 address, but -6 was given", word)
	}
	return nil
}

// allowed refuses what would ask too many.
func (f *hostFlags) allowed(a asked, at *place) error {
	if a.isRange() {
		n := sizeOf(a.network)
		switch {
		case n > mostAtAll:
			return exit.Usage("range %s has more than %d addresses: take a smaller one", a.network, mostAtAll)
		case n > mostWithoutYes && !f.yes:
			return exit.Usage("range %s has %d addresses: say --yes to ask them all", a.network, n)
		case a.network.Addr().IsMulticast():
			return exit.Usage("range %s is multicast: give single groups", a.network)
		}
		return nil
	}
	if a.addr.IsUnspecified() {
		return exit.Usage("%s is no address of a host", a.addr)
	}
	if at.IsGroup(a.addr) && !f.force {
		return exit.Usage("%s is a group address: every host there may answer; say --force to ask it", a.addr)
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

// withDuration ends ctx after d, if d is not 0.
func withDuration(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, d)
}
