package main

import (
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
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
	output     string
	json       bool
}

// macCases are what eterm switch macs asks; each is a group of its own here.
var macCases = []string{"learning.rate", "ageing.time", "learning.capacity"}

func switchMACsCommand() *cli.Command {
	s := &switchFiller{maxMACs: 65536, color: "auto", maxAgeing: args.Duration(330 * time.Second)}
	return &cli.Command{
		Name:  "macs",
		Usage: "measure a switch's address table: how many, how fast, for how long",
		UsageText: "eterm switch macs --a eth1 --b eth2 --max-macs 131072\n" +
			"eterm switch macs --a eth1 --b eth2 --skip ageing.time --sequential",
		Description: "Fills the table: stations whose addresses find no room are flooded until it forgets.",
		Flags: append(s.ports.flags(),
			args.NumberFlag("max-macs", &s.maxMACs, 64, args.Unlimited, "try at most `N` addresses"),
			&cli.GenericFlag{Name: "max-ageing", Value: &s.maxAgeing, DefaultText: s.maxAgeing.String(), Usage: "wait at most `TIME` for an address to be forgotten"},
			&cli.BoolFlag{Name: "sequential", Destination: &s.sequential, Usage: "addresses that follow each other, not random ones (RFC 4814)"},
			args.SomeOf("skip", &s.skip, "leave out `CASES` of "+strings.Join(macCases, ", "), macCases...),
			args.SeedFlag(&s.seed, "random", "make the same addresses again from `N`"),
			args.ColorFlag(&s.color),
			command.OutputFlag(&s.output),
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
	if err := s.ports.open(c); err != nil {
		return err
	}
	defer s.ports.close()
	p := &show.Card{Plots: true, Cases: cases, Out: command.Output(c), Messages: command.Messages(c), JSON: s.json, Color: show.UseColor(string(s.color), c.App.Writer)}
	command.Note(c, "fills the switch's address table with up to %d made-up addresses, which it forgets by itself", s.maxMACs)
	k, err := command.Keep(c, result.KindSwitchMACs, s.output, s.json, s.ports.described()...)
	if err != nil {
		return err
	}
	if err := command.AtWork(c); err != nil {
		return err
	}
	card, err := switchtest.Check(c.Context, switchtest.Config{
		A: s.ports.A, B: s.ports.B, Third: s.ports.Third, Key: s.ports.shared, Cases: cases, Seed: s.seed, MaxMACs: s.maxMACs,
		Sequential: s.sequential, MaxAgeing: time.Duration(s.maxAgeing), Progress: p.Progress,
	})
	command.Messages(c).Clear()
	if card == nil {
		return k.End(true, nil, nil, notBegun(err))
	}
	p.End(card)
	return k.End(err != nil, result.SwitchOf(card), failedCases(card), cardStatus(card, err))
}
