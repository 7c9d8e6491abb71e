// Package plan is what a fleet is to do: the plan file that people write, and
// the plan that agents read, which is the file with names made into ports and
// times, written once and never changed.
package plan

import (
	"errors"
	"fmt"
	"math"
	"net"
	"regexp"
	"strings"
	"time"

	"eterm/cmd/eterm-fleet/internal/slots"
	"eterm/frame"
	"eterm/frame/ether"
	"eterm/iface/linktest"
	"eterm/iface/load"
)

// Class is how a plan uses its ports.
type Class string

// The classes. A test of class Watch offers at most WatchRate frames/s a
// direction, so that it can run beside what the network is for.
const (
	Load  Class = "load"
	Watch Class = "watch"
)

// WatchRate is the most frames/s of a test of class Watch, in one direction.
const WatchRate = 100

// Bounds of a slot.
const (
	LeastSlot = 500 * time.Millisecond
	MostSlot  = 24 * time.Hour
)

// Plan is the whole of a run as agents read it. It is data of the controller,
// which an agent does not trust: Check comes first, the agent's own limits next.
type Plan struct {
	ID    string      `json:"id"`
	Name  string      `json:"name"`
	Class Class       `json:"class"`
	Table slots.Table `json:"table"`
	Shape slots.Shape `json:"shape"`
	Ports []Port      `json:"ports"`
	Load  Offer       `json:"load"`
	Limit Limits      `json:"limits"`
	Seed  uint64      `json:"seed"`
}

// Port is one port of a plan.
type Port struct {
	Label string `json:"label"` // HOST.NAME
	MAC   string `json:"mac"`   // empty if the agents know each other's otherwise
}

// Offer is what each end of a pair offers to the other.
type Offer struct {
	Rate     string        `json:"rate"` // as load.ParseRate reads it
	Sizes    []int         `json:"sizes"`
	Count    uint64        `json:"count,omitempty"`
	Duration time.Duration `json:"duration_ns,omitempty"`
	Streams  int           `json:"streams,omitempty"`
	VLANs    []uint16      `json:"vlans,omitempty"` // outer first
}

// Limits make a test of a measurement, as those of link do.
type Limits struct {
	Loss   string        `json:"loss,omitempty"` // as linktest.ParseLimit reads it
	P99    time.Duration `json:"p99_ns,omitempty"`
	Outage time.Duration `json:"outage_ns,omitempty"`
}

// Of gives the limits the form that link tests have.
func (l Limits) Of() (all linktest.Limits, err error) {
	if l.Loss != "" {
		if all.Loss, err = linktest.ParseLimit(l.Loss); err != nil {
			return all, fmt.Errorf("loss %w", err)
		}
	}
	all.P99, all.Outage = l.P99, l.Outage
	return all, nil
}

// Of is the load for a port of a line that fast, in bits/s; 0 is not known.
func (o Offer) Of(lineSpeed float64) (linktest.Load, error) {
	rate, err := load.ParseRate(o.Rate)
	if err != nil {
		return linktest.Load{}, err
	}
	if len(o.Sizes) == 0 || len(o.Sizes) > 64 {
		return linktest.Load{}, fmt.Errorf("%d sizes: want 1 to 64", len(o.Sizes))
	}
	wire := 0.0
	for _, size := range o.Sizes {
		if size < load.MinSize || size > load.MaxSize {
			return linktest.Load{}, fmt.Errorf("size %d: want %d to %d", size, load.MinSize, load.MaxSize)
		}
		wire += float64(ether.WireLen(size - 4)) // ether counts without the FCS
	}
	l := linktest.Load{Sizes: o.Sizes, Count: o.Count, Duration: o.Duration, Streams: o.Streams}
	if l.Rate, err = rate.Frames(wire/float64(len(o.Sizes)), lineSpeed); err != nil {
		return l, err
	}
	for _, id := range o.VLANs {
		if id > 4094 {
			return l, fmt.Errorf("vlan %d: want 0 to 4094", id)
		}
		l.VLANs = append(l.VLANs, frame.VLAN{ID: id})
	}
	if o.Count == 0 && o.Duration == 0 {
		return l, errors.New("neither count nor duration: a slot has to end")
	}
	return l, nil
}

