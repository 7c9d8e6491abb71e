package main

import (
	"errors"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/frame/ether"
	"eterm/frame/probe"
	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/load"
)

func linkCommand() *cli.Command {
	return &cli.Command{
		Name:  "link",
		Usage: "test a link: does every frame arrive, in order, unchanged, how late, and if not, where did it go",
		Description: "One way: \"link receive\" on one machine, \"link send\" on the other. Nothing goes back, so it works over\n" +
			"a data diode, one fibre or a mirror port too.\n" +
			"Both ways: \"link receive\" or \"respond\" on one machine, \"link run\" on the other.\n" +
			"One machine: \"link run --tx eth1 --rx eth2\", which measures true one-way delay.",
		Subcommands: []*cli.Command{linkReceiveCommand(), linkSendCommand(), linkRunCommand()},
	}
}

// loadFlags are what a load can be told.
type loadFlags struct {
	to, from args.MAC
	count    args.Count
	duration args.Duration
	rate     string
	size     string
	imix     bool
	vlans    args.VLANs
	typ      args.EtherType
	ip       string
	icmp     bool
	streams  int
	pattern  string
}

// The load where nothing else is said: ten seconds of it.
const (
	defaultLinkRate     = "1000pps"
	defaultLinkDuration = 10 * time.Second
)

func (f *loadFlags) flags() []cli.Flag {
	return []cli.Flag{
		args.ToFlag(&f.to), args.FromFlag(&f.from),
		args.CountFlag(&f.count, "offer `N` frames"),
		args.DurationFlag(&f.duration),
		&cli.StringFlag{Name: "rate", Aliases: []string{"b"}, Value: defaultLinkRate, Destination: &f.rate, Usage: "offer `RATE`: 1000pps, 100Mbit, 10% of the line, or max"},
		&cli.StringFlag{Name: "size", Aliases: []string{"s", "sizes"}, Value: "64", Destination: &f.size, Usage: "frame `SIZES` with FCS, sent in turn: 64, or 64,512,1518, or 64..1518"},
		&cli.BoolFlag{Name: "imix", Destination: &f.imix, Usage: "the simple Internet mix: 7 frames of 64, 4 of 594, 1 of 1518 bytes"},
		args.VLANFlag(&f.vlans),
		args.EtherTypeFlag(&f.typ, "EtherType of the frames (default 0x88b5)"),
		&cli.StringFlag{Name: "ip", Destination: &f.ip, Usage: "put the frames into IPv4/UDP, from and to `SRC,DST`"},
		&cli.BoolFlag{Name: "icmp", Destination: &f.icmp, Usage: "with --ip: ICMP echo requests instead of UDP"},
		&cli.IntFlag{Name: "streams", Value: 1, Destination: &f.streams, Usage: "number the frames in `N` streams, up to 256"},
		&cli.StringFlag{Name: "pattern", Value: "random", Destination: &f.pattern, Usage: "fill frames with `PATTERN`: random, zeros, ones, alternating"},
	}
}

// imixSizes is the simple Internet mix.
var imixSizes = []int{64, 594, 64, 64, 594, 64, 1518, 64, 594, 64, 64, 594}

// load is what the flags ask to be offered on a port; the destination is the
// caller's to fill in where none was given.
func (f *loadFlags) load(port iface.Port) (l linktest.Load, err error) {
	own := port.HardwareAddr()
	l = linktest.Load{Dst: f.to.Or(own, nil), Src: f.from.Or(own, own), VLANs: f.vlans, EtherType: uint16(f.typ),
		Streams: f.streams, Count: uint64(f.count), Duration: time.Duration(f.duration)}
	if l.Count == 0 && l.Duration == 0 {
		l.Duration = defaultLinkDuration
	}
	if l.Sizes, err = load.ParseSizes(f.size); err != nil {
		return l, exit.Usage("--size %s: %w", f.size, err)
	}
	if f.imix {
		l.Sizes = imixSizes
	}
	if l.Pattern, err = parsePattern(f.pattern); err != nil {
		return l, exit.Usage("--pattern %s: %w", f.pattern, err)
	}
	if l.IP, err = f.parseIP(); err != nil {
		return l, err
	}
	rate, err := load.ParseRate(f.rate)
	if err != nil {
		return l, exit.Usage("--rate %s: %w", f.rate, err)
	}
	if l.Rate, err = rate.Frames(meanWire(l.Sizes), lineSpeed(port.Name())); err != nil {
		return l, exit.Usage("--rate %s: %w", f.rate, err)
	}
	return l, nil
}

