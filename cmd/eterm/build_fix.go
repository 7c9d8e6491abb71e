package main

import (
	"errors"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/frame"
	"eterm/frame/capture"
)

// fix puts lengths and checksums of pasted frames right and says what was
// wrong.
func (b *builder) fix(c *cli.Context, words []string) error {
	in, name := c.App.Reader, "standard input"
	if words[0] != "-" || len(words) > 1 {
		in, name = strings.NewReader(strings.Join(words, "")+"\n"), "operands"
		if len(words) == 1 { // a dump in one word has lines of its own
			in = strings.NewReader(words[0] + "\n")
		}
	}
	ctx, cancel := capture.Reading(c.Context, in)
	defer cancel()
	r, err := capture.UnlessEnded(ctx, func() (*capture.Reader, error) { return capture.NewReader(in) })
	if err != nil {
		return exit.Usage("%s: %w", name, err)
	}
	out, err := b.output(c)
	if err != nil {
		return err
	}
	var rec capture.Record
	for number := 1; ; number++ {
		_, err := capture.UnlessEnded(ctx, func() (struct{}, error) { return struct{}{}, r.Next(&rec) })
		if errors.Is(err, io.EOF) {
			return out.close()
		}
		if err != nil {
			return errors.Join(exit.Usage("%s: %w", name, err), out.close())
		}
		fixed := frame.Fix(rec.Bytes)
		for i := range fixed {
			command.Note(c, "frame %d: put right: %s", number, show.Text(string(fixed[i].Append(nil))))
		}
		if err := out.frame(rec.Bytes); err != nil {
			return errors.Join(err, out.close())
		}
	}
}
