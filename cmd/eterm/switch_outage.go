package main

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/loop"
	"eterm/iface/switchtest"
)

// switchWatcher is the flags of eterm switch outage.
type switchWatcher struct {
	ports    switchPorts
	duration args.Duration
	interval args.Duration
	output   string
	json     bool

	control iface.Port // of a watch between two machines
	to      net.HardwareAddr
}

func switchOutageCommand() *cli.Command {
	s := &switchWatcher{interval: args.Duration(10 * time.Millisecond)}
	return &cli.Command{
		Name:  "outage",
		Usage: "watch a switch and measure each time that it does not forward",
		UsageText: "eterm switch outage --a eth1 --b eth2 -d 10m     (then pull cables, or start the switch again)\n" +
			"eterm switch outage --a eth1 --b eth2 --interval 1ms\n" +
			"eterm switch outage -i eth1                (the other port on another machine, with eterm respond)",
		Description: "Sends a small stream each way until stopped. Each outage has its start and its length, by the\n" +
			"frames that are missing and by the clock (RFC 6201), on one timeline with links lost and back at\n" +
			"both ends and, between two ports of this machine, with the moments at which the switch forgot its\n" +
			"addresses.",
		Flags:  append(s.ports.flags(), args.DurationFlag(&s.duration), args.IntervalFlag(&s.interval), args.WatchFlag(), command.OutputFlag(&s.output), args.JSONFlag(&s.json)),
		Action: func(c *cli.Context) error { return s.run(c) },
	}
}

func (s *switchWatcher) run(c *cli.Context) error {
	if err := s.open(c); err != nil {
		return err
	}
	defer s.close()
	k, err := command.Keep(c, result.KindSwitchOutage, s.output, s.json, s.ports.described()...)
	if err != nil {
		return err
	}
	if err := command.AtWork(c); err != nil {
		return err
	}
	var outages atomic.Int64
	end := command.Begin(c, s.does(), func() string { return show.Count(outages.Load(), "outage") + " so far" })
	stop := func() {}
	report, err := switchtest.Outage(c.Context, switchtest.OutageConfig{
		A: s.ports.A, B: s.ports.B, Control: s.control, To: s.to,
		Key: s.ports.shared, Interval: time.Duration(s.interval), Duration: time.Duration(s.duration),
		Follow: func(s stats.Source) { stop = k.Follow(s) },
		Progress: func(m switchtest.Moment) {
			if m.What == switchtest.Silent {
				outages.Add(1)
			}
			command.Output(c).Moment(m, command.Messages(c), s.json)
		},
	})
	stop()
	end()
	if report == nil {
		return k.End(true, nil, nil, notBegun(err))
	}
	if !s.json {
		if printErr := command.Output(c).Outage(report); printErr != nil {
			return printErr
		}
	}
	var lost []string
	for n, way := range []string{"A to B", "B to A"} {
		if l := report.Ways[n].Loss; l.Lost > 0 {
			lost = append(lost, fmt.Sprintf("%s: %s lost in %s", way, show.Count(l.Lost, "frame"), show.Count(l.Bursts, "outage")))
		}
	}
	return k.End(command.Stopped(c, s.duration > 0), result.OutageOf(report), lost, outageStatus(report, err))
}

// open opens the two ports on this machine, or the one of a watch between two
// machines.
func (s *switchWatcher) open(c *cli.Context) (err error) {
	between := s.ports.isBetween()
	least := 100 * time.Microsecond
	if between {
		least = switchtest.LeastPairInterval
	}
	switch {
	case time.Duration(s.interval) < least:
		return exit.Usage("--interval %v: want at least %v%s", time.Duration(s.interval), least, map[bool]string{true: " between two machines"}[between])
	case between && time.Duration(s.interval) > switchtest.MostPairInterval:
		return exit.Usage("--interval %v: want at most %v between two machines", time.Duration(s.interval), switchtest.MostPairInterval)
	case s.ports.third != "":
		return exit.Usage("--third %s: an outage is watched between two ports", s.ports.third)
	case !between:
		return s.ports.open(c)
	}
	if s.ports.shared, err = command.SharedKey(s.ports.key); err != nil {
		return err
	}
	if s.ports.A, s.to, err = s.ports.openNear(c); err != nil {
		return err
	}
	if s.control, err = command.OpenControl(s.ports.near, 0); err != nil {
		s.close()
	}
	return err
}

func (s *switchWatcher) close() {
	if s.control != nil {
		s.control.Close()
	}
	s.ports.close()
}

// does is what is said before it begins.
func (s *switchWatcher) does() string {
	other := s.to.String()
	if s.ports.B != nil {
		other = s.ports.B.Name()
	}
	return fmt.Sprintf("watching %s and %s, a frame each way every %v, %s", s.ports.A.Name(), other, time.Duration(s.interval), command.Until(0, "", time.Duration(s.duration)))
}

// outageStatus is the exit status a watch stands for; err ended it early.
func outageStatus(report *switchtest.OutageReport, err error) error {
	var looped *loop.Error
	host := "this host"
	if report.Peer != nil {
		host = "this host or the peer"
	}
	switch {
	case errors.As(err, &looped):
		return exit.Untrusted("%w", err)
	case report.Peer != nil && !report.Peer.Heard:
		return exit.Untrusted("%w: what became of %s to it is not known", err, show.Count(report.Ways[0].NotKnown, "frame"))
	case err != nil:
		return exit.Untrusted("the watch ended early: %w", err)
	case report.Forged > 0:
		return exit.Untrusted("%s with marks of this watch had not the seal of the key: another sender?", show.Count(report.Forged, "frame"))
	case report.SetDown != [2]uint64{}:
		return exit.Untrusted("an interface was set down on its host (A %d, B %d times): what was lost then is not the switch's", report.SetDown[0], report.SetDown[1])
	case report.HostLost > 0:
		return exit.Untrusted("%s lost %s: watch again with a longer --interval", host, show.Count(report.HostLost, "frame"))
	case report.Touched > 0 && report.Peer != nil && report.Peer.Paused > 0:
		return exit.Untrusted("the peer was not asked for so long that it stopped: what touches that (%s) is at least as long as by count and at most as by time", show.Count(report.Touched, "outage"))
	case report.Touched > 0:
		return exit.Untrusted("%s stalled while %s lasted: what they measure is not the switch alone", host, show.Count(report.Touched, "outage"))
	case report.Lost() > 0:
		return exit.Quietly(exit.StatusNo)
	}
	return nil
}
