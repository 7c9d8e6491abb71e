package iface

import (
	"maps"
	"sync"

	"github.com/safchain/ethtool"
)

// driver reads the statistics that a driver keeps of its own, as "ethtool -S"
// shows them. Those of many drivers begin when the machine did, so they count
// from when the port was opened.
type driver struct {
	mu   sync.Mutex
	tool *ethtool.Ethtool // nil when closed
	base map[string]uint64
	last map[string]uint64 // changes when last asked

	hasNoBuffer  bool
	lastNoBuffer uint64
}

// openDriver takes the present values. A driver without any is nil.
func openDriver(name string) *driver {
	tool, err := ethtool.NewEthtool()
	if err != nil {
		return nil
	}
	base, err := tool.Stats(name)
	if err != nil || len(base) == 0 {
		tool.Close()
		return nil
	}
	d := &driver{tool: tool, base: base, lastNoBuffer: noBufferOf(base)}
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

// noBuffer is how many such frames there have been, 0 if the driver is gone.
func (d *driver) noBuffer(name string) (n uint64) {
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

// counting makes the link count the driver's own statistics too, if it has
// those that matter here.
func (l *link) counting(d *driver) {
	if d == nil || !d.hasNoBuffer {
		return
	}
	l.noBuffer = func() uint64 { return d.noBuffer(l.now.Load().name) }
	l.meter.last.stats.RxNoBuffer = d.lastNoBuffer
}

// changes are the statistics that changed, or what they last were if the
// driver is gone.
func (d *driver) changes(name string) map[string]uint64 {
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

func (d *driver) close() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tool.Close()
	d.tool = nil
}

// DriverCounters implements DriverCounter. It works on after Close, with the
// last values.
func (p *port) DriverCounters() map[string]uint64 { return p.driver.changes(p.Name()) }
