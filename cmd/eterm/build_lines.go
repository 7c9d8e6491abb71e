package main

import (
	"cmp"
	"errors"
	"sync"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/frame"
	"eterm/frame/capture"
	"eterm/frame/lines"
)

// lines builds a frame of each line of standard input, in order; the first
// wrong one ends it.
func (b *builder) lines(c *cli.Context) error {
	switch {
	case b.format == show.BuildC || b.format == show.BuildDump:
		return exit.Usage("--format %s takes several lines a frame: build - prints hex or notation", b.format)
	case b.count != 1:
		return exit.Usage("build - makes one frame of each line: leave out -c")
	}
	out := command.Output(c)
	faults := &checked{}
	o := lines.Options{
		Seed:  b.seed,
		Check: func() func([]byte, int) { return faults.checker("line") },
		Text: func() func(dst, frame []byte) []byte {
			return (&show.Built{Format: cmp.Or(b.format, show.BuildHex)}).Append
		},
		Give: func(text []byte, _ []int) error {
			_, err := out.Write(text)
			return err
		},
	}
	ends := func() error { return nil }
	if b.write != "" {
		r, err := b.recorder(c)
		if err != nil {
			return err
		}
		o.Text, o.Give, ends = nil, func(frames []byte, ends []int) error { return giveFrames(r, frames, ends) }, r.Close
	}
	if err := command.AtWork(c); err != nil {
		return errors.Join(err, ends())
	}
	ctx, cancel := capture.Reading(c.Context, c.App.Reader)
	defer cancel()
	err := lines.Build(ctx, c.App.Reader, o)
	if errors.Is(err, capture.ErrInterrupted) {
		err = exit.Untrusted("standard input: %w", err)
	}
	err = errors.Join(err, ends())
	faults.say(c)
	return err
}

// checked counts the frames that were built with faults that notation does not
// show, in several goroutines: who writes a wrong checksum knows of it.
type checked struct {
	mu  sync.Mutex
	all []*show.Faults
}

// checker is what looks at frames in one goroutine, each with its number.
func (k *checked) checker(thing string) func(frame []byte, number int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	f := &show.Faults{Odd: true, Thing: thing}
	k.all = append(k.all, f)
	var d frame.Decoded
	return func(b []byte, number int) {
		d.Decode(b)
		f.Add(&d, uint64(number))
	}
}

// say says what is wrong with the frames that were built. It is after them.
func (k *checked) say(c *cli.Context) {
	var sum show.Faults
	for _, f := range k.all {
		sum.Thing = f.Thing
		sum.With(*f)
	}
	if sum.Faulty > 0 {
		command.Note(c, "%s", sum.Text())
	}
}

func giveFrames(out *capture.Recorder, frames []byte, ends []int) error {
	from := 0
	for _, to := range ends {
		if err := out.Write(&capture.Record{Bytes: frames[from:to]}); err != nil {
			return err
		}
		from = to
	}
	return nil
}
