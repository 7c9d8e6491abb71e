package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/eterm/internal/wireshark"
	"eterm/frame"
)

// run is the whole program but for the process: it returns the exit status and
// touches nothing but its arguments, the network and, during a command, signals.
func run(ctx context.Context, words []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if wireshark.Asked(words) {
		return extcap(ctx, words[1:], stdin, stdout, stderr)
	}
	out, says := show.NewOutput(stdout), show.NewMessages(stderr)
	app := newApp(stdin, out, says)
	if len(words) > 1 && words[1] == args.CompleteCommand {
		return complete(app, words[2:], out)
	}
	app.Metadata = map[string]any{command.WordsKey: words[min(1, len(words)):]}
	line, err := args.Normalise(app, words)
	if err == nil {
		for _, text := range line.Notes {
			says.Note("%s", text)
		}
		err = app.RunContext(ctx, line.Words)
	}
	says.Clear()
	if writing := out.Err(); writing != nil && !errors.Is(writing, syscall.EPIPE) && (err == writing || !errors.Is(err, writing)) { //nolint:errorlint // itself: a command that wraps it says more
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
		Action:          args.NoCommand,
		// Errors are printed by run alone, with their status.
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   args.UsageError,
	}
	command.Confine(app.Commands, "")
	args.Prepare(app.Commands)
	return app
}
