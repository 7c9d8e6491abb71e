package args

import (
	"errors"
	"net"
	"net/netip"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/ether"
	"eterm/iface/reach"
)

// Stations reads operands that are MAC addresses.
func (f *Hosts) Stations(words []string) ([]reach.Target, error) {
	var all []reach.Target
	for _, word := range words {
		mac, err := ParseMAC(word)
		if word == "broadcast" {
			mac, err = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, nil
		}
		switch {
		case err != nil:
			return nil, exit.Usage("target %q: %w", word, err)
		case ether.IsGroup(mac) && !f.Force:
			return nil, exit.Usage("%s is a group address: every station may reply; say --force to ask it", mac)
		}
		all = append(all, reach.Target{Name: mac.String(), MAC: mac})
	}
	return all, nil
}

// Target is where the frames for a host go that is asked on interface name: to
// the address of --to if one is given, to the host, or to a gateway.
func (f *Hosts) Target(at *reach.Place, name string, to MAC, o Asked) (reach.Target, error) {
	t := reach.Target{Name: o.Name, IP: o.Addr}
	if err := Source(at, name, o.Addr); err != nil {
		return t, err
	}
	switch {
	case to.Given():
		t.MAC = to.Or(at.Own, at.Own)
		if ether.IsGroup(t.MAC) && !f.Force {
			return t, exit.Usage("--to %s is a group address: every host there may reply; say --force", t.MAC)
		}
		return t, nil
	case at.Local.IsBroadcast(o.Addr):
		t.MAC = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
		return t, nil
	}
	if t.MAC = reach.GroupMAC(o.Addr); t.MAC != nil {
		return t, nil
	}
	if at.Local.Has(o.Addr) && !at.Given(o.Addr) {
		return t, exit.Usage("%s is this host's own address: it answers itself and nothing crosses %s", o.Addr, name)
	}
	var err error
	if t.Via, err = at.Via(o.Addr); errors.Is(err, reach.ErrNoRoute) {
		return t, exit.Usage("%s is not in a network of %s, and no route names a gateway: give --gateway, or --to", o.Addr, name)
	}
	return t, err
}

// Source refuses targets of a family we have no address of.
func Source(at *reach.Place, name string, dst netip.Addr) error {
	if at.From(dst).IsValid() {
		return nil
	}
	want := "IPv4"
	if !dst.Is4() {
		want = "IPv6"
	}
	if len(at.Sources) > 0 {
		return exit.Usage("%s is an %s address, but --src-ip %s is not: give one of each with a comma", dst, want, at.Sources[0])
	}
	return exit.Usage("%s has no %s address to ask %s from: give one with --src-ip", name, want, dst)
}
