package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/watch"
	"eterm/frame"
	"eterm/frame/capture"
)

// decoder prints the frames of a capture, or of hex that was pasted.
type decoder struct {
	read        string
	count       args.Count
	maxFrames   int
	format      show.Format
	json        bool
	snap        int
	failOnFault bool
	layer       string
	note        func(format string, args ...any)
	color       args.When
}

func decodeCommand() *cli.Command {
	d := &decoder{format: show.FormatNotation, color: "auto"}
	return &cli.Command{
		Name:  "decode",
		Usage: "take frames apart: captures, and hex in any form people paste it",
		UsageText: "eterm decode -r x.pcapng                    one line a frame, which eterm send can send\n" +
			"eterm decode -r x.pcap.gz --format tree     layer by layer, each field with its meaning\n" +
			"eterm decode ffffffffffff020000000001 88b5 0001\n" +
			"tcpdump -xx -r x.pcap | eterm decode --json",
		ArgsUsage: "[HEX ... | -]",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "read", Aliases: []string{"r"}, Destination: &d.read, Usage: "read `FILE`: pcap, pcapng, either in gzip or zstd, or hex text; - is standard input"},
			args.CountFlag(&d.count, "stop after `N` frames"),
			args.Default(args.NumberFlag("max-frames", &d.maxFrames, 1, args.Unlimited, "give up behind `N` frames, with status 3 if there are more: a small compressed file can hold very many"), "no limit"),
			args.ChoiceFlag("format", &d.format, "print frames as `FORMAT`", show.FormatNotation, show.FormatLine, show.FormatDump, show.FormatTree, show.FormatHex, show.FormatOD, show.FormatC, show.FormatTrafgen),
			args.Default(args.NumberFlag("snaplen", &d.snap, 0, args.Unlimited, "dump only the first `BYTES` of each frame"), "all"),
			args.ColorFlag(&d.color),
			args.JSONFlag(&d.json),
			args.SomeOf("layer", &d.layer, "with --format hex: only the bytes of `LAYER`, such as icmp or vlan[1]", frame.LayerNames()...),
			&cli.BoolFlag{Name: "fail-on-fault", Destination: &d.failOnFault, Usage: "exit with status 1 if a frame has a fault"},
		},
		Action: d.run,
	}
}

func (d *decoder) run(c *cli.Context) error {
	d.note = func(format string, args ...any) { command.Note(c, format, args...) }
	if d.layer != "" && d.format != show.FormatHex {
		return exit.Usage("--layer %s is for --format hex: give both", d.layer)
	}
	if d.layer != "" {
		if err := frame.CheckLayer(d.layer); err != nil {
			return exit.Usage("--layer: %w", err)
		}
	}
	in, name, err := d.input(c)
	if err != nil {
		return err
	}
	if f, ok := in.(io.Closer); ok && in != c.App.Reader {
		defer f.Close()
	}
	if err := command.AtWork(c); err != nil {
		return err
	}
	ctx, cancel := capture.Reading(c.Context, in)
	defer cancel()
	r, err := capture.UnlessEnded(ctx, func() (*capture.Reader, error) { return capture.NewReader(in) })
	if err != nil {
		return d.problem(name, err)
	}
	if d.json {
		d.format = show.FormatJSON
	}
	return d.all(ctx, c, name, r)
}

// input is what to read: a file, standard input, or the operands.
func (d *decoder) input(c *cli.Context) (in io.Reader, name string, err error) {
	switch {
	case c.Args().Present() && d.read != "":
		return nil, "", exit.Usage("-r %s and hex operands: give one of them", d.read)
	case c.NArg() == 1 && c.Args().First() == "-":
		return c.App.Reader, "standard input", nil
	case c.Args().Present():
		text := strings.Join(c.Args().Slice(), " ") + "\n"
		if c.NArg() > 1 { // one frame, however its bytes are set apart
			text = strings.Join(c.Args().Slice(), "") + "\n"
		}
		return strings.NewReader(text), "operands", nil
	case d.read == "" && show.IsTerminal(c.App.Reader):
		return nil, "", exit.Usage("nothing to read: say -r FILE, give hex as operands, or pipe it in")
	case d.read == "" || d.read == "-":
		return c.App.Reader, "standard input", nil
	}
	f, err := args.Open(c, d.read)
	return f, d.read, err
}

// errTooMany is why reading ends at --max-frames.
var errTooMany = errors.New("there are more: see --max-frames")

// progress shows on a terminal how many frames were read, each second, where the
// frames themselves go elsewhere. What it returns ends that.
func progress(c *cli.Context, read *atomic.Uint64) (end func()) {
	says := command.Messages(c)
	if !says.IsLive() || show.IsTerminal(c.App.Writer) {
		return func() {}
	}
	stop := watch.Every(time.Second, func() { says.Live("%s read", show.Count(read.Load(), "frame")) })
	return func() {
		stop()
		says.Clear()
	}
}

