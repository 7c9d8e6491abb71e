package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
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
		Usage: "show what makes two frames differ, field by field and byte by byte",
		UsageText: "eterm diff sent.pcap#1 received.pcap#1      frame 1 of each\n" +
			"eterm diff 'eth dst=broadcast / vlan id=10 / text hello' received.pcapng#7\n" +
			"eterm diff ffffffffffff...88b5 ffffffffffff...88b6",
		ArgsUsage: "A B   each NOTATION, HEX or FILE#N",
		Flags:     []cli.Flag{args.ColorFlag(&d.color), args.JSONFlag(&d.json)},
		Action:    d.run,
	}
}

func (d *differ) run(c *cli.Context) error {
	if c.NArg() != 2 {
		return exit.Usage("diff takes two frames and was given %d: put each into quotes", c.NArg())
	}
	ctx, cancel := reading(c.Context, nil)
	defer cancel()
	var frames [2]*frame.Decoded
	for i := range frames {
		operand := c.Args().Get(i)
		b, err := unlessEnded(ctx, func() ([]byte, error) { return oneFrame(operand) })
		if errors.Is(err, errInterrupted) {
			return exit.Untrusted("%s: %w", operand, err)
		}
		if err != nil {
			return err
		}
		frames[i] = frame.Decode(b)
	}
	differences := frame.Diff(frames[0], frames[1])
	same := string(frames[0].Bytes) == string(frames[1].Bytes)
	var err error
	if d.json {
		err = printDiffJSON(c.App.Writer, frames, differences, same)
	} else if !same {
		err = printDiff(c.App.Writer, frames, differences, useColor(d.color, c.App.Writer))
	}
	if err == nil && !same {
		err = exit.Quietly(exit.StatusNo)
	}
	return err
}

// oneFrame is the frame that an operand stands for.
func oneFrame(operand string) ([]byte, error) {
	if path, number, found := strings.Cut(operand, "#"); found {
		n, err := strconv.ParseUint(number, 10, 32)
		if err != nil || n == 0 {
			return nil, exit.Usage("%q: want FILE#N with the number of a frame, from 1", operand)
		}
		return frameOfFile(path, n)
	}
	if _, err := os.Stat(operand); err == nil {
		return frameOfFile(operand, 1)
	}
	if b, err := args.ParseHex(strings.TrimSpace(operand)); err == nil {
		return b, nil
	}
	t, err := frame.Parse(operand)
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	return t.Append(nil), nil
}

// frameOfFile is frame n of a capture, from 1.
func frameOfFile(path string, n uint64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	defer f.Close()
	r, err := capture.NewReader(f)
	if err != nil {
		return nil, exit.Usage("%s: %w", path, err)
	}
	var rec capture.Record
	for i := range n {
		if err := r.Next(&rec); errors.Is(err, io.EOF) {
			return nil, exit.Usage("%s has %d frames, not %d", path, i, n)
		} else if err != nil {
			return nil, exit.Usage("%s: frame %d: %w", path, i+1, err)
		}
	}
	return rec.Bytes, nil
}

// printDiff shows the fields that differ and then the bytes.
func printDiff(out io.Writer, frames [2]*frame.Decoded, differences []frame.Difference, color bool) error {
	var b []byte
	if x, y := len(frames[0].Bytes), len(frames[1].Bytes); x != y {
		b = fmt.Appendf(b, "~ length %d -> %d bytes\n", x, y)
	}
	for _, d := range differences {
		switch {
		case d.Field != "":
			b = fmt.Appendf(b, "~ %s.%s at %d: %s -> %s\n", d.Layer, d.Field, d.OffsetB, d.A, d.B)
		case d.OffsetA < 0:
			b = fmt.Appendf(b, "+ %s at %d\n", d.B, d.OffsetB)
		case d.OffsetB < 0:
			b = fmt.Appendf(b, "- %s at %d\n", d.A, d.OffsetA)
		default:
			b = fmt.Appendf(b, "~ %s at %d -> %s at %d\n", d.A, d.OffsetA, d.B, d.OffsetB)
		}
	}
	b = append(b, '\n')
	_, err := out.Write(frame.AppendDiff(b, frames[0], frames[1], frame.DumpOptions{Color: color}))
	return err
}

// differenceJSON is one JSON object of diff.
type differenceJSON struct {
	Type    string  `json:"type"`
	Layer   string  `json:"layer"`
	Field   string  `json:"field,omitempty"`
	A       *string `json:"a"` // null: only the other frame has the layer
	B       *string `json:"b"`
	OffsetA *int    `json:"offset_a"`
	OffsetB *int    `json:"offset_b"`
}

// diffSummary is the last JSON object of diff.
type diffSummary struct {
	Type        string `json:"type"`
	Identical   bool   `json:"identical"`
	Differences int    `json:"differences"`
	LengthA     int    `json:"length_a"`
	LengthB     int    `json:"length_b"`
}

func printDiffJSON(out io.Writer, frames [2]*frame.Decoded, differences []frame.Difference, same bool) error {
	enc := json.NewEncoder(out)
	for _, d := range differences {
		o := differenceJSON{Type: "difference", Layer: d.Layer.String(), Field: d.Field}
		if d.OffsetA >= 0 {
			o.A, o.OffsetA = &d.A, &d.OffsetA
		}
		if d.OffsetB >= 0 {
			o.B, o.OffsetB = &d.B, &d.OffsetB
		}
		if err := enc.Encode(o); err != nil {
			return err
		}
	}
	return enc.Encode(diffSummary{"summary", same, len(differences), len(frames[0].Bytes), len(frames[1].Bytes)})
}
