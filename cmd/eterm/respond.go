package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/daemon"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/frame/ether"
	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/reach"
	"eterm/iface/respond"
	"eterm/iface/switchtest"
	"eterm/iface/talk"
)

// responder is eterm respond: a peer to test against.
type responder struct {
	iface    string
	ips      cli.StringSlice
	from     args.MAC
	rate     args.AskRate
	maxRate  args.AskRate
	key      string
	duration args.Duration
	json     bool
	quiet    bool
}

func respondCommand() *cli.Command {
	r := &responder{}
	return &cli.Command{
		Name:  "respond",
		Usage: "reply to echo requests, so that any machine is a peer to test against",
		UsageText: "eterm respond -i eth0                                 layer 2 only: ping --l2, --llc, --lbm\n" +
			"eterm respond -i eth0 --ip 192.0.2.2 --ip 2001:db8::2   ARP, neighbour discovery and ICMP too\n" +
			"eterm respond -i eth0 --ip 192.0.2.0/24 -d 1m           a whole network of hosts",
		Description: "Replies to our own layer-2 echo, LLC TEST and 802.1ag loopback sent to this station, and ARP,\n" +
			"neighbour solicitations, ICMP and ICMPv6 echo for the addresses given. Only requests get a\n" +
			"reply, never groups (but ARP and neighbour solicitations), never itself, never faster than the\n" +
			"limit: two responders cannot make a loop. A reply goes into the VLAN of its request. SIGUSR1\n" +
			"has it say how many replies it has sent, which it does each minute where it has no terminal.\n" +
			"SIGHUP ends it: the service eterm-respond@ then opens its ports again.",
		Flags: []cli.Flag{
			args.InterfaceFlag(&r.iface),
			&cli.StringSliceFlag{Name: "ip", Destination: &r.ips, Usage: "reply for `ADDRESS`, or for a network such as 192.0.2.0/24; may be repeated"},
			&cli.GenericFlag{Name: "from", Value: &r.from, DefaultText: "own", Usage: "be the station `MAC`"},
			&cli.GenericFlag{Name: "rate", Aliases: []string{"b"}, Value: &r.rate, DefaultText: "100000pps", Usage: "reply to a peer at most at `RATE`, to all together at five times that; offer no load that is faster"},
			&cli.GenericFlag{Name: "max-rate", Value: &r.maxRate, DefaultText: "that of --rate if given, else any", Usage: "offer loads of link tests at most at `RATE`"},
			command.KeyFlag(&r.key),
			args.DurationFlag(&r.duration),
			args.QuietFlag(&r.quiet, "do not print the account at the end"),
			args.JSONFlag(&r.json),
		},
		Action: r.run,
	}
}

func (r *responder) run(c *cli.Context) error {
	config, err := r.config()
	if err != nil {
		return err
	}
	key, err := command.SharedKey(r.key)
	if err != nil {
		return err
	}
	filter, err := linktest.NoTestFrames()
	if err != nil {
		return err
	}
	o := iface.Options{Immediate: true, Filter: filter, Tagged: true, Promiscuous: r.from.Given() || len(config.Addresses) > 0}
	port, err := command.OpenPort(c, r.iface, o)
	if err != nil {
		return err
	}
	defer port.Close()
	if err := r.station(&config, port); err != nil {
		return err
	}
	peer, err := r.peer(c, key)
	if err != nil {
		return err
	}
	defer peer.close()
	r.warn(c, port, config.Addresses)
	// Of a test that lapsed, a watch and a trial of a benchmark go on: each has a
	// port of its own.
	var shelves [3]*iface.Shelf
	for i := range shelves {
		tests, err := iface.Open(port.Name(), iface.Options{Promiscuous: true, Immediate: i < 2, Tagged: i == 2})
		if err != nil {
			return exit.Usage("%w", err)
		}
		shelves[i] = iface.NewShelf(tests)
		defer shelves[i].Close()
	}
	reflector := talk.NewReflector(key, map[talk.Service]talk.Server{
		talk.Link: peer, talk.Switch: switchtest.NewPeer(shelves[0].Lend), talk.Watch: switchtest.NewWatchPeer(shelves[1].Lend, key),
		talk.Bench: peer.benchPeer(port.Name(), shelves[2].Lend, key)})
	defer reflector.Close()
	config.More = append(config.More, reflector.Answerer())
	if err := command.AtWork(c); err != nil {
		return err
	}
	ctx, cancel := command.WithDuration(c.Context, time.Duration(r.duration))
	defer cancel()
	engine := respond.New(port, config)
	peer.start(ctx)
	err = r.serve(ctx, c, port, config, engine)
	return r.end(c, port, engine, err)
}

