package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/control"
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/eterm-fleet/internal/slots"
)

// runCommand is eterm-fleet run.
type runCommand struct {
	*program
	controllerFlags
	dry, wait bool
	name      string
	delay     time.Duration
}

func setRun(p *program) func(context.Context) error {
	r := &runCommand{program: p}
	r.set(p)
	p.flags.BoolVar(&r.dry, "dry-run", false, "say what the plan comes to and who refuses it, and do nothing; without a controller, by the file alone")
	p.flags.BoolVar(&r.wait, "wait", false, "wait for the end, and print the report")
	p.flags.StringVar(&r.name, "run", "", "call the run `NAME`; else the plan's name and a number")
	p.flags.DurationVar(&r.delay, "in", 3*time.Second, "begin after `TIME`")
	return r.run
}

func (r *runCommand) run(ctx context.Context) error {
	if r.dry && r.wait {
		return fmt.Errorf("--dry-run and --wait contradict each other: give one")
	}
	if r.delay < 0 {
		return fmt.Errorf("--in %v: want a time above 0", r.delay)
	}
	f, err := readPlan(r.operands[0])
	if err != nil {
		return err
	}
	if r.dry && r.creds == "" && r.dir == "" {
		pl, err := f.Compile("dry-run", time.Now(), slots.MostOffset, func(string) string { return "" })
		if err != nil {
			return err
		}
		r.note("no controller was asked: give --creds or --dir to hear who refuses the plan")
		return r.estimate(pl)
	}
	return r.with(func(ctx context.Context, _ *nats.Conn, book control.Book) error { return r.ask(ctx, book, f) })(ctx)
}

// ask compiles the plan for the ports there are, and lets it run.
func (r *runCommand) ask(ctx context.Context, book control.Book, f *plan.File) error {
	ports, err := book.Ports(ctx)
	if err != nil {
		return err
	}
	if err := f.Missing(func(label string) bool { _, ok := ports[label]; return ok }); err != nil {
		return fmt.Errorf("%s: %w", r.operands[0], err)
	}
	pl, err := f.Compile(r.id(f), time.Now().Add(r.delay), control.WorstOf(ports, f.Ports), func(label string) string { return ports[label].MAC })
	if err != nil {
		return err
	}
	if r.dry {
		if err := r.estimate(pl); err != nil {
			return err
		}
		if err := control.Refusal(pl, ports); err != nil {
			return ended{statusNo, err}
		}
		fmt.Fprintln(r.stdout, "agents      all allow it")
		return nil
	}
	if err := book.Begin(ctx, pl, ports); err != nil {
		return err
	}
	fmt.Fprintln(r.stdout, pl.ID)
	r.note("run %s: %d slots from %s to %s", pl.ID, pl.Table.Count, pl.Table.Start.Format(time.TimeOnly), pl.Table.Over().Format(time.TimeOnly))
	if !r.wait {
		return nil
	}
	for {
		_, state, err := book.Plan(ctx, pl.ID)
		if err == nil && state != bus.Running || time.Since(pl.Table.Over()) > 30*time.Second {
			break
		}
		if err := pause(ctx, 300*time.Millisecond); err != nil {
			return err
		}
	}
	return (&reportCommand{program: r.program}).report(ctx, book, pl.ID)
}

// id is the name of the run.
func (r *runCommand) id(f *plan.File) string {
	if r.name != "" {
		return r.name
	}
	name := "run"
	if plan.GoodID(f.Name) {
		name = f.Name
	}
	var b [3]byte
	_, _ = rand.Read(b[:]) // never fails on Linux
	return name + "-" + hex.EncodeToString(b[:])
}
