package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
	"eterm/iface"
	"eterm/iface/linktest"
)

// linkRunner is eterm link run.
type linkRunner struct {
	iface, tx, rx string
	direction     string
	load          args.Load
	drain         args.Duration
	key           string
	shared        bool
	limits        args.Limits
	output        linkPrinter

	limit linktest.Limits
}

func linkRunCommand() *cli.Command {
	r := &linkRunner{drain: args.Duration(300 * time.Millisecond)}
	return &cli.Command{
		Name:  "run",
		Usage: "test a link in both directions, or between two ports of this machine",
		UsageText: "eterm link run -i eth0 --to 02:00:00:00:00:02 -b 100kpps -d 10      (\"respond\" or \"link receive\" at the other end)\n" +
			"eterm link run -i eth0 --direction reverse --max-loss 0                 (whoever answers sends)\n" +
			"eterm link run --tx eth1 --rx eth2 -b max -s 64..1518 -d 60          (both ports here: true one-way delay)",
		Flags: append(append(append([]cli.Flag{
			args.InterfaceFlag(&r.iface),
			args.OtherInterfaceFlag("tx", &r.tx, "both ports are here: offer on `INTERFACE`"),
			args.OtherInterfaceFlag("rx", &r.rx, "both ports are here: receive on `INTERFACE`"),
			args.Default(args.ChoiceFlag("direction", &r.direction, "test `WHICH` direction", linktest.Forward, linktest.Reverse, "both"), "both, with --tx and --rx forward"),
			args.DrainFlag(&r.drain, "300ms", "wait `TIME` for late frames at the end"),
			sharedClockFlag(&r.shared),
			keyFlag(&r.key),
		}, r.load.Flags()...), r.limits.Flags()...), r.output.flags()...),
		Action: r.run,
	}
}

func (r *linkRunner) run(c *cli.Context) (err error) {
	r.limit = r.limits.Value()
	direct := r.tx != "" || r.rx != ""
	switch {
	case direct && r.tx == r.rx:
		return exit.Usage("--tx and --rx are both %s: name two ports that something joins", r.tx)
	}
	directions, err := r.directions(c)
	if err != nil {
		return err
	}
	if err := r.output.open(c, r.described()...); err != nil {
		return err
	}
	defer func() { err = r.output.close(c, err) }()
	r.output.early = func() bool { return c.Context.Err() != nil }
	direction := r.direction
	if direction == "" {
		direction = map[bool]string{true: linktest.Forward, false: "both"}[direct]
	}
	r.output.offers(directions[0].load, direction)
	if direct {
		return r.direct(c, directions)
	}
	return r.pair(c, directions[0].load)
}

// described are the ports, for a document.
func (r *linkRunner) described() []result.Port {
	if r.tx != "" {
		return []result.Port{portAs("send", r.tx), portAs("receive", r.rx)}
	}
	return []result.Port{portAs("send", r.iface)}
}

// oneDirection is one direction of a test between two ports of this machine.
type oneDirection struct {
	name     string
	from, to string // interfaces
	tx, rx   iface.Port
	load     linktest.Load
	session  uint32
	offered  atomic.Uint64
	received atomic.Uint64
	result   linktest.Result
	err      error
}

// direct tests between two ports of this machine.
func (r *linkRunner) direct(c *cli.Context, directions []*oneDirection) error {
	a, err := openPort(c, r.tx, iface.Options{Promiscuous: true})
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := openPort(c, r.rx, iface.Options{Promiscuous: true})
	if err != nil {
		return err
	}
	defer b.Close()
	for _, l := range directions {
		if l.tx, l.rx = a, b; l.from == r.rx {
			l.tx, l.rx = b, a
		}
	}
	if err := atWork(c); err != nil {
		return err
	}
	var names []string
	for _, l := range directions {
		names = append(names, l.name)
	}
	intervals := collector(r.output.kept, names...)
	stop := every(time.Second, func() { r.progress(directions, intervals) })
	var all sync.WaitGroup
	for _, l := range directions {
		all.Go(func() { r.runOne(c.Context, l) })
	}
	all.Wait()
	stop()
	for _, l := range directions {
		l.addTo(intervals)
	}
	intervals.keep()
	return r.finish(directions)
}

// directions are the directions asked for, with what is offered in each; of a test
// with another machine the one whose load it mirrors.
func (r *linkRunner) directions(c *cli.Context) (directions []*oneDirection, err error) {
	for _, l := range []*oneDirection{{name: linktest.Forward, from: r.tx, to: r.rx}, {name: linktest.Reverse, from: r.rx, to: r.tx}} {
		if l.from == "" {
			l.load, err = loadOn(c, &r.load, r.iface, r.key)
			return []*oneDirection{l}, err
		}
		if r.direction != "both" && r.direction != l.name && (r.direction != "" || l.name == linktest.Reverse) {
			continue
		}
		l.session = newSession()
		if l.load, err = loadOn(c, &r.load, l.from, r.key); err != nil {
			return nil, err
		}
		if l.load.Dst == nil {
			to, err := describe(c, l.to)
			if err != nil {
				return nil, err
			}
			l.load.Dst = to.HardwareAddr()
		}
		directions = append(directions, l)
	}
	return directions, nil
}

func (r *linkRunner) runOne(ctx context.Context, l *oneDirection) {
	l.result, l.err = linktest.Direct(ctx, l.tx, l.rx, l.load, linktest.DirectOptions{
		Session: l.session, Drain: time.Duration(r.drain), Limits: r.limit,
		Progress: func(offered, received uint64) { l.offered.Store(offered); l.received.Store(received) },
	})
	l.result.Direction = l.name
}

// addTo adds what a direction has counted so far.
func (l *oneDirection) addTo(intervals *intervals) {
	offered, received := l.offered.Load(), l.received.Load()
	t := result.Totals{Offered: &offered, Received: &received}
	if n, err := l.rx.Counters(); err == nil {
		dropped := n.HostDropped()
		t.HostDropped = &dropped
	}
	intervals.add(l.name, t)
}

func (r *linkRunner) progress(directions []*oneDirection, intervals *intervals) {
	var i show.LinkInterval
	text := ""
	for _, l := range directions {
		l.addTo(intervals)
		offered, received := l.offered.Load(), l.received.Load()
		i.Offered += offered
		i.Received += received
		text += fmt.Sprintf("%s: %d offered, %d received  ", l.name, offered, received)
	}
	r.output.Interval(i, text)
}

// finish prints the results; of several, the last object is their sum.
func (r *linkRunner) finish(directions []*oneDirection) error {
	var results []linktest.Result
	var failure error
	for _, l := range directions {
		results = append(results, l.result)
		if l.err != nil {
			failure = l.err
		}
	}
	var names []string
	for _, l := range directions {
		names = append(names, l.name+", "+l.tx.Name()+" to "+l.rx.Name())
	}
	err := r.output.Total(linktest.Sum(results), names...)
	switch {
	case err != nil:
		return err
	case failure != nil:
		return exit.Untrusted("%w", failure)
	}
	return exit.Quietly(r.output.Status())
}
