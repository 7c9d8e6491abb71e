package main

import (
	"os"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/capture"
	"eterm/frame/pairing"
)

// mostCompared is how many bytes of frames of a file are compared.
const mostCompared = 1 << 30

// captures are the frames of two files, where both operands are files and at least
// one has several frames.
func captures(c *cli.Context) (a, b []pairing.Frame, err error) {
	for i, frames := range []*[]pairing.Frame{&a, &b} {
		path := c.Args().Get(i)
		if _, err := os.Stat(path); err != nil {
			return nil, nil, nil //nolint:nilerr // it is no file: it is said of operands what they are
		}
		if *frames, err = args.Await(c, path, func() ([]pairing.Frame, error) { return framesOf(path) }); err != nil {
			return nil, nil, err
		}
	}
	if len(a) < 2 && len(b) < 2 {
		return nil, nil, nil
	}
	return a, b, nil
}

// framesOf are all frames of a file.
func framesOf(path string) (frames []pairing.Frame, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	defer f.Close()
	records, err := capture.ReadAll(f, mostCompared)
	if err != nil {
		return nil, exit.Usage("%s: %w", path, err)
	}
	for _, r := range records {
		frames = append(frames, pairing.Frame{Bytes: r.Bytes, At: r.Time})
	}
	return frames, nil
}

// captures compares two captures.
func (d *differ) captures(c *cli.Context, a, b []pairing.Frame) error {
	r := pairing.Compare(a, b)
	if err := command.Output(c).CaptureDiff([2]string{c.Args().Get(0), c.Args().Get(1)}, a, b, r, d.json); err != nil {
		return err
	}
	if len(r.Missing)+len(r.Extra)+len(r.Changes)+r.Reordered > 0 {
		return exit.Quietly(exit.StatusNo)
	}
	return nil
}
