package args

import (
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame"
	"eterm/frame/ether"
	"eterm/iface/load"
)

// between is the operand that separates notations.
const between = "+"

// splitNotations puts operands together to notations.
func splitNotations(operands []string) (notations []string, err error) {
	for len(operands) > 0 {
		n := slices.Index(operands, between)
		if n < 0 {
			n = len(operands)
		}
		if n == 0 || n == len(operands)-1 {
			return nil, exit.Usage("no notation beside %q: it stands between two", between)
		}
		notations = append(notations, frame.Words(operands[:n]))
		operands = operands[min(n+1, len(operands)):]
	}
	return notations, nil
}

// checkNotations refuses what does not go with notations.
func (f *Frames) checkNotations(c *cli.Context) error {
	var err error
	if f.notations, err = splitNotations(c.Args().Slice()); err != nil {
		return err
	}
	switch {
	case len(f.notations) > 0 && f.File != "":
		return exit.Usage("a notation and -r contradict each other: give one")
	case f.weights.Given() && len(f.weights) != len(f.notations):
		return exit.Usage("%d weights for %d notations: give one for each", len(f.weights), len(f.notations))
	}
	return nil
}

// fromNotations are the frames that notations describe, interleaved by weight.
func (f *Frames) fromNotations(on Station, sizes []int) (func(int) load.Source, error) {
	own := f.From.Or(on.HardwareAddr(), on.HardwareAddr())
	turns := make([][]*frame.Template, len(f.notations))
	for i, notation := range f.notations {
		turn, err := templates(sizes, func(size int) (*frame.Template, error) {
			t, err := sizedTemplate(notation, size)
			if err == nil {
				ready(t, own, f.seed+uint64(i))
			}
			return t, err
		})
		if err != nil {
			return nil, notationError(err)
		}
		turns[i] = turn
	}
	return func(int) load.Source {
		shares := make([]load.Share, len(turns))
		for i, turn := range turns {
			shares[i] = load.Share{Source: inTurn(turn), Weight: f.weights.Of(i)}
		}
		return load.Mix(shares...)
	}, nil
}

// ready fills in what the notation leaves to the interface and the seed.
func ready(t *frame.Template, own net.HardwareAddr, seed uint64) {
	t.Source(own)
	if t.Random() {
		t.Seed(seed)
	}
}

// inTurn is a source of its own that takes the templates' frames in turn.
func inTurn(templates []*frame.Template) load.Source {
	copies := map[*frame.Template]load.Source{}
	turn := make([]load.Source, len(templates))
	for i, t := range templates {
		if copies[t] == nil {
			copies[t] = t.Clone().Append
		}
		turn[i] = copies[t]
	}
	return load.Sequence(turn...)
}

// sizedTemplate reads a notation; frames are filled up to size with FCS by
// zeros as payload of the last layer. Size 0 is as long as the notation is.
func sizedTemplate(notation string, size int) (*frame.Template, error) {
	t, err := frame.Parse(notation)
	if err != nil || size == 0 || t.Len() == size-ether.FCSLen {
		return t, err
	}
	const trial = 256 // more than any padding to the minimum
	long, err := frame.Parse(fmt.Sprintf("%s / zeros %d", notation, trial))
	if err != nil {
		return nil, exit.Usage("--size does not go with this notation: %w", err)
	}
	room := size - ether.FCSLen - (long.Len() - trial)
	if room < 0 {
		return nil, exit.Usage("a frame of %d bytes does not fit size %d: at most %d", long.Len()-trial, size, size-ether.FCSLen)
	}
	return frame.Parse(fmt.Sprintf("%s / zeros %d", notation, room))
}

// notationError is an error of usage in a notation; run shows where.
func notationError(err error) error {
	if at := (*frame.SyntaxError)(nil); errors.As(err, &at) {
		return exit.Usage("notation: %w", err)
	}
	return err
}
