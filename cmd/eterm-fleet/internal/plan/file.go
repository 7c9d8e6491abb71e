package plan

import (
	"fmt"
	"time"

	"eterm/cmd/eterm-fleet/internal/slots"
	"eterm/iface/yamlfile"
)

// File is a plan as people write it.
type File struct {
	Name   string
	Class  Class
	Ports  []string // in the order of the file, racks one after another
	Racks  []int    // sizes, if ports are given by rack
	Kind   slots.Kind
	Pairs  []slots.Pair
	Load   Offer
	Limits Limits
	Slot   time.Duration
	// Rounds is how many slots there are; 0 is until each pair had its turn.
	Rounds int
	Seed   uint64

	source string
	places map[string]place // of the ports
}

// Error is what is wrong with a plan file, and where.
type Error = yamlfile.Error

// Missing is an error at the place of the first port of the file that is not
// known, or nil.
func (f *File) Missing(known func(label string) bool) error {
	for _, label := range f.Ports {
		if !known(label) {
			at := f.places[label]
			return &Error{Line: at.line, Column: at.column, Source: f.source,
				Problem: fmt.Sprintf("no agent has a port %s: \"eterm fleet ports\" lists those there are", label)}
		}
	}
	return nil
}

// Shape is what pairs the file asks for.
func (f *File) Shape() slots.Shape {
	return slots.Shape{Kind: f.Kind, Ports: len(f.Ports), Sizes: f.Racks, Pairs: f.Pairs}
}

// Compile makes a file the plan of a run that begins at a time, for agents
// whose clocks are off by at most so much.
func (f *File) Compile(id string, start time.Time, worstOffset time.Duration, mac func(label string) string) (*Plan, error) {
	shape := f.Shape()
	p := &Plan{ID: id, Name: f.Name, Class: f.Class, Shape: shape, Load: f.Load, Limit: f.Limits, Seed: f.Seed,
		Table: slots.Table{Start: start.UTC(), Length: f.Slot, Guard: slots.Guard(worstOffset), Count: f.Rounds}}
	if err := shape.Check(); err != nil {
		return nil, err
	}
	if p.Table.Count == 0 {
		p.Table.Count = slots.Of(shape).Len()
	}
	for _, label := range f.Ports {
		p.Ports = append(p.Ports, Port{label, mac(label)})
	}
	return p, p.Check()
}

// Estimate is what a plan comes to.
type Estimate struct {
	Took      time.Duration
	Slots     int
	Tests     int
	PerSlot   int // the most tests at once
	Frames    uint64
	Bytes     uint64
	PortBytes uint64 // the most that one port sends in the whole run
}

// Estimate works out what a plan comes to, on lines that fast in bits/s.
func (p *Plan) Estimate(lineSpeed float64) (e Estimate, err error) {
	_, frames, bytes, err := p.Load.Cost(lineSpeed)
	if err != nil {
		return e, err
	}
	rounds := slots.Of(p.Shape)
	period := rounds.Len()
	e.Took, e.Slots = p.Table.Over().Sub(p.Table.Start), p.Table.Count
	sent := make([]uint64, p.Shape.Ports)
	for n := range period {
		times := p.Table.Count / period
		if n < p.Table.Count%period {
			times++
		}
		pairs := rounds.Round(n)
		if times > 0 {
			e.PerSlot = max(e.PerSlot, len(pairs))
		}
		e.Tests += times * len(pairs)
		for _, pair := range pairs {
			sent[pair.Ask] += uint64(times) * bytes
			sent[pair.Reflect] += uint64(times) * bytes
		}
	}
	for _, n := range sent {
		e.PortBytes = max(e.PortBytes, n)
	}
	e.Frames, e.Bytes = 2*frames*uint64(e.Tests), 2*bytes*uint64(e.Tests)
	return e, nil
}
