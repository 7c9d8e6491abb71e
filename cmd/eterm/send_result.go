package main

import (
	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
)

// report prints the result and says by its error what the status is.
func (s *sender) report(c *cli.Context, a show.Sent, cause error) error {
	err := sendVerdict(a, cause)
	if err != nil {
		a.Problem = show.Words(exit.Message(err))
	}
	var printErr error
	if s.json || !s.quiet {
		printErr = output(c).Sent(a, s.json)
	}
	if s.verbose {
		note(c, "frames were sent by %s", a.Mechanism)
	}
	if err == nil {
		err = printErr
	}
	return err
}

// sendVerdict is why the result cannot be trusted, or nil.
func sendVerdict(a show.Sent, cause error) error {
	if cause != nil {
		return exit.Untrusted("%w: the run ended there", cause)
	}
	return untrusted(a.Doubts())
}
