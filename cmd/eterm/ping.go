package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
	"eterm/frame/ether"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/load/pace"
	"eterm/iface/reach"
)

// pinger is eterm ping.
type pinger struct {
	command.Station
	args.Hosts
	to             args.MAC
	count          args.Count
	duration       args.Duration
	interval       args.Duration
	timeout        args.Duration
	ttl, tos       int
	df, flood, mtu bool
	size           args.Size
	sweep          args.Sweep
	payload        args.Payload
	l2, llc, lbm   bool
	level          int
	quiet, jsonOut bool
	output         string
}

func pingCommand() *cli.Command {
	p := &pinger{ttl: 64, interval: args.Duration(time.Second), timeout: args.Duration(time.Second)}
	return &cli.Command{
		Name:      "ping",
		Usage:     "reach hosts by ICMP, ICMPv6 or layer 2, and measure the round trip between kernel timestamps",
		ArgsUsage: "HOST|CIDR|MAC...",
		UsageText: "eterm ping -i eth0 192.0.2.2 -c 3\n" +
			"eterm ping -i eth0 -Q 3:10 --src-ip 192.0.2.1 192.0.2.2     in VLAN 10, from an address of our own\n" +
			"eterm ping -i eth0 192.0.2.0/24 -c 1                        everybody who replies to ARP\n" +
			"eterm ping -i eth0 --mtu 192.0.2.2                          the largest packet that gets there whole\n" +
			"eterm ping -i eth0 --sweep 64..1518 --df 192.0.2.2          sizes in turn, once\n" +
			"eterm ping -i eth0 --l2 02:00:00:00:00:02                   without IP: eterm respond replies\n" +
			"eterm ping -i eth0 --lbm 02:00:00:00:00:02                  802.1ag loopback: switches reply",
		Flags:  p.flags(),
		Action: p.run,
	}
}

func (p *pinger) flags() []cli.Flag {
	own := []cli.Flag{
		p.GatewayFlag(),
		&cli.GenericFlag{Name: "to", Value: &p.to, DefaultText: "asked for by ARP", Usage: "destination `MAC` of all frames"},
		args.CountFlag(&p.count, "send `N` probes to each target (--mtu: of each size, at most)"),
		args.DurationFlag(&p.duration),
		args.IntervalFlag(&p.interval),
		args.TimeoutFlag(&p.timeout, "wait `TIME` for the reply to the last request; replies that take longer are late"),
		args.NumberFlag("ttl", &p.ttl, 1, 255, "time to live or hop limit, `1..255`"),
		args.NumberFlag("tos", &p.tos, 0, 255, "type of service or traffic class, `0..255`"),
		&cli.BoolFlag{Name: "df", Destination: &p.df, Usage: "forbid fragments"},
		&cli.BoolFlag{Name: "flood", Aliases: []string{"f"}, Destination: &p.flood, Usage: "send when a reply comes, or 10 ms have passed"},
		args.SizeFlag(&p.size),
		&cli.GenericFlag{Name: "sweep", Value: &p.sweep, Usage: "frame sizes `FROM..TO[:STEP]` in turn, such as 64..1518; once without -c or -d"},
		&cli.BoolFlag{Name: "mtu", Destination: &p.mtu, Usage: "find the path MTU: the largest packet that gets there and back whole"},
		&cli.BoolFlag{Name: "l2", Destination: &p.l2, Usage: "our own echo on EtherType 0x88b5, to a MAC address"},
		&cli.BoolFlag{Name: "llc", Destination: &p.llc, Usage: "LLC TEST (IEEE 802.2), to a MAC address"},
		&cli.BoolFlag{Name: "lbm", Destination: &p.lbm, Usage: "802.1ag loopback messages, to a MAC address"},
		args.NumberFlag("level", &p.level, 0, 7, "maintenance domain level of --lbm, `0..7`"),
		args.QuietFlag(&p.quiet, "print only the results at the end"),
		args.JSONFlag(&p.jsonOut),
		command.OutputFlag(&p.output),
	}
	own = append(own, args.PayloadFlags(&p.payload)...)
	return append(append(p.Station.Flags(), p.Hosts.Flags()...), own...)
}

// check refuses flags that make no sense, before anything is opened.
func (p *pinger) check(c *cli.Context) error {
	switch {
	case !c.Args().Present() && (p.l2 || p.llc || p.lbm):
		return exit.Usage("no target given: want a MAC address, such as 02:00:00:00:00:02")
	case !c.Args().Present():
		return exit.Usage("no target given: want a host, such as 192.0.2.2, or a range, such as 192.0.2.0/24")
	case p.mtu && c.Args().Len() > 1:
		return exit.Usage("--mtu is about one host: give one")
	case p.interval == 0 && !p.flood:
		return exit.Usage("interval 0: want a time above zero, or --flood")
	}
	return nil
}

