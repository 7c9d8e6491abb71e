package linkcmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/cmd/eterm/internal/command"
	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/watch"
	"eterm/frame/ether"
	"eterm/frame/seal"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/respond"
	"eterm/iface/talk"
)

// linkReceiver is eterm link receive.
type linkReceiver struct {
	iface    string
	runs     int
	duration args.Duration
	drain    args.Duration
	key      string
	keyed    bool
	from     args.MAC
	shared   bool
	silent   bool
	limits   args.Limits
	output   Printer

	limit     linktest.Limits
	peer      *linktest.Peer
	stop      func()
	intervals watch.Runs

	mu       sync.Mutex
	seen     int
	ending   bool
	printErr error
}

// linger is how long a receiver that ends after some runs waits whether somebody
// else begins one, when the last was agreed on with nobody: it may have been made
// up, so that the one it is there for finds no receiver.
const linger = time.Second

// keepBriefly is how long a receiver that ends after some runs keeps the account
// of one whose asker is silent.
const keepBriefly = 30 * time.Second

func linkReceiveCommand() *cli.Command {
	r := &linkReceiver{drain: args.Duration(300 * time.Millisecond)}
	return &cli.Command{
		Name:  "receive",
		Usage: "account for the test frames that arrive, run by run",
		UsageText: "eterm link receive -i eth0\n" +
			"eterm link receive -i eth0 --runs 1 --max-loss 0 --max-p99 50us",
		Description: "Needs no configuration and no way back to the sender: each frame says which run it belongs to, and the\n" +
			"run's plan comes with the frames, so that the tail and a run that never ended are accounted for too.",
		Flags: append(append([]cli.Flag{
			args.InterfaceFlag(&r.iface),
			args.Default(args.NumberFlag("runs", &r.runs, 1, args.Unlimited, "end after `N` runs"), "until stopped"),
			args.DurationFlag(&r.duration),
			args.DrainFlag(&r.drain, "300ms", "wait `TIME` for late frames after a run's end"),
			sharedClockFlag(&r.shared),
			command.KeyFlag(&r.key),
			args.WatchFlag(),
			&cli.GenericFlag{Name: "from", Value: &r.from, Usage: "account for runs from the station `MAC` only", DefaultText: "any"},
			&cli.BoolFlag{Name: "silent", Destination: &r.silent, Usage: "reply to nobody: \"link run\" at the other end finds nothing"},
		}, r.limits.Flags()...), r.output.flags()...),
		Action: r.run,
	}
}

func (r *linkReceiver) run(c *cli.Context) (err error) {
	key, err := command.SharedKey(r.key)
	if err != nil {
		return err
	}
	if r.from.Given() && !ether.IsStation(r.from.Addr) {
		return exit.Usage("--from %s: want the address of the sender's interface", r.from.String())
	}
	r.keyed, r.limit = !key.IsZero(), r.limits.Value()
	if err := r.output.Open(c, command.PortAs("receive", r.iface)); err != nil {
		return err
	}
	defer func() { err = r.output.close(c, err) }()
	port, err := command.OpenPort(c, r.iface, iface.Options{Promiscuous: true, ReceiveOnly: r.silent})
	if err != nil {
		return err
	}
	defer port.Close()
	ctx, cancel := command.WithDuration(c.Context, time.Duration(r.duration))
	defer cancel()
	r.stop = cancel
	r.peer = linktest.NewPeer(port, linktest.PeerOptions{
		Receive: linktest.ReceiveOptions{SharedClock: r.shared, Key: key, From: r.from.Addr, Drain: time.Duration(r.drain), Ended: r.ended},
		Result:  r.told,
	})
	answered, err := r.respond(ctx, key)
	if err != nil {
		return err
	}
	if err := command.AtWork(c); err != nil {
		return err
	}
	command.Note(c, "awaiting test frames on %s, %s", port.Name(), command.Until(uint64(max(r.runs, 0)), "run", time.Duration(r.duration)))
	shown := command.Screen(c)
	stop := watch.Every(time.Second, func() { shown.Take(time.Now(), r.progress(c, r.peer.Receiver())) })
	err = r.peer.Serve(ctx)
	stop()
	cancel()
	err = errors.Join(err, <-answered)
	shown.Close()
	return r.status(c, err, r.peer.Receiver().Doubts())
}

// respond lets the peer, and our own echo, answer the other end.
func (r *linkReceiver) respond(ctx context.Context, key seal.Key) (done <-chan error, err error) {
	served := make(chan error, 1)
	if r.silent {
		close(served)
		return served, nil
	}
	control, err := command.OpenControl(r.iface, 0)
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	reflector := talk.NewReflector(key, map[talk.Service]talk.Server{talk.Link: r.peer})
	if r.runs > 0 {
		reflector.Keep = keepBriefly
	}
	responder := respond.New(control, respond.Config{Only: []string{"echo", "talk"}, More: []respond.Answerer{reflector.Answerer()}})
	go func() {
		served <- responder.Serve(ctx)
		reflector.Close()
		control.Close()
	}()
	return served, nil
}

