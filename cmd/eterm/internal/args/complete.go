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

// Files is the word of the candidate that stands for the names of files, which
// every shell completes itself.
const Files = ":files"

// Complete says what the last of the words can become. It knows commands,
// flags, the values of flags, and the notation.
func Complete(app *cli.App, typed []string) []Candidate {
	if len(typed) == 0 {
		typed = []string{""}
	}
	before, now := typed[:len(typed)-1], typed[len(typed)-1]
	prefix := ""
	if name, value, has := strings.Cut(now, "="); has && strings.HasPrefix(name, "--") {
		before, now, prefix = append(slices.Clone(before), name), value, name+"="
	}
	all := candidates(app, before, now)
	if at := strings.LastIndexByte(now, ','); at >= 0 { // the next of a list
		prefix, now = prefix+now[:at+1], now[at+1:]
	}
	all = slices.DeleteFunc(all, func(c Candidate) bool { return c.Word != Files && !strings.HasPrefix(c.Word, now) })
	for i := range all {
		if all[i].Word != Files {
			all[i].Word = prefix + all[i].Word
		}
	}
	return all
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
		return append(plain(frame.Complete(s.operands)), filesIn(command.ArgsUsage)...)
	case strings.Contains(command.ArgsUsage, "INTERFACE"):
		return plain((&interfaceName{}).Values())
	case strings.Contains(command.ArgsUsage, "COMMAND"):
		if within, _ := descend(app.Commands, s.operands); within != nil {
			return commandsOf(within.Subcommands)
		}
		return commandsOf(app.Commands)
	}
	return filesIn(command.ArgsUsage)
}

// filesIn is the candidate for files, where a usage says that a file or a
// folder is named.
func filesIn(usage string) []Candidate {
	for _, word := range []string{"FILE", "DIR", "files", "directories"} {
		if strings.Contains(usage, word) {
			return []Candidate{{Word: Files}}
		}
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

// ValuesOf are the words that a flag takes, where they can be listed, or the
// candidate for files, where its usage says that it takes one.
func ValuesOf(f cli.Flag) []Candidate {
	if g, ok := f.(*cli.GenericFlag); ok {
		if e, ok := g.Value.(Enumerated); ok {
			return plain(e.Values())
		}
	}
	d, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return nil
	}
	_, placeholder, _ := strings.Cut(d.GetUsage(), "`")
	placeholder, _, _ = strings.Cut(placeholder, "`")
	return filesIn(placeholder)
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
