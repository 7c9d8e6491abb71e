package main

import (
	"context"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/watch"
	"eterm/frame/capture"
	"eterm/frame/stats"
	"eterm/iface"
)

// listener is receive only: it holds no means to send.
type listener struct {
	command.SessionFlags
	args.Filter
	command.Recording
	count    args.Count
	duration args.Duration
	quiet    bool
	// failOnFault makes a frame with a fault the answer no.
	failOnFault bool
	sent        bool
}

func listenCommand() *cli.Command {
	l := &listener{}
	return &cli.Command{
		Name:  "listen",
		Usage: "print or record what is received; nothing is ever sent",
		UsageText: "eterm listen -i eth0                    every frame, as a marked hex dump\n" +
			"eterm listen -i eth0 -t 0x88b5 -c 3     three frames of one EtherType\n" +
			"eterm listen -i eth0 --format line -d 10\n" +
			"eterm listen -i eth0 ether proto 0x88b5 and vlan 10   a filter as tcpdump has it\n" +
			"eterm listen -i eth0 -w x.pcapng        a capture\n" +
			"eterm listen -i eth0 --sent -w x.pcapng  with what this host sends, and each frame's direction\n" +
			"eterm listen -i eth0 -w - | wireshark -k -i -",
		ArgsUsage: "[FILTER ...]",
		Flags: append(slices.Concat(l.SessionFlags.Flags(), l.Filter.Flags(), l.Recording.Flags()),
			args.CountFlag(&l.count, "stop after `N` frames"),
			args.DurationFlag(&l.duration),
			&cli.BoolFlag{Name: "fail-on-fault", Destination: &l.failOnFault, Usage: "exit with status 1 if a frame shown has a fault"},
			&cli.BoolFlag{Name: "sent", Destination: &l.sent, Usage: "take what this host sends by the interface too, with its direction"},
			args.WatchFlag(),
			args.QuietFlag(&l.quiet, "show no frame: count them, by the second and by EtherType, VLAN and source"),
		),
		Action: l.run,
	}
}

func (l *listener) run(c *cli.Context) error {
	o := iface.Options{ReceiveOnly: true, Sent: l.sent}
	if l.quiet && !l.failOnFault { // faults are looked for in whole frames
		o.SnapLen = headersOnly
	}
	if err := l.check(c); err != nil {
		return err
	}
	if err := l.Filter.Options(c, l.Iface, &o); err != nil {
		return err
	}
	if l.Path != "" && !l.Recording.Print {
		o.SnapLen = l.Snap
	}
	s, err := l.SessionFlags.Open(c, o)
	if err != nil {
		return err
	}
	s.FailOnFault, s.Hidden = l.failOnFault, l.quiet && !l.failOnFault || l.Path != "" && !l.Recording.Print
	out, err := l.capture(c, s, o.SnapLen)
	if err != nil {
		s.Port.Close()
		return err
	}
	if err := command.AtWork(c, l.Recording.Later()); err != nil {
		s.Port.Close()
		return err
	}
	ctx, cancel := command.WithDuration(c.Context, time.Duration(l.duration))
	defer cancel()
	if l.quiet {
		shown := command.Screen(c)
		return l.countOnly(ctx, s, shown)
	}
	if out != nil {
		return s.End(command.Record(ctx, s, out, uint64(l.count), l.Recording.Print), nil)
	}
	err = s.Receive(ctx, command.Taker{Batch: func(rx []iface.Received) (bool, error) { return s.Print(rx, uint64(l.count)) }})
	return s.End(err, nil)
}

// check refuses what contradicts itself.
func (l *listener) check(c *cli.Context) error {
	if l.Path != "" && l.quiet {
		return exit.Usage("-q counts frames and -w records them: choose one")
	}
	return l.Recording.Check(c, l.JSON || l.Recording.Print)
}

// capture begins the capture, if one was asked for.
func (l *listener) capture(c *cli.Context, s *command.Session, snapLen int) (*capture.Recorder, error) {
	if l.Path == "" {
		return nil, nil
	}
	about := command.AboutCapture(l.Iface, l.Filter.Words(c.Args().Slice()), snapLen)
	return l.Recording.Open(c, s, about)
}

// countOnly shows no frame: each second how many there were, and at the end
// what they were.
func (l *listener) countOnly(ctx context.Context, s *command.Session, shown *watch.Screen) error {
	var n stats.Counter
	var frames, bytes uint64
	last := s.Began
	err := s.Receive(ctx, command.Taker{
		Batch: func(rx []iface.Received) (bool, error) {
			for i := range rx {
				if l.count != 0 && n.Frames >= uint64(l.count) {
					break
				}
				n.Add(rx[i].Bytes, rx[i].Length)
				s.Bridges.Take(rx[i].Bytes, rx[i].Length)
				if l.failOnFault {
					s.Printer.Check(&rx[i])
				}
			}
			s.Received.Store(n.Frames)
			return l.count != 0 && n.Frames >= uint64(l.count), nil
		},
		Tick: func(now time.Time) error {
			if now.Sub(last) < time.Second/2 {
				return nil // the first tick, at the beginning
			}
			if shown != nil {
				shown.Tops(n.Counts())
				shown.Take(now, []stats.SoFar{soFarOf(s.Port, &n)})
				return nil
			}
			err := s.Out.Interval(n.Frames-frames, n.Bytes-bytes, now, now.Sub(last), s.Printer.Format == show.FormatJSON)
			frames, bytes, last = n.Frames, n.Bytes, now
			return err
		},
	})
	shown.Close()
	return s.End(err, show.NewStatistics(n.Counts()))
}

// soFarOf is what was counted of what a port received.
func soFarOf(port iface.Port, n *stats.Counter) stats.SoFar {
	frames, bytes := n.Frames, n.Bytes
	s := stats.SoFar{Received: &frames, Bytes: &bytes}
	if c, err := port.Counters(); err == nil {
		dropped := c.HostDropped()
		s.HostDropped = &dropped
	}
	return s
}

// headersOnly is as much of a frame as statistics look at.
const headersOnly = 64
