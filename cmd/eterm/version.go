package main

import (
	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
)

func versionCommand() *cli.Command {
	asJSON := false
	return &cli.Command{
		Name:      "version",
		Usage:     "print the version",
		UsageText: "eterm version\neterm version --json",
		Flags:     []cli.Flag{args.JSONFlag(&asJSON)},
		Action:    func(c *cli.Context) error { return command.Output(c).Version(asJSON) },
	}
}
