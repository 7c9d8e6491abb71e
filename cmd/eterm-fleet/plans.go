package main

import (
	"fmt"
	"os"
	"time"

	"eterm/cmd/eterm-fleet/internal/plan"
)

// readPlan reads a plan file; an error names the file.
func readPlan(name string) (*plan.File, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f, err := plan.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// estimate prints what a plan comes to.
func (p *program) estimate(pl *plan.Plan) error {
	const unknown = 0 // line speed
	e, err := pl.Estimate(unknown)
	if err != nil {
		return err
	}
	frames, bytes := fmt.Sprint(e.Frames), fmt.Sprint(e.Bytes)
	if e.Frames == 0 {
		frames, bytes = "not known (full speed)", "not known"
	}
	fmt.Fprintf(p.stdout, "plan        %s, class %s, %d ports, pairs %s\n", pl.Name, pl.Class, len(pl.Ports), pl.Shape.Kind)
	fmt.Fprintf(p.stdout, "takes       %v: %d slots of %v, %v between two\n", e.Took.Round(time.Millisecond), e.Slots, pl.Table.Length, pl.Table.Guard)
	fmt.Fprintf(p.stdout, "tests       %d, at most %d at once, each in both directions\n", e.Tests, e.PerSlot)
	fmt.Fprintf(p.stdout, "frames      %s in all\n", frames)
	fmt.Fprintf(p.stdout, "bytes       %s in all, at most %d from one port\n", bytes, e.PortBytes)
	return nil
}
