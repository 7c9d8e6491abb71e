package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/frame"
	"eterm/frame/capture"
)

// maxLine is the longest line of notation: a frame of a MiB as hex.
const maxLine = 4 << 20

// buildBatch is some lines of notation and what they make.
type buildBatch struct {
	lines []byte
	first int // number of the first line
	ended error

	text   []byte // what is printed, or the frames
	frames []int  // where in text each frame ends, for a capture
	err    error  // of the line that could not be read
}

// lines builds a frame of each line of standard input, in order. Empty lines
// and those that begin with # are skipped; the first wrong one ends it.
func (b *builder) lines(c *cli.Context) error {
	switch {
	case b.format == show.BuildC || b.format == show.BuildDump:
		return exit.Usage("--format %s takes several lines a frame: build - prints hex or notation", b.format)
	case b.count != 1:
		return exit.Usage("build - makes one frame of each line: leave out -c")
	}
	p := show.Built{Format: b.format}
	if p.Format == "" {
		p.Format = show.BuildHex
	}
	give := func(batch *buildBatch) error { return giveText(output(c), batch) }
	ends := func() error { return nil }
	if b.write != "" {
		r, err := b.recorder(c)
		if err != nil {
			return err
		}
		give = func(batch *buildBatch) error { return giveFrames(r, batch) }
		ends = r.Close
	}
	if err := atWork(c); err != nil {
		return errors.Join(err, ends())
	}
	in := bufio.NewReaderSize(c.App.Reader, maxLine)
	line := 1
	fill := func(batch *buildBatch) bool {
		line += batch.fill(in, line)
		return batch.ended == nil
	}
	ctx, cancel := capture.Reading(c.Context, c.App.Reader)
	defer cancel()
	err := capture.InOrder(ctx, fill, func() func(*buildBatch) {
		return (&lineBuilder{printer: p, seed: b.seed, raw: b.write != ""}).batch
	}, give)
	if errors.Is(err, capture.ErrInterrupted) {
		err = exit.Untrusted("standard input: %w", err)
	}
	return errors.Join(err, ends())
}

// fill reads lines until there are enough, or no more are there without
// waiting, and returns how many.
func (b *buildBatch) fill(in *bufio.Reader, first int) (n int) {
	const enough = 64 << 10
	b.lines, b.first, b.ended = b.lines[:0], first, nil
	for len(b.lines) < enough {
		line, err := in.ReadSlice('\n')
		b.lines = append(b.lines, line...)
		if err != nil {
			b.ended = err
			if errors.Is(err, bufio.ErrBufferFull) {
				b.ended = exit.Usage("line %d is longer than %d bytes", first+n, maxLine)
			}
			return n
		}
		n++
		if buffered, _ := in.Peek(in.Buffered()); bytes.IndexByte(buffered, '\n') < 0 {
			return n
		}
	}
	return n
}

// lineBuilder makes frames of lines. It is for one goroutine.
type lineBuilder struct {
	printer  show.Built
	template frame.Template
	seed     uint64
	raw      bool // the frames themselves, not their text
	bytes    []byte
}

func (l *lineBuilder) batch(b *buildBatch) {
	b.text, b.frames, b.err = b.text[:0], b.frames[:0], nil
	number := b.first
	for line := range bytes.Lines(b.lines) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' {
			if err := l.template.Parse(string(line)); err != nil {
				b.err = exit.Usage("line %d: %w", number, err)
				return
			}
			l.add(b)
		}
		number++
	}
	if b.ended != nil && !errors.Is(b.ended, io.EOF) {
		b.err = b.ended
	}
}

func (l *lineBuilder) add(b *buildBatch) {
	if l.template.Random() {
		l.template.Seed(l.seed)
	}
	if l.raw {
		b.text = l.template.Append(b.text)
		b.frames = append(b.frames, len(b.text))
		return
	}
	l.bytes = l.template.Append(l.bytes[:0])
	b.text = l.printer.Append(b.text, l.bytes)
}

func giveText(out io.Writer, b *buildBatch) error {
	if len(b.text) > 0 {
		if _, err := out.Write(b.text); err != nil {
			return err
		}
	}
	return b.err
}

func giveFrames(out *capture.Recorder, b *buildBatch) error {
	from := 0
	for _, to := range b.frames {
		if err := out.Write(&capture.Record{Bytes: b.text[from:to]}); err != nil {
			return err
		}
		from = to
	}
	return b.err
}