// ended prints the account of a run that is over.
func (r *linkReceiver) ended(run *linktest.Run) {
	a := linktest.Account(nil, run.Side(), r.limit)
	over := r.over(run.Session)
	r.print(func() error {
		over()
		return r.output.Run(runName(run.Session, run.From), a)
	}, !r.peer.Receiver().Busier(run), run.Agreed())
}

// over has the next document say when the run of a session began and how it went.
func (r *linkReceiver) over(session uint32) func() {
	last, began, known := r.peer.Receiver().SoFar(session)
	if !known {
		return func() {}
	}
	intervals := r.intervals.End(time.Now(), session, began, last)
	return func() { r.output.kept.Began, r.output.kept.Intervals = began, intervals }
}

// told prints the result that the other end made of both directions.
func (r *linkReceiver) told(t linktest.Total) {
	first := t.Result
	if len(t.Directions) > 0 {
		first = t.Directions[0]
	}
	over := r.over(first.Session)
	r.print(func() error {
		over()
		return r.output.Total(t)
	}, true, true)
}

// print prints one result. If that were enough, and it may be the last, the
// receiver ends. A run that is over while a busier one is under way is not: made
// up by somebody else, it could end the receiver before what it is there for.
func (r *linkReceiver) print(result func() error, last, agreed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ending {
		return
	}
	r.seen++
	if err := result(); err != nil {
		r.printErr = err
	}
	switch {
	case r.printErr != nil:
		r.end()
	case r.runs == 0 || r.seen < r.runs || !last:
	case agreed || r.keyed || r.from.Given():
		r.end()
	default:
		time.AfterFunc(linger, r.endIfIdle)
	}
}

// end ends the receiver: what comes now is printed no more.
func (r *linkReceiver) end() {
	r.ending = true
	r.stop()
}

// endIfIdle ends the receiver when no run is under way any more.
func (r *linkReceiver) endIfIdle() {
	if r.peer.Busy() || r.peer.Receiver().Busier(&linktest.Run{}) {
		time.AfterFunc(linger, r.endIfIdle)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end()
}

func runName(session uint32, from net.HardwareAddr) string {
	return fmt.Sprintf("run %06x from %v", session, from)
}

// progress shows how far the runs under way are, and keeps it for their documents.
func (r *linkReceiver) progress(c *cli.Context, receiver *linktest.Receiver) (all []stats.SoFar) {
	live := receiver.Live()
	if len(live) == 0 && !r.output.Quiet {
		command.Messages(c).Live("no run at the moment")
	}
	r.intervals.Keep(live)
	for _, session := range live {
		s, began, ok := receiver.SoFar(session)
		if !ok {
			continue
		}
		r.intervals.Add(time.Now(), session, began, s)
		s.Direction = fmt.Sprintf("run %06x", session)
		all = append(all, s)
		got, expected, _ := receiver.Received(session)
		text := fmt.Sprintf("%s: %d received", s.Direction, got)
		if expected > 0 {
			text = fmt.Sprintf("%s: %d of %d received", s.Direction, got, expected)
		}
		r.output.Interval(show.LinkInterval{Session: session, Received: got, Expected: expected}, text)
	}
	return all
}

// status is the worst of all runs'; none at all is no success.
func (r *linkReceiver) status(c *cli.Context, err error, link []iface.Doubt) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err != nil:
		return exit.Untrusted("%w", err)
	case r.printErr != nil:
		return r.printErr
	case len(link) > 0:
		return exit.Untrusted("while frames were awaited %s", link[0])
	case r.seen == 0 && r.peer.Receiver().Forged() > 0:
		return exit.Untrusted("%s came without the seal of the key: give it to the sender too", show.Count(r.peer.Receiver().Forged(), "test frame"))
	case r.seen == 0 && r.peer.Receiver().Others() > 0:
		return exit.Failed("%s came from other stations than --from %s", show.Count(r.peer.Receiver().Others(), "test frame"), r.from.String())
	case r.seen == 0 && r.runs == 0 && c.Context.Err() != nil:
		command.Note(c, "ended before any run: no test frame came")
	case r.seen == 0:
		return exit.Failed("no test frame came: is \"link send\" or \"link run\" at work at the other end, with the same key if any, and the way open?")
	}
	if status := r.output.Status(); r.runs == 0 || r.seen <= r.runs || status == exit.StatusUntrusted {
		return exit.Quietly(status)
	}
	return exit.Untrusted("%s ended where %d of them should: another sender? What each says is above; --from MAC takes the runs of one station only, --key proves them", show.Count(r.seen, "run"), r.runs)
}

func sharedClockFlag(dst *bool) cli.Flag {
	return &cli.BoolFlag{Name: "shared-clock", Destination: dst, Usage: "both ends read the same clock (one machine, PTP): measure one-way delay"}
}
