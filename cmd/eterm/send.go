package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/load"
)

// sender is the traffic generator: which frames, when, and by which mechanism.
type sender struct {
	iface   string
	frames  args.Frames
	pacing  args.Pacing
	engine  args.Engine
	fcs     args.FCS
	threads int
	dryRun  bool
	force   bool
	output  string
	json    bool
	quiet   bool
	verbose bool
}

func sendCommand() *cli.Command {
	s := &sender{threads: 1}
	s.frames.To.Set("broadcast")
	return &cli.Command{
		Name:      "send",
		Usage:     "send frames at an exact rate, as many as asked, and account for each",
		ArgsUsage: "[NOTATION [+ NOTATION ...]]",
		UsageText: "eterm send -i eth0                                              10 frames, 1 a second\n" +
			"eterm send -i eth0 --to 02:00:00:00:00:02 -b 10kpps -d 10       10,000 frames/s for 10 s\n" +
			"eterm send -i eth0 -b max -c 1000000 -s 1518                    as fast as can be\n" +
			"eterm send -i eth0 -b 100Mbit -d 10 --imix 7a4dg                a mix of sizes (RFC 6985)\n" +
			"eterm send -i eth0 -b 1kpps..100kpps -d 30                      a ramp\n" +
			"eterm send -i eth0 -c 6400 --burst 64 --gap 1ms                 bursts\n" +
			"eterm send -i eth0 -r capture.pcapng --speed 2                  a capture, twice as fast\n" +
			"eterm send -i eth0 -b 1kpps eth dst=broadcast / arp tpa=192.0.2.1..192.0.2.254   fields that vary\n" +
			"eterm send -S eth / vlan id=10 / ipv4 dst=192.0.2.2 + eth / arp   show the first frames, send nothing",
		Flags:  s.flags(),
		Action: s.run,
	}
}

func (s *sender) flags() []cli.Flag {
	flags := []cli.Flag{
		args.InterfaceFlag(&s.iface),
		args.EngineFlag(&s.engine),
		args.FCSFlag(&s.fcs),
		args.NumberFlag("threads", &s.threads, 1, 64, "send by `N` threads"),
		&cli.BoolFlag{Name: "dry-run", Aliases: []string{"S"}, Destination: &s.dryRun, Usage: "show the first frames and send nothing"},
		args.ForceFlag(&s.force, "allow a group address as source, and more than 1000 frames/s where the default route leads"),
		args.JSONFlag(&s.json),
		command.OutputFlag(&s.output),
		args.QuietFlag(&s.quiet, "print no result"),
		args.VerboseFlag(&s.verbose),
	}
	return slices.Concat(flags, s.pacing.Flags(), s.frames.Flags())
}

// gentle is the most frames a second that go unasked where the machine's other
// traffic goes.
const gentle = 1000

func (s *sender) run(c *cli.Context) error {
	s.frames.Force = s.force
	if err := s.check(c); err != nil {
		return err
	}
	if s.dryRun {
		return s.show(c)
	}
	if s.iface == "" {
		_, err := command.OpenPort(c, "", iface.Options{})
		return err
	}
	about, err := iface.Describe(s.iface)
	if err != nil {
		return exit.Usage("%w", err)
	}
	f, err := s.prepare(c, args.Described{About: about})
	if err != nil {
		return err
	}
	plan, peak, err := s.plan(f, float64(about.Speed))
	if err != nil {
		return err
	}
	if about.DefaultRoute && peak > gentle && !s.force {
		return exit.Usage("%s carries the default route: more than %d frames/s there need --force", s.iface, gentle)
	}
	ports, err := s.open(c, peak)
	if err != nil {
		return err
	}
	// Idle processors of the runtime's would only disturb those that send, by
	// looking for work whenever one of them rests or is interrupted.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(min(len(ports), runtime.GOMAXPROCS(0))))
	k, err := s.keep(c, plan, peak)
	if err != nil {
		return err
	}
	if err := command.AtWork(c); err != nil {
		return err
	}
	end := s.begin(c, ports, plan, peak)
	intervals := k.Follow(func() []stats.SoFar { return []stats.SoFar{{Offered: accepted(ports)}} })
	sent, err := load.RunAll(c.Context, ports, f.Source, plan)
	intervals()
	end()
	mechanism := mechanismOf(ports[0])
	for _, p := range ports {
		p.Close()
	}
	return s.report(c, k, show.Sent{Result: sent, Mechanism: mechanism, Paced: plan.Schedule != nil}, err)
}

