package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/internal/result"
)

// The exit statuses, as eterm's.
const (
	statusDone      = 0
	statusNo        = 1
	statusUsage     = 2
	statusUntrusted = 3
)

// program is one call of the program.
type program struct {
	stdout, stderr io.Writer
	args           []string // as typed, for documents
	flags          *flag.FlagSet
	operands       []string
}

// command is one command of the program.
type command struct {
	name, operands, about string
	// set makes the command's flags and returns what it does.
	set func(p *program) func(context.Context) error
}

// ended is an error with an exit status; err may be nil where all was said.
type ended struct {
	status int
	err    error
}

func (e ended) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e ended) Unwrap() error { return e.err }

// status is the exit status an error stands for.
func status(err error) int {
	var e ended
	switch {
	case err == nil:
		return statusDone
	case errors.As(err, &e):
		return e.status
	}
	return statusUsage
}

// run is the whole program but for the process.
func run(ctx context.Context, words []string, stdout, stderr io.Writer) int {
	out := &output{w: stdout}
	err := out.failed(dispatch(ctx, words, out, stderr))
	if err != nil && err.Error() != "" {
		fmt.Fprintf(stderr, "eterm: %s\n", result.Text(err.Error()))
		if at := (*plan.Error)(nil); errors.As(err, &at) {
			fmt.Fprintln(stderr, at.Caret())
		}
	}
	return status(err)
}

func dispatch(ctx context.Context, words []string, stdout, stderr io.Writer) error {
	if len(words) == 0 {
		return fmt.Errorf("no command given: eterm-fleet --help lists them")
	}
	if words[0] == "-h" || words[0] == "--help" {
		return help(stdout)
	}
	for _, c := range commands {
		if c.name == words[0] {
			p := &program{stdout: stdout, stderr: stderr, args: words, flags: flag.NewFlagSet(c.name, flag.ContinueOnError)}
			return p.call(ctx, c, words[1:])
		}
	}
	return fmt.Errorf("unknown command %q: eterm-fleet --help lists all", words[0])
}

// call reads the flags of a command, which may stand behind operands, and does
// it.
func (p *program) call(ctx context.Context, c command, words []string) error {
	p.flags.SetOutput(io.Discard)
	p.flags.Usage = func() {}
	do := c.set(p)
	for len(words) > 0 {
		if err := p.flags.Parse(words); errors.Is(err, flag.ErrHelp) {
			return p.help(c)
		} else if err != nil {
			return fmt.Errorf("%s: eterm-fleet %s --help lists the flags", strings.Replace(err.Error(), " -", " --", 1), c.name)
		}
		rest := p.flags.Args()
		if len(rest) == 0 {
			break
		}
		if len(words) > len(rest) && words[len(words)-len(rest)-1] == "--" {
			p.operands = append(p.operands, rest...)
			break
		}
		p.operands, words = append(p.operands, rest[0]), rest[1:]
	}
	if want := len(strings.Fields(c.operands)); len(p.operands) != want {
		return fmt.Errorf("%s has %d operands and was given %d: eterm-fleet %s", c.name, want, len(p.operands), strings.TrimSpace(c.name+" "+c.operands))
	}
	return do(ctx)
}

// note says something on standard error.
func (p *program) note(format string, args ...any) {
	fmt.Fprintf(p.stderr, "eterm: %s\n", result.Text(fmt.Sprintf(format, args...)))
}

func (p *program) help(c command) error {
	fmt.Fprintf(p.stdout, "eterm-fleet %s: %s\n\nflags:\n", strings.TrimSpace(c.name+" "+c.operands), c.about)
	p.flags.VisitAll(func(f *flag.Flag) {
		name, usage := flag.UnquoteUsage(f)
		fmt.Fprintf(p.stdout, "  --%-24s %s", strings.TrimSpace(f.Name+" "+name), usage)
		if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" && f.DefValue != "0s" {
			fmt.Fprintf(p.stdout, " (default %s)", f.DefValue)
		}
		fmt.Fprintln(p.stdout)
	})
	return nil
}

func help(w io.Writer) error {
	fmt.Fprintf(w, "eterm-fleet tests the links between many machines; \"eterm fleet\" and \"eterm agent\" call it\n\ncommands:\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-24s %s\n", strings.TrimSpace(c.name+" "+c.operands), c.about)
	}
	fmt.Fprintf(w, "\nexamples:\n"+
		"  eterm-fleet serve --dir /var/lib/eterm-fleet                  (the controller)\n"+
		"  eterm-fleet enroll h1 --dir /var/lib/eterm-fleet > h1.creds   (a machine may take part)\n"+
		"  eterm-fleet agent --creds h1.creds --port eth1                (on that machine)\n"+
		"  eterm-fleet run plan.yaml --dry-run                           (what would it come to?)\n"+
		"  eterm-fleet sim -n 100 plan.yaml                              (try a plan without machines)\n")
	return nil
}
