package main

import (
	"io"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
)

func completionCommand() *cli.Command {
	c := &cli.Command{Name: "completion", Usage: "print a shell's completion script"}
	for _, s := range args.Shells {
		c.Subcommands = append(c.Subcommands, &cli.Command{
			Name:  s.Name,
			Usage: "print the completion script for " + s.Name + ": " + s.Hint,
			Action: func(c *cli.Context) error {
				_, err := io.WriteString(c.App.Writer, s.Script)
				return err
			},
		})
	}
	return c
}
