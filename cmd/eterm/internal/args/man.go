package args

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// WriteManual writes the whole help as a manual page, in the macros of man(7).
// The package cli has one of its own, but without synopsis, with a converter
// from Markdown behind it that every start of the program would pay for.
func WriteManual(w io.Writer, app *cli.App) error {
	m := &manual{w: bufio.NewWriter(w)}
	m.macro("TH", strings.ToUpper(app.Name), "8", "", app.Name, "System Administration")
	m.macro("SH", "NAME")
	m.text(app.Name + " - " + app.Usage)
	m.macro("SH", "SYNOPSIS")
	m.lines(app.UsageText)
	m.macro("SH", "COMMANDS")
	for _, c := range app.VisibleCommands() {
		m.command(app.Name, c)
	}
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
	m.text("tcpdump(8), ping(8), trafgen(8), packet(7)")
	return m.w.Flush()
}

// manual writes roff.
type manual struct{ w *bufio.Writer }

// command writes the section of a command and of those below it.
func (m *manual) command(above string, c *cli.Command) {
	name := above + " " + c.Name
	m.macro("SS", name)
	m.text(c.Usage)
	synopsis := c.UsageText
	if synopsis == "" && len(c.Subcommands) == 0 {
		synopsis = strings.TrimSpace(name + " [flags] " + c.ArgsUsage)
	}
	m.lines(synopsis)
	if c.Description != "" {
		m.macro("PP")
		m.text(c.Description)
	}
	for _, f := range c.VisibleFlags() {
		m.flag(f)
	}
	for _, sub := range c.Subcommands {
		if !sub.Hidden {
			m.command(name, sub)
		}
	}
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
	m.macro("EX")
	m.text(s)
	m.macro("EE")
}

func (m *manual) text(s string) { fmt.Fprintln(m.w, escapeRoff(s)) }

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
