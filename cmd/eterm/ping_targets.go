package main

import (
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/reach"
)

// layer2Targets reads MAC addresses.
func (p *pinger) layer2Targets(c *cli.Context) ([]reach.Target, error) {
	var all []reach.Target
	for _, word := range c.Args().Slice() {
		mac, err := args.ParseMAC(word)
		if word == "broadcast" {
			mac, err = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, nil
		}
		switch {
		case err != nil:
			return nil, exit.Usage("target %q: %w", word, err)
		case mac[0]&1 != 0 && !p.Force:
			return nil, exit.Usage("%s is a group address: every station may answer; say --force to ask it", mac)
		}
		all = append(all, reach.Target{Name: mac.String(), MAC: mac})
	}
	return all, atWork(c)
}

// ipTargets reads hosts and finds out who of a range is there.
func (p *pinger) ipTargets(c *cli.Context, at *place) ([]reach.Target, error) {
	operands, err := p.Parse(c.Context, c.Args().Slice(), &at.Place)
	if err == nil {
		err = atWork(c) // what follows asks the network who is there
	}
	if err != nil {
		return nil, err
	}
	var all []reach.Target
	for _, o := range operands {
		if !o.IsRange() {
			t, err := p.target(at, o)
			if err != nil {
				return nil, err
			}
			all = append(all, t)
			continue
		}
		found, err := p.inRange(c, at, o)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func (p *pinger) target(at *place, o args.Asked) (reach.Target, error) {
	t := reach.Target{Name: o.Name, IP: o.Addr}
	if err := noSource(at, o.Addr); err != nil {
		return t, err
	}
	switch {
	case p.to.Given():
		own := at.port.HardwareAddr()
		t.MAC = p.to.Or(own, own)
		if t.MAC[0]&1 != 0 && !p.Force {
			return t, exit.Usage("--to %s is a group address: every host there may answer; say --force", t.MAC)
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
		return t, exit.Usage("%s is this host's own address: it answers itself and nothing crosses %s", o.Addr, at.port.Name())
	}
	var err error
	if t.Via, err = at.Via(o.Addr); errors.Is(err, reach.ErrNoRoute) {
		return t, exit.Usage("%s is not in a network of %s, and no route names a gateway: give --gateway, or --to", o.Addr, at.port.Name())
	}
	return t, err
}

// inRange asks a range who is there; the others are not pinged.
func (p *pinger) inRange(c *cli.Context, at *place, o args.Asked) ([]reach.Target, error) {
	if err := noSource(at, o.Network.Addr()); err != nil {
		return nil, err
	}
	d := reach.Discovery{Station: at.Station, Ranges: []reach.Range{reach.RangeOf(o.Network)}, Tries: 2, Timeout: min(time.Duration(p.timeout), time.Second/2)}
	found, _, err := reach.Discover(c.Context, at.port, d)
	if err != nil {
		return nil, pingError(err)
	}
	if len(found) == 0 {
		return nil, exit.Failed("no reply to ARP from anybody in %s on %s", o.Network, at.port.Name())
	}
	var all []reach.Target
	for _, f := range found {
		all = append(all, reach.Target{Name: f.IP.String(), IP: f.IP, MAC: f.MAC})
	}
	return all, nil
}

// noSource refuses targets of a family we have no address of.
func noSource(at *place, dst netip.Addr) error {
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
	return exit.Usage("%s has no %s address to ask %s from: give one with --src-ip", at.port.Name(), want, dst)
}
