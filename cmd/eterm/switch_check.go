package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
	"eterm/frame/capture"
	"eterm/iface"
	"eterm/iface/switchtest"
)

// switchChecker is the flags of eterm switch check.
type switchChecker struct {
	ports              switchPorts
	only, skip, vlans  string
	vlan               string
	expect, output     string
	evidence           string
	maxMACs            int
	maxAgeing, drain   args.Duration
	loadTime           args.Duration
	seed               uint64
	list, json, detail bool
	errored            bool
	color              args.When
}

func switchCheckCommand() *cli.Command {
	s := &switchChecker{maxMACs: 8192, color: "auto", maxAgeing: args.Duration(330 * time.Second), loadTime: args.Duration(3 * time.Second)}
	return &cli.Command{
		Name:  "check",
		Usage: "ask a switch whether it forwards, floods, learns, ages and isolates as the standards say",
		UsageText: "eterm switch check --a eth1 --b eth2\n" +
			"eterm switch check --a eth1 --b eth2 --skip ageing         (a few seconds instead of minutes)\n" +
			"eterm switch check --a eth1 --b eth2 --only learning,vlan --vlans 10,20\n" +
			"eterm switch check --a eth1 --b eth2 --vlan 20,30          (are these trunked, with their priority?)\n" +
			"eterm switch check --a eth1 --b eth2 --errored            (are errored frames dropped?)\n" +
			"eterm switch check --a eth1 --b eth2 --expect office.yaml  (differences from it are the failures)\n" +
			"eterm switch check -i eth1                                 (the other port on another machine, with eterm respond)\n" +
			"eterm switch check --list                                  (all cases, with their rules)",
		Description: "Needs no control of the switch and no addresses. Leaves its\n" +
			"own made-up addresses in the table, which forgets them. docs/guide/switch.md says more.",
		Flags: append(s.ports.flags(),
			args.SomeOf("only", &s.only, "run only `CASES`: groups or cases, separated by commas", switchtest.Names()...),
			args.SomeOf("skip", &s.skip, "leave out `CASES`", switchtest.Names()...),
			&cli.StringFlag{Name: "vlans", Destination: &s.vlans, Usage: "the `VLANS` that must pass with their tag, and no others, such as 10,20,100-199"},
			&cli.StringFlag{Name: "vlan", Destination: &s.vlan, Usage: "ask only how `VIDS` such as 20,30 are carried each way: tagged, untagged, in another VLAN or not at all, and with which priority"},
			&cli.BoolFlag{Name: "errored", Destination: &s.errored, Usage: "ask only whether frames with a wrong FCS, too short or too long are forwarded; needs NICs that send and hand over such frames"},
			&cli.StringFlag{Name: "expect", Destination: &s.expect, Usage: "`FILE` that says what this switch is meant to do (YAML)"},
			args.NumberFlag("max-macs", &s.maxMACs, 64, args.Unlimited, "fill the table with at most `N` addresses"),
			&cli.GenericFlag{Name: "max-ageing", Value: &s.maxAgeing, DefaultText: s.maxAgeing.String(), Usage: "wait at most `TIME` for an address to be forgotten"},
			args.DrainFlag(&s.drain, "10ms, 50ms with --to", "wait `TIME` after the last frame for those that take a slower way"),
			&cli.GenericFlag{Name: "load", Value: &s.loadTime, DefaultText: s.loadTime.String(), Usage: "send the load for `TIME`"},
			args.SeedFlag(&s.seed, "random", "make the same addresses again from `N`, as the card says"),
			&cli.BoolFlag{Name: "list", Destination: &s.list, Usage: "list all cases with their rules and what may be expected, and stop"},
			command.OutputFlag(&s.output),
			&cli.StringFlag{Name: "write", Aliases: []string{"w"}, Destination: &s.evidence, Usage: "write the frames that show failures to a new pcapng `FILE`"},
			args.ColorFlag(&s.color),
			args.VerboseFlag(&s.detail),
			args.JSONFlag(&s.json),
		),
		Action: func(c *cli.Context) error { return s.run(c) },
	}
}

func (s *switchChecker) run(c *cli.Context) error {
	cases, asked, err := s.cases()
	if err != nil {
		return err
	}
	if s.list {
		return command.Output(c).Cases(cases, s.json)
	}
	cfg, err := s.config(c, cases)
	if err != nil {
		return err
	}
	cfg.Asked = asked
	defer s.ports.close()
	if s.errored { // before anything is said of the ports
		if cfg.OwnFCS, err = s.ports.ownFCS(); err != nil {
			return err
		}
	}
	if err := s.ports.open(c); err != nil {
		return err
	}
	return s.check(c, cfg)
}

// cases are what to ask, and the VLANs if it is about some.
func (s *switchChecker) cases() ([]switchtest.Case, *switchtest.IDs, error) {
	if s.errored {
		return switchtest.ErroredCases(), nil, nil
	}
	if s.vlan == "" {
		cases, err := switchtest.Select(names(s.only), names(s.skip))
		if err != nil {
			return nil, nil, exit.Usage("%w", err)
		}
		return cases, nil, nil
	}
	ids, err := switchtest.ParseIDs(s.vlan)
	if err != nil {
		return nil, nil, exit.Usage("--vlan: %w", err)
	}
	cases, err := switchtest.VLANCases(ids)
	if err != nil {
		return nil, nil, exit.Usage("--vlan: %w", err)
	}
	return cases, &ids, nil
}

