package main

import (
	"net"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/frame"
	"eterm/frame/ether"
	"eterm/iface"
	"eterm/iface/load"
)

// sendFrames say which frames are sent.
type sendFrames struct {
	args.Content
	sizes     args.Sizes
	imix      string
	file      string
	notations []string
	weights   args.Weights
	seed      uint64
}

func (f *sendFrames) flags() []cli.Flag {
	return append([]cli.Flag{
		args.ToFlag(&f.To),
		f.sizeFlag(),
		&cli.StringFlag{Name: "read", Aliases: []string{"r"}, Destination: &f.file, Usage: "send the frames of `FILE`: pcap, pcapng or hex text, - for standard input; FILE#3 or FILE#3-9 are those alone. --to, --from and -Q change them"},
		&cli.StringSliceFlag{Name: "set", Usage: "with -r: change `LAYER.FIELD=VALUE` in each frame, checksums kept right, such as ipv4.ttl=1"},
		&cli.GenericFlag{Name: "weights", Value: &f.weights, DefaultText: "all the same", Usage: "how often each notation comes, such as `3,1`"},
		f.seedFlag(),
		&cli.StringFlag{Name: "imix", Destination: &f.imix, Usage: "sizes in turn as a `GENOME` (RFC 6985), such as 7a4dg"},
	}, f.Content.Flags()...)
}

func (f *sendFrames) sizeFlag() cli.Flag {
	return &cli.GenericFlag{Name: "size", Aliases: []string{"s"}, Value: &f.sizes, DefaultText: "as the content needs",
		Usage: "frame `SIZE` on the wire with FCS (RFC 2544): 64, or in turn 64,512,1518, or each of 64..1518, or of 64..1518/8"}
}

func (f *sendFrames) seedFlag() cli.Flag {
	return &cli.Uint64Flag{Name: "seed", Destination: &f.seed, Usage: "start random values at `N`: the same seed gives the same frames"}
}

// prepared are frames ready to be sent.
type prepared struct {
	// source makes them anew for a worker.
	source   func(worker int) load.Source
	meanWire float64 // see load.MeanWire
	// count is how many frames a file has. times are when they were captured,
	// nil if the file does not say, and period how long a round of them takes.
	count  uint64
	times  []time.Duration
	period time.Duration
	tagged bool // some have a VLAN tag
}

// check refuses flags that contradict the notation, or what no interface could
// send.
func (f *sendFrames) check(c *cli.Context) error {
	if err := f.checkNotations(c); err != nil {
		return err
	}
	return f.Content.Check(c, f.notations)
}

// prepare makes the sources of frames for an interface, and refuses frames
// that it does not take.
func (f *sendFrames) prepare(c *cli.Context, on args.Station) (*prepared, error) {
	sizes, err := f.allSizes(on)
	if err != nil {
		return nil, err
	}
	p := &prepared{}
	round := len(sizes)
	switch {
	case f.file != "":
		r, err := f.replay(c, on)
		if err != nil {
			return nil, err
		}
		p.source = func(int) load.Source { return r.Source() }
		p.count, p.times, p.period, round = uint64(r.Len()), r.Times, r.Period, r.Len()
	case len(f.notations) > 0:
		p.source, err = f.fromNotations(c, on, sizes)
		round *= f.weights.Total(len(f.notations))
	default:
		var turn []*frame.Template
		turn, err = templates(sizes, func(size int) (*frame.Template, error) { return f.Template(on, size) })
		p.source = func(int) load.Source { return inTurn(turn) }
	}
	if err != nil {
		return nil, err
	}
	return p, p.measure(on, round)
}

// allSizes are the sizes asked for, one after the other; 0 is as the content
// needs.
func (f *sendFrames) allSizes(on args.Station) ([]int, error) {
	switch {
	case f.imix != "":
		sizes, err := load.ParseGenome(f.imix, ether.MaxFrame(on.MTU(), false)+ether.FCSLen)
		if err != nil {
			return nil, exit.Usage("--imix: %w", err)
		}
		return sizes, nil
	case f.sizes.List != nil:
		return f.sizes.List, nil
	}
	return []int{0}, nil
}

// templates makes a template for each size, once.
func templates(sizes []int, make func(size int) (*frame.Template, error)) (turn []*frame.Template, err error) {
	bySize := map[int]*frame.Template{}
	for _, size := range sizes {
		if bySize[size] == nil {
			if bySize[size], err = make(size); err != nil {
				return nil, err
			}
		}
		turn = append(turn, bySize[size])
	}
	return turn, nil
}

// sampled is the most frames that are looked at before the first is sent.
const sampled = 1 << 16

// measure looks at one round of the frames.
func (p *prepared) measure(on args.Station, round int) error {
	s := p.source(0)
	var buf []byte
	wire, n := 0, min(round, sampled)
	for i := range n {
		buf = s(buf[:0])
		if err := args.Fits(buf, on); err != nil && round > 1 {
			return exit.Usage("frame %d: %w", i+1, err)
		} else if err != nil {
			return exit.Usage("%w", err)
		}
		wire += ether.WireLen(len(buf))
		p.tagged = p.tagged || ether.Tagged(buf)
	}
	p.meanWire = float64(wire) / float64(n)
	return nil
}

// describedStation is an interface that is not open.
type describedStation struct{ about iface.Info }

func (s describedStation) Name() string                   { return s.about.Name }
func (s describedStation) HardwareAddr() net.HardwareAddr { return slices.Clone(s.about.HardwareAddr) }
func (s describedStation) MTU() int                       { return s.about.MTU }
