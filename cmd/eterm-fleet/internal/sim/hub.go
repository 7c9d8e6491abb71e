// Package sim is a fleet in one process: agents whose ports are in memory, to
// try plans, and to test what a fleet does.
package sim

import (
	"fmt"
	"net"
	"sync"

	"eterm/cmd/eterm-fleet/internal/agent"
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/iface"
	"eterm/iface/ifacetest"
	"eterm/iface/linktest"
)

// Hub joins the two ends of each test by a wire of its own, which is made when
// the first of them opens its port.
type Hub struct {
	// Faults are what happens to frames that a port sends.
	Faults map[string]func() ifacetest.Fault // by label; a fault for each wire
	mu     sync.Mutex
	wires  map[wireKey]*wire
}

type wireKey struct {
	run  string
	slot int
	ask  string
}

// wire is one whose first end was taken.
type wire struct{ rest *ifacetest.Port }

// inbox is how many frames wait at an end: enough for a burst of all the test's
// frames on a machine with a thousand senders.
const inbox = 1024

// open is the port of one end of a test.
func (h *Hub) open(t agent.Task) *ifacetest.Port {
	asker, reflector := t.Own.Label, t.Peer.Label
	if !t.Ask {
		asker, reflector = reflector, asker
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wires == nil {
		h.wires = map[wireKey]*wire{}
	}
	key := wireKey{t.Run, t.Slot, asker}
	if w := h.wires[key]; w != nil {
		delete(h.wires, key)
		return w.rest
	}
	a, b := ifacetest.Wire(ifacetest.Buffer(inbox), ifacetest.Seed(uint64(t.Slot)+1),
		ifacetest.Forward(h.faults(asker)...), ifacetest.Reverse(h.faults(reflector)...))
	if !t.Ask {
		a, b = b, a
	}
	h.wires[key] = &wire{b}
	return a
}

func (h *Hub) faults(label string) (all []ifacetest.Fault) {
	if make := h.Faults[label]; make != nil {
		all = append(all, make())
	}
	return all
}

// forget lets go of a wire whose other end nobody took.
func (h *Hub) forget(t agent.Task) {
	asker := t.Own.Label
	if !t.Ask {
		asker = t.Peer.Label
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.wires, wireKey{t.Run, t.Slot, asker})
}

// port is a port of a simulated agent.
type port struct {
	hub  *Hub
	name string
}

// Port is a port in memory for an agent.
func (h *Hub) Port(name string) agent.Port { return port{h, name} }

func (p port) Name() string { return p.name }

// Describe says what a virtual port can say of itself.
func (p port) Describe() (iface.Info, error) {
	return iface.Info{Name: p.name, HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 1}, MTU: 1500, Type: "ethernet", Up: true, Carrier: true, Driver: "memory"}, nil
}

// The addresses of the two ends of a wire in memory.
const (
	addrAsks     = "02:00:00:00:00:0a"
	addrReflects = "02:00:00:00:00:0b"
)

// Open takes an end of the wire of a test.
func (p port) Open(t agent.Task) (agent.Ends, error) {
	end := p.hub.open(t)
	peer := addrReflects
	if !t.Ask {
		peer = addrAsks
	}
	return agent.Ends{Test: forgetful{end, func() { p.hub.forget(t) }}, Control: end.Twin(), Peer: peer}, nil
}

// forgetful is an end that lets its wire go when it is closed.
type forgetful struct {
	*ifacetest.Port
	forget func()
}

// Unwrap lets the inner port's abilities be found.
func (p forgetful) Unwrap() iface.Port { return p.Port }

// Close closes the end.
func (p forgetful) Close() error {
	p.forget()
	return p.Port.Close()
}

// Label is the label of simulated agent n.
func Label(n int) string { return fmt.Sprintf("sim%04d.p0", n) }

// File is a plan file's ports put in place of those it has: as many as there
// are agents.
func File(f *plan.File, n int) {
	f.Ports, f.Racks = nil, nil
	for i := range n {
		f.Ports = append(f.Ports, Label(i))
	}
}

// Lossy loses one test frame of every n that a port sends, and none of what the
// two ends of a test say to each other: what was lost can then be told exactly.
func Lossy(n uint64) ifacetest.Fault {
	sent := uint64(0)
	return ifacetest.Drop(ifacetest.Where(func(frame []byte) bool {
		if !linktest.IsTestFrame(frame) {
			return false
		}
		sent++
		return sent%n == 0
	}))
}
