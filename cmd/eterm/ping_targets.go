package main

import (
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/reach"
)

// ipTargets reads hosts and finds out who of a range is there.
func (p *pinger) ipTargets(c *cli.Context, at *command.Place) ([]reach.Target, error) {
	operands, err := p.Parse(c.Context, c.Args().Slice(), &at.Place)
	if err == nil {
		err = command.AtWork(c) // what follows asks the network who is there
	}
	if err != nil {
		return nil, err
	}
	var all []reach.Target
	for _, o := range operands {
		if !o.IsRange() {
			t, err := p.Target(&at.Place, at.Port.Name(), p.to, o)
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

// inRange asks a range who is there; the others are not pinged.
func (p *pinger) inRange(c *cli.Context, at *command.Place, o args.Asked) ([]reach.Target, error) {
	if err := args.Source(&at.Place, at.Port.Name(), o.Network.Addr()); err != nil {
		return nil, err
	}
	d := reach.Discovery{Station: at.Station, Ranges: []reach.Range{reach.RangeOf(o.Network)}, Tries: 2, Timeout: min(time.Duration(p.timeout), time.Second/2)}
	found, _, err := reach.Discover(c.Context, at.Port, d)
	if err != nil {
		return nil, command.Ended(err)
	}
	if len(found) == 0 {
		return nil, exit.Failed("no reply to ARP from anybody in %s on %s", o.Network, at.Port.Name())
	}
	var all []reach.Target
	for _, f := range found {
		all = append(all, reach.Target{Name: f.IP.String(), IP: f.IP, MAC: f.MAC})
	}
	return all, nil
}
