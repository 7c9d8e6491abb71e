package main

import (
	"errors"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/iface/reach"
)

// mtuTries is how many requests of a size are sent before it counts as too large.
const mtuTries = 3

// pathMTU is ping --mtu.
func (p *pinger) pathMTU(c *cli.Context, at *command.Place, config reach.Config, k *command.Kept) error {
	if len(config.Targets) != 1 {
		return k.End(true, nil, nil, exit.Usage("--mtu is about one host: %s is more", c.Args().First()))
	}
	out := show.NewPathMTU(command.Output(c), config.Targets[0], show.PingOptions{
		Interface: at.Port.Name(), From: at.From(config.Targets[0].IP).String(), JSON: p.jsonOut, Quiet: p.quiet})
	search := reach.MTUConfig{Config: config, Limit: at.Port.MTU(), Tries: int(p.count), Step: out.Step}
	if p.count == 0 {
		search.Tries = mtuTries
	}
	out.Header(search.Limit)
	began := time.Now()
	r, err := reach.PathMTU(c.Context, at.Port, search)
	counters, _ := at.Port.Counters()
	out.End(r)
	if err == nil {
		err = command.Untrusted(counters.Doubts())
	}
	switch {
	case errors.Is(err, reach.ErrUnresolved):
		err = exit.Failed("%w on %s: is it up, and in this VLAN?", err, at.Port.Name())
	case err != nil:
		err = command.Ended(err)
	case r.MTU == 0 && len(r.Steps) > 0:
		err = exit.Failed("no reply from %s to the smallest packet: its path MTU is not known", config.Targets[0].Name)
	case !r.Confirmed():
		err = exit.Untrusted("stopped before the path MTU was known: %s", show.Bounds(r))
	}
	return k.End(!r.Confirmed(), out.Document(r, counters.HostDropped(), time.Since(began)), nil, err)
}
