package args

import (
	"context"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
)

// Prepare gives every command what cli gives only to the app, and refuses
// operands where a command says it takes none.
func Prepare(commands []*cli.Command) {
	for _, c := range commands {
		c.OnUsageError = UsageError
		c.HideHelpCommand = true
		c.UseShortOptionHandling = false
		if c.Action != nil && c.ArgsUsage == "" {
			c.Action = withoutOperands(c.Action)
		}
		if c.Action != nil && len(c.Flags) > 0 { // the others just print, and start sooner without
			c.Action = interruptible(c.Action)
		}
		if len(c.Subcommands) > 0 && c.Action == nil {
			c.Action = noSubcommand
		}
		Prepare(c.Subcommands)
	}
}

// interruptible lets the first SIGINT or SIGTERM end a command cleanly, by its
// context; a second one ends the process.
func interruptible(action cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
		defer stop()
		context.AfterFunc(ctx, stop)
		c.Context = ctx
		return action(c)
	}
}

// NoCommand is what the program does where no command is named.
func NoCommand(c *cli.Context) error {
	if !c.Args().Present() {
		return exit.Usage("no command given: eterm --help lists them, eterm lab tries them")
	}
	word := c.Args().First()
	return exit.Usage("unknown command %q: %seterm --help lists all", word, Suggest(c.App.Commands, word))
}

func noSubcommand(c *cli.Context) error {
	var names []string
	for _, s := range c.Command.Subcommands {
		names = append(names, s.Name)
	}
	if word := c.Args().First(); word != "" {
		return exit.Usage("unknown command %q: %seterm %s has %s", word, Suggest(c.Command.Subcommands, word), c.Command.Name, strings.Join(names, ", "))
	}
	return exit.Usage("eterm %s needs one of: %s", c.Command.Name, strings.Join(names, ", "))
}

func withoutOperands(action cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		if c.Args().Present() {
			return exit.Usage("%s takes no operand, but was given %q", c.Command.HelpName, c.Args().First())
		}
		return action(c)
	}
}

// UsageError keeps cli from printing the whole help for one wrong flag.
func UsageError(c *cli.Context, err error, _ bool) error {
	return exit.Usage("%s", longFlag(err.Error()))
}

// longFlag writes long flags with the two dashes people type: package flag
// knows only one.
func longFlag(msg string) string {
	before, after, found := strings.Cut(msg, "for flag -")
	name, _, _ := strings.Cut(after, ":")
	if !found || len(name) < 2 {
		return msg
	}
	return before + "for flag --" + after
}
