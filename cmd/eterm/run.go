package main

import (
	"context"
	"errors"
	"fmt"
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
	if len(words) > 1 && words[1] == args.CompleteCommand {
		return complete(app, words[2:], out)
	}
	app.Metadata = map[string]any{wordsKey: words[min(1, len(words)):]}
	line, err := args.Normalise(app, words)
	if err == nil {
		for _, text := range line.Notes {
			says.Note("%s", text)
		}
		err = app.RunContext(ctx, line.Words)
	}
	says.Clear()
	if writing := out.Err(); writing != nil && !errors.Is(writing, syscall.EPIPE) && (err == writing || !errors.Is(err, writing)) {
		err = exit.Usage("standard output cannot be written: %w", writing)
	}
	if err != nil && err.Error() != "" {
		says.Note("%s", show.Words(exit.Message(err)))
		if at := (*frame.SyntaxError)(nil); errors.As(err, &at) {
			says.Lines("", at.Caret())
		}
	}
	return exit.Status(err)
}

// complete prints what the last of the words can become, and behind a tab what
// it is.
func complete(app *cli.App, words []string, stdout io.Writer) int {
	for _, c := range args.Complete(app, words) {
		fmt.Fprintf(stdout, "%s\t%s\n", c.Word, c.About)
	}
	return exit.StatusDone
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:  "eterm",
		Usage: "raw Ethernet frame lab tool: build, send, receive and account for every frame",
		UsageText: "eterm COMMAND [flags] [operands]   (flags may follow operands; every command has --help)\n" +
			"eterm lab                          (try it without root and without a second machine)",
		HideVersion: true,
		// Package cli leaves out its own --help where a command is called so.
		Flags:           []cli.Flag{cli.HelpFlag, &cli.BoolFlag{Name: "version", Aliases: []string{"V"}, Usage: "print the version"}},
		HideHelpCommand: true,
		Reader:          stdin,
		Writer:          stdout,
		ErrWriter:       stderr,
		Commands:        commands(),
		Action:          noCommand,
		// Errors are printed by run alone, with their status.
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   usageError,
	}
	confine(app.Commands, "")
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
	return exit.Usage("unknown command %q: %seterm --help lists all", word, args.Suggest(c.App.Commands, word))
}

func noSubcommand(c *cli.Context) error {
	var names []string
	for _, s := range c.Command.Subcommands {
		names = append(names, s.Name)
	}
	if word := c.Args().First(); word != "" {
		return exit.Usage("unknown command %q: %seterm %s has %s", word, args.Suggest(c.Command.Subcommands, word), c.Command.Name, strings.Join(names, ", "))
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
