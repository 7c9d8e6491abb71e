package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/iface"
)

func interfacesCommand() *cli.Command {
	var asJSON, probe bool
	return &cli.Command{
		Name:  "interfaces",
		Usage: "list this host's interfaces and what they can do",
		UsageText: "eterm interfaces\neterm interfaces --json | jq 'select(.carrier)'\n" +
			"eterm interfaces --probe eth0            what XDP, timestamps, queues and offloads it has; nothing is sent",
		ArgsUsage: "[INTERFACE ...]",
		Flags:     []cli.Flag{args.ProbeFlag(&probe), args.JSONFlag(&asJSON)},
		Action: func(c *cli.Context) error {
			if probe {
				return probePorts(c, asJSON)
			}
			if err := command.AtWork(c); err != nil {
				return err
			}
			list, err := iface.List()
			if err == nil {
				list, err = args.ByName(list, c.Args().Slice())
			}
			if err != nil {
				return err
			}
			if err := command.Output(c).Interfaces(list, asJSON); err != nil || asJSON {
				return err
			}
			for _, i := range list {
				if unseen := show.Unseen(i); unseen != "" {
					command.Note(c, "%s", unseen)
				}
			}
			return nil
		},
	}
}

// probePorts finds out what the ports named can do. They are named: what is tried
// there is tried on no other.
func probePorts(c *cli.Context, asJSON bool) error {
	if c.NArg() == 0 {
		return exit.Usage("no interface given to try: eterm interfaces --probe NAME")
	}
	found := make([][]iface.Ability, c.NArg())
	for i, name := range c.Args().Slice() {
		var err error
		if found[i], err = iface.Abilities(name); err != nil {
			return exit.Usage("%w", err)
		}
	}
	if err := command.AtWork(c); err != nil {
		return err
	}
	for i, name := range c.Args().Slice() {
		if err := command.Output(c).Abilities(name, found[i], asJSON); err != nil {
			return err
		}
		if unknown := slices.ContainsFunc(found[i], func(a iface.Ability) bool { return a.Answer == iface.Unknown }); unknown && !asJSON {
			command.Note(c, "what is unknown here may need root: sudo eterm interfaces --probe %s", show.Text(name))
		}
	}
	if asJSON {
		return command.Output(c).JSON(show.InterfacesSummary{Type: "summary", Interfaces: c.NArg()})
	}
	return nil
}
