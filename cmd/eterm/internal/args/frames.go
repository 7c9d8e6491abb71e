package args

import (
	"net"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame"
	"eterm/frame/ether"
	"eterm/iface"
	"eterm/iface/load"
)

// Frames say which frames are sent.
type Frames struct {
	Content
	sizes     Sizes
	imix      string
	File      string
	notations []string
	weights   Weights
	seed      uint64
}

// Flags are the flags of it.
func (f *Frames) Flags() []cli.Flag {
	return append([]cli.Flag{
		ToFlag(&f.To),
		f.SizeFlag(),
		&cli.StringFlag{Name: "read", Aliases: []string{"r"}, Destination: &f.File, Usage: "send the frames of `FILE`: pcap, pcapng, hex text or notation, - for standard input; FILE#3 or FILE#3-9 are those alone. --to, --from and -Q change them, -Q none takes tags off"},
		&cli.StringSliceFlag{Name: "set", Usage: "with -r: change `LAYER.FIELD=VALUE` in each frame, checksums kept right, such as ipv4.ttl=1"},
		&cli.GenericFlag{Name: "weights", Value: &f.weights, DefaultText: "all the same", Usage: "how often each notation comes, such as `3,1`"},
		f.SeedFlag(),
		&cli.StringFlag{Name: "imix", Destination: &f.imix, Usage: "sizes in turn as a `GENOME` (RFC 6985), such as 7a4dg"},
	}, f.Content.Flags()...)
}

// SizeFlag is the flag for sizes of frames.
func (f *Frames) SizeFlag() cli.Flag {
	return &cli.GenericFlag{Name: "size", Aliases: []string{"s"}, Value: &f.sizes, DefaultText: "as the content needs",
		Usage: "frame `SIZE` on the wire with FCS (RFC 2544): 64, or in turn 64,512,1518, or each of 64..1518, or of 64..1518/8"}
}

// SeedFlag is the flag for the seed of what varies at random.
func (f *Frames) SeedFlag() cli.Flag {
	return SeedFlag(&f.seed, "0", "start random values at `N`: the same seed gives the same frames")
}

// Prepared are frames ready to be sent.
type Prepared struct {
	// Source makes them anew for a worker.
	Source   func(worker int) load.Source
	MeanWire float64 // in bytes on the wire, on average
	// Count is how many frames a file has. Times are when they were captured,
	// nil if the file does not say, and Period how long a round of them takes.
	Count  uint64
	Times  []time.Duration
	Period time.Duration
	File   About // the file that frames are read from
	Tagged bool  // some have a VLAN tag
}

// Check refuses flags that contradict the notation, or what no interface could
// send.
func (f *Frames) Check(c *cli.Context) error {
	if err := f.checkNotations(c); err != nil {
		return err
	}
	return f.Content.Check(c, f.notations)
}

// Prepare makes the sources of frames for an interface, and refuses frames
// that it does not take.
func (f *Frames) Prepare(c *cli.Context, on Station) (*Prepared, error) {
	sizes, err := f.allSizes(on)
	if err != nil {
		return nil, err
	}
	p := &Prepared{}
	round := len(sizes)
	switch {
	case f.File != "":
		r, about, err := f.replay(c, on)
		if err != nil {
			return nil, err
		}
		p.Source = func(int) load.Source { return r.Source() }
		p.Count, p.Times, p.Period, p.File, round = uint64(r.Len()), r.Times, r.Period, about, r.Len()
	case len(f.notations) > 0:
		p.Source, err = f.fromNotations(on, sizes)
		round *= f.weights.Total(len(f.notations))
	default:
		var turn []*frame.Template
		turn, err = templates(sizes, func(size int) (*frame.Template, error) { return f.Template(on, size) })
		p.Source = func(int) load.Source { return inTurn(turn) }
	}
	if err != nil {
		return nil, err
	}
	return p, p.measure(on, round)
}

// Asked are the sizes asked for by -s; empty where the content says them.
func (f *Frames) Asked() []int { return f.sizes.List }

// allSizes are the sizes asked for, one after the other; 0 is as the content
// needs.
func (f *Frames) allSizes(on Station) ([]int, error) {
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
func (p *Prepared) measure(on Station, round int) error {
	s := p.Source(0)
	var buf []byte
	wire, n := 0, min(round, sampled)
	for i := range n {
		buf = s(buf[:0])
		if err := Fits(buf, on); err != nil && round > 1 {
			return exit.Usage("frame %d: %w", i+1, err)
		} else if err != nil {
			return exit.Usage("%w", err)
		}
		wire += ether.WireLen(len(buf))
		p.Tagged = p.Tagged || ether.Tagged(buf)
	}
	p.MeanWire = float64(wire) / float64(n)
	return nil
}

// Described is an interface that is not open.
type Described struct{ About iface.Info }

// Name implements Station.
func (s Described) Name() string { return s.About.Name }

// HardwareAddr implements Station.
func (s Described) HardwareAddr() net.HardwareAddr { return slices.Clone(s.About.HardwareAddr) }

// MTU implements Station.
func (s Described) MTU() int { return s.About.MTU }
