package main

import (
	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/iface"
)

func interfacesCommand() *cli.Command {
	var asJSON bool
	return &cli.Command{
		Name:      "interfaces",
		Usage:     "list this host's interfaces and what they can do",
		UsageText: "eterm interfaces\neterm interfaces --json | jq 'select(.carrier)'",
		Flags:     []cli.Flag{args.JSONFlag(&asJSON)},
		Action: func(c *cli.Context) error {
			if err := atWork(c); err != nil {
				return err
			}
			list, err := iface.List()
			if err != nil {
				return err
			}
			return output(c).Interfaces(list, asJSON)
		},
	}
}