// config makes the library's configuration of the flags.
func (s *switchChecker) config(c *cli.Context, cases []switchtest.Case) (switchtest.Config, error) {
	cfg := switchtest.Config{
		Cases: cases, Seed: s.seed, MaxMACs: s.maxMACs, MaxAgeing: time.Duration(s.maxAgeing),
		Drain: time.Duration(s.drain), LoadTime: time.Duration(s.loadTime),
	}
	if s.vlans != "" {
		ids, err := switchtest.ParseIDs(s.vlans)
		if err != nil {
			return cfg, exit.Usage("--vlans: %w", err)
		}
		cfg.VLANs = &ids
	}
	if s.expect == "" {
		return cfg, nil
	}
	source, err := os.ReadFile(s.expect)
	if err != nil {
		return cfg, exit.Usage("%w", err)
	}
	cfg.Expect, err = switchtest.ParseExpectations(source)
	return cfg, pointed(c, s.expect, err)
}

// pointed is an error in a file; the line and a caret are shown before it.
func pointed(c *cli.Context, file string, err error) error {
	var at *switchtest.ExpectError
	if errors.As(err, &at) {
		command.Messages(c).Lines("eterm: | ", at.Caret())
	}
	if err != nil {
		err = exit.Usage("%s: %w", file, err)
	}
	return err
}

// names splits a list of names.
func names(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// check runs the cases, shows them as they end and prints the card.
func (s *switchChecker) check(c *cli.Context, cfg switchtest.Config) error {
	evidence, err := createEvidence(s.evidence, &s.ports)
	if err != nil {
		return err
	}
	p := &show.Card{Out: command.Output(c), Messages: command.Messages(c), Cases: cfg.Cases, JSON: s.json, Detail: s.detail, Color: show.UseColor(string(s.color), c.App.Writer)}
	cfg.A, cfg.B, cfg.Third, cfg.Key, cfg.Progress = s.ports.A, s.ports.B, s.ports.Third, s.ports.shared, p.Progress
	if hasCase(cfg.Cases, "learning.capacity") {
		command.Note(c, "fills the switch's address table with up to %d made-up addresses, which it forgets by itself (--max-macs, --skip learning.capacity)", s.maxMACs)
	}
	k, err := command.Keep(c, result.KindSwitchCheck, s.output, s.json, s.ports.described()...)
	if err != nil {
		return err
	}
	bridges := show.LookForBridges(iface.BridgeSettings)
	if err := command.AtWork(c); err != nil {
		return err
	}
	card, err := switchtest.Check(c.Context, cfg)
	command.Messages(c).Clear()
	if writeErr := show.WriteEvidence(evidence, card); writeErr != nil {
		return exit.Usage("%w", writeErr)
	}
	if card == nil {
		return k.End(true, nil, nil, notBegun(err))
	}
	p.End(card)
	bridges.Card(card, command.Messages(c))
	return k.End(err != nil, result.SwitchOf(card), failedCases(card), cardStatus(card, err))
}

func hasCase(cases []switchtest.Case, name string) bool {
	for _, c := range cases {
		if c.Name == name {
			return true
		}
	}
	return false
}

// failedCases are the cases that failed, with what was seen.
func failedCases(card *switchtest.Card) (failed []string) {
	for _, r := range card.Results {
		if r.Verdict == switchtest.Fail {
			failed = append(failed, fmt.Sprintf("%s: expected %s, seen: %s", r.Case.Name, r.Expected, r.Seen))
		}
	}
	return failed
}

// cardStatus is the exit status a card stands for; err ended the run early.
func cardStatus(card *switchtest.Card, err error) error {
	switch {
	case card.Loop != nil:
		return exit.Untrusted("%w", card.Loop)
	case err != nil && card.Count(switchtest.Fail) == 0:
		return exit.Untrusted("the run ended early: %w", err)
	case card.Forged > 0:
		return exit.Untrusted("%s with marks of this run had not the seal of the key: another sender?", show.Count(card.Forged, "frame"))
	case !card.Trusted() && card.HostLost > 0:
		return exit.Untrusted("this host lost %s: run it again on a less busy one", show.Count(card.HostLost, "frame"))
	case !card.Trusted():
		return exit.Untrusted("the link went silent during the run: see the cases not tested")
	case card.Count(switchtest.Fail) > 0:
		return exit.Quietly(exit.StatusNo)
	}
	return nil
}

// createEvidence makes the file for show.WriteEvidence, before there is anything to
// write: a test is too long to find out at its end that there cannot be one.
func createEvidence(path string, ports *switchPorts) (*capture.Recorder, error) {
	if path == "" {
		return nil, nil
	}
	about := capture.Interface{Name: "switch", Description: fmt.Sprintf("between %s and %s", ports.A.Name(), ports.B.Name()), Application: "eterm " + result.ThisTool().Version}
	file, err := command.NewCapture(path, capture.RecorderOptions{About: about})
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	return file, nil
}
