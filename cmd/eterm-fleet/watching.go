package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"golang.org/x/term"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/control"
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/internal/result"
	"eterm/cmd/internal/watch"
	"eterm/frame/stats"
)

// watcher is eterm-fleet watch.
type watcher struct {
	*program
	controllerFlags
	full bool

	plan   *plan.Plan
	screen *watch.Screen // nil: a line for each test
	// What all tests that are over counted. It is told by messages that may be
	// lost: the report has what is stored.
	offered, received, lost, dropped uint64
	tests, unmeasured                int
}

func setWatch(p *program) func(context.Context) error {
	w := &watcher{program: p}
	w.set(p)
	p.flags.BoolVar(&w.full, "watch", false, "show it on the whole terminal, with keys (? lists them)")
	return w.with(w.watch)
}

func (w *watcher) watch(ctx context.Context, nc *nats.Conn, book control.Book) error {
	run := w.operands[0]
	heard := make(chan *nats.Msg, 1024)
	sub, err := nc.ChanSubscribe(bus.LiveSubject("*"), heard)
	if err != nil {
		return err
	}
	defer func() { _ = sub.Unsubscribe() }()
	if w.plan, _, err = book.Plan(ctx, run); err != nil {
		return err
	}
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	if err := w.open(quit); err != nil {
		return err
	}
	defer w.screen.Close()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case m := <-heard:
			var l bus.Live
			if json.Unmarshal(m.Data, &l) == nil && l.Run == run {
				w.take(l)
			}
		case now := <-tick.C:
			w.draw(now)
			if _, state, err := book.Plan(ctx, run); err == nil && state != bus.Running {
				w.screen.Close()
				fmt.Fprintf(w.stdout, "run %s is %s\n", run, state)
				return nil
			}
		}
	}
}

// open takes the terminal, if that was asked for.
func (w *watcher) open(quit func()) error {
	if !w.full {
		return nil
	}
	out, ok := w.stdout.(*output)
	if err := watch.Check(term.IsTerminal(int(os.Stdin.Fd())), ok && out.isTerminal()); err != nil {
		return err
	}
	var err error
	w.screen, err = watch.Open(watch.Options{Title: "eterm fleet watch " + result.Text(w.operands[0]), Quit: quit})
	return err
}

// take takes what a port says of a test that is over.
func (w *watcher) take(l bus.Live) {
	w.tests++
	w.offered, w.received = w.offered+l.Offered, w.received+l.Received
	w.lost, w.dropped = w.lost+l.Lost, w.dropped+l.LostLocal
	line := fmt.Sprintf("slot %d of %d  %s  %s, %d lost, %d in the spool", l.Slot+1, w.plan.Table.Count, result.Text(l.Label), result.Text(l.State), l.Lost, l.Spool)
	if w.screen == nil {
		fmt.Fprintln(w.stdout, line)
		return
	}
	if l.State != bus.Measured {
		w.unmeasured++
	}
	if l.State != bus.Measured || l.Lost > 0 {
		w.screen.Say(line)
	}
}

// draw draws what was counted up to now.
func (w *watcher) draw(now time.Time) {
	slot := min(max(w.plan.Table.Next(now), 0), w.plan.Table.Count)
	w.screen.Status(fmt.Sprintf("slot %d of %d; %d tests over, %d of them not measured", slot, w.plan.Table.Count, w.tests, w.unmeasured))
	offered, received, lost, dropped := w.offered, w.received, w.lost, w.dropped
	w.screen.Take(now, []stats.SoFar{{Direction: "all pairs", Offered: &offered, Received: &received, Missing: &lost, HostDropped: &dropped}})
}
