package args

import (
	"net"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/frame"
)

// CompleteCommand is the word by which a shell's completion asks for what can
// follow: program, this word, the words typed so far, and the one being typed.
const CompleteCommand = "__complete"

// A Candidate is what a word being typed can become.
type Candidate struct{ Word, About string }

// Enumerated is the value of a flag that takes some words only.
type Enumerated interface {
	cli.Generic
	Values() []string
}

// Complete says what the last of the words can become. It knows commands,
// flags, the values of flags, and the notation.
func Complete(app *cli.App, typed []string) []Candidate {
	if len(typed) == 0 {
		typed = []string{""}
	}
	before, now := typed[:len(typed)-1], typed[len(typed)-1]
	return slices.DeleteFunc(candidates(app, before, now), func(c Candidate) bool { return !strings.HasPrefix(c.Word, now) })
}

func candidates(app *cli.App, before []string, now string) []Candidate {
	command, rest := descend(app.Commands, before)
	switch {
	case command == nil && len(before) == 0 && !strings.HasPrefix(now, "-"):
		return commandsOf(app.Commands)
	case command == nil: // the demo's way: no command is exchange
		if command = Named(app.Commands, "exchange"); command == nil {
			return nil
		}
	case len(command.Subcommands) > 0:
		return commandsOf(command.Subcommands)
	}
	s := sorter{command: command, words: rest}
	switch err := s.part(); {
	case s.pending != nil:
		return ValuesOf(s.pending)
	case err != nil:
		return nil
	case strings.HasPrefix(now, "-") && len(s.operands) == 0 || strings.HasPrefix(now, "--"):
		return flagsOf(command)
	case strings.Contains(command.ArgsUsage, "NOTATION"):
		return plain(frame.Complete(s.operands))
	case strings.Contains(command.ArgsUsage, "COMMAND"):
		if within, _ := descend(app.Commands, s.operands); within != nil {
			return commandsOf(within.Subcommands)
		}
		return commandsOf(app.Commands)
	}
	return nil
}

func commandsOf(commands []*cli.Command) (all []Candidate) {
	for _, c := range commands {
		if !c.Hidden {
			all = append(all, Candidate{c.Name, c.Usage})
		}
	}
	return all
}

func flagsOf(c *cli.Command) (all []Candidate) {
	for _, f := range c.Flags {
		about := ""
		if d, ok := f.(cli.DocGenerationFlag); ok {
			about = strings.ReplaceAll(d.GetUsage(), "`", "")
		}
		all = append(all, Candidate{"--" + f.Names()[0], about})
	}
	return append(all, Candidate{"--help", "show the command's flags and examples"})
}

// ValuesOf are the words that a flag takes, where they can be listed.
func ValuesOf(f cli.Flag) []Candidate {
	if g, ok := f.(*cli.GenericFlag); ok {
		if e, ok := g.Value.(Enumerated); ok {
			return plain(e.Values())
		}
	}
	return nil
}

func plain(words []string) (all []Candidate) {
	for _, w := range words {
		all = append(all, Candidate{Word: w})
	}
	return all
}

// InterfaceName is the value of a flag that names an interface, into dst.
func InterfaceName(dst *string) cli.Generic { return &interfaceName{dst} }

type interfaceName struct{ dst *string }

func (v *interfaceName) Set(s string) error {
	*v.dst = s
	return nil
}

func (v *interfaceName) String() string {
	if v.dst == nil { // package flag asks a zero value
		return ""
	}
	return *v.dst
}

// Values are the interfaces there are.
func (v *interfaceName) Values() (names []string) {
	all, err := net.Interfaces()
	if err != nil {
		return nil
	}
	for _, i := range all {
		names = append(names, i.Name)
	}
	return names
}