func (f *loadFlags) parseIP() (*linktest.IP, error) {
	if f.ip == "" {
		if f.icmp {
			return nil, exit.Usage("--icmp needs --ip SRC,DST")
		}
		return nil, nil
	}
	src, dst, _ := strings.Cut(f.ip, ",")
	a, errA := netip.ParseAddr(src)
	b, errB := netip.ParseAddr(dst)
	if errA != nil || errB != nil || !a.Is4() || !b.Is4() {
		return nil, exit.Usage("--ip %s: want two IPv4 addresses, such as 192.0.2.1,192.0.2.2", f.ip)
	}
	if f.typ != 0 {
		return nil, exit.Usage("--ethertype says what frames carry, and so does --ip: choose one")
	}
	return &linktest.IP{Src: a, Dst: b, ICMP: f.icmp}, nil
}

func parsePattern(s string) (probe.Pattern, error) {
	for p := probe.Random; p <= probe.Alternating; p++ {
		if p.String() == s {
			return p, nil
		}
	}
	return 0, errors.New("want random, zeros, ones or alternating")
}

// meanWire is how many byte times a frame takes on average.
func meanWire(sizes []int) float64 {
	sum := 0
	for _, s := range sizes {
		sum += ether.WireLen(s - ether.FCSLen)
	}
	return float64(sum) / float64(len(sizes))
}

// lineSpeed is the interface's speed in bits a second; 0 if unknown.
func lineSpeed(name string) float64 {
	d, err := iface.Describe(name)
	if err != nil {
		return 0
	}
	return float64(d.Speed)
}

// limitFlags are the limits that make a test of a measurement.
type limitFlags struct {
	loss, reorder, duplicate, corrupt string
	p99, outage                       args.Duration
}

func (f *limitFlags) flags() []cli.Flag {
	limit := func(name, what string, dst *string) cli.Flag {
		return &cli.StringFlag{Name: "max-" + name, Destination: dst, Category: "Limits", Usage: "fail if more than `N` frames or N% are " + what}
	}
	return []cli.Flag{
		limit("loss", "lost", &f.loss), limit("reorder", "reordered", &f.reorder),
		limit("duplicate", "duplicated", &f.duplicate), limit("corrupt", "corrupted", &f.corrupt),
		&cli.GenericFlag{Name: "max-p99", Value: &f.p99, Category: "Limits", DefaultText: "none", Usage: "fail if the 99th percentile of the delay is above `TIME`, such as 50us"},
		&cli.GenericFlag{Name: "max-outage", Value: &f.outage, Category: "Limits", DefaultText: "none", Usage: "fail if an outage is longer than `TIME`"},
	}
}

func (f *limitFlags) limits() (l linktest.Limits, err error) {
	l.P99, l.Outage = time.Duration(f.p99), time.Duration(f.outage)
	for _, x := range []struct {
		flag, value string
		limit       **linktest.Limit
	}{
		{"loss", f.loss, &l.Loss}, {"reorder", f.reorder, &l.Reordered},
		{"duplicate", f.duplicate, &l.Duplicated}, {"corrupt", f.corrupt, &l.Corrupted},
	} {
		if x.value == "" {
			continue
		}
		if *x.limit, err = linktest.ParseLimit(x.value); err != nil {
			return l, exit.Usage("--max-%s %s: %w", x.flag, x.value, err)
		}
	}
	return l, nil
}

// linkPrinter is where a link test prints, as flags say it.
type linkPrinter struct {
	show.Link
	json, quiet bool
	file        string
	results     *os.File
}

func (o *linkPrinter) flags() []cli.Flag {
	return []cli.Flag{
		args.JSONFlag(&o.json),
		args.QuietFlag(&o.quiet, "print nothing while the test runs"),
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Destination: &o.file, Usage: "write results, as JSON, to a new `FILE` too"},
	}
}

// open must be called before anything is sent.
func (o *linkPrinter) open(c *cli.Context) (err error) {
	o.JSON, o.Quiet = o.json, o.quiet
	var results io.Writer
	if o.file != "" {
		if o.results, err = newFile(o.file); err != nil {
			return err
		}
		results = o.results
	}
	o.Open(output(c), messages(c), results)
	return nil
}

func (o *linkPrinter) close(c *cli.Context) error {
	messages(c).Clear()
	if o.results == nil {
		return nil
	}
	return o.results.Close()
}
