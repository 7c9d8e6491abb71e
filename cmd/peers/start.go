package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"time"
)

// start fills the table of starting, which is what a script pays that calls a
// tool for every frame.
func (b *bench) start(ctx context.Context) error {
	runs := 40
	if b.short {
		runs = 2
	}
	all, err := b.interleave(ctx, b.present(
		command("eterm version", b.eterm+" version"),
		command("nping --version", "nping --version"),
		command("trafgen --version", "trafgen --version"),
		command("tcpdump --version", "tcpdump --version"),
		command("arping --version", "arping --version"),
	), func(ctx context.Context, t tool) (sample, error) {
		return startOften(ctx, t, runs)
	})
	if err != nil {
		return err
	}
	b.print("Start and end", []string{"tool", "ms", "CPU ms"}, all, func(m measured) []string {
		return []string{fmt.Sprintf("%.2f", m.median(0)), fmt.Sprintf("%.2f", m.median(1))}
	})
	return nil
}

// startOften is the median time from start to end, and the mean processor
// time, of so many runs of a tool, in ms. What it exits with does not matter.
func startOften(ctx context.Context, t tool, runs int) (sample, error) {
	var took []float64
	var used time.Duration
	for range runs {
		cmd := exec.CommandContext(ctx, t.argv[0], t.argv[1:]...)
		began := time.Now()
		if err := cmd.Run(); cmd.ProcessState == nil {
			return nil, err
		}
		took = append(took, float64(time.Since(began).Microseconds())/1000)
		used += cpuOf(cmd.ProcessState)
	}
	slices.Sort(took)
	return sample{took[len(took)/2], used.Seconds() * 1000 / float64(runs)}, nil
}
