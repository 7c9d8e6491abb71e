// Package nic asks the drivers of interfaces, by the ioctls of ethtool.
package nic

import (
	"maps"
	"sync"

	"github.com/safchain/ethtool"
)

// Driver reads the statistics that a driver keeps of its own, as "ethtool -S"
// shows them. Those of many drivers begin when the machine did, so they count
// from when the port was opened.
type Driver struct {
	mu   sync.Mutex
	tool *ethtool.Ethtool // nil when closed
	base map[string]uint64
	last map[string]uint64 // changes when last asked

	hasNoBuffer  bool
	lastNoBuffer uint64
}

// OpenDriver takes the present values. A driver without any is nil, on which all
// methods work.
func OpenDriver(name string) *Driver {
	tool, err := ethtool.NewEthtool()
	if err != nil {
		return nil
	}
	base, err := tool.Stats(name)
	if err != nil || len(base) == 0 {
		tool.Close()
		return nil
	}
	d := &Driver{tool: tool, base: base, lastNoBuffer: noBufferOf(base)}
	for _, key := range noBufferNames {
		_, has := base[key]
		d.hasNoBuffer = d.hasNoBuffer || has
	}
	return d
}

// noBufferNames are what drivers call frames that they had and lost for want of
// a buffer, beside what they report to the kernel. It is not
// rx_no_buffer_count: that one of Intel's counts how often there was none, and
// the NIC may have kept the frame all the same (RNBC in its manuals).
var noBufferNames = []string{"rx_no_buffer", "rx_no_buffers", "rx_no_bufs", "rx_out_of_buffer", "rx_nobuf"}

// CountsNoBuffer says whether the driver has such a count.
func (d *Driver) CountsNoBuffer() bool { return d != nil && d.hasNoBuffer }

// NoBuffer is how many such frames there have been, or were before the driver
// went.
func (d *Driver) NoBuffer(name string) (n uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tool == nil {
		return d.lastNoBuffer
	}
	if now, err := d.tool.Stats(name); err == nil {
		d.lastNoBuffer = noBufferOf(now)
	}
	return d.lastNoBuffer
}

func noBufferOf(stats map[string]uint64) (n uint64) {
	for _, key := range noBufferNames {
		n += stats[key]
	}
	return n
}

// Changes are the statistics that changed, or what they last were if the
// driver is gone.
func (d *Driver) Changes(name string) map[string]uint64 {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tool == nil {
		return maps.Clone(d.last)
	}
	now, err := d.tool.Stats(name)
	if err != nil {
		return maps.Clone(d.last)
	}
	for key, value := range now {
		if value >= d.base[key] { // else it began anew: what it says is since then
			value -= d.base[key]
		}
		if now[key] = value; value == 0 {
			delete(now, key)
		}
	}
	d.last = now
	return maps.Clone(now)
}

// Close lets Changes and NoBuffer say what they said last.
func (d *Driver) Close() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tool.Close()
	d.tool = nil
}
