// Package benchcmd is eterm bench: benchmarks of a device by suites of RFCs.
package benchcmd

import (
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/iface/suite"
)

// bencher is eterm bench rfc2544 and eterm bench calibrate.
type bencher struct {
	flags     args.Bench
	key       string
	calibrate bool
	expect    map[string]string // limits of a plan
	dir       string
	dryRun    bool
	json      bool
	quiet     bool
	color     args.When
}

// Command is eterm bench.
func Command() *cli.Command {
	return &cli.Command{
		Name:  "bench",
		Usage: "benchmark a device by RFC 2544, RFC 2889 and what followed them",
		Description: "Two ports of this machine, joined by the device under test, or by a cable to calibrate; or -i, one port here and one of\n" +
			"another machine, where \"eterm respond\" runs. Every figure says whether the device, the line or this tester was its\n" +
			"limit. Never on a network in use (RFC 6815).",
		Subcommands: []*cli.Command{
			benchRFC2544Command(), benchRFC2889Command(), benchSnakeCommand(), benchRunCommand(), benchCalibrateCommand(), benchResumeCommand(), benchReportCommand(), benchCompareCommand(),
		},
	}
}

func benchRFC2544Command() *cli.Command {
	b := &bencher{color: "auto"}
	return &cli.Command{
		Name:  "rfc2544",
		Usage: "measure throughput, latency, loss, back-to-back, recovery, reset and bursts",
		UsageText: "eterm bench rfc2544 --tx eth1 --rx eth2 -o sw1 --calibration tester/result.json --isolated\n" +
			"eterm bench rfc2544 -i eth0 -o sw1 --isolated                   (\"eterm respond\" on the other machine)\n" +
			"eterm bench rfc2544 --tx eth1 --rx eth2 -o sw1 --preset quick -s 64,1518 -b 100kpps\n" +
			"eterm bench rfc2544 --tx eth1 --rx eth2 -o sw1 --dry-run        (what it would do, and how long)\n" +
			"eterm bench rfc2544 --tx eth1 --rx eth2 -o sw1 --expect limits.yaml",
		Flags:  append(append(b.flags.PortFlags(), b.flags.TestFlags(suite.RFC2544)...), b.outputFlags()...),
		Action: b.run,
	}
}

func benchRFC2889Command() *cli.Command {
	b := &bencher{color: "auto"}
	return &cli.Command{
		Name:  "rfc2889",
		Usage: "measure what a switch forwards when it is overloaded, and broadcast frames",
		UsageText: "eterm bench rfc2889 --tx eth1 --rx eth2 -o sw1 --isolated               (both directions at once: 5.1)\n" +
			"eterm bench rfc2889 --tx eth1 --rx eth2 -o sw1 --direction forward       (one: 5.4)\n" +
			"eterm bench rfc2889 --tx eth1 --rx eth2 --third eth3 -o sw1 --tests broadcast",
		Description: "Throughput, the forwarding rate at the maximum offered load and the maximum forwarding rate, and broadcast frames.\n" +
			"Address tables are of \"eterm switch macs\", errored frames of \"eterm switch check --errored\".",
		Flags:  append(append(b.flags.PortFlags(), b.flags.TestFlags(suite.RFC2889)...), b.outputFlags()...),
		Action: b.run,
	}
}

func benchSnakeCommand() *cli.Command {
	b := &bencher{color: "auto"}
	return &cli.Command{
		Name:      "snake",
		Usage:     "measure all ports of a switch with two: they are joined in a row (RFC 8239)",
		UsageText: "eterm bench snake --tx eth1 --rx eth2 --hops 12 -o sw1 --isolated\neterm bench snake --tx eth1 --rx eth2 --hops 12 -b 10kpps --dry-run     (the VLANs and cables)",
		Description: "Every two ports are a VLAN, and a cable goes from its second port to the first one of the next VLAN. A frame goes\n" +
			"through the switch once in each VLAN. --dry-run prints what to configure. No latency is measured: that of one hop\n" +
			"does not follow from that of all.",
		Flags:  append(append(b.flags.PortFlags(), b.flags.TestFlags(suite.Snake)...), b.outputFlags()...),
		Action: b.run,
	}
}

