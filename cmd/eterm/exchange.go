package main

import (
	"context"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/iface"
	"eterm/iface/load"
)

// exchanger is the original demo: it sends a frame each interval and at the
// same time prints what is sent and what is received.
type exchanger struct {
	command.SessionFlags
	frames   args.Frames
	count    args.Count
	duration args.Duration
	interval args.Duration
	timeout  args.Duration
	only     args.EtherType
}

func exchangeCommand() *cli.Command {
	e := newExchanger()
	return &cli.Command{
		Name:  "exchange",
		Usage: "send a frame each second, and print what is sent and what is received",
		UsageText: "eterm exchange -i eth0                                    EtherType 0x88b5 to broadcast, each second\n" +
			"eterm exchange -i eth0 --to 02:00:00:00:00:02 -c 3        three frames to one station\n" +
			"eterm exchange -i eth0 -Q 3:10 --payload hello            tagged: VLAN 10, priority 3\n" +
			"eterm exchange -i eth0 --src-ip 192.0.2.1 --dst-ip 192.0.2.2   ICMP echo requests by hand\n" +
			"eterm exchange -i eth0 eth dst=broadcast / arp tpa=192.0.2.1..192.0.2.9   frames in notation, in turn",
		ArgsUsage: "[NOTATION [+ NOTATION ...]]",
		Flags:     append(append(e.flags(), args.ToFlag(&e.frames.To), e.frames.SeedFlag()), e.frames.Content.Flags()...),
		Action:    e.run,
	}
}

// broadcastCommand is exchange whose destination cannot be anything else.
func broadcastCommand() *cli.Command {
	e := newExchanger()
	return &cli.Command{
		Name:  "broadcast",
		Usage: "exchange with every station: destination ff:ff:ff:ff:ff:ff",
		UsageText: "eterm broadcast -i eth0\n" +
			"eterm broadcast -i eth0 -t 0x88b6 --payload-hex cafe -c 10 --interval 0.2",
		Flags:  append(e.flags(), e.frames.Content.Flags()...),
		Action: e.run,
	}
}

func newExchanger() *exchanger {
	e := &exchanger{interval: args.Duration(time.Second), timeout: args.Duration(time.Second)}
	e.frames.To.Set("broadcast")
	return e
}

func (e *exchanger) flags() []cli.Flag {
	return append(e.SessionFlags.Flags(),
		args.CountFlag(&e.count, "send `N` frames"),
		args.DurationFlag(&e.duration),
		args.IntervalFlag(&e.interval),
		args.TimeoutFlag(&e.timeout, "after the last frame of -c, listen for `TIME` more"),
		&cli.GenericFlag{Name: "only", Value: &e.only, DefaultText: "any", Usage: "print of what is received only frames of EtherType `TYPE`"},
		e.frames.SizeFlag(),
		args.ForceFlag(&e.frames.Force, "allow a group address as source"),
	)
}

func (e *exchanger) run(c *cli.Context) error {
	if e.interval == 0 {
		return exit.Usage("interval 0: want a time above zero (eterm send is for full rate)")
	}
	if err := e.frames.Check(c); err != nil {
		return err
	}
	on, err := command.Describe(c, e.Iface)
	if err != nil {
		return err
	}
	frames, err := e.frames.Prepare(c, on)
	if err != nil {
		return err
	}
	o := iface.Options{Immediate: true, Tagged: frames.Tagged}
	if e.only != 0 {
		if o.Filter, err = (iface.Match{EtherTypes: []uint16{uint16(e.only)}}).Compile(nil); err != nil {
			return exit.Usage("--only: %w", err)
		}
	}
	s, err := e.Open(c, o)
	if err != nil {
		return err
	}
	if err := command.AtWork(c); err != nil {
		s.Port.Close()
		return err
	}
	ctx, cancel := command.WithDuration(c.Context, time.Duration(e.duration))
	defer cancel()
	sending := make(chan error, 1)
	go func() {
		defer cancel() // the sender decides when the run is over
		sending <- e.send(ctx, s, frames.Source(0))
	}()
	err = s.Receive(ctx, command.Taker{Batch: func(rx []iface.Received) (bool, error) { return s.Print(rx, 0) }})
	cancel()
	if sendErr := <-sending; err == nil {
		err = sendErr
	}
	return s.End(err, nil)
}

// send offers a frame at every multiple of the interval, never later because
// an earlier one was, until the count is reached or ctx ends.
func (e *exchanger) send(ctx context.Context, s *command.Session, next load.Source) error {
	var buf []byte
	began := time.Now()
	for i := 0; e.count == 0 || i < int(e.count); i++ {
		due := began.Add(time.Duration(i) * time.Duration(e.interval))
		if !command.SleepUntil(ctx, due) {
			return nil
		}
		buf = next(buf[:0])
		if err := e.sendOne(s, buf); err != nil {
			return err
		}
	}
	command.SleepUntil(ctx, time.Now().Add(time.Duration(e.timeout)))
	return nil
}

// sendOne sends and prints one frame. A frame that this host refuses is named
// and counted; only an interface that is down or gone ends the run.
func (e *exchanger) sendOne(s *command.Session, b []byte) error {
	var refused error
	err := s.Printer.Sending(b, time.Now(), func() error {
		_, refused = s.Port.Send([][]byte{b})
		return refused
	})
	switch {
	case refused == nil:
		s.Sent.Add(1)
		return err
	case command.Lost(refused):
		return refused
	}
	s.Messages.Note("not sent: %v", refused)
	return nil
}
