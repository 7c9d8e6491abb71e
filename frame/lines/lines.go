// Package lines builds frames of lines of notation, on all processors and in
// order.
package lines

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"eterm/frame"
	"eterm/frame/capture"
)

// MaxLine is the longest line of notation, in bytes: a frame of a MiB as hex.
const MaxLine = 4 << 20

// Error is what is wrong with a line.
type Error struct {
	Line int // from 1
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap is what is wrong, without the line's number.
func (e *Error) Unwrap() error { return e.Err }

// Options say what is made of the lines.
type Options struct {
	// Seed starts the random values of each frame.
	Seed uint64
	// Text makes, for each goroutine one, what appends the text of a frame. If
	// it is nil, the frames themselves are given.
	Text func() (appendTo func(dst, frame []byte) []byte)
	// Check makes, for each goroutine one, what looks at each frame and the number
	// of its line, in no order. It may be nil. The frame is not kept.
	Check func() (look func(frame []byte, line int))
	// Give gets what was made, in the order of the lines: of several frames in
	// one piece, with the end of each in it. Both are its own until it returns.
	Give func(made []byte, ends []int) error
}

// Build builds a frame of each line of in. Empty lines and those that begin
// with # are skipped. It ends with the first line that is wrong, an *Error,
// after giving what came before; with an error of Give; or with the cause of
// ctx's end, also while in has nothing.
func Build(ctx context.Context, in io.Reader, o Options) error {
	read := bufio.NewReaderSize(in, MaxLine)
	line := 1
	fill := func(b *batch) bool {
		line += b.fill(read, line)
		return b.ended == nil
	}
	return capture.InOrder(ctx, fill, func() func(*batch) {
		w := &builder{seed: o.Seed}
		if o.Text != nil {
			w.text = o.Text()
		}
		if o.Check != nil {
			w.check = o.Check()
		}
		return w.batch
	}, func(b *batch) error {
		if len(b.ends) > 0 {
			if err := o.Give(b.made, b.ends); err != nil {
				return err
			}
		}
		return b.err
	})
}

// batch is some lines of notation and what they make.
type batch struct {
	lines []byte
	first int // number of the first line
	ended error

	made []byte
	ends []int // where in made each frame ends
	err  error // of the line that could not be read
}

// fill reads lines until there are enough, or no more are there without
// waiting, and returns how many.
func (b *batch) fill(in *bufio.Reader, first int) (n int) {
	const enough = 64 << 10
	b.lines, b.first, b.ended = b.lines[:0], first, nil
	for len(b.lines) < enough {
		line, err := in.ReadSlice('\n')
		b.lines = append(b.lines, line...)
		if err != nil {
			b.ended = err
			if errors.Is(err, bufio.ErrBufferFull) {
				b.ended = &Error{first + n, fmt.Errorf("is longer than %d bytes", MaxLine)}
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

// builder makes frames of lines. It is for one goroutine.
type builder struct {
	seed     uint64
	text     func(dst, frame []byte) []byte // nil: the frames themselves
	template frame.Template
	check    func(frame []byte, line int) // may be nil
	bytes    []byte
}

func (l *builder) batch(b *batch) {
	b.made, b.ends, b.err = b.made[:0], b.ends[:0], nil
	number := b.first
	for line := range bytes.Lines(b.lines) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' {
			if err := l.template.Parse(string(line)); err != nil {
				b.err = &Error{number, err}
				return
			}
			l.add(b, number)
		}
		number++
	}
	if b.ended != nil && !errors.Is(b.ended, io.EOF) {
		b.err = b.ended
	}
}

func (l *builder) add(b *batch, line int) {
	if l.template.Random() {
		l.template.Seed(l.seed)
	}
	l.bytes = l.template.Append(l.bytes[:0])
	if l.check != nil {
		l.check(l.bytes, line)
	}
	if l.text == nil {
		b.made = append(b.made, l.bytes...)
	} else {
		b.made = l.text(b.made, l.bytes)
	}
	b.ends = append(b.ends, len(b.made))
}
