package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/eterm/internal/watch"
	"eterm/frame/capture"
	"eterm/frame/stats"
	"eterm/iface"
)

// listener is receive only: it holds no means to send.
type listener struct {
	sessionFlags
	args.Filter
	recording
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
		Flags: append(slices.Concat(l.sessionFlags.flags(), l.Filter.Flags(), l.recording.flags()),
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
	if err := l.Filter.Options(c, l.iface, &o); err != nil {
		return err
	}
	if l.path != "" && !l.recording.print {
		o.SnapLen = l.snap
	}
	s, err := l.sessionFlags.open(c, o)
	if err != nil {
		return err
	}
	s.failOnFault, s.hidden = l.failOnFault, l.quiet && !l.failOnFault || l.path != "" && !l.recording.print
	out, err := l.capture(c, s, o.SnapLen)
	if err != nil {
		s.port.Close()
		return err
	}
	if err := atWork(c, l.recording.later()); err != nil {
		s.port.Close()
		return err
	}
	ctx := c.Context
	if l.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(l.duration))
		defer cancel()
	}
	if l.quiet {
		shown := screen(c)
		return l.countOnly(ctx, s, shown)
	}
	if out != nil {
		return s.end(record(ctx, s, out, uint64(l.count), l.recording.print), nil)
	}
	err = s.receive(ctx, taker{batch: func(rx []iface.Received) (bool, error) { return s.print(rx, uint64(l.count)) }})
	return s.end(err, nil)
}

// check refuses what contradicts itself.
func (l *listener) check(c *cli.Context) error {
	if l.path != "" && l.quiet {
		return exit.Usage("-q counts frames and -w records them: choose one")
	}
	return l.recording.check(c, l.json || l.recording.print)
}

// capture begins the capture, if one was asked for.
func (l *listener) capture(c *cli.Context, s *session, snapLen int) (*capture.Recorder, error) {
	if l.path == "" {
		return nil, nil
	}
	about := aboutCapture(l.iface, l.Filter.Words(c.Args().Slice()), snapLen)
	return l.recording.open(c, s, about)
}

// countOnly shows no frame: each second how many there were, and at the end
// what they were.
func (l *listener) countOnly(ctx context.Context, s *session, shown *watch.Screen) error {
	var n stats.Counter
	var frames, bytes uint64
	last := s.began
	err := s.receive(ctx, taker{
		batch: func(rx []iface.Received) (bool, error) {
			for i := range rx {
				if l.count != 0 && n.Frames >= uint64(l.count) {
					break
				}
				n.Add(rx[i].Bytes, rx[i].Length)
				s.bridges.Take(rx[i].Bytes, rx[i].Length)
				if l.failOnFault {
					s.printer.Check(&rx[i])
				}
			}
			s.received.Store(n.Frames)
			return l.count != 0 && n.Frames >= uint64(l.count), nil
		},
		tick: func(now time.Time) error {
			if now.Sub(last) < time.Second/2 {
				return nil // the first tick, at the beginning
			}
			if shown != nil {
				shown.Tops(n.Counts())
				shown.Take(now, []stats.SoFar{soFarOf(s.port, &n)})
				return nil
			}
			err := s.out.Interval(n.Frames-frames, n.Bytes-bytes, now, now.Sub(last), s.printer.Format == show.FormatJSON)
			frames, bytes, last = n.Frames, n.Bytes, now
			return err
		},
	})
	shown.Close()
	return s.end(err, show.NewStatistics(n.Counts()))
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

// endsRun says whether an error of a port means that it is of no more use to
// this run.
func endsRun(err error) bool {
	return errors.Is(err, iface.ErrDown) || errors.Is(err, iface.ErrGone)
}
