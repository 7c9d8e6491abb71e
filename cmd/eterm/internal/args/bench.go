package args

import (
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/frame/probe"
	"eterm/iface/linktest"
	"eterm/iface/suite"
)

// Bench are the flags that say what a benchmark measures, and how.
type Bench struct {
	TX, RX, Third string
	// Interface is the port here if the other one is a peer's, whose address is To.
	Interface    string
	To           MAC
	Isolated     bool
	Force        bool
	Calibration  string
	Expect       string
	ResetCommand string
	// Notes are kept in the result.
	Notes notes
	// Seed draws addresses.
	Seed uint64

	suite     string
	hops      int
	preset    string
	tests     string
	skip      string
	direction string
	search    string
	sizes     Sizes
	imix      bool
	rate      steadyRate
	leastLoad string
	goals     goals
	waits     waits
	repeat    int
	addresses int
	broadcast string
	maxTime   Duration
	vlans     VLANs
	typ       EtherType
	ip        addressPair
	icmp      bool
	pattern   string
}

// PortFlags are which ports a benchmark is between, and what is on the wire.
func (f *Bench) PortFlags() []cli.Flag {
	f.pattern = probe.Random.String()
	var patterns []string
	for p := probe.Random; p <= probe.Alternating; p++ {
		patterns = append(patterns, p.String())
	}
	return []cli.Flag{
		OtherInterfaceFlag("tx", &f.TX, "offer on `INTERFACE`"),
		OtherInterfaceFlag("rx", &f.RX, "receive on `INTERFACE`"),
		InterfaceFlag(&f.Interface),
		&cli.GenericFlag{Name: "to", Value: &f.To, Usage: "`MAC` of the other machine, where \"eterm respond\" runs: with -i instead of --tx and --rx", DefaultText: "the one that replies"},
		&cli.GenericFlag{Name: "size", Aliases: []string{"s", "sizes"}, Value: &f.sizes, DefaultText: "64,128,256,512,1024,1280,1518", Usage: "frame `SIZES` with FCS, each measured by itself"},
		&cli.BoolFlag{Name: "imix", Destination: &f.imix, Usage: "measure the simple Internet mix too: 7 frames of 64, 4 of 594, 1 of 1518 bytes"},
		&cli.GenericFlag{Name: "rate", Aliases: []string{"b"}, Value: &f.rate, DefaultText: "the line's", Usage: "offer at most `RATE`: 100kpps, 500Mbit, 50%"},
		&cli.StringFlag{Name: "min-load", Destination: &f.leastLoad, Value: "0.1%", Usage: "offer at least this `SHARE` of that"},
		Default(ChoiceFlag("direction", &f.direction, "load `WHICH` direction", string(suite.Forward), string(suite.Reverse), "both"), "forward; of rfc2889 both"),
		NumberFlag("addresses", &f.addresses, 0, 256, "pairs of MAC addresses a direction, random but for the first (RFC 4814)"),
		VLANFlag(&f.vlans),
		EtherTypeFlag(&f.typ, "EtherType of the frames (default 0x88b5)"),
		&cli.GenericFlag{Name: "ip", Value: &f.ip, Usage: "put the frames into IPv4/UDP, from and to `SRC,DST`"},
		&cli.BoolFlag{Name: "icmp", Destination: &f.icmp, Usage: "with --ip: ICMP echo requests instead of UDP"},
		ChoiceFlag("pattern", &f.pattern, "fill frames with `PATTERN`", patterns...),
		&cli.GenericFlag{Name: "max-time", Value: &f.maxTime, DefaultText: "all it takes", Usage: "begin no trial after `TIME` of them, and report what is known"},
		SeedFlag(&f.Seed, "0", "draw addresses anew from `N`"),
		f.isolatedFlag(),
		ForceFlag(&f.Force, forceUsage),
		&cli.GenericFlag{Name: "note", Value: &f.Notes, Usage: "keep `KEY=TEXT` in the result, such as device=sw1"},
	}
}

