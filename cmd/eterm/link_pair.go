package main

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/cmd/eterm/internal/show"
	"eterm/cmd/internal/result"
	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/talk"
)

// broadcastMAC finds a peer whose address is not known.
var broadcastMAC = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// pair tests together with a peer at the other end.
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
	intervals := collector(r.output.kept, linktest.Forward, linktest.Reverse)
	total, err := linktest.Pair(c.Context, port, control, linktest.PairOptions{
		To: l.Dst, Load: l, Forward: r.direction != linktest.Reverse, Reverse: r.direction != linktest.Forward,
		Session: newSession(), ReverseSession: newSession(), Drain: time.Duration(r.drain), Limits: r.limit, SharedClock: r.shared,
		Key: l.Key, Progress: r.pairProgress(intervals),
	})
	intervals.keep()
	if total.Type == "" {
		if errors.Is(err, talk.ErrNoPeer) {
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
func (r *linkRunner) pairProgress(intervals *intervals) func(linktest.Progress) {
	next := time.Now().Add(time.Second)
	return func(p linktest.Progress) {
		if now := time.Now(); now.Before(next) {
			return
		}
		next = next.Add(time.Second)
		intervals.add(linktest.Forward, result.Totals{Offered: &p.ForwardOffered, Received: &p.ForwardReceived})
		intervals.add(linktest.Reverse, result.Totals{Offered: &p.ReverseOffered, Received: &p.ReverseReceived})
		text := fmt.Sprintf("forward: %d offered, %d received  reverse: %d offered, %d received", p.ForwardOffered, p.ForwardReceived, p.ReverseOffered, p.ReverseReceived)
		if p.Silent {
			text += "  (the other end does not answer)"
		}
		r.output.Interval(show.LinkInterval{Offered: p.ForwardOffered + p.ReverseOffered, Received: p.ForwardReceived + p.ReverseReceived}, text)
	}
}

// openControl opens the port on which two eterms talk about their tests.
func openControl(name string, tags int) (iface.Port, error) {
	filter, err := talk.Filter(tags)
	if err != nil {
		return nil, err
	}
	return iface.Open(name, iface.Options{Immediate: true, Filter: filter})
}
