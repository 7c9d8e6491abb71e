package main

import (
	"context"
	"fmt"
	"time"

	"eterm/cmd/eterm-fleet/internal/slots"
)

// setRun is eterm-fleet run.
func setRun(p *program) func(context.Context) error {
	dry := p.flags.Bool("dry-run", false, "say what the plan comes to, and do nothing")
	return func(context.Context) error {
		f, err := readPlan(p.operands[0])
		if err != nil {
			return err
		}
		if !*dry {
			return fmt.Errorf("there is no controller to ask: give --dry-run")
		}
		pl, err := f.Compile("dry-run", time.Now(), slots.MostOffset, func(string) string { return "" })
		if err != nil {
			return err
		}
		return p.estimate(pl)
	}
}
