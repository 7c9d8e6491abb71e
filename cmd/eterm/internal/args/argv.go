package args

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
)

// A Line is a command line in the one order package cli understands: program,
// command, flags, "--", operands.
type Line struct {
	Words []string
	Notes []string // what the person should know about it
}

// Normalise puts an argument list, program first, into order. Flags may then
// follow operands, and -c3 and -qi eth0 work: package cli would silently drop
// the first and refuse the second. It refuses flags that do not go together.
func Normalise(app *cli.App, argv []string) (line Line, err error) {
	if len(argv) < 2 {
		return Line{Words: argv}, nil
	}
	typed, notes, err := fromDemo(app, argv[1:])
	if err != nil {
		return line, err
	}
	if isVersion(typed[0]) {
		typed = append([]string{"version"}, typed[1:]...)
	}
	line = Line{argv[:1:1], notes}
	command, rest := descend(app.Commands, typed)
	line.Words = append(line.Words, typed[:len(typed)-len(rest)]...)
	if command == nil {
		if strings.HasPrefix(rest[0], "-") && !isHelp(rest[0]) {
			return line, exit.Usage("unknown flag %s: eterm --help lists the commands", rest[0])
		}
		line.Words = append(line.Words, rest...)
		return line, nil
	}
	if command.SkipFlagParsing { // another program knows them
		line.Words = append(line.Words, rest...)
		return line, nil
	}
	s := sorter{command: command, path: strings.Join(line.Words[1:], " "), words: rest}
	if err := s.sort(); err != nil {
		return line, err
	}
	line.Words = append(line.Words, s.flags...)
	if len(s.operands) > 0 {
		line.Words = append(append(line.Words, "--"), s.operands...)
	}
	return line, nil
}

// descend follows words down the tree of commands. It returns the last one, nil
// if the first word names none, and the words that remain.
func descend(commands []*cli.Command, words []string) (command *cli.Command, rest []string) {
	for len(words) > 0 && len(commands) > 0 {
		c := Named(commands, words[0])
		if c == nil {
			break
		}
		command, commands, words = c, c.Subcommands, words[1:]
	}
	return command, words
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

func isVersion(word string) bool { return word == "-V" || word == "--version" }

// sorter parts the words after a command into flags and operands.
type sorter struct {
	command         *cli.Command
	path            string
	words           []string
	flags, operands []string

	given   []string // the names of the flags
	help    bool
	pending cli.Flag // one whose value is still to come
}

// sort parts the words and holds the flags against the rules.
func (s *sorter) sort() error {
	if err := s.part(); err != nil || s.help {
		return err
	}
	return Broken(s.path, s.command, s.given)
}

func (s *sorter) part() error {
	for len(s.words) > 0 {
		word := s.next()
		var err error
		switch {
		case word == "":
			return exit.Usage("an operand is empty: is a variable of the shell unset?")
		case word == "--":
			s.operands = append(s.operands, s.words...)
			return nil
		case word == "-" || !strings.HasPrefix(word, "-"):
			s.operands = append(s.operands, word)
		case isHelp(word):
			s.flags, s.help = append(s.flags, word), true
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
	f := flagOf(s.command, name)
	if f == nil || len(name) < 2 && f.Names()[0] != name { // --a is one, --c is not
		return s.unknown(word, name)
	}
	s.given, s.flags = append(s.given, f.Names()[0]), append(s.flags, word)
	if takesValue(f) && !hasValue {
		return s.value(f, word)
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
		f := flagOf(s.command, name)
		if f == nil {
			return s.unknown(word, strings.TrimLeft(word, "-"))
		}
		s.given, s.flags = append(s.given, f.Names()[0]), append(s.flags, "-"+name)
		if !takesValue(f) {
			continue
		}
		if rest == "" {
			return s.value(f, "-"+name)
		}
		s.flags = append(s.flags, strings.TrimPrefix(rest, "="))
		return nil
	}
	return nil
}

func (s *sorter) value(f cli.Flag, word string) error {
	if len(s.words) == 0 {
		s.pending = f
		return exit.Usage("flag %s needs a value", word)
	}
	s.flags = append(s.flags, s.next())
	return nil
}

// flagOf is a command's flag by one of its names, or nil.
func flagOf(c *cli.Command, name string) cli.Flag {
	for _, f := range c.Flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

func takesValue(f cli.Flag) bool {
	d, ok := f.(cli.DocGenerationFlag)
	return ok && d.TakesValue()
}

// unknown names the flag that was most likely meant; name is how it was typed,
// without dashes and value.
func (s *sorter) unknown(word, name string) error {
	return exit.Usage("unknown flag %s: %seterm %s --help lists them", word, suggestFlag(s.command, name), s.path)
}
