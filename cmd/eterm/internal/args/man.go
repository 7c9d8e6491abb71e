package args

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// manualSection is that of programs for everybody: no command needs root.
const manualSection = "1"

// WriteManual writes the whole help as one manual page, in the macros of man(7).
// The package cli has one of its own, but without synopsis, with a converter
// from Markdown behind it that every start of the program would pay for.
func WriteManual(w io.Writer, app *cli.App) error {
	m := &manual{w: bufio.NewWriter(w)}
	m.head(app.Name, app.Usage)
	m.literal(app.UsageText)
	m.macro("SH", "COMMANDS")
	for _, c := range app.VisibleCommands() {
		m.command(app.Name, c)
	}
	m.foot("tcpdump(8), ping(8), trafgen(8), packet(7)")
	return m.w.Flush()
}

// WriteCommandManual writes the page of one command and those below it, which
// man finds as eterm-COMMAND.
func WriteCommandManual(w io.Writer, app *cli.App, c *cli.Command) error {
	m := &manual{w: bufio.NewWriter(w)}
	m.head(app.Name+"-"+c.Name, c.Usage)
	m.literal(synopsis(app.Name+" "+c.Name, c))
	if c.Description != "" {
		m.macro("SH", "DESCRIPTION")
		m.text(c.Description)
	}
	if flags := c.VisibleFlags(); len(flags) > 0 {
		m.macro("SH", "OPTIONS")
		for _, f := range flags {
			m.flag(f)
		}
	}
	if len(c.Subcommands) > 0 {
		m.macro("SH", "COMMANDS")
		m.below(app.Name+" "+c.Name, c)
	}
	m.foot("eterm(1), tcpdump(8), packet(7)")
	return m.w.Flush()
}

// head writes what is in front of a page's synopsis.
func (m *manual) head(name, usage string) {
	m.macro("TH", strings.ToUpper(name), manualSection, "", "eterm", "User Commands")
	m.macro("SH", "NAME")
	m.text(name + " - " + usage)
	m.macro("SH", "SYNOPSIS")
}

// foot ends a page; also is roff already.
func (m *manual) foot(also string) {
	m.macro("SH", "EXIT STATUS")
	for _, s := range [][2]string{
		{"0", "done, or passed"},
		{"1", "it ran, and the answer is no"},
		{"2", "wrong usage, or the machine does not allow it"},
		{"3", "the result cannot be trusted, and why is said"},
	} {
		m.item(`\fB`+s[0]+`\fR`, s[1])
	}
	m.macro("SH", "SEE ALSO")
	fmt.Fprintln(m.w, also)
}

// manual writes roff.
type manual struct{ w *bufio.Writer }

// command writes the section of a command and of those below it.
func (m *manual) command(above string, c *cli.Command) {
	name := above + " " + c.Name
	m.macro("SS", name)
	m.text(c.Usage)
	m.lines(synopsis(name, c))
	if c.Description != "" {
		m.macro("PP")
		m.text(c.Description)
	}
	for _, f := range c.VisibleFlags() {
		m.flag(f)
	}
	m.below(name, c)
}

// below writes the sections of the commands below c, whose whole name is name.
func (m *manual) below(name string, c *cli.Command) {
	for _, sub := range c.Subcommands {
		if !sub.Hidden {
			m.command(name, sub)
		}
	}
}

// synopsis is how a command is written, a line each.
func synopsis(name string, c *cli.Command) string {
	if c.UsageText != "" || len(c.Subcommands) > 0 {
		return c.UsageText
	}
	return strings.TrimSpace(name + " [flags] " + c.ArgsUsage)
}

// flag writes what cli shows of a flag: its names, and behind a tab its usage.
func (m *manual) flag(f cli.Flag) {
	names, about, _ := strings.Cut(f.String(), "\t")
	m.item(`\fB`+escapeRoff(names)+`\fR`, about)
}

// item writes a tagged paragraph; the tag is roff already.
func (m *manual) item(tag, about string) {
	m.macro("TP")
	fmt.Fprintln(m.w, tag)
	m.text(about)
}

// lines writes text whose lines stay as they are.
func (m *manual) lines(s string) {
	if s == "" {
		return
	}
	m.macro("PP")
	m.literal(s)
}

// literal writes text whose lines stay as they are, without a space before it.
func (m *manual) literal(s string) {
	m.macro("EX")
	fmt.Fprintln(m.w, escapeRoff(s))
	m.macro("EE")
}

// text writes text that is filled, in lines short enough for who reads the source.
func (m *manual) text(s string) {
	const most = 78
	line := ""
	for word := range strings.FieldsSeq(s) {
		word = escapeRoff(word)
		if line != "" && len(line)+1+len(word) > most {
			fmt.Fprintln(m.w, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	fmt.Fprintln(m.w, line)
}

func (m *manual) macro(name string, args ...string) {
	fmt.Fprint(m.w, ".", name)
	for _, a := range args {
		fmt.Fprintf(m.w, ` "%s"`, escapeRoff(a))
	}
	fmt.Fprintln(m.w)
}

// escapeRoff makes roff print a text as it is: backslashes, quotes, and lines
// that begin like requests mean something to it, and - a typographic hyphen.
func escapeRoff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, `-`, `\-`, `'`, `\(aq`, `"`, `\(dq`, "`", `\(ga`, `^`, `\(ha`, `~`, `\(ti`).Replace(s)
	s = strings.ReplaceAll(s, "\n.", "\n\\&.")
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