// TestFlags are which tests of a suite are made, and how well.
func (f *Bench) TestFlags(name string) []cli.Flag {
	f.repeat, f.preset, f.search, f.suite = 1, "standard", "mlr", name
	all, some := suite.TestsOf(name), "throughput,latency,loss,back-to-back"
	if name == suite.RFC2889 || name == suite.Snake {
		some = strings.Join(all, ",")
	}
	var own []cli.Flag
	if slices.Contains(strings.Split(name, "+"), suite.Snake) {
		own = append(own, NumberFlag("hops", &f.hops, 2, suite.MostHops, "the frames go through the device `N` times"))
	}
	return append(own, []cli.Flag{
		Default(ChoiceFlag("preset", &f.preset, "lengths, waits and repetitions of `PRESET`", suite.Presets...), "standard"),
		Default(SomeOf("tests", &f.tests, "make `TESTS` of "+strings.Join(all, ", "), all...), some),
		SomeOf("skip", &f.skip, "leave out `TESTS`", all...),
		Default(ChoiceFlag("search", &f.search, "search by `METHOD`: several loss ratios at once (RFC 9971), or binary with loss verification (TST 009)", "mlr", "binary"), "mlr"),
		&cli.GenericFlag{Name: "goal", Value: &f.goals, DefaultText: "those of the preset", Usage: "search for `NAME:loss=0,exceed=50%,initial=1s,trial=1s,sum=21s,width=0.5%`"},
		&cli.GenericFlag{Name: "waits", Value: &f.waits, DefaultText: "those of the preset", Usage: "pause `LEARN,RESIDUAL,REST` (RFC 2544, 23 b, d, e), such as 2s,2s,5s"},
		NumberFlag("repeat", &f.repeat, 1, 1000, "make every test `N` times, to compare devices"),
		&cli.StringFlag{Name: "broadcast", Destination: &f.broadcast, Usage: "make `SHARE` of the frames broadcast ones, such as 1% (RFC 2544, 11.1)"},
		OtherInterfaceFlag("third", &f.Third, "count at `INTERFACE`, a third port, what the device floods"),
		&cli.StringFlag{Name: "expect", Destination: &f.Expect, Usage: "limits that figures must keep, from `FILE` (YAML)"},
		f.calibrationFlag(),
		f.resetFlag(),
	}...)
}

// OwnFlags are those that a plan cannot have: consent, files and commands.
func (f *Bench) OwnFlags() []cli.Flag {
	return []cli.Flag{f.isolatedFlag(), ForceFlag(&f.Force, forceUsage), f.calibrationFlag(), f.resetFlag()}
}

const forceUsage = "use a port although the default route is on it"

func (f *Bench) isolatedFlag() cli.Flag {
	return &cli.BoolFlag{Name: "isolated", Destination: &f.Isolated, Usage: "these ports are on an isolated network: a benchmark must never run in one that is in use (RFC 6815)"}
}

func (f *Bench) calibrationFlag() cli.Flag {
	return &cli.StringFlag{Name: "calibration", Destination: &f.Calibration, Usage: "what the tester itself can do, from `FILE` (bench calibrate)"}
}

func (f *Bench) resetFlag() cli.Flag {
	return &cli.StringFlag{Name: "reset-command", Destination: &f.ResetCommand, Usage: "run `COMMAND` to reset the device, for test reset"}
}