// problem gives an error of reading its status: damage is an answer, after an
// interrupt nobody knows it, anything else is a file that cannot be read.
func (d *decoder) problem(name string, err error) error {
	var damage *capture.DamageError
	switch {
	case errors.As(err, &damage):
		return exit.Failed("%s: %w", name, err)
	case errors.Is(err, capture.ErrInterrupted), errors.Is(err, errTooMany):
		return exit.Untrusted("%s: %w", name, err)
	}
	return exit.Usage("%s: %w", name, err)
}

// all prints every frame, and then the error that ended the reading.
func (d *decoder) all(ctx context.Context, c *cli.Context, name string, r *capture.Reader) error {
	out := command.Output(c)
	sum := show.DecodeSummary{Type: "summary"}
	var ended error
	var odd oddities
	var faults, unseen show.Faults
	var taken atomic.Uint64
	most := uint64(d.count)
	if limit := uint64(d.maxFrames); limit > 0 && (most == 0 || most > limit) {
		most = limit + 1 // the one that is too many
	}
	defer progress(c, &taken)()
	printed := show.FramesOptions{Format: d.format, Snap: d.snap, Color: show.UseColor(string(d.color), out), Columns: out.Columns()}
	err := capture.InOrder(ctx, func(b *decodeBatch) bool {
		more := b.Fill(r, taken.Load(), most)
		n := taken.Add(uint64(len(b.Records)))
		if d.maxFrames > 0 && n > uint64(d.maxFrames) {
			b.Records, b.Err = b.Records[:len(b.Records)-1], errTooMany
			return false
		}
		return more
	}, func() func(*decodeBatch) {
		w := &show.Records{FramesOptions: printed, Layer: d.layer}
		return func(b *decodeBatch) { b.print(w) }
	}, func(b *decodeBatch) error {
		sum.Frames += uint64(len(b.Records))
		sum.Bytes += b.bytes
		faults.With(b.faults)
		unseen.With(b.unseen)
		odd.add(b.Records)
		if b.Err != nil && !errors.Is(b.Err, io.EOF) {
			ended = b.Err
		}
		if len(b.text) == 0 {
			return nil
		}
		_, err := out.Write(b.text)
		return err
	})
	if errors.Is(err, capture.ErrInterrupted) {
		ended = err
	} else if err != nil {
		return err
	}
	sum.Faulty = faults.Faulty
	failed := ended == nil && d.failOnFault && faults.Faulty > 0
	if !d.json && unseen.Faulty > 0 && !d.format.Shown() && !failed {
		odd.more = unseen.Text()
	}
	if err := d.conclude(out, name, odd, sum, ended); err != nil || !failed {
		return err
	}
	return exit.Failed("%s: %s", name, faults.Text())
}

// conclude says what is to be said after the frames; its error is that of the
// reading.
func (d *decoder) conclude(out *show.Output, name string, odd oddities, sum show.DecodeSummary, ended error) error {
	if d.json {
		if ended != nil {
			sum.Problem = ended.Error()
		}
		if err := out.JSON(sum); err != nil {
			return err
		}
	} else {
		odd.say(d.note, name)
	}
	if ended != nil {
		return d.problem(name, fmt.Errorf("after %s: %w", show.Count(sum.Frames, "frame"), ended))
	}
	return nil
}

// oddities are what is said of a whole file after its frames.
type oddities struct {
	made              string
	headers, contrary int
	more              string // of what the format does not show
}

func (o *oddities) add(records []capture.Record) {
	for i := range records {
		if r := &records[i]; r.Made != "" {
			o.made = r.Made
			o.headers++
		}
		if len(records[i].Notes) > 0 {
			o.contrary++
		}
	}
}

func (o *oddities) say(note func(format string, args ...any), name string) {
	if o.headers > 0 {
		note("%s is of %s: %s got an Ethernet header made of what the file says", name, o.made, show.Count(uint64(o.headers), "frame"))
	}
	if o.contrary > 0 {
		note("%s: %s with lengths that contradict each other, taken as captured", name, show.Count(uint64(o.contrary), "record"))
	}
	if o.more != "" {
		note("%s", o.more)
	}
}

// decodeBatch is some frames of a capture and their text.
type decodeBatch struct {
	capture.Batch
	text   []byte
	bytes  uint64
	faults show.Faults
	unseen show.Faults // that notation does not show
}

// print makes the text of the batch.
func (b *decodeBatch) print(w *show.Records) {
	b.text, b.bytes = b.text[:0], 0
	w.Faults, w.Odd = show.Faults{}, show.Faults{Odd: true}
	for i := range b.Records {
		r := &b.Records[i]
		b.bytes += uint64(len(r.Bytes))
		b.text = w.Append(b.text, b.First+uint64(i)+1, r, b.Names[i])
	}
	b.faults, b.unseen = w.Faults, w.Odd
}
