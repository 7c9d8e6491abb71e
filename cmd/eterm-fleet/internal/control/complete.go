package control

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/eterm-fleet/internal/slots"
)

// planned is how many tests a plan has.
func planned(p *plan.Plan) (n int) {
	rounds := slots.Of(p.Shape)
	per := make([]int, rounds.Len())
	for i := range per {
		per[i] = len(rounds.Round(i))
	}
	for i := range p.Table.Count {
		n += per[i%len(per)]
	}
	return n
}

// closeComplete closes the runs that are over and whose results are all there.
func (b Book) closeComplete(ctx context.Context) error {
	runs, err := b.Runs(ctx)
	if err != nil {
		return err
	}
	for run, state := range runs {
		if state != bus.Running {
			continue
		}
		p, _, err := b.Plan(ctx, run)
		if err != nil || time.Now().Before(p.Table.Over()) {
			continue
		}
		if askers, err := b.askers(ctx, p); err == nil && askers >= planned(p) {
			if err := b.Set(ctx, run, bus.Closed); err != nil {
				return err
			}
		}
	}
	return nil
}

// askers is how many results there are of ends that ask: those of reflectors
// come besides.
func (b Book) askers(ctx context.Context, p *plan.Plan) (n int, err error) {
	s, err := b.JS.Stream(ctx, bus.Stream)
	if err != nil {
		return 0, err
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(bus.ResultsOf(p.ID)))
	if err != nil {
		return 0, err
	}
	rounds := slots.Of(p.Shape)
	for i := range p.Table.Count {
		for _, pair := range rounds.Round(i) {
			if info.State.Subjects[bus.ResultSubject(p.ID, i, p.Ports[pair.Ask].Label)] > 0 {
				n++
			}
		}
	}
	return n, nil
}
