package args

import (
	"errors"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame"
	"eterm/frame/capture"
)

// replay reads the frames of the file and changes them as flags say. Of all
// that were read, some may have been cut short.
func (f *Frames) replay(c *cli.Context, on Station) (p *capture.Replay, cut, read int, err error) {
	name, first, last, err := splitRange(f.File)
	if err != nil {
		return nil, 0, 0, err
	}
	if p, err = readReplay(c, name); err != nil {
		return nil, 0, 0, err
	}
	cut, read = p.Cut, p.Len()
	if first > 0 {
		if last == math.MaxInt {
			last = p.Len()
		}
		if err := p.Select(first, last); err != nil {
			return nil, 0, 0, exit.Usage("%s %w", name, err)
		}
	}
	return p, cut, read, f.edit(c, on, name, p)
}

// edit makes the changes to the frames that flags ask for.
func (f *Frames) edit(c *cli.Context, on Station, name string, p *capture.Replay) error {
	var e frame.Edit
	for _, change := range c.StringSlice("set") {
		if err := e.Set(change); err != nil {
			return exit.Usage("--set %w", err)
		}
	}
	if err := f.Content.Edit(c, &e, on.HardwareAddr()); err != nil {
		return exit.Usage("%w", err)
	}
	if e.Empty() {
		return nil
	}
	var d frame.Decoded
	err := p.Change(func(b []byte) ([]byte, error) {
		d.Decode(b)
		return e.Apply(&d)
	})
	if err != nil {
		return exit.Usage("%s: %w", name, err)
	}
	return nil
}

// readReplay reads all frames of a file, or of standard input for -.
func readReplay(c *cli.Context, name string) (*capture.Replay, error) {
	in := c.App.Reader
	if name != "-" {
		file, err := Open(c, name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	ctx, cancel := capture.Reading(c.Context, in)
	defer cancel()
	p, err := capture.UnlessEnded(ctx, func() (*capture.Replay, error) { return capture.ReadReplay(in) })
	switch {
	case errors.Is(err, capture.ErrTooMuch):
		return nil, exit.Usage("%s: %w: split the file, for example by editcap -c", name, err)
	case err != nil:
		return nil, exit.Usage("%s: %w", name, err)
	}
	return p, nil
}

// splitRange takes FILE#N, FILE#N-M and FILE#N- apart; first is 0 where no
// frame is named. A file that has such a name is meant itself.
func splitRange(s string) (name string, first, last int, err error) {
	at := strings.LastIndexByte(s, '#')
	if _, err := os.Stat(s); at < 0 || err == nil {
		return s, 0, 0, nil
	}
	from, to, more := strings.Cut(s[at+1:], "-")
	first, err = strconv.Atoi(from)
	switch last = first; {
	case err != nil:
	case more && to == "":
		last = math.MaxInt
	case more:
		last, err = strconv.Atoi(to)
	}
	if err != nil || first < 1 || last < first {
		return "", 0, 0, exit.Usage("%s: want FILE#N, FILE#N-M or FILE#N- with numbers of frames from 1", s)
	}
	return s[:at], first, last, nil
}
