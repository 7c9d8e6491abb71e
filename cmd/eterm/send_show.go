package main

import (
	"net"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/iface"
)

// plannedFrames is how many frames a dry run shows at most.
const plannedFrames = 10

// show prints the first frames instead of sending them. It needs no rights,
// and no interface either.
func (s *sender) show(c *cli.Context) error {
	var on args.Station = nowhere{}
	lineSpeed := 0.0
	if s.iface != "" {
		about, err := iface.Describe(s.iface)
		if err != nil {
			return exit.Usage("%w", err)
		}
		on, lineSpeed = args.Described{About: about}, float64(about.Speed)
	}
	f, err := s.prepare(c, on)
	if err != nil {
		return err
	}
	plan, _, err := s.plan(f, lineSpeed)
	if err != nil {
		return err
	}
	n := uint64(plannedFrames)
	if plan.Count > 0 {
		n = min(n, plan.Count)
	}
	next := f.Source(0)
	var buf []byte
	for i := range n {
		buf = s.fcs.Append(next(buf[:0]))
		due := time.Duration(0)
		if plan.Schedule != nil {
			due = plan.Schedule(i)
		}
		if err := command.Output(c).PlannedFrame(i, due, buf, s.json); err != nil {
			return err
		}
	}
	return nil
}

// nowhere is the interface of a dry run without one: every size fits, and an
// address that stands for the own one.
type nowhere struct{}

func (nowhere) Name() string                   { return "an interface" }
func (nowhere) HardwareAddr() net.HardwareAddr { return net.HardwareAddr{2, 0, 0, 0, 0, 1} }
func (nowhere) MTU() int                       { return 9216 }