// Plan is what the flags ask for, on a line of so many bits a second, 0 if that
// is not known.
func (f *Bench) Plan(lineSpeed float64) (suite.Plan, error) {
	p, err := suite.Preset(or(f.preset, "standard"))
	if err != nil {
		return p, exit.Usage("--preset: %w", err)
	}
	p = p.For(or(f.suite, suite.RFC2544))
	p.Hops = f.hops
	if len(f.sizes.List) > 0 {
		p.Sizes = f.sizes.List
	}
	if f.imix {
		p.Mix = imixSizes
	}
	p.Direction, p.Search = or(f.direction, p.Direction), or(f.search, p.Search)
	p.Addresses, p.Seed, p.Repeat, p.MaxTime = f.addresses, f.Seed, max(1, f.repeat), time.Duration(f.maxTime).Seconds()
	p.LineBPS = lineSpeed
	if f.waits.given {
		p.Waits = f.waits.Waits
	}
	for _, step := range []func(*suite.Plan) error{f.planTests, f.planGoals, f.planRates, f.planNotes} {
		if err := step(&p); err != nil {
			return p, err
		}
	}
	if f.Between() && p.Direction != string(suite.Forward) && p.Groups() {
		return p, exit.Usage("--direction %s with more --addresses or broadcast frames: a peer sends to the station that asks and to no other, so these go forward only", p.Direction)
	}
	if err := p.Check(); err != nil {
		return p, exit.Usage("%w", err)
	}
	return p, nil
}

// Between says that the other port is on another machine.
func (f *Bench) Between() bool {
	return f.TX == "" && f.RX == "" && (f.Interface != "" || f.To.Given())
}

func or(s, nothing string) string {
	if s == "" {
		return nothing
	}
	return s
}

func (f *Bench) planTests(p *suite.Plan) error {
	if f.tests != "" {
		p.Tests = strings.Split(f.tests, ",")
	}
	for _, t := range strings.FieldsFunc(f.skip, func(r rune) bool { return r == ',' }) {
		i := slices.Index(p.Tests, t)
		if i < 0 {
			return exit.Usage("--skip %s: there is no such test in %s", t, strings.Join(p.Tests, ","))
		}
		p.Tests = slices.Delete(p.Tests, i, i+1)
	}
	if len(p.Tests) == 0 {
		return exit.Usage("no test is left: --skip leaves out all of --tests")
	}
	if slices.Contains(p.Tests, suite.ResetTest) && f.ResetCommand == "" {
		return exit.Usage("test reset needs --reset-command, which resets the device")
	}
	return nil
}

func (f *Bench) planRates(p *suite.Plan) (err error) {
	if !f.rate.IsZero() && !f.rate.IsMax() {
		// The same number of frames of any size, or of bits.
		short, long := meanWire([]int{64}), meanWire([]int{1518})
		fps, err := f.rate.Frames(short, p.LineBPS)
		if err != nil {
			return exit.Usage("--rate %s: %w", f.rate.String(), err)
		}
		if other, _ := f.rate.Frames(long, p.LineBPS); other == fps {
			p.MaxFPS = fps
		} else {
			p.MaxBPS = fps * short * 8
		}
	}
	if p.LineBPS == 0 && p.MaxFPS == 0 && p.MaxBPS == 0 {
		return exit.Usage("the speed of %s is not known: say by -b what to offer at most, such as -b 100kpps", or(f.TX, f.Interface))
	}
	if p.MinShare, err = ParseRatio(or(f.leastLoad, "0.1%")); err != nil {
		return exit.Usage("--min-load: %w", err)
	}
	if f.broadcast != "" {
		share, err := ParseRatio(f.broadcast)
		if err != nil || share < 1.0/256 {
			return exit.Usage("--broadcast %s: want a share of 0.4%% to 100%%", f.broadcast)
		}
		p.BroadcastEvery = int(1/share + 0.5)
	}
	return nil
}

func (f *Bench) planNotes(p *suite.Plan) error {
	p.Notes = f.Notes
	return nil
}

// Load is what frames look like; all that trials vary is not in it.
func (f *Bench) Load() linktest.Load {
	l := linktest.Load{VLANs: f.vlans, EtherType: uint16(f.typ)}
	for p := probe.Random; p <= probe.Alternating; p++ {
		if p.String() == f.pattern {
			l.Pattern = p
		}
	}
	if f.ip.src.IsValid() {
		l.IP = &linktest.IP{Src: f.ip.src, Dst: f.ip.dst, ICMP: f.icmp}
	}
	return l
}