// keep begins the document of a run.
func (s *sender) keep(c *cli.Context, plan load.Plan, peak float64) (*command.Kept, error) {
	k, err := command.Keep(c, result.KindSend, s.output, s.json, command.PortAs("send", s.iface))
	if err != nil {
		return nil, err
	}
	k.Doc.Load = &result.Load{Sizes: []int{}, Frames: plan.Count, DurationNS: plan.Duration.Nanoseconds(), Streams: s.threads}
	k.Doc.Load.Sizes = append(k.Doc.Load.Sizes, s.frames.Asked()...)
	if plan.Schedule != nil {
		k.Doc.Load.FramesPerS = peak
	}
	return k, nil
}

// accepted is how many frames the kernel took of some ports; nil if one does
// not say.
func accepted(ports []iface.Port) *uint64 {
	sum := uint64(0)
	for _, p := range ports {
		n, err := p.Counters()
		if err != nil {
			return nil
		}
		sum += n.Accepted
	}
	return &sum
}

// begin says what is sent, unless nothing is to be said.
func (s *sender) begin(c *cli.Context, ports []iface.Port, plan load.Plan, peak float64) (end func()) {
	if s.quiet {
		return func() {}
	}
	rate := "as fast as can be"
	if plan.Schedule != nil {
		decimals := 0
		if peak < 100 {
			decimals = -1 // as many as it has
		}
		rate = fmt.Sprintf("at up to %s frames a second", strconv.FormatFloat(peak, 'f', decimals, 64))
	}
	return command.Begin(c, fmt.Sprintf("sending on %s %s, %s", s.iface, rate, command.Until(plan.Count, "frame", plan.Duration)), func() string {
		if n := accepted(ports); n != nil {
			return show.Count(*n, "frame") + " sent"
		}
		return ""
	})
}

// prepare makes the frames ready, and says what a file's lack.
func (s *sender) prepare(c *cli.Context, on args.Station) (*args.Prepared, error) {
	f, err := s.frames.Prepare(c, on)
	if err != nil {
		return nil, err
	}
	of := f.File
	if of.Cut > 0 {
		command.Note(c, "%s: the capture cut %d of %s short: they are sent as short as they are", s.frames.File, of.Cut, show.Count(of.Read, "frame"))
	}
	if of.Made > 0 {
		command.Note(c, "%s is of %s: %s got an Ethernet header made of what the file says", s.frames.File, of.MadeOf, show.Count(of.Made, "frame"))
	}
	return f, nil
}

// check refuses flags that contradict each other.
func (s *sender) check(c *cli.Context) error {
	if err := s.pacing.Check(c, s.frames.File != ""); err != nil {
		return err
	}
	return s.frames.Check(c)
}

// plan says when frames are due, how many there are, and how many a second at
// the most.
func (s *sender) plan(f *args.Prepared, lineSpeed float64) (load.Plan, float64, error) {
	plan, peak, err := s.pacing.Plan(f, lineSpeed)
	if errors.Is(err, args.ErrNoTimes) {
		return plan, 0, exit.Usage("%s %w: give a rate by -b", s.frames.File, err)
	}
	return plan, peak, err
}

// open opens a port for each thread.
func (s *sender) open(c *cli.Context, peak float64) ([]iface.Port, error) {
	var ports []iface.Port
	plain := false // an FCS would be bytes of the frame
	if s.fcs.Given() {
		var err error
		if plain, err = args.PlainFCS(s.iface); err != nil {
			return nil, exit.Usage("%w", err)
		}
	}
	if plain {
		command.Note(c, "%s is a veth, which has no FCS: it carries the 4 bytes of --fcs as ordinary bytes of the frame", s.iface)
	}
	for range s.threads {
		o := iface.Options{SendOnly: true, Engine: s.engine.Iface(), Rate: peak / float64(s.threads), OwnFCS: s.fcs.Given() && !plain}
		open := command.OpenPort
		if len(ports) > 0 { // what there is to warn of has been said
			open = func(_ *cli.Context, name string, o iface.Options) (iface.Port, error) { return iface.Open(name, o) }
		}
		p, err := open(c, s.iface, o)
		if err != nil {
			for _, p := range ports {
				p.Close()
			}
			return nil, err
		}
		ports = append(ports, s.fcs.Wrap(p))
	}
	return ports, nil
}

// mechanismOf is how a port sends, in words.
func mechanismOf(p iface.Port) string {
	if m, ok := iface.As[iface.Mechanism](p); ok {
		_, how, _ := strings.Cut(m.Mechanism(), "send: ")
		return how
	}
	return ""
}
