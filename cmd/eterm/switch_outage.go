package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/iface/lab"
	"eterm/iface/switchtest"
)

// switchWatcher is the flags of eterm switch outage.
type switchWatcher struct {
	ports    switchPorts
	duration args.Duration
	interval args.Duration
	json     bool
}

func switchOutageCommand() *cli.Command {
	s := &switchWatcher{interval: args.Duration(10 * time.Millisecond)}
	return &cli.Command{
		Name:  "outage",
		Usage: "watch a switch and measure each time that it does not forward",
		UsageText: "eterm switch outage --a eth1 --b eth2 -d 10m     (then pull cables, or start the switch again)\n" +
			"eterm switch outage --a eth1 --b eth2 --interval 1ms",
		Description: "Sends a small stream each way until stopped. Each outage has its start and its length, by the\n" +
			"frames that are missing and by the clock (RFC 6201), on one timeline with links lost and back and\n" +
			"with the moments at which the switch forgot its addresses.",
		Flags:  append(s.ports.flags(), args.DurationFlag(&s.duration), args.IntervalFlag(&s.interval), args.JSONFlag(&s.json)),
		Action: func(c *cli.Context) error { return s.run(c) },
	}
}

func (s *switchWatcher) run(c *cli.Context) error {
	if time.Duration(s.interval) < 100*time.Microsecond {
		return exit.Usage("--interval %v: want at least 100us", time.Duration(s.interval))
	}
	if s.ports.third != "" || s.ports.to.Given() {
		return exit.Usage("an outage is between two ports of this machine: --a IF1 --b IF2 (eterm link run watches a way to another)")
	}
	if err := s.ports.open(c); err != nil {
		return err
	}
	defer s.ports.close()
	lab.Ready()
	report, err := switchtest.Outage(c.Context, switchtest.OutageConfig{
		A: s.ports.A, B: s.ports.B, Interval: time.Duration(s.interval), Duration: time.Duration(s.duration),
		Progress: func(m switchtest.Moment) { s.tell(c, m) },
	})
	if report == nil {
		return exit.Failed("%w", err)
	}
	if printErr := s.print(c.App.Writer, report); printErr != nil {
		return printErr
	}
	var loop *switchtest.LoopError
	switch {
	case errors.As(err, &loop):
		return exit.Failed("%w", err)
	case err != nil:
		return exit.Untrusted("the watch ended early: %w", err)
	case report.HostLost > 0:
		return exit.Untrusted("this host lost %d frames: watch again with a longer --interval", report.HostLost)
	case report.Lost() > 0:
		return exit.Quietly(exit.StatusNo)
	}
	return nil
}

// tell shows what happens as it happens.
func (s *switchWatcher) tell(c *cli.Context, m switchtest.Moment) {
	if s.json {
		json.NewEncoder(c.App.Writer).Encode(struct {
			Type string `json:"type"`
			switchtest.Moment
		}{"moment", m})
		return
	}
	note(c, "%s", momentText(m))
}

// momentText is a moment in one line.
func momentText(m switchtest.Moment) string {
	text := m.At.Format("15:04:05.000") + "  "
	switch {
	case m.What == switchtest.AnOutage && m.ByTime == 0:
		return text + fmt.Sprintf("%s  outage of %d frames, %v by count; nothing came after it", m.Way, m.Frames, m.ByCount.Round(time.Millisecond))
	case m.What == switchtest.AnOutage:
		return text + fmt.Sprintf("%s  outage of %d frames, %v by count, %v by time", m.Way, m.Frames, m.ByCount.Round(time.Millisecond), m.ByTime.Round(time.Millisecond))
	case m.Way != "":
		return text + m.Way + "  " + m.What
	}
	return text + "port " + m.Port + "  " + m.What
}

func (s *switchWatcher) print(w io.Writer, r *switchtest.OutageReport) error {
	if s.json {
		return json.NewEncoder(w).Encode(struct {
			Type string `json:"type"`
			*switchtest.OutageReport
		}{"result", r})
	}
	for _, m := range r.Timeline {
		if _, err := fmt.Fprintln(w, momentText(m)); err != nil {
			return err
		}
	}
	if r.Unlisted > 0 {
		fmt.Fprintf(w, "and %d more\n", r.Unlisted)
	}
	for i, way := range []string{"A to B", "B to A"} {
		y := r.Ways[i]
		_, err := fmt.Fprintf(w, "%s: %d sent, %d received, %d lost in %d outages, %d twice, %d out of order; one frame each %v for %v\n",
			way, y.Expected, y.Received, y.Loss.Lost, y.Loss.Bursts, y.Duplicated, y.Reordered, r.Interval, r.Took.Round(time.Millisecond))
		if err != nil {
			return err
		}
	}
	return nil
}