func (p *pinger) run(c *cli.Context) error {
	if err := p.check(c); err != nil {
		return err
	}
	at, err := p.Open(c)
	if err != nil {
		return err
	}
	defer at.Port.Close()
	k, err := command.Keep(c, result.KindPing, p.output, p.jsonOut, command.PortAs("send", at.Port.Name()))
	if err != nil {
		return err
	}
	config, err := p.config(c, at)
	if err != nil {
		return k.End(true, nil, nil, err)
	}
	if p.mtu {
		return p.pathMTU(c, at, config, k)
	}
	o := show.PingOptions{Interface: at.Port.Name(), From: at.MAC.String(), JSON: p.jsonOut, Quiet: p.quiet}
	if config.Protocol == reach.ICMP {
		o.From = at.From(config.Targets[0].IP).String()
	}
	out := show.NewPing(command.Output(c), config, o)
	config.Event = out.Event
	out.Header()
	if config.Interval < 2*time.Millisecond*time.Duration(len(config.Targets)) && !p.flood {
		config.Clock = pace.Precise()
	}
	stop := func() {}
	config.Follow = func(s stats.Source) { stop = k.Follow(s) }
	r, err := reach.Ping(c.Context, at.Port, config)
	stop()
	counters, _ := at.Port.Counters()
	out.End(r)
	status := command.Ended(err)
	if err == nil {
		status = pingStatus(at, config.Targets, r, counters)
	}
	early := err != nil || command.Stopped(c, p.count > 0 || p.duration > 0)
	return k.End(early, out.Document(r, counters.HostDropped()), silentTargets(config.Targets, r), status)
}

// silentTargets are those that did not reply as they should.
func silentTargets(targets []reach.Target, r reach.Result) (silent []string) {
	const most = 100
	for i, t := range targets {
		if len(silent) == most {
			return append(silent, "and more")
		}
		switch s := &r.Targets[i]; {
		case s.Received == 0:
			silent = append(silent, fmt.Sprintf("%s: no reply to %s", t.Name, show.Count(s.Sent, "request")))
		case s.Damaged+s.BadChecksum > 0:
			silent = append(silent, fmt.Sprintf("%s: %s damaged", t.Name, show.Count(s.Damaged+s.BadChecksum, "reply")))
		}
	}
	return silent
}

// pingStatus is 0 if every target replied, and as it should.
func pingStatus(at *command.Place, targets []reach.Target, r reach.Result, counters iface.Counters) error {
	if err := command.Untrusted(counters.Doubts()); err != nil {
		return err
	}
	for i, t := range targets {
		s := &r.Targets[i]
		if s.Received > 0 {
			continue
		}
		if s.Sent == 0 && s.Unresolved > 0 {
			asked, kind := t.IP, "it"
			if t.Via.IsValid() && t.Via != t.IP {
				asked, kind = t.Via, "the gateway"
			}
			return exit.Failed("no reply to %s for %s on %s: is %s up, and in this VLAN?", show.Resolution(asked), asked, at.Port.Name(), kind)
		}
		return exit.Quietly(exit.StatusNo)
	}
	if r.Total.Damaged+r.Total.BadChecksum > 0 {
		return exit.Quietly(exit.StatusNo)
	}
	return nil
}

// config is what the flags say, for the targets there are.
func (p *pinger) config(c *cli.Context, at *command.Place) (reach.Config, error) {
	config := reach.Config{
		Shape: reach.Shape{TTL: uint8(p.ttl), TOS: uint8(p.tos), DF: p.df, Level: uint8(p.level)},
		ID:    uint16(rand.Uint32()), Count: uint64(p.count),
		Duration: time.Duration(p.duration), Interval: time.Duration(p.interval), Timeout: time.Duration(p.timeout),
		Flood: p.flood, Pattern: p.payload,
	}
	switch {
	case p.sweep.Step != 0:
		config.First, config.Last, config.Step = p.sweep.From-ether.FCSLen, p.sweep.To-ether.FCSLen, p.sweep.Step
		if config.Count == 0 && config.Duration == 0 {
			config.Count = uint64(reach.Steps(config.First, config.Last, config.Step))
		}
		if !c.IsSet("interval") {
			config.Interval = sweepInterval
		}
	case p.size != 0:
		config.First = int(p.size) - ether.FCSLen
	}
	var err error
	switch {
	case p.l2, p.llc, p.lbm:
		config.Protocol = map[bool]reach.Protocol{p.l2: reach.InBand, p.llc: reach.LLC, p.lbm: reach.LBM}[true]
		if config.Targets, err = p.Stations(c.Args().Slice()); err == nil {
			err = command.AtWork(c)
		}
	default:
		config.Targets, err = p.ipTargets(c, at)
	}
	config.Station = at.Station
	if err == nil {
		err = p.fits(config, at)
	}
	return config, err
}

// sweepInterval is between the sizes of a sweep where nothing else is said: all of
// 64 to 1518 take 15 s.
const sweepInterval = 10 * time.Millisecond

// fits refuses frames longer than the interface takes.
func (p *pinger) fits(config reach.Config, at *command.Place) error {
	limit := ether.MaxFrame(at.Port.MTU(), len(config.Tags) > 1 && binary.BigEndian.Uint16(config.Tags) == ether.TypeVLAN)
	longest := max(config.First, config.Last)
	if config.Protocol == reach.LLC {
		limit = min(limit, ether.HeaderLen+ether.MaxPayload+len(config.Tags)) // what a length field can say
	}
	if longest > limit {
		return exit.Usage("size %d is too long: %s has MTU %d, so frames of at most %d bytes with FCS", longest+ether.FCSLen, at.Port.Name(), at.Port.MTU(), limit+ether.FCSLen)
	}
	return nil
}
