package main

import (
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
	"eterm/frame/ether/vendors"
	"eterm/iface/reach"
)

// asker is eterm arp: who has an address, by ARP or neighbour discovery.
type asker struct {
	command.Station
	args.Hosts
	command.AskFlags
	announce, probe, listen bool
	duration                args.Duration
}

func arpCommand() *cli.Command {
	a := &asker{}
	a.Tries, a.Timeout = 3, args.Duration(500*time.Millisecond)
	return &cli.Command{
		Name:      "arp",
		Usage:     "ask who has an address, by ARP or IPv6 neighbour discovery",
		ArgsUsage: "[HOST|CIDR...]",
		UsageText: "eterm arp -i eth0                           who is in the interface's own network\n" +
			"eterm arp -i eth0 192.0.2.2                 who has it, vendor, time; two stations are a conflict\n" +
			"eterm arp -i eth0 192.0.2.0/24 2001:db8::1   ranges, and IPv6 by neighbour discovery\n" +
			"eterm arp -i eth0 --probe 192.0.2.7          may I use it? (RFC 5227; status 1: it is taken)\n" +
			"eterm arp -i eth0 --announce 192.0.2.7       tell everybody that this station has it\n" +
			"eterm arp -i eth0 --listen -d 10             who says what of himself; nothing is sent",
		Flags: append(append(append(a.Station.Flags(), a.AskFlags.Flags()...), a.Hosts.Flags()...),
			&cli.BoolFlag{Name: "announce", Destination: &a.announce, Usage: "announce the addresses as this station's (RFC 5227, 3)"},
			&cli.BoolFlag{Name: "probe", Destination: &a.probe, Usage: "ask whether the addresses are free, without claiming them (RFC 5227, 2.1)"},
			&cli.BoolFlag{Name: "listen", Destination: &a.listen, Usage: "send nothing: print every claim that comes by"},
			args.DurationFlag(&a.duration),
		),
		Action: a.run,
	}
}

func (a *asker) run(c *cli.Context) error {
	switch {
	case a.listen && c.Args().Present():
		return exit.Usage("--listen takes no operand, but was given %q", c.Args().First())
	case (a.announce || a.probe) && !c.Args().Present():
		return exit.Usage("no address given: want the one to announce or to probe for, such as 192.0.2.7")
	}
	if err := a.Check(); err != nil {
		return err
	}
	at, err := a.Open(c)
	if err != nil {
		return err
	}
	defer at.Port.Close()
	var operands []args.Asked
	if !a.listen {
		if operands, err = command.Asked(c, at, &a.Hosts); err != nil {
			return err
		}
	}
	makers := vendors.Load(vendors.Files)
	out := &show.ARP{Out: command.Output(c), JSON: a.JSON, Vendors: makers, Said: result.ARP{Vendors: makers.Source, Said: []result.Address{}}}
	k, err := command.Keep(c, result.KindARP, a.Output, a.JSON, command.PortAs("send", at.Port.Name()))
	if err != nil {
		return err
	}
	if err := command.AtWork(c); err != nil {
		return err
	}
	if err = a.do(c, at, operands, out); !conflict(out) {
		err = command.Doubted(at.Port, err)
	}
	var body any = &out.Said
	if exit.Status(err) == exit.StatusUsage {
		body = nil
	}
	return k.End(command.Stopped(c, !a.listen || a.duration > 0), body, a.exceeded(out), err)
}

// do does what was asked for.
func (a *asker) do(c *cli.Context, at *command.Place, operands []args.Asked, out *show.ARP) error {
	switch {
	case a.announce:
		return a.announceAll(c, at, operands, out)
	case a.probe:
		return a.probeAll(c, at, operands, out)
	case a.listen:
		return a.watch(c, at, out)
	}
	return a.ask(c, at, operands, out)
}

// conflict says whether there was one: that stands, whatever was not heard.
func conflict(out *show.ARP) bool {
	return slices.ContainsFunc(out.Said.Said, func(a result.Address) bool { return a.Conflict })
}

// exceeded is what was said that should not have been, or was not said.
func (a *asker) exceeded(out *show.ARP) (list []string) {
	for _, e := range out.Said.Said {
		switch {
		case e.Type == "silent":
			list = append(list, e.Address+": no reply")
		case e.Conflict:
			list = append(list, e.Address+": two stations with one address")
		case e.Free != nil && !*e.Free:
			list = append(list, e.Address+": taken by "+e.MAC)
		}
	}
	return list
}

