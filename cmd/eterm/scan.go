package main

import (
	"sync/atomic"
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

// scanner is eterm scan: everybody in a range.
type scanner struct {
	command.Station
	args.Hosts
	command.AskFlags
	noNames bool
	verbose bool
}

func scanCommand() *cli.Command {
	s := &scanner{}
	s.Tries, s.Timeout = 2, args.Duration(300*time.Millisecond)
	return &cli.Command{
		Name:      "scan",
		Usage:     "list a whole range: who is up, MAC address, vendor, name, echo time",
		ArgsUsage: "[CIDR...]",
		UsageText: "eterm scan -i eth0                       the interface's own network\n" +
			"eterm scan -i eth0 192.0.2.0/24 -n       a range, without looking for names\n" +
			"eterm scan -i eth0 -Q 10 --src-ip 192.0.2.1 192.0.2.0/24 --json   in VLAN 10, where we have no address",
		Description: "Asks every address by ARP (IPv6: neighbour discovery), 1000 a second unless the range is so\n" +
			"large that it takes more to be done in a minute. Who replies gets two echo requests. Names\n" +
			"come from reverse DNS and from the hosts themselves by multicast DNS. Only your own networks.",
		Flags: append(append(append(s.Station.Flags(), s.AskFlags.Flags()...), s.Hosts.Flags()...),
			&cli.BoolFlag{Name: "no-names", Aliases: []string{"n"}, Destination: &s.noNames, Usage: "do not look for names"},
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Destination: &s.verbose, Usage: "list the addresses that are not up too"},
		),
		Action: s.run,
	}
}

func (s *scanner) run(c *cli.Context) error {
	if err := s.Check(); err != nil {
		return err
	}
	at, err := s.Open(c)
	if err != nil {
		return err
	}
	defer at.Port.Close()
	operands, err := command.Asked(c, at, &s.Hosts)
	if err != nil {
		return err
	}
	ranges := args.RangesOf(operands)
	at.Sources(ranges)
	makers := vendors.Load(vendors.Files)
	k, err := command.Keep(c, result.KindScan, s.Output, s.JSON, command.PortAs("send", at.Port.Name()))
	if err != nil {
		return err
	}
	if err := command.AtWork(c); err != nil {
		return err
	}
	began := time.Now()
	hosts, err := s.who(c, at, ranges)
	if err != nil {
		return k.End(true, nil, nil, command.Ended(err))
	}
	return s.print(c, at, k, ranges, hosts, makers, time.Since(began))
}

// who asks the ranges.
func (s *scanner) who(c *cli.Context, at *command.Place, ranges []reach.Range) ([]reach.Host, error) {
	d := s.Discovery(at, ranges)
	bar := command.Messages(c)
	defer bar.Clear()
	var up atomic.Int64
	d.Found = func(reach.Found) { up.Add(1) }
	d.Progress = func(sent, all int) {
		bar.Live("%d%% asked, %d up", 100*min(sent, all*d.Tries)/(all*d.Tries), up.Load())
	}
	return reach.Scan(c.Context, at.Port, reach.ScanConfig{Discovery: d, Names: !s.noNames}, at.From)
}

// print prints the table or the objects, and returns the status.
func (s *scanner) print(c *cli.Context, at *command.Place, k *command.Kept, ranges []reach.Range, hosts []reach.Host, makers *vendors.Table, elapsed time.Duration) error {
	asked := 0
	for _, r := range ranges {
		asked += r.Count
	}
	if s.verbose {
		hosts = reach.WithSilent(ranges, hosts)
	}
	found, err := command.Output(c).Scan(hosts, asked, makers, elapsed, s.JSON)
	switch {
	case err != nil:
		return err
	case found.Conflicts > 0:
		err = exit.Failed("%s: two stations with one address", show.Count(found.Conflicts, "conflict"))
	case found.Up == 0:
		err = command.Doubted(at.Port, exit.Quietly(exit.StatusNo))
	default:
		err = command.Doubted(at.Port, nil)
	}
	var exceeded []string
	if found.Up == 0 {
		exceeded = []string{"nobody replied"}
	}
	return k.End(c.Context.Err() != nil, found, exceeded, err)
}
