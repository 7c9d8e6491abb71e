package main

import (
	_ "embed"
	"fmt"

	"github.com/urfave/cli/v2"
)

// The scripts are our own: those of package cli pass what was typed so far to
// eval.
var (
	//go:embed completion/eterm.bash
	bashCompletion string
	//go:embed completion/eterm.zsh
	zshCompletion string
)

func completionCommand() *cli.Command {
	script := func(name, hint string, text func(*cli.App) (string, error)) *cli.Command {
		return &cli.Command{
			Name:  name,
			Usage: "print the completion script for " + name + ": " + hint,
			Action: func(c *cli.Context) error {
				s, err := text(c.App)
				if err != nil {
					return err
				}
				_, err = fmt.Fprint(c.App.Writer, s)
				return err
			},
		}
	}
	fixed := func(s string) func(*cli.App) (string, error) {
		return func(*cli.App) (string, error) { return s, nil }
	}
	return &cli.Command{
		Name:  "completion",
		Usage: "print a shell's completion script",
		Subcommands: []*cli.Command{
			script("bash", "source <(eterm completion bash)", fixed(bashCompletion)),
			script("zsh", "source <(eterm completion zsh)", fixed(zshCompletion)),
			script("fish", "eterm completion fish | source", (*cli.App).ToFishCompletion),
		},
	}
}
