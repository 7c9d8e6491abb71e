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
	return &driver{tool: tool, base: base}
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
		if now[key] = value - d.base[key]; now[key] == 0 {
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
