package command

import (
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/reach"
)

// AskFlags are what arp and scan can be told about asking many.
type AskFlags struct {
	rate    args.AskRate
	Tries   args.Count
	Timeout args.Duration
	JSON    bool
	Output  string
}

// Flags are the flags of a command that asks.
func (f *AskFlags) Flags() []cli.Flag {
	return []cli.Flag{
		&cli.GenericFlag{Name: "rate", Aliases: []string{"b"}, Value: &f.rate, DefaultText: "1000pps, more for large ranges", Usage: "ask at `RATE`, such as 500pps or 1Mbit"},
		&cli.GenericFlag{Name: "count", Aliases: []string{"c"}, Value: &f.Tries, DefaultText: f.Tries.String(), Usage: "send up to `N` requests to those who do not reply"},
		args.TimeoutFlag(&f.Timeout, "wait `TIME` for replies after the last request"),
		args.JSONFlag(&f.JSON),
		OutputFlag(&f.Output),
	}
}

// Check refuses what cannot be meant, before a port is opened.
func (f *AskFlags) Check() error {
	if f.Tries == 0 {
		return exit.Usage("count 0: want the number of times to ask, at least 1")
	}
	_, err := f.rate.PerSecond()
	return err
}

// Discovery is the questions for these ranges. Check has passed.
func (f *AskFlags) Discovery(at *Place, ranges []reach.Range) reach.Discovery {
	rate, _ := f.rate.PerSecond()
	return reach.Discovery{Station: at.Station, Ranges: ranges, Rate: rate, Tries: int(min(f.Tries, 1000)), Timeout: time.Duration(f.Timeout)}
}

// Sources finds our address for each family asked; we may have none, and then
// ask without (ARP probes change nobody's table).
func (p *Place) Sources(ranges []reach.Range) {
	for _, r := range ranges {
		p.From(r.First)
	}
}

// Asked are the hosts and ranges of the operands, all of them of single stations,
// or where there are no operands the interface's own IPv4 networks.
func Asked(c *cli.Context, at *Place, f *args.Hosts) ([]args.Asked, error) {
	words := c.Args().Slice()
	if len(words) == 0 && !f.OnlyIPv6() {
		for _, n := range at.Local.Networks4() {
			words = append(words, n.String())
		}
	}
	if len(words) == 0 {
		return nil, exit.Usage("%s has no IPv4 network of its own to ask: give a range, such as 192.0.2.0/24, or a host", at.Port.Name())
	}
	asked, err := f.Parse(c.Context, words, &at.Place)
	if err == nil {
		err = args.UnicastOnly(asked, &at.Place)
	}
	return asked, err
}
