package args

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/ether"
	"eterm/frame/probe"
	"eterm/iface/linktest"
	"eterm/iface/load"
)

// Load are the flags that say what a link test offers.
type Load struct {
	To, From MAC

	count    Count
	duration Duration
	rate     steadyRate
	sizes    Sizes
	imix     bool
	vlans    VLANs
	typ      EtherType
	ip       addressPair
	icmp     bool
	streams  int
	pattern  string
}

// The load where nothing else is said: ten seconds of it.
const (
	defaultLoadRate     = "1000pps"
	defaultLoadSize     = "64"
	defaultLoadDuration = 10 * time.Second
)

// Flags are the flags; what they take is checked as they are read.
func (f *Load) Flags() []cli.Flag {
	f.streams, f.pattern = 1, probe.Random.String()
	_, _ = f.rate.Set(defaultLoadRate), f.sizes.Set(defaultLoadSize) // both are fine
	var patterns []string
	for p := probe.Random; p <= probe.Alternating; p++ {
		patterns = append(patterns, p.String())
	}
	return []cli.Flag{
		ToFlag(&f.To), FromFlag(&f.From),
		CountFlag(&f.count, "offer `N` frames"),
		DurationFlag(&f.duration),
		&cli.GenericFlag{Name: "rate", Aliases: []string{"b"}, Value: &f.rate, DefaultText: defaultLoadRate, Usage: "offer `RATE`: 1000pps, 100Mbit, 10% of the line, or max"},
		&cli.GenericFlag{Name: "size", Aliases: []string{"s", "sizes"}, Value: &f.sizes, DefaultText: defaultLoadSize, Usage: "frame `SIZES` with FCS, sent in turn: 64, or 64,512,1518, or 64..1518"},
		&cli.BoolFlag{Name: "imix", Destination: &f.imix, Usage: "the simple Internet mix: 7 frames of 64, 4 of 594, 1 of 1518 bytes"},
		VLANFlag(&f.vlans),
		EtherTypeFlag(&f.typ, "EtherType of the frames (default 0x88b5)"),
		&cli.GenericFlag{Name: "ip", Value: &f.ip, Usage: "put the frames into IPv4/UDP, from and to `SRC,DST`"},
		&cli.BoolFlag{Name: "icmp", Destination: &f.icmp, Usage: "with --ip: ICMP echo requests instead of UDP"},
		NumberFlag("streams", &f.streams, 1, 256, "number the frames in `N` streams, up to 256"),
		ChoiceFlag("pattern", &f.pattern, "fill frames with `PATTERN`", patterns...),
	}
}

// imixSizes is the simple Internet mix.
var imixSizes = []int{64, 594, 64, 64, 594, 64, 1518, 64, 594, 64, 64, 594}

// Value is what the flags ask to be offered on a station whose line has the
// speed given in bits a second, 0 if that is not known. The destination is the
// caller's to fill in where none was given; all else is checked.
func (f *Load) Value(on Station, lineSpeed float64) (l linktest.Load, err error) {
	own := on.HardwareAddr()
	l = linktest.Load{Dst: f.To.Or(own, nil), Src: f.From.Or(own, own), VLANs: f.vlans, EtherType: uint16(f.typ), Sizes: f.sizes.List,
		Streams: f.streams, Count: uint64(f.count), Duration: time.Duration(f.duration)}
	if l.Count == 0 && l.Duration == 0 {
		l.Duration = defaultLoadDuration
	}
	if f.imix {
		l.Sizes = imixSizes
	}
	for p := probe.Random; p <= probe.Alternating; p++ {
		if p.String() == f.pattern {
			l.Pattern = p
		}
	}
	if f.ip.src.IsValid() {
		l.IP = &linktest.IP{Src: f.ip.src, Dst: f.ip.dst, ICMP: f.icmp}
	}
	if l.Rate, err = f.rate.Frames(meanWire(l.Sizes), lineSpeed); err != nil {
		return l, exit.Usage("--rate %s: %w", f.rate.String(), err)
	}
	whole := l
	if whole.Dst == nil { // any will do to see whether the rest is sound
		whole.Dst = own
	}
	if err := whole.Check(on.MTU()); err != nil {
		return l, exit.Usage("%w", err)
	}
	return l, nil
}

// meanWire is how many byte times a frame takes on average.
func meanWire(sizes []int) float64 {
	sum := 0
	for _, s := range sizes {
		sum += ether.WireLen(s - ether.FCSLen)
	}
	return float64(sum) / float64(len(sizes))
}

// steadyRate is a rate that stays.
type steadyRate struct{ load.Rate }

func (v *steadyRate) Set(s string) (err error) {
	v.Rate, err = load.ParseRate(s)
	return err
}

// addressPair is a source and a destination.
type addressPair struct{ src, dst netip.Addr }

func (v *addressPair) Set(s string) error {
	src, dst, _ := strings.Cut(s, ",")
	a, errA := netip.ParseAddr(src)
	b, errB := netip.ParseAddr(dst)
	if errA != nil || errB != nil || !a.Is4() || !b.Is4() {
		return errors.New("want two IPv4 addresses, such as 192.0.2.1,192.0.2.2")
	}
	v.src, v.dst = a, b
	return nil
}

func (v *addressPair) String() string {
	if !v.src.IsValid() {
		return ""
	}
	return v.src.String() + "," + v.dst.String()
}
