package main

import (
	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
)

func manCommand() *cli.Command {
	return &cli.Command{
		Name:   "man",
		Usage:  "print the manual page, in roff: eterm man | man -l -",
		Action: func(c *cli.Context) error { return args.WriteManual(c.App.Writer, c.App) },
	}
}
