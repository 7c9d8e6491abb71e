package main

import (
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/iface"
)

// openPort opens the interface a command was told to use. It is never guessed.
func openPort(c *cli.Context, name string, o iface.Options) (iface.Port, error) {
	if name == "" {
		return nil, exit.Usage("no interface given: say -i NAME or set ETERM_INTERFACE (eterm interfaces lists them)")
	}
	port, err := iface.Open(name, o)
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	warn(c, port)
	return port, nil
}

// warn says what about the interface may surprise, and goes on.
func warn(c *cli.Context, port iface.Port) {
	d, err := iface.Describe(port.Name())
	if err == nil && d.Up && !d.Carrier {
		note(c, "%s has no carrier: nothing will arrive until the other end is connected and up", port.Name())
	}
	if err == nil && d.Type == "loopback" {
		note(c, "%s is the loopback interface: it shows this host's own traffic to itself, and no switch or cable", port.Name())
	}
}

// note tells the person something that is no result and no error.
func note(c *cli.Context, format string, args ...any) {
	fmt.Fprintf(c.App.ErrWriter, "eterm: %s\n", oneLine(fmt.Sprintf(format, args...)))
}

// useColor decides by the flag, NO_COLOR (no-color.org) and whether out is a
// terminal.
func useColor(when args.When, out io.Writer) bool {
	switch when {
	case "always":
		return true
	case "never":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && isTerminal(out)
}

// isTerminal says whether a person is at the other end of one of the program's
// streams.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// newFile makes a file for results. It never writes over one.
func newFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, exit.Usage("%w: name a new file", err)
	}
	return f, nil
}
