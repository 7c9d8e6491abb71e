package main

import (
	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
)

func manCommand() *cli.Command {
	return &cli.Command{
		Name:      "man",
		Usage:     "print the manual page of all commands or of one, in roff",
		UsageText: "eterm man | man -l -\neterm man ping | man -l -",
		ArgsUsage: "[COMMAND]",
		Action: func(c *cli.Context) error {
			switch c.NArg() {
			case 0:
				return args.WriteManual(c.App.Writer, c.App)
			case 1:
				if named := c.App.Command(c.Args().First()); named != nil {
					return args.WriteCommandManual(c.App.Writer, c.App, named)
				}
				return exit.Usage("no command %q: eterm help lists all", c.Args().First())
			}
			return exit.Usage("%d commands given: a page is of one", c.NArg())
		},
	}
}