// serve says what is answered, and answers until ctx ends. Out of a terminal it
// gives an account each minute, and anywhere when it gets SIGUSR1.
func (r *responder) serve(ctx context.Context, c *cli.Context, port iface.Port, config respond.Config, engine *respond.Responder) error {
	says := command.Messages(c)
	ctx, stop := daemon.Accounting(ctx, !r.quiet && !says.IsLive(), func() {
		counters, _ := port.Counters()
		says.Note("%s", show.Answered(engine.Account(), counters.HostDropped()))
	})
	defer stop()
	if r.quiet {
		return engine.Serve(ctx)
	}
	defer command.Begin(c, r.does(port, config), func() string { return fmt.Sprintf("%d answered", engine.Account().Total()) })()
	return engine.Serve(ctx)
}

// end prints the account and returns the status; cause ended the serving.
func (r *responder) end(c *cli.Context, port iface.Port, engine *respond.Responder, cause error) error {
	counters, _ := port.Counters()
	err := cause
	if printErr := r.print(c, engine.Account(), counters.HostDropped()); err == nil {
		err = printErr
	}
	switch {
	case errors.Is(err, iface.ErrGone):
		return exit.Untrusted("%w: no request gets a reply any more", err)
	case err != nil:
		return err
	}
	var lost []iface.Doubt // a peer asks again: what matters is what was not heard
	for _, d := range counters.Doubts() {
		if d.Reason == iface.HostDropped {
			lost = append(lost, d)
		}
	}
	return command.Untrusted(lost)
}

// does says what is answered.
func (r *responder) does(port iface.Port, config respond.Config) string {
	text := fmt.Sprintf("replying on %s as %v", port.Name(), config.MAC)
	for i, a := range config.Addresses {
		if i == 0 {
			text += " for "
		} else {
			text += ", "
		}
		text += a.String()
	}
	return text + ", " + command.Until(0, "", time.Duration(r.duration))
}

// loadRate bounds the loads offered to those who ask for one, in frames a
// second; 0 does not.
func (r *responder) loadRate() (float64, error) {
	for _, rate := range []*args.AskRate{&r.maxRate, &r.rate} {
		if n, err := rate.PerSecond(); err != nil || n > 0 {
			return n, err
		}
	}
	return 0, nil
}

func (r *responder) config() (respond.Config, error) {
	var c respond.Config
	var err error
	if c.Rate, err = r.rate.PerSecond(); err != nil {
		return c, err
	}
	c.Addresses, err = args.ParseNetworks(r.ips.Value())
	return c, err
}

// station says which MAC address answers.
func (r *responder) station(config *respond.Config, port iface.Port) error {
	own := port.HardwareAddr()
	config.MAC = r.from.Or(own, own)
	if !ether.IsStation(config.MAC) {
		return exit.Usage("%s cannot be the address of one station: give another with --from", config.MAC)
	}
	return nil
}

// warn names addresses that the kernel answers for as well.
func (r *responder) warn(c *cli.Context, port iface.Port, addresses []netip.Prefix) {
	local, err := reach.ReadLocal(port.Name())
	if err != nil {
		return
	}
	for _, p := range local.Prefixes {
		for _, ours := range addresses {
			if ours.Contains(p.Addr()) {
				command.Note(c, "%s is an address of this host: its kernel replies too, and who asks sees duplicates", p.Addr())
			}
		}
	}
}

func (r *responder) print(c *cli.Context, a respond.Account, dropped uint64) error {
	if r.quiet && !r.json {
		return nil
	}
	return command.Output(c).Responded(a, dropped, r.json)
}
