package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab"
	"eterm/iface/switchtest"
)

// switchFiller is the flags of eterm switch macs.
type switchFiller struct {
	ports      switchPorts
	maxMACs    int
	maxAgeing  args.Duration
	sequential bool
	skip       string
	seed       uint64
	color      args.When
	json       bool
}

// macCases are what eterm switch macs asks; each is a group of its own here.
var macCases = []string{"learning.rate", "ageing.time", "learning.capacity"}

func switchMACsCommand() *cli.Command {
	s := &switchFiller{color: "auto", maxAgeing: args.Duration(330 * time.Second)}
	return &cli.Command{
		Name:  "macs",
		Usage: "measure a switch's address table: how many, how fast, for how long",
		UsageText: "eterm switch macs --a eth1 --b eth2 --max-macs 131072\n" +
			"eterm switch macs --a eth1 --b eth2 --skip ageing.time --sequential",
		Description: "Fills the table: stations whose addresses find no room are flooded until it forgets.",
		Flags: append(s.ports.flags(),
			&cli.IntFlag{Name: "max-macs", Destination: &s.maxMACs, Value: 65536, Usage: "try at most `N` addresses"},
			&cli.GenericFlag{Name: "max-ageing", Value: &s.maxAgeing, DefaultText: s.maxAgeing.String(), Usage: "wait at most `TIME` for an address to be forgotten"},
			&cli.BoolFlag{Name: "sequential", Destination: &s.sequential, Usage: "addresses that follow each other, not random ones (RFC 4814)"},
			&cli.StringFlag{Name: "skip", Destination: &s.skip, Usage: "leave out `CASES` of " + strings.Join(macCases, ", ")},
			&cli.Uint64Flag{Name: "seed", Destination: &s.seed, Usage: "make the same addresses again from `N`", DefaultText: "random"},
			args.ColorFlag(&s.color),
			args.JSONFlag(&s.json),
		),
		Action: func(c *cli.Context) error { return s.run(c) },
	}
}

func (s *switchFiller) run(c *cli.Context) error {
	cases, err := switchtest.Select(macCases, names(s.skip))
	if err != nil {
		return exit.Usage("%w", err)
	}
	if s.maxMACs < 64 {
		return exit.Usage("--max-macs %d: want at least 64 addresses", s.maxMACs)
	}
	if err := s.ports.open(c); err != nil {
		return err
	}
	defer s.ports.close()
	p := &cardPrinter{out: c.App.Writer, json: s.json, color: useColor(s.color, c.App.Writer), live: newLiveLine(c.App.ErrWriter)}
	note(c, "fills the switch's address table with up to %d made-up addresses, which it forgets by itself", s.maxMACs)
	lab.Ready()
	card, err := switchtest.Check(c.Context, switchtest.Config{
		A: s.ports.A, B: s.ports.B, Third: s.ports.Third, Cases: cases, Seed: s.seed, MaxMACs: s.maxMACs,
		Sequential: s.sequential, MaxAgeing: time.Duration(s.maxAgeing), Progress: p.progress,
	})
	p.live.clear()
	if card == nil {
		return exit.Failed("%w", err)
	}
	if !s.json {
		for _, r := range card.Results {
			p.plot(r)
		}
	}
	if err := p.card(card); err != nil {
		return err
	}
	return cardStatus(card, err)
}

// plotWidth is the length of a full bar, plotRows the most bars of a plot.
const (
	plotWidth = 40
	plotRows  = 16
)

// plot draws what was known against what was tried.
func (p *cardPrinter) plot(r switchtest.Result) {
	points := slices.Clone(r.Curve)
	slices.SortFunc(points, func(a, b switchtest.Point) int { return int(a.Tried - b.Tried) })
	if len(points) == 0 {
		return
	}
	p.printf("\n%s\n", r.Case.Name)
	for i, pt := range points {
		// Of many points show some, and all where something changes.
		dull := len(points) > plotRows && i%(len(points)/plotRows+1) != 0
		if dull && i > 0 && (pt.Missed == 0) == (points[i-1].Missed == 0) {
			continue
		}
		p.bar(r.Case.Name, pt)
	}
}

// bar is one line of a plot: the share that was known.
func (p *cardPrinter) bar(name string, pt switchtest.Point) {
	of, label := pt.Tried, fmt.Sprintf("%10.0f addresses", pt.Tried)
	switch name {
	case "ageing.time":
		of, label = 1, fmt.Sprintf("%10.2f s", pt.Tried/1000)
	case "learning.rate":
		of, label = switchtest.RateBatch, fmt.Sprintf("%10.0f /s", pt.Tried)
	}
	known := 1 - float64(pt.Missed)/of
	full := int(known * plotWidth)
	p.printf("%s  %s%s %5.1f %% known\n", label, strings.Repeat("#", full), strings.Repeat(".", plotWidth-full), 100*known)
}
