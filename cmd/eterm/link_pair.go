package main

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/iface"
	"eterm/iface/linktest"
)

// broadcastMAC finds a partner whose address is not known.
var broadcastMAC = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// pair tests together with a partner at the other end.
func (r *linkRunner) pair(c *cli.Context, l linktest.Load) error {
	port, err := openPort(c, r.iface, iface.Options{Promiscuous: true})
	if err != nil {
		return err
	}
	defer port.Close()
	control, err := openControl(r.iface, len(l.VLANs))
	if err != nil {
		return exit.Usage("%w", err)
	}
	defer control.Close()
	if err := atWork(c); err != nil {
		return err
	}
	if l.Dst == nil {
		l.Dst = broadcastMAC
	}
	total, err := linktest.Pair(c.Context, port, control, linktest.PairOptions{
		To: l.Dst, Load: l, Forth: r.direction != "back", Back: r.direction != "forth",
		Session: newSession(), BackSession: newSession(), Settle: time.Duration(r.settle), Limits: r.limit, SharedClock: r.shared,
		Progress: r.pairProgress(),
	})
	if total.Type == "" {
		if errors.Is(err, linktest.ErrNoPartner) {
			return exit.Failed("%w", err)
		}
		return err
	}
	if printErr := r.output.Total(total); printErr != nil {
		return printErr
	}
	if err != nil {
		return exit.Untrusted("%w", err)
	}
	return exit.Quietly(r.output.Status())
}

// pairProgress prints how far a test is, once a second.
func (r *linkRunner) pairProgress() func(forthOffered, forthReceived, backOffered, backReceived uint64) {
	next := time.Now().Add(time.Second)
	return func(fo, fr, bo, br uint64) {
		if now := time.Now(); now.Before(next) {
			return
		}
		next = next.Add(time.Second)
		r.output.Interval(show.LinkInterval{Offered: fo + bo, Received: fr + br},
			fmt.Sprintf("forth: %d offered, %d received  back: %d offered, %d received", fo, fr, bo, br))
	}
}

// openControl opens the port on which two eterms talk about their tests.
func openControl(name string, tags int) (iface.Port, error) {
	filter, err := linktest.ControlFilter(tags)
	if err != nil {
		return nil, err
	}
	return iface.Open(name, iface.Options{Immediate: true, Filter: filter})
}
