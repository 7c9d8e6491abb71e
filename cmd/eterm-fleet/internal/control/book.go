package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/eterm-fleet/internal/slots"
)

// Book is what is stored: ports, plans and results.
type Book struct{ JS jetstream.JetStream }

// ErrNoRun means: there is no run of that name.
var ErrNoRun = errors.New("there is no such run")

func (b Book) bucket(ctx context.Context, name string) (jetstream.KeyValue, error) {
	kv, err := b.JS.KeyValue(ctx, name)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return nil, fmt.Errorf("the server has no bucket %s: is it that of an \"eterm fleet serve\"?", name)
	}
	return kv, err
}

// each gives the values of all keys that match to a function.
func (b Book) each(ctx context.Context, bucket, keys string, do func(key string, value []byte) error) error {
	kv, err := b.bucket(ctx, bucket)
	if err != nil {
		return err
	}
	w, err := kv.Watch(ctx, keys, jetstream.IgnoreDeletes())
	if err != nil {
		return err
	}
	defer func() { _ = w.Stop() }()
	for {
		select {
		case e, ok := <-w.Updates():
			if !ok || e == nil {
				return nil
			}
			if err := do(e.Key(), e.Value()); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Ports are those of all agents that are there now, by label.
func (b Book) Ports(ctx context.Context) (map[string]bus.Port, error) {
	all := map[string]bus.Port{}
	err := b.each(ctx, bus.Agents, ">", func(key string, value []byte) error {
		var p bus.Port
		if err := json.Unmarshal(value, &p); err != nil || p.Label != key {
			return fmt.Errorf("what is said of port %q is not understood", key)
		}
		all[key] = p
		return nil
	})
	return all, err
}

// Worst is the greatest offset that any clock may have.
func Worst(ports map[string]bus.Port) (worst time.Duration) { return WorstOf(ports, Labels(ports)) }

// WorstOf is the greatest offset that the clocks of some ports may have.
func WorstOf(ports map[string]bus.Port, labels []string) (worst time.Duration) {
	for _, label := range labels {
		c := ports[label].Clock
		worst = max(worst, c.Offset.Abs()+c.Error)
	}
	return min(worst, 2*slots.MostOffset)
}

// Labels are the labels of ports, in order.
func Labels(ports map[string]bus.Port) []string { return slices.Sorted(maps.Keys(ports)) }

// Refusal says why ports do not take part in a plan; nil: all do.
func Refusal(p *plan.Plan, ports map[string]bus.Port) error {
	for _, port := range p.Ports {
		is, ok := ports[port.Label]
		switch {
		case !ok:
			return fmt.Errorf("no agent has a port %s", port.Label)
		case is.Clock.Withdrew != "":
			return fmt.Errorf("%s takes no part: %s", port.Label, is.Clock.Withdrew)
		case is.Busy != "":
			return fmt.Errorf("%s is busy with run %s: wait for its end, or cancel it", port.Label, is.Busy)
		case !is.Expires.IsZero() && is.Expires.Before(p.Table.Over()):
			return fmt.Errorf("the credentials of %s expire at %s, and the plan ends at %s: enroll it again, or plan less",
				port.Label, is.Expires.Format(time.DateTime), p.Table.Over().Format(time.DateTime))
		}
		if err := is.Limits.Allow(p, port.Label, is.SpeedBPS); err != nil {
			return err
		}
	}
	return nil
}

// Begin writes a plan, once, and lets it run. It is refused if the name is
// taken, or a port takes no part or is not allowed to.
func (b Book) Begin(ctx context.Context, p *plan.Plan, ports map[string]bus.Port) error {
	if err := p.Check(); err != nil {
		return err
	}
	if err := Refusal(p, ports); err != nil {
		return err
	}
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	kv, err := b.bucket(ctx, bus.Plans)
	if err != nil {
		return err
	}
	if _, err := kv.Create(ctx, bus.StateKey(p.ID), []byte(bus.Running)); errors.Is(err, jetstream.ErrKeyExists) {
		return fmt.Errorf("there is a run %s already: give another name", p.ID)
	} else if err != nil {
		return err
	}
	_, err = kv.Create(ctx, bus.PlanKey(p.ID), text)
	return err
}

// Plan is the plan of a run, and what it is to be.
func (b Book) Plan(ctx context.Context, run string) (*plan.Plan, bus.State, error) {
	if !plan.GoodID(run) {
		return nil, "", fmt.Errorf("run %q: want small letters, digits and -", run)
	}
	kv, err := b.bucket(ctx, bus.Plans)
	if err != nil {
		return nil, "", err
	}
	e, err := kv.Get(ctx, bus.PlanKey(run))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, "", fmt.Errorf("%w: %s", ErrNoRun, run)
	}
	if err != nil {
		return nil, "", err
	}
	p := &plan.Plan{}
	if err := json.Unmarshal(e.Value(), p); err != nil {
		return nil, "", fmt.Errorf("plan of %s: %w", run, err)
	}
	if err := p.Check(); err != nil {
		return nil, "", fmt.Errorf("plan of %s: %w", run, err)
	}
	s, err := kv.Get(ctx, bus.StateKey(run))
	if err != nil {
		return nil, "", err
	}
	return p, bus.State(s.Value()), nil
}

// Set says what a run is to be from now on.
func (b Book) Set(ctx context.Context, run string, s bus.State) error {
	if _, _, err := b.Plan(ctx, run); err != nil {
		return err
	}
	kv, err := b.bucket(ctx, bus.Plans)
	if err != nil {
		return err
	}
	_, err = kv.Put(ctx, bus.StateKey(run), []byte(s))
	return err
}

// Cancel ends a run: agents begin no further test of it.
func (b Book) Cancel(ctx context.Context, run string) error {
	_, state, err := b.Plan(ctx, run)
	if err == nil && state != bus.Running {
		return fmt.Errorf("run %s is %s already", run, state)
	}
	if err != nil {
		return err
	}
	return b.Set(ctx, run, bus.Cancelled)
}

// Runs are the names of all runs with what they are to be.
func (b Book) Runs(ctx context.Context) (map[string]bus.State, error) {
	all := map[string]bus.State{}
	err := b.each(ctx, bus.Plans, "state.*", func(key string, value []byte) error {
		all[strings.TrimPrefix(key, "state.")] = bus.State(value)
		return nil
	})
	return all, err
}

// Stored is how many results of a run are stored.
func (b Book) Stored(ctx context.Context, run string) (int, error) {
	s, err := b.JS.Stream(ctx, bus.Stream)
	if err != nil {
		return 0, err
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(bus.ResultsOf(run)))
	if err != nil {
		return 0, err
	}
	n := 0
	for _, count := range info.State.Subjects {
		n += int(count)
	}
	return n, nil
}

// Size is how many results are stored, their bytes, and the most bytes there may
// be; 0 is without a bound.
func (b Book) Size(ctx context.Context) (results, bytes, most uint64, err error) {
	s, err := b.JS.Stream(ctx, bus.Stream)
	if err != nil {
		return 0, 0, 0, err
	}
	info := s.CachedInfo()
	return info.State.Msgs, info.State.Bytes, uint64(max(0, info.Config.MaxBytes)), nil
}

// Results gives all stored results of a run to a function, in the order they
// came in.
func (b Book) Results(ctx context.Context, run string, do func(bus.Result) error) error {
	n, err := b.Stored(ctx, run)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("the server has no stream %s: results that agents still have in their spools come when it is made again", bus.Stream)
	}
	if err != nil || n == 0 {
		return err
	}
	c, err := b.JS.OrderedConsumer(ctx, bus.Stream, jetstream.OrderedConsumerConfig{FilterSubjects: []string{bus.ResultsOf(run)}})
	if err != nil {
		return err
	}
	for n > 0 {
		batch, err := c.Fetch(min(n, 500), jetstream.FetchMaxWait(10*time.Second))
		if err != nil {
			return err
		}
		got := 0
		for m := range batch.Messages() {
			got++
			var r bus.Result
			if err := json.Unmarshal(m.Data(), &r); err != nil || m.Subject() != bus.ResultSubject(r.Run, r.Slot, r.By) {
				return fmt.Errorf("the result at %s is not understood, or is somebody else's", m.Subject())
			}
			if err := do(r); err != nil {
				return err
			}
		}
		if n -= got; got == 0 {
			return fmt.Errorf("%d results of %s cannot be read from the server", n, run)
		}
	}
	return nil
}
