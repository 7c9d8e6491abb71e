package ifacetest

import (
	"math/rand/v2"

	"eterm/iface/impair"
)

// An Option says what differs from a perfect wire or switch.
type Option func(*config)

type config struct {
	mtu              int
	buffer           int
	seed             uint64
	forward, reverse []Fault
	refuse           Select
	lineRate         float64 // bits/s, 0: no limit
	lineQueue        int     // frames
	table            tableConfig
	vlans            map[int]Membership
	defect           Defect
}

func configure(opts []Option) config {
	c := config{mtu: 1500, buffer: 4096, seed: 1, table: tableConfig{ageing: defaultAgeing, capacity: 8192}}
	for _, o := range opts {
		o(&c)
	}
	return c
}

// MTU sets the ports' MTU in bytes; 1500 if not given.
func MTU(bytes int) Option { return func(c *config) { c.mtu = bytes } }

// Buffer sets how many frames wait for Receive before further ones are
// counted as dropped by the socket; 4096 if not given.
func Buffer(frames int) Option { return func(c *config) { c.buffer = frames } }

// Seed starts the random numbers of the faults; 1 if not given. The same seed
// and the same frames give the same faults.
func Seed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// Faults are what goes wrong with frames, in this order: on a wire in both
// directions, on a switch where they leave it.
func Faults(f ...Fault) Option {
	return func(c *config) { c.forward, c.reverse = append(c.forward, f...), append(c.reverse, f...) }
}

// Forward are faults from a to b only.
func Forward(f ...Fault) Option { return func(c *config) { c.forward = append(c.forward, f...) } }

// Reverse are faults from b to a only.
func Reverse(f ...Fault) Option { return func(c *config) { c.reverse = append(c.reverse, f...) } }

// Refusing makes Send refuse the selected frames with iface.ErrQueueFull.
func Refusing(which Select) Option { return func(c *config) { c.refuse = which } }

// LineRate gives each direction a speed in bits/s, counted as on the wire with
// FCS, preamble and gap (24 bytes more than a frame has), and a queue of so
// many frames before it. A frame that finds the queue full is lost.
func LineRate(bitsPerSecond float64, queue int) Option {
	return func(c *config) { c.lineRate, c.lineQueue = bitsPerSecond, queue }
}

// line is one direction of a cable.
func (c config) line(faults []Fault, stream uint64, arrive func([]byte)) *impair.Line {
	return impair.NewLine(impair.Config{Faults: faults, Rate: c.lineRate, Queue: c.lineQueue, Seed: c.seed, Stream: stream},
		func(frame []byte) bool { arrive(frame); return true })
}

// refuser binds the option to numbers of its own for one port.
func (c config) refuser() func([]byte) bool {
	if c.refuse == nil {
		return func([]byte) bool { return false }
	}
	n, random := uint64(0), rand.New(rand.NewPCG(c.seed, 3))
	return func(frame []byte) bool {
		n++
		return c.refuse(n-1, frame, random)
	}
}

// Wire makes the two ends of a cable. Both are iface.Ports. Inside
// testing/synctest call it inside the bubble.
func Wire(opts ...Option) (a, b *Port) {
	c := configure(opts)
	a, b = newPort("a", 0x0a, c), newPort("b", 0x0b, c)
	a.out = c.line(c.forward, 1, b.arrive).Pass
	b.out = c.line(c.reverse, 2, a.arrive).Pass
	a.bad, b.bad = b.arriveErrored, a.arriveErrored
	a.linked, b.linked = b.carrier, a.carrier
	return a, b
}
