package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"

	"eterm/iface/lab"
)

// bench is one run of this program.
type bench struct {
	settings
	out   io.Writer
	hosts []*lab.Host
	// disturbed counts measurements of this table during which other work on
	// the machine took too much of it.
	disturbed int
}

func (b *bench) close() {
	for _, h := range b.hosts {
		h.Close()
	}
}

func cpus() int { return runtime.NumCPU() }

// sample is what one round measured of one tool, one value a column.
type sample []float64

// measured is a tool with its samples.
type measured struct {
	tool
	samples []sample
	failure error // of the last round that failed
}

// interleave measures every tool once a round, every other round backwards, so
// that a change of the machine's mood falls on all.
func (b *bench) interleave(ctx context.Context, tools []tool, measure func(context.Context, tool) (sample, error)) ([]measured, error) {
	all := make([]measured, len(tools))
	for i, t := range tools {
		all[i].tool = t
	}
	for round := range b.rounds {
		for i := range all {
			if round%2 == 1 {
				i = len(all) - 1 - i
			}
			s, err := b.undisturbed(ctx, all[i].tool, measure)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				all[i].failure = err
				continue
			}
			all[i].samples = append(all[i].samples, s)
		}
	}
	return all, nil
}

// column is the values of one column in all rounds, in order.
func (m measured) column(i int) []float64 {
	var values []float64
	for _, s := range m.samples {
		values = append(values, s[i])
	}
	slices.Sort(values)
	return values
}

// median of a column; NaN without samples.
func (m measured) median(i int) float64 {
	v := m.column(i)
	if len(v) == 0 {
		return math.NaN()
	}
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// ours says whether a line is one of eterm's.
func (m measured) ours() bool { return strings.HasPrefix(m.name, "eterm") }

// best is the greatest median of a column among the peers.
func best(all []measured, column int) float64 {
	most := math.NaN()
	for _, m := range all {
		if v := m.median(column); !m.ours() && !(v <= most) && !math.IsNaN(v) {
			most = v
		}
	}
	return most
}

// print writes a table. cells gives the columns of a tool that has samples.
func (b *bench) print(title string, head []string, all []measured, cells func(measured) []string) {
	fmt.Fprintf(b.out, "\n### %s (medians of %d%s)\n\n| %s |\n|%s\n", title, b.rounds, b.disturbance(),
		strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, m := range all {
		row := []string{m.name, "failed: " + oneLine(fmt.Sprint(m.failure))}
		if len(m.samples) > 0 {
			row = append([]string{m.name}, cells(m)...)
		}
		for len(row) < len(head) {
			row = append(row, "")
		}
		fmt.Fprintf(b.out, "| %s |\n", strings.Join(row, " | "))
	}
}

// disturbance says how many measurements of a table were disturbed.
func (b *bench) disturbance() string {
	n := b.disturbed
	b.disturbed = 0
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; %d measurements were disturbed by other work", n)
}

// ratio is a over b as text; empty where b is not known.
func ratio(a, b float64) string {
	if math.IsNaN(a / b) {
		return ""
	}
	return fmt.Sprintf("%.2f×", a/b)
}

// oneLine keeps what a tool said out of the table's way.
func oneLine(s string) string {
	s = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", "/")
	return s[:min(len(s), 120)]
}
