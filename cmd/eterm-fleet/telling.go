package main

import (
	"context"
	"errors"
	"sync"

	"eterm/cmd/eterm-fleet/internal/agent"
	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/control"
	"eterm/cmd/eterm-fleet/internal/metrics"
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/internal/result"
)

// telling opens the address of an agent's metrics, before privileges are given
// up, and returns what answers there; nil if nobody asked for it.
func (a *agentCommand) telling(works *agent.Agent) (func(context.Context) error, error) {
	if a.metrics == "" {
		return nil, nil
	}
	l, err := metrics.Listen(a.metrics)
	if err != nil {
		return nil, err
	}
	a.row.Serves = true
	collected := metrics.NewAgent(func() metrics.Status { return statusOf(works) })
	works.Told = func(class plan.Class, r bus.Result) { collected.Add(string(class), r) }
	a.note("metrics at http://%s/metrics", l.Addr())
	return func(ctx context.Context) error { return metrics.Serve(ctx, l, collected) }, nil
}

// statusOf is what an agent's metrics say of it now.
func statusOf(a *agent.Agent) metrics.Status {
	s := metrics.Status{Host: a.Host, Version: result.ThisTool().Version, Connected: a.Connected(), SpoolResults: a.Spool.Len(), SpoolBytes: a.Spool.Bytes(),
		SlotsLate: a.LateBy.Load(), Repeats: a.Repeats.Load()}
	for _, p := range a.Ports {
		is := a.Describe(p)
		s.Clock = is.Clock
		s.Ports = append(s.Ports, metrics.PortStatus{Label: is.Label, Up: is.Carrier, Run: is.Busy})
	}
	return s
}

// tellingFleet opens the address of a controller's metrics, and returns what
// answers there as soon as it is given the book; nil if nobody asked for it.
func (g *privilege) tellingFleet(address string, books <-chan control.Book) (func(context.Context) error, error) {
	if address == "" {
		return nil, nil
	}
	l, err := metrics.Listen(address)
	if err != nil {
		return nil, err
	}
	g.note("metrics at http://%s/metrics", l.Addr())
	return func(ctx context.Context) error {
		select {
		case book := <-books:
			return metrics.Serve(ctx, l, metrics.NewController(func(ctx context.Context) (metrics.Fleet, error) { return fleetOf(ctx, book) }))
		case <-ctx.Done():
			return l.Close()
		}
	}, nil
}

// fleetOf is what a controller's metrics say of its fleet now.
func fleetOf(ctx context.Context, book control.Book) (f metrics.Fleet, err error) {
	if f.Ports, err = book.Ports(ctx); err != nil {
		return f, err
	}
	if f.Runs, err = book.Runs(ctx); err != nil {
		return f, err
	}
	f.Results, f.Bytes, f.Room, err = book.Size(ctx)
	return f, err
}

// beside does what is to be done while something else is done beside it, if
// not nil: the first of them that fails ends both.
func beside(ctx context.Context, aside, do func(context.Context) error) error {
	if aside == nil {
		return do(ctx)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	var failed error
	all.Go(func() {
		failed = aside(ctx)
		cancel()
	})
	err := do(ctx)
	cancel()
	all.Wait()
	return errors.Join(failed, err)
}
