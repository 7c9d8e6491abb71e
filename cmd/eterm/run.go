package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/frame"
)

// run is the whole program but for the process: it returns the exit status and
// touches nothing but its arguments, the network and, during a command, signals.
func run(ctx context.Context, words []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out, says := show.NewOutput(stdout), show.NewMessages(stderr)
	app := newApp(stdin, out, says)
	words, err := args.Normalise(app, words)
	if err == nil {
		err = app.RunContext(ctx, words)
	}
	says.Clear()
	if writing := out.Err(); writing != nil && !errors.Is(writing, syscall.EPIPE) && !errors.Is(err, writing) {
		err = exit.Usage("standard output cannot be written: %w", writing)
	}
	if err != nil && err.Error() != "" {
		says.Note("%s", err)
		if at := (*frame.SyntaxError)(nil); errors.As(err, &at) {
			says.Lines("", at.Caret())
		}
	}
	return exit.Status(err)
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:  "eterm",
		Usage: "raw Ethernet frame lab tool: build, send, receive and account for every frame",
		UsageText: "eterm COMMAND [flags] [operands]   (flags may follow operands; every command has --help)\n" +
			"eterm lab                          (try it without root and without a second machine)",
		HideVersion:          true,
		HideHelpCommand:      true,
		EnableBashCompletion: true,
		Reader:               stdin,
		Writer:               stdout,
		ErrWriter:            stderr,
		Commands:             commands(),
		Action:               noCommand,
		// Errors are printed by run alone, with their status.
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   usageError,
	}
	prepare(app.Commands)
	return app
}

// prepare gives every command what cli gives only to the app, and refuses
// operands where a command says it takes none.
func prepare(commands []*cli.Command) {
	for _, c := range commands {
		c.OnUsageError = usageError
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
		prepare(c.Subcommands)
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

func noCommand(c *cli.Context) error {
	if !c.Args().Present() {
		return exit.Usage("no command given: eterm --help lists them, eterm lab tries them")
	}
	word := c.Args().First()
	return exit.Usage("unknown command %q: %s (eterm --help lists all)", word, cli.SuggestCommand(c.App.Commands, word))
}

func noSubcommand(c *cli.Context) error {
	var names []string
	for _, s := range c.Command.Subcommands {
		names = append(names, s.Name)
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

// usageError keeps cli from printing the whole help for one wrong flag.
func usageError(c *cli.Context, err error, _ bool) error {
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