// ask asks, and judges what was answered.
func (a *asker) ask(c *cli.Context, at *command.Place, operands []args.Asked, out *show.ARP) error {
	ranges := args.RangesOf(operands)
	at.Sources(ranges)
	d := a.Discovery(at, ranges)
	d.Linger, d.Found = true, out.Found
	bar := command.Messages(c)
	d.Progress = func(sent, all int) {
		if all > 256 {
			bar.Live("%d of %d asked", min(sent, all), all)
		}
	}
	found, sent, err := reach.Discover(c.Context, at.Port, d)
	bar.Clear()
	if err != nil {
		return command.Ended(err)
	}
	answered := map[netip.Addr]bool{}
	conflicts := 0
	for _, f := range found {
		answered[f.IP] = true
		if f.Conflict {
			conflicts++
		}
	}
	silent := 0
	for _, o := range operands {
		switch {
		case !o.IsRange() && !answered[o.Addr]:
			silent++
			out.Silent(o.Addr, at.Local.Has(o.Addr))
		case o.IsRange() && len(found) == 0:
			silent++
		}
	}
	out.Said.Sent, out.Said.Answered, out.Said.Conflicts, out.Said.Silent = sent, len(answered), conflicts, silent
	switch {
	case conflicts > 0:
		return exit.Failed("%s: two stations with one address", show.Count(conflicts, "conflict"))
	case len(answered) == 0:
		return exit.Failed("no reply on %s: is anybody there up, and in this VLAN?", at.Port.Name())
	case silent > 0:
		return exit.Quietly(exit.StatusNo)
	}
	return nil
}

// announceAll announces each address twice, as RFC 5227, 2.3 has it.
func (a *asker) announceAll(c *cli.Context, at *command.Place, operands []args.Asked, out *show.ARP) error {
	for _, o := range operands {
		if o.IsRange() {
			return exit.Usage("%s is a range: give the single addresses to announce", o.Name)
		}
	}
	for i := range 2 {
		if i > 0 && !command.SleepUntil(c.Context, time.Now().Add(announceInterval)) {
			break
		}
		for _, o := range operands {
			if err := at.Announce(at.Port, o.Addr); err != nil {
				return command.Ended(err)
			}
			out.Announced(o.Addr, at.MAC)
		}
	}
	return nil
}

// announceInterval is the time between announcements (RFC 5227, 1.1).
const announceInterval = 2 * time.Second

// probeAll says of each address whether it is free.
func (a *asker) probeAll(c *cli.Context, at *command.Place, operands []args.Asked, out *show.ARP) error {
	taken := 0
	for _, o := range operands {
		if o.IsRange() {
			return exit.Usage("%s is a range: give the single addresses to probe for", o.Name)
		}
		var holder net.HardwareAddr
		var err error
		if at.Local.Has(o.Addr) {
			holder = at.Port.HardwareAddr()
		} else {
			holder, err = at.Probe(c.Context, at.Port, o.Addr)
		}
		if err != nil {
			return command.Ended(err)
		}
		if holder == nil && c.Context.Err() != nil {
			return exit.Failed("stopped before it was known whether %s is free", o.Addr)
		}
		if holder != nil {
			taken++
		}
		out.Probed(o.Addr, holder)
	}
	if taken > 0 {
		return exit.Quietly(exit.StatusNo)
	}
	return nil
}

// watch prints claims; one address claimed by two stations is a conflict.
func (a *asker) watch(c *cli.Context, at *command.Place, out *show.ARP) error {
	ctx, cancel := command.WithDuration(c.Context, time.Duration(a.duration))
	defer cancel()
	var seen reach.Watch
	err := reach.Listen(ctx, at.Port, at.Tags, func(claim reach.Claim, when time.Time) bool {
		out.Claim(claim, when, seen.See(claim))
		return out.Out.Err() == nil
	})
	out.Said.Conflicts = seen.Conflicts
	switch {
	case err != nil:
		return command.Ended(err)
	case seen.Conflicts > 0:
		return exit.Failed("%s: an address was claimed by two stations", show.Count(seen.Conflicts, "conflict"))
	}
	return nil
}
