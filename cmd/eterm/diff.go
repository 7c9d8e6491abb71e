package main

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/frame"
	"eterm/frame/capture"
)

// differ shows what makes two frames differ.
type differ struct {
	json  bool
	color args.When
}

func diffCommand() *cli.Command {
	d := &differ{color: "auto"}
	return &cli.Command{
		Name:  "diff",
		Usage: "show what makes two frames or two captures differ, field by field",
		UsageText: "eterm diff sent.pcapng received.pcapng       all frames: which are missing, extra or changed, and how\n" +
			"eterm diff sent.pcap#1 received.pcap#1      frame 1 of each\n" +
			"eterm diff 'eth dst=broadcast / vlan id=10 / text hello' received.pcapng#7\n" +
			"eterm diff ffffffffffff...88b5 ffffffffffff...88b6",
		ArgsUsage: "A B   each NOTATION, HEX or FILE#N; or two FILEs",
		Flags:     []cli.Flag{args.ColorFlag(&d.color), args.JSONFlag(&d.json)},
		Action:    d.run,
	}
}

func (d *differ) run(c *cli.Context) error {
	if c.NArg() != 2 {
		return exit.Usage("diff takes two frames and was given %d: put each into quotes", c.NArg())
	}
	var files []string
	for _, operand := range c.Args().Slice() {
		path, _, _ := strings.Cut(operand, "#")
		files = append(files, path, operand)
	}
	if err := command.AtWorkReading(c, "", files...); err != nil {
		return err
	}
	if a, b, err := captures(c); err != nil {
		return err
	} else if a != nil {
		return d.captures(c, a, b)
	}
	var frames [2]*frame.Decoded
	for i := range frames {
		operand := c.Args().Get(i)
		b, err := args.Await(c, operand, func() (one, error) { return oneFrame(operand) })
		if err != nil {
			return err
		}
		if b.made != "" {
			command.Note(c, "%s is of %s: the frame got an Ethernet header made of what the file says", operand, b.made)
		}
		frames[i] = frame.Decode(b.bytes)
	}
	differences := frame.Diff(frames[0], frames[1])
	same := string(frames[0].Bytes) == string(frames[1].Bytes)
	var err error
	if d.json {
		err = command.Output(c).DiffJSON(frames, differences)
	} else {
		err = command.Output(c).Diff(frames, differences, show.UseColor(string(d.color), c.App.Writer))
	}
	if err == nil && !same {
		err = exit.Quietly(exit.StatusNo)
	}
	return err
}

// one is a frame to compare, and what its file has instead of Ethernet, if so.
type one struct {
	bytes []byte
	made  string
}

// oneFrame is the frame that an operand stands for.
func oneFrame(operand string) (one, error) {
	if path, number, found := strings.Cut(operand, "#"); found {
		n, err := strconv.ParseUint(number, 10, 32)
		if err != nil || n == 0 {
			return one{}, exit.Usage("%q: want FILE#N with the number of a frame, from 1", operand)
		}
		return frameOfFile(path, n)
	}
	if _, err := os.Stat(operand); err == nil {
		return frameOfFile(operand, 1)
	}
	if b, err := args.ParseHex(strings.TrimSpace(operand)); err == nil {
		return one{bytes: b}, nil
	}
	t, err := frame.Parse(operand)
	if err != nil {
		return one{}, exit.Usage("%w; there is no file %q either: want NOTATION, HEX or FILE#N", err, operand)
	}
	return one{bytes: t.Append(nil)}, nil
}

// frameOfFile is frame n of a capture, from 1.
func frameOfFile(path string, n uint64) (one, error) {
	f, err := os.Open(path)
	if err != nil {
		return one{}, exit.Usage("%w", err)
	}
	defer f.Close()
	r, err := capture.NewReader(f)
	if err != nil {
		return one{}, exit.Usage("%s: %w", path, err)
	}
	var rec capture.Record
	for i := range n {
		if err := r.Next(&rec); errors.Is(err, io.EOF) {
			return one{}, exit.Usage("%s has %s, not %d", path, show.Count(i, "frame"), n)
		} else if err != nil {
			return one{}, exit.Usage("%s: frame %d: %w", path, i+1, err)
		}
	}
	return one{rec.Bytes, rec.Made}, nil
}
