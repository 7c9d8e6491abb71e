package args

import (
	"bufio"
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

// About is what a run says of the file whose frames it sends.
type About struct {
	Read   int    // frames in it
	Cut    int    // of them those that the capture cut short
	Made   int    // and those that got an Ethernet header,
	MadeOf string // as the file is of this link type
}

// replay reads the frames of the file and changes them as flags say.
func (f *Frames) replay(c *cli.Context, on Station) (p *capture.Replay, about About, err error) {
	name, first, last, err := splitRange(f.File)
	if err != nil {
		return nil, about, err
	}
	if p, err = readReplay(c, name, on); err != nil {
		return nil, about, err
	}
	about = About{Read: p.Len(), Cut: p.Cut, Made: p.Made, MadeOf: p.MadeOf}
	if first > 0 {
		if last == math.MaxInt {
			last = p.Len()
		}
		if err := p.Select(first, last); err != nil {
			return nil, about, exit.Usage("%s %w", name, err)
		}
	}
	return p, about, f.edit(c, on, name, p)
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

// readReplay reads all frames of a file, or of standard input for -: a capture,
// hex text, or notation.
func readReplay(c *cli.Context, name string, on Station) (*capture.Replay, error) {
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
	p, err := capture.UnlessEnded(ctx, func() (*capture.Replay, error) {
		buffered := bufio.NewReader(in)
		if isNotation(buffered) {
			return readNotations(buffered, on)
		}
		return capture.ReadReplay(buffered)
	})
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
