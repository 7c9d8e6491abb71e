package linkcmd

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/internal/result"
	"eterm/frame/stats"
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
	output        Printer

	limit linktest.Limits
}

func linkRunCommand() *cli.Command {
	r := &linkRunner{drain: args.Duration(300 * time.Millisecond)}
	return &cli.Command{
		Name:  "run",
		Usage: "test a link in both directions, or between two ports of this machine",
		UsageText: "eterm link run -i eth0 --to 02:00:00:00:00:02 -b 100kpps -d 10      (\"respond\" or \"link receive\" at the other end)\n" +
			"eterm link run -i eth0 --direction reverse --max-loss 0                 (the peer sends)\n" +
			"eterm link run --tx eth1 --rx eth2 -b max -s 64..1518 -d 60          (both ports here: true one-way delay)",
		Flags: append(append(append([]cli.Flag{
			args.InterfaceFlag(&r.iface),
			args.OtherInterfaceFlag("tx", &r.tx, "both ports are here: offer on `INTERFACE`"),
			args.OtherInterfaceFlag("rx", &r.rx, "both ports are here: receive on `INTERFACE`"),
			args.Default(args.ChoiceFlag("direction", &r.direction, "test `WHICH` direction", linktest.Forward, linktest.Reverse, "both"), "both, with --tx and --rx forward"),
			args.DrainFlag(&r.drain, "300ms", "wait `TIME` for late frames at the end"),
			sharedClockFlag(&r.shared),
			command.KeyFlag(&r.key),
			args.WatchFlag(),
		}, r.load.Flags()...), r.limits.Flags()...), r.output.flags()...),
		Action: r.run,
	}
}

func (r *linkRunner) run(c *cli.Context) (err error) {
	r.limit = r.limits.Value()
	direct := r.tx != "" || r.rx != ""
	if direct && r.tx == r.rx {
		return exit.Usage("--tx and --rx are both %s: name two ports that something joins", r.tx)
	}
	directions, err := r.directions(c)
	if err != nil {
		return err
	}
	if err := r.output.Open(c, r.described()...); err != nil {
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
		return []result.Port{command.PortAs("send", r.tx), command.PortAs("receive", r.rx)}
	}
	return []result.Port{command.PortAs("send", r.iface)}
}

// oneDirection is one direction of a test between two ports of this machine.
type oneDirection struct {
	name     string
	from, to string // interfaces
	tx, rx   iface.Port
	load     linktest.Load
	session  uint32
	source   atomic.Pointer[stats.Source]
	result   linktest.Result
	err      error
}

// direct tests between two ports of this machine.
func (r *linkRunner) direct(c *cli.Context, directions []*oneDirection) error {
	a, err := command.OpenPort(c, r.tx, iface.Options{Promiscuous: true})
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := command.OpenPort(c, r.rx, iface.Options{Promiscuous: true})
	if err != nil {
		return err
	}
	defer b.Close()
	for _, l := range directions {
		if l.tx, l.rx = a, b; l.from == r.rx {
			l.tx, l.rx = b, a
		}
	}
	if err := command.AtWork(c); err != nil {
		return err
	}
	stop := r.output.follow(0, soFar(directions))
	var all sync.WaitGroup
	for _, l := range directions {
		all.Go(func() { r.runOne(c.Context, l) })
	}
	all.Wait()
	stop()
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
			to, err := command.Describe(c, l.to)
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
		Direction: l.name, Follow: func(s stats.Source) { l.source.Store(&s) },
	})
	l.result.Direction = l.name
}

// soFar is what all directions have counted. One that has not begun has counted
// nothing.
func soFar(directions []*oneDirection) stats.Source {
	return func() (all []stats.SoFar) {
		for _, l := range directions {
			if s := l.source.Load(); s != nil {
				all = append(all, (*s)()...)
			} else {
				all = append(all, stats.SoFar{Direction: l.name})
			}
		}
		return all
	}
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
