package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/iface"
	"eterm/iface/lab"
	"eterm/iface/trial"
)

// linkReceiver is eterm link receive.
type linkReceiver struct {
	iface    string
	runs     int
	duration durationValue
	settle   durationValue
	shared   bool
	limits   limitFlags
	output   linkOutput

	limit trial.Limits
	seen  int
}

func linkReceiveCommand() *cli.Command {
	r := &linkReceiver{settle: durationValue(300 * time.Millisecond)}
	return &cli.Command{
		Name:  "receive",
		Usage: "account for the test frames that arrive, run by run",
		UsageText: "eterm link receive -i eth0\n" +
			"eterm link receive -i eth0 --runs 1 --max-loss 0 --max-p99 50us",
		Description: "Needs no configuration and no way back to the sender: each frame says which run it belongs to, and the\n" +
			"run's plan comes with the frames, so that the tail and a run that never ended are accounted for too.",
		Flags: append(append([]cli.Flag{
			interfaceFlag(&r.iface),
			&cli.IntFlag{Name: "runs", Destination: &r.runs, DefaultText: "until stopped", Usage: "end after `N` runs"},
			durationFlag(&r.duration),
			timeoutFlag(&r.settle, "wait `TIME` for late frames after a run's end"),
			&cli.BoolFlag{Name: "shared-clock", Destination: &r.shared, Usage: "both ends read the same clock (one machine, PTP): measure one-way delay"},
		}, r.limits.flags()...), r.output.flags()...),
		Action: r.run,
	}
}

func (r *linkReceiver) run(c *cli.Context) (err error) {
	if r.limit, err = r.limits.limits(); err != nil {
		return err
	}
	if err := r.output.open(c); err != nil {
		return err
	}
	defer func() {
		if closeErr := r.output.close(); err == nil {
			err = closeErr
		}
	}()
	port, err := openPort(c, r.iface, iface.Options{ReceiveOnly: true, Promiscuous: true})
	if err != nil {
		return err
	}
	defer port.Close()
	ctx, cancel := context.WithCancel(c.Context)
	defer cancel()
	if r.duration > 0 {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(r.duration))
		defer cancel()
	}
	var printErr error
	receiver := trial.NewReceiver(port, trial.ReceiveOptions{SharedClock: r.shared, Settle: time.Duration(r.settle), Ended: func(run *trial.Run) {
		if err := r.ended(run); err != nil {
			printErr = err
		}
		if r.seen == r.runs || printErr != nil {
			cancel()
		}
	}})
	lab.Ready()
	stop := every(time.Second, func() { r.progress(receiver) })
	err = receiver.Serve(ctx)
	stop()
	return r.status(c, err, printErr, receiver.WentDown())
}

// ended prints the account of a run that is over.
func (r *linkReceiver) ended(run *trial.Run) error {
	if r.runs > 0 && r.seen == r.runs {
		return nil
	}
	r.seen++
	a := trial.Account(nil, run.Side(), r.limit)
	return r.output.result(a, a.Verdict, func(w io.Writer) { printResult(w, runName(run.Session, run.From), a) })
}

func runName(session uint32, from net.HardwareAddr) string {
	return fmt.Sprintf("run %06x from %v", session, from)
}

func (r *linkReceiver) progress(receiver *trial.Receiver) {
	for _, session := range receiver.Live() {
		got, expected, _ := receiver.Received(session)
		text := fmt.Sprintf("run %06x: %d received", session, got)
		if expected > 0 {
			text = fmt.Sprintf("run %06x: %d of %d received", session, got, expected)
		}
		r.output.interval(linkInterval{Type: "interval", Time: jsonTime(), Session: session, Received: got, Expected: expected}, text)
	}
}

// status is the worst of all runs'; none at all is no success.
func (r *linkReceiver) status(c *cli.Context, err, printErr error, wentDown bool) error {
	switch {
	case err != nil:
		return untrusted("%w", err)
	case printErr != nil:
		return printErr
	case wentDown:
		return untrusted("%s went down while frames were awaited", r.iface)
	case r.seen == 0 && (r.runs > 0 || c.Context.Err() == nil):
		return failed("no test frame came: is \"link send\" or \"link run\" at work at the other end, and the way open?")
	}
	return quietly(r.output.status)
}