func benchRunCommand() *cli.Command {
	b := &bencher{color: "auto"}
	return &cli.Command{
		Name:      "run",
		Usage:     "make a benchmark that a file describes: suites, ports, sizes, limits",
		UsageText: "eterm bench run PLAN.yaml -o sw1 --isolated",
		ArgsUsage: "PLAN   a YAML file",
		Description: "Keys are the long names of flags of rfc2544 and rfc2889, suites (a list of these two), expect (limits by figure)\n" +
			"and notes. A plan names no file and no command.",
		Flags: append(b.flags.OwnFlags(), b.outputFlags()...),
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return exit.Usage("name one plan: a YAML file")
			}
			if err := b.readPlan(c, c.Args().First()); err != nil {
				return err
			}
			return b.run(c)
		},
	}
}

func benchCalibrateCommand() *cli.Command {
	b := &bencher{color: "auto", calibrate: true}
	return &cli.Command{
		Name:        "calibrate",
		Usage:       "measure this tester itself, with a cable in the device's place",
		UsageText:   "eterm bench calibrate --tx eth1 --rx eth2 -o tester --isolated",
		Description: "What it finds, in DIR/result.json, is for --calibration of the benchmarks that follow.",
		Flags:       append(b.flags.PortFlags(), b.outputFlags()...),
		Action:      b.run,
	}
}

func (b *bencher) outputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Destination: &b.dir, Usage: "keep the run in `DIR`, which must be new or empty: its journal, its result, a page and a card"},
		&cli.BoolFlag{Name: "dry-run", Destination: &b.dryRun, Usage: "print the plan and how long it takes, and send nothing"},
		command.KeyFlag(&b.key),
		args.JSONFlag(&b.json),
		args.WatchFlag(),
		args.QuietFlag(&b.quiet, "no progress"),
		args.ColorFlag(&b.color),
	}
}

// consent asks whether the network is isolated, if it can be another.
func (b *bencher) consent(c *cli.Context, ports describedPorts) (string, error) {
	switch {
	case b.flags.Isolated:
		return "--isolated", nil
	case ports.virtual():
		return "virtual cables", nil
	case !show.IsTerminal(c.App.Reader) && !readerIsTerminal(c):
		return "", exit.Usage("a benchmark overloads everything it reaches and must never run on a network in use (RFC 6815): --isolated says that this one is not")
	}
	command.Note(c, "a benchmark overloads everything it reaches and must never run on a network in use (RFC 6815)")
	command.Note(c, "type isolated if %s reach nothing but the device under test:", ports)
	var word string
	if _, err := fmt.Fscanln(c.App.Reader, &word); err != nil || strings.TrimSpace(word) != "isolated" {
		return "", exit.Usage("not agreed: nothing was sent")
	}
	return "typed", nil
}

// say tells what will be done and how long it takes.
func (b *bencher) say(c *cli.Context, p suite.Plan) {
	least, most, trials := 0.0, 0.0, 0
	for _, e := range p.Estimates() {
		least, most, trials = least+e.LeastSeconds, most+e.MostSeconds, trials+e.MostTrials
	}
	command.Note(c, "%s of %s, %s: up to %s, %s to %s, until about %s", strings.Join(p.Tests, ", "), show.Count(len(p.Sizes)+min(1, len(p.Mix)), "size"), p.Direction, show.Count(trials, "trial"),
		rough(least), rough(most), time.Now().Add(time.Duration((least+most)/2)*time.Second).Format("15:04"))
}

// rough is a time as people plan with it.
func rough(seconds float64) string {
	d := time.Duration(seconds * 1e9)
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}
