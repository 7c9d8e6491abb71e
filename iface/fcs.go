package iface

import (
	"fmt"

	"eterm/frame/ether"
	"eterm/iface/internal/nic"
)

// WithFCS is a port that puts an FCS behind each frame before it sends it. Of p it
// must be known what it does with the four bytes more: the NIC's place they take if it
// was opened with Options.OwnFCS, and elsewhere they are bytes of the frame. It counts
// frames as p does. One goroutine sends.
func WithFCS(p Port, fcs func(frame []byte) [ether.FCSLen]byte) Port {
	return &fcsPort{Port: p, fcs: fcs}
}

type fcsPort struct {
	Port
	fcs    func(frame []byte) [ether.FCSLen]byte
	memory []byte // of the last batch
	frames [][]byte
}

// Unwrap keeps the abilities of the port behind.
func (p *fcsPort) Unwrap() Port { return p.Port }

// Send implements Port.
func (p *fcsPort) Send(frames [][]byte) (int, error) {
	p.memory, p.frames = p.memory[:0], p.frames[:0]
	room := 0
	for _, f := range frames {
		room += len(f) + ether.FCSLen
	}
	if cap(p.memory) < room { // once: frames of this batch point into it
		p.memory = make([]byte, 0, room)
	}
	for _, f := range frames {
		start := len(p.memory)
		fcs := p.fcs(f)
		p.memory = append(append(p.memory, f...), fcs[:]...)
		p.frames = append(p.frames, p.memory[start:])
	}
	return p.Port.Send(p.frames)
}

// Mechanism implements Mechanism.
func (p *fcsPort) Mechanism() string {
	m, ok := As[Mechanism](p.Port)
	if !ok {
		return ""
	}
	return m.Mechanism() + ", with the FCS that was asked for"
}

// Errored says what the driver of an interface does with frames that are wrong on the
// wire: Driver is its name, Takes and Keeps what it is set to (see ErroredTaker), and
// CanTake whether it could be set so.
type Errored struct {
	Driver                string
	Takes, Keeps, CanTake bool
}

// AskErrored asks the driver of an interface in the namespace of the calling thread.
func AskErrored(name string) (Errored, error) {
	tool, err := nic.NewTool()
	if err != nil {
		return Errored{}, fmt.Errorf("ask the driver of %s: %w", name, err)
	}
	defer tool.Close()
	r := tool.Reception(name)
	all, err := tool.Feature(name, "rx-all")
	if err != nil {
		return Errored{}, fmt.Errorf("ask the driver of %s: %w", name, err)
	}
	return Errored{Driver: tool.Facts(name).Driver, Takes: r.TakesErrored, Keeps: r.KeepsFCS, CanTake: all.Switch}, nil
}
