package main

import (
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
)

func helpCommand() *cli.Command {
	return &cli.Command{
		Name:      "help",
		Usage:     "show the help of a command, as its --help does",
		UsageText: "eterm help\neterm help link send",
		ArgsUsage: "[COMMAND]",
		Action:    showHelp,
	}
}

// Package cli lays helps out as if every terminal were wide.
func init() {
	cli.HelpPrinter = func(w io.Writer, layout string, data any) {
		var text strings.Builder
		cli.HelpPrinterCustom(&text, layout, data, nil)
		_, _ = io.WriteString(w, show.Help(text.String(), show.To(w).Columns()))
	}
}

// showHelp prints the help of the command that the operands name.
func showHelp(c *cli.Context) error {
	commands, path := c.App.Commands, []string{c.App.Name}
	for _, word := range c.Args().Slice() {
		found := args.Named(commands, word)
		if found == nil {
			return exit.Usage("unknown command %q: %s%s --help lists all", strings.Join(append(path[1:], word), " "), args.Suggest(commands, word), strings.Join(path, " "))
		}
		path, commands = append(path, found.Name), found.Subcommands
	}
	return c.App.RunContext(c.Context, append(path, "--help"))
}
