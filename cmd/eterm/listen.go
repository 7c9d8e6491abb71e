package main

import (
	"context"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/iface"
)

// listener is receive only: it holds no means to send.
type listener struct {
	sessionFlags
	count     countValue
	duration  durationValue
	etherType etherTypeValue
	quiet     bool
}

func listenCommand() *cli.Command {
	l := &listener{}
	return &cli.Command{
		Name:  "listen",
		Usage: "print what is received; nothing is ever sent",
		UsageText: "eterm listen -i eth0                    every frame, as a marked hex dump\n" +
			"eterm listen -i eth0 -t 0x88b5 -c 3     three frames of one EtherType\n" +
			"eterm listen -i eth0 --format line -d 10",
		Flags: append(l.flags(),
			countFlag(&l.count, "stop after `N` frames"),
			durationFlag(&l.duration),
			etherTypeFlag(&l.etherType, "take only frames of `TYPE`"),
			quietFlag(&l.quiet, "show no frame: count them, by the second and by EtherType, VLAN and source"),
		),
		Action: l.run,
	}
}

func (l *listener) run(c *cli.Context) error {
	o := iface.Options{ReceiveOnly: true}
	if l.quiet {
		o.SnapLen = headersOnly
	}
	if l.etherType != 0 {
		var err error
		if o.Filter, err = (iface.Match{EtherTypes: []uint16{uint16(l.etherType)}}).Compile(nil); err != nil {
			return err
		}
	}
	s, err := l.open(c, o)
	if err != nil {
		return err
	}
	ctx := c.Context
	if l.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(l.duration))
		defer cancel()
	}
	if l.quiet {
		return l.countOnly(ctx, s)
	}
	err = s.receive(ctx, taker{batch: func(rx []iface.Received) (bool, error) { return s.print(rx, uint64(l.count)) }})
	return s.end(err, nil)
}

// countOnly shows no frame: each second how many there were, and at the end
// what they were.
func (l *listener) countOnly(ctx context.Context, s *session) error {
	n := newCensus()
	var frames, bytes uint64
	last := s.began
	err := s.receive(ctx, taker{
		batch: func(rx []iface.Received) (bool, error) {
			for i := range rx {
				if l.count != 0 && n.frames >= uint64(l.count) {
					break
				}
				n.add(rx[i].Bytes, rx[i].Length)
			}
			s.received.Store(n.frames)
			return l.count != 0 && n.frames >= uint64(l.count), nil
		},
		tick: func(now time.Time) error {
			if now.Sub(last) < time.Second/2 {
				return nil // the first tick, at the beginning
			}
			i := n.since(frames, bytes, now, now.Sub(last))
			frames, bytes, last = n.frames, n.bytes, now
			return s.printInterval(now, i)
		},
	})
	return s.end(err, n.result())
}

// headersOnly is as much of a frame as a census looks at.
const headersOnly = 64

// endsRun says whether an error of a port means that it is of no more use to
// this run.
func endsRun(err error) bool {
	return isAny(err, iface.ErrDown, iface.ErrGone)
}
