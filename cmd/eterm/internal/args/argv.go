package args

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
)

// Normalise puts an argument list into the one order cli understands: command,
// flags, "--", operands. Flags may then follow operands, and -c3 and -qi eth0
// work. Package cli would silently drop the first and refuse the second.
func Normalise(app *cli.App, args []string) ([]string, error) {
	if slices.Contains(args, "--generate-bash-completion") || len(args) < 2 {
		return args, nil
	}
	words, err := fromDemo(args[1:])
	if err != nil {
		return nil, err
	}
	out := args[:1:1]
	var command *cli.Command
	commands := app.Commands
	for len(words) > 0 && len(commands) > 0 {
		c := Named(commands, words[0])
		if c == nil {
			break
		}
		command, commands = c, c.Subcommands
		out, words = append(out, words[0]), words[1:]
	}
	if command == nil {
		if strings.HasPrefix(words[0], "-") && !isHelp(words[0]) {
			return nil, exit.Usage("unknown flag %s: eterm --help lists the commands", words[0])
		}
		return append(out, words...), nil
	}
	s := sorter{command: command, path: strings.Join(out[1:], " "), words: words}
	if err := s.sort(); err != nil {
		return nil, err
	}
	out = append(out, s.flags...)
	if len(s.operands) > 0 {
		out = append(append(out, "--"), s.operands...)
	}
	return out, nil
}

// Named is the command a word calls, or nil.
func Named(commands []*cli.Command, word string) *cli.Command {
	for _, c := range commands {
		if c.HasName(word) {
			return c
		}
	}
	return nil
}

func isHelp(word string) bool { return word == "-h" || word == "--help" }

// sorter parts the words after a command into flags and operands.
type sorter struct {
	command         *cli.Command
	path            string
	words           []string
	flags, operands []string
}

func (s *sorter) sort() error {
	for len(s.words) > 0 {
		word := s.next()
		var err error
		switch {
		case word == "--":
			s.operands = append(s.operands, s.words...)
			return nil
		case word == "-" || !strings.HasPrefix(word, "-"):
			s.operands = append(s.operands, word)
		case isHelp(word):
			s.flags = append(s.flags, word)
		case strings.HasPrefix(word, "--"):
			err = s.long(word)
		default:
			err = s.short(word)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *sorter) next() string {
	word := s.words[0]
	s.words = s.words[1:]
	return word
}

func (s *sorter) long(word string) error {
	name, _, hasValue := strings.Cut(strings.TrimPrefix(word, "--"), "=")
	takes, known := s.flag(name)
	if !known || len(name) < 2 && !s.isName(name) {
		return s.unknown(word)
	}
	s.flags = append(s.flags, word)
	if takes && !hasValue {
		return s.value(word)
	}
	return nil
}

// short takes -c3, -c 3, -c=3 and groups such as -qi eth0 apart. A single dash
// before a long name is what package flag would take, but it would make -c3
// and -ci ambiguous, so it is not.
func (s *sorter) short(word string) error {
	for rest := word[1:]; rest != ""; {
		name := rest[:1]
		rest = rest[1:]
		takes, known := s.flag(name)
		if !known {
			return s.unknown(word)
		}
		s.flags = append(s.flags, "-"+name)
		if !takes {
			continue
		}
		if rest == "" {
			return s.value("-" + name)
		}
		s.flags = append(s.flags, strings.TrimPrefix(rest, "="))
		return nil
	}
	return nil
}

func (s *sorter) value(flag string) error {
	if len(s.words) == 0 {
		return exit.Usage("flag %s needs a value", flag)
	}
	s.flags = append(s.flags, s.next())
	return nil
}

func (s *sorter) flag(name string) (takesValue, known bool) {
	for _, f := range s.command.Flags {
		if slices.Contains(f.Names(), name) {
			d, ok := f.(cli.DocGenerationFlag)
			return ok && d.TakesValue(), true
		}
	}
	return false, false
}

// isName says whether a flag is called so, and not only for short: --a is one,
// --c is not.
func (s *sorter) isName(name string) bool {
	return slices.ContainsFunc(s.command.Flags, func(f cli.Flag) bool { return f.Names()[0] == name })
}

func (s *sorter) unknown(word string) error {
	return exit.Usage("unknown flag %s: eterm %s --help lists them", word, s.path)
}
