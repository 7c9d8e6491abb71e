package main

import (
	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
)

// report prints and keeps the result, and says by its error what the status is.
func (s *sender) report(c *cli.Context, k *command.Kept, a show.Sent, cause error) error {
	if !s.json && !s.quiet {
		if err := command.Output(c).Sent(a); err != nil {
			return err
		}
	}
	if s.verbose {
		command.Note(c, "frames were sent by %s", a.Mechanism)
	}
	early := cause != nil || command.Stopped(c, !s.pacing.Endless(c))
	return k.End(early, a.Document(), nil, sendVerdict(a, cause))
}

// sendVerdict is why the result cannot be trusted, or nil.
func sendVerdict(a show.Sent, cause error) error {
	if cause != nil {
		return exit.Untrusted("%w: the run ended there", cause)
	}
	return command.Untrusted(a.Doubts())
}
