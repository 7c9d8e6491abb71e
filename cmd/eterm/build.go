package main

import (
	"bufio"
	"errors"
	"math/rand/v2"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
	"eterm/frame"
	"eterm/frame/capture"
)

// builder makes frames of notation and shows or keeps them; it sends nothing.
type builder struct {
	format show.BuildFormat
	count  args.Count
	seed   uint64
	write  string
	force  bool
	color  args.When
	fixing bool
}

func buildCommand() *cli.Command {
	b := &builder{count: 1, color: "auto"}
	return &cli.Command{
		Name:  "build",
		Usage: "build frames from notation: as dump, hex or C, or into a capture",
		UsageText: "eterm build eth dst=broadcast type=0x88b5 / hex 0001\n" +
			"eterm build --format hex ipv4 src=192.0.2.1 dst=192.0.2.2 / icmp echo-request\n" +
			"eterm build -c 100 -w x.pcap vlan id=1..100 / ipv4 / udp\n" +
			"eterm decode -r x.pcap | eterm build -      a frame a line, as hex\n" +
			"eterm build --fix 'ffffffffffff020000000001 0800 45000099...'",
		ArgsUsage: "NOTATION | -",
		Flags: []cli.Flag{
			args.Default(args.ChoiceFlag("format", &b.format, "print as `FORMAT`", show.BuildDump, show.BuildHex, show.BuildC, show.BuildNotation), "dump, for - hex"),
			args.CountFlag(&b.count, "build `N` frames, if the notation varies"),
			args.SeedFlag(&b.seed, "a new one, which is shown", "start random values from `N`"),
			&cli.StringFlag{Name: "write", Aliases: []string{"w"}, Destination: &b.write, Usage: "write a capture to `FILE` instead of printing: pcap if it ends so, else pcapng; - is standard output"},
			args.ForceFlag(&b.force, "with -w: overwrite a file that is there"),
			args.ColorFlag(&b.color),
			&cli.BoolFlag{Name: "fix", Destination: &b.fixing, Usage: "take pasted HEX or - instead of notation, put lengths and checksums right, and say what was wrong"},
		},
		Action: b.run,
	}
}

func (b *builder) run(c *cli.Context) error {
	words := c.Args().Slice()
	switch {
	case len(words) == 0:
		return exit.Usage("no frame given: write its notation, or - to read one a line (docs/reference/notation.md)")
	case b.write != "" && b.format != "":
		return exit.Usage("-w writes a capture and --format %s prints: choose one", b.format)
	case b.force && b.write == "":
		return exit.Usage("--force belongs to a capture: name its file by -w")
	case b.fixing && (c.IsSet("count") || c.IsSet("seed")):
		return exit.Usage("--fix takes frames as they are: leave --count and --seed out")
	case b.fixing:
		return b.fix(c, words)
	case len(words) == 1 && words[0] == "-":
		return b.lines(c)
	}
	t, err := frame.Parse(frame.Words(words))
	if err != nil {
		return exit.Usage("%w", err)
	}
	if b.count != 1 && !t.Varies() && !t.Random() {
		return exit.Usage("%d frames would all be the same: let a field vary, such as seq=1..100", b.count)
	}
	if b.count == 0 {
		return exit.Usage("build ends: give a number of frames by -c")
	}
	if t.Random() {
		if !c.IsSet("seed") {
			b.seed = rand.Uint64()
			command.Note(c, "seed %d: --seed %d builds the same frames again", b.seed, b.seed)
		}
		t.Seed(b.seed)
	}
	for _, doubt := range t.Doubts() {
		command.Note(c, "%s", doubt)
	}
	return b.frames(c, t)
}

// frames prints or records the frames of one notation.
func (b *builder) frames(c *cli.Context, t *frame.Template) error {
	out, err := b.output(c)
	if err != nil {
		return err
	}
	if err := command.AtWork(c); err != nil {
		return errors.Join(err, out.close())
	}
	var bytes []byte
	for range uint64(b.count) {
		bytes = t.Append(bytes[:0])
		if err := out.frame(bytes); err != nil {
			return errors.Join(err, out.close())
		}
	}
	return out.close()
}

// frameOutput takes the frames that build makes.
type frameOutput struct {
	frame func(b []byte) error
	close func() error
}

// output takes frames, and says at the end what is wrong with them.
func (b *builder) output(c *cli.Context) (frameOutput, error) {
	out, err := b.writer(c)
	faults := &checked{}
	look := faults.checker("frame")
	number := 0
	return frameOutput{
		frame: func(frame []byte) error {
			number++
			look(frame, number)
			return out.frame(frame)
		},
		close: func() error {
			err := out.close()
			faults.say(c)
			return err
		},
	}, err
}

func (b *builder) writer(c *cli.Context) (frameOutput, error) {
	if b.write != "" {
		r, err := b.recorder(c)
		if err != nil {
			return frameOutput{}, err
		}
		write := func(frame []byte) error { return r.Write(&capture.Record{Bytes: frame}) }
		return frameOutput{write, r.Close}, nil
	}
	p := &show.Built{Format: b.format, Color: show.UseColor(string(b.color), c.App.Writer), Columns: command.Output(c).Columns()}
	if p.Format == "" {
		p.Format = show.BuildDump
	}
	out := bufio.NewWriterSize(command.Output(c), 64<<10)
	var text []byte
	print := func(frame []byte) error {
		text = p.Append(text[:0], frame)
		_, err := out.Write(text)
		return err
	}
	return frameOutput{print, out.Flush}, nil
}

func (b *builder) recorder(c *cli.Context) (*capture.Recorder, error) {
	o := capture.RecorderOptions{Force: b.force, About: capture.Interface{Name: "build", Application: "eterm " + result.ThisTool().Version}}
	if b.write == "-" {
		if err := command.RefuseTerminal(c); err != nil {
			return nil, err
		}
		return capture.Stream(c.App.Writer, capture.PcapNG, o)
	}
	return command.NewCapture(b.write, o)
}