// Cost is what one direction of one pair offers in a slot: how long, how many
// frames, how many bytes with FCS. Frames are 0 at full speed for a duration,
// where nobody can say.
func (o Offer) Cost(lineSpeed float64) (took time.Duration, frames, bytes uint64, err error) {
	l, err := o.Of(lineSpeed)
	if err != nil {
		return 0, 0, 0, err
	}
	took, frames = o.Duration, o.Count
	if !math.IsInf(l.Rate, 1) {
		if o.Count > 0 {
			by := time.Duration(float64(o.Count) / l.Rate * 1e9)
			if took == 0 || by < took {
				took = by
			}
		}
		if most := uint64(l.Rate * o.Duration.Seconds()); o.Duration > 0 && (frames == 0 || most < frames) {
			frames = most
		}
	}
	sum := 0
	for _, size := range o.Sizes {
		sum += size
	}
	return took, frames, frames * uint64(sum) / uint64(len(o.Sizes)), nil
}

var (
	goodID    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	goodLabel = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}\.[A-Za-z0-9][A-Za-z0-9_-]{0,31}$`)
)

// GoodLabel says whether a label is HOST.PORT, in letters, digits, - and _: it
// goes into subjects and file names.
func GoodLabel(s string) bool { return goodLabel.MatchString(s) }

// GoodID says whether the name of a run can go into subjects and file names.
func GoodID(s string) bool { return goodID.MatchString(s) }

// Host is the part of a label that names the agent.
func Host(label string) string {
	host, _, _ := strings.Cut(label, ".")
	return host
}

// Check says what is wrong with a plan, whoever made it.
func (p *Plan) Check() error {
	if !GoodID(p.ID) {
		return fmt.Errorf("run %q: want small letters, digits and -", p.ID)
	}
	if err := p.Shape.Check(); err != nil {
		return err
	}
	if len(p.Ports) != p.Shape.Ports {
		return fmt.Errorf("%d ports in pairs of %d", len(p.Ports), p.Shape.Ports)
	}
	seen := map[string]bool{}
	for _, port := range p.Ports {
		if !GoodLabel(port.Label) || seen[port.Label] {
			return fmt.Errorf("port %q: want HOST.PORT, each once", port.Label)
		}
		seen[port.Label] = true
		if _, err := net.ParseMAC(port.MAC); port.MAC != "" && err != nil {
			return fmt.Errorf("port %s: %w", port.Label, err)
		}
	}
	t := p.Table
	if t.Length < LeastSlot || t.Length > MostSlot || t.Guard < 0 || t.Guard > time.Minute || t.Count < 1 || t.Count > 10_000_000 || t.Start.IsZero() {
		return fmt.Errorf("%d slots of %v with %v between: want slots of %v to %v", t.Count, t.Length, t.Guard, LeastSlot, MostSlot)
	}
	if _, err := p.Limit.Of(); err != nil {
		return err
	}
	return p.Load.fits(p.Class, t.Length)
}

// fits says whether an offer is one of its class and has room in a slot: what
// it takes and as much again as a third of it for talking and draining.
func (o Offer) fits(class Class, slot time.Duration) error {
	const anyLine = 1e9 // a rate in percent takes the same time on each
	l, err := o.Of(anyLine)
	if err != nil {
		return err
	}
	switch {
	case class != Load && class != Watch:
		return fmt.Errorf("class %q: want load or watch", class)
	case class == Watch && l.Rate > WatchRate:
		return fmt.Errorf("rate %s: class watch offers at most %d frames/s", o.Rate, WatchRate)
	}
	took, _, _, err := o.Cost(anyLine)
	if most := slot * 3 / 4; err == nil && took > most {
		return fmt.Errorf("a load of %v in a slot of %v: want at most %v, the rest is for agreeing and draining", took, slot, most)
	}
	return err
}
