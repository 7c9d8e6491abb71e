package reach

import (
	"net"
	"net/netip"
)

// maxWatched bounds how many addresses a Watch remembers.
const maxWatched = 1 << 16

// Watch remembers who claims which address. The zero Watch is ready.
type Watch struct {
	holders map[netip.Addr]string
	// Conflicts is how often an address was claimed by another station than
	// the time before.
	Conflicts int
}

// See takes a claim and returns who had the address until now, if that was
// another station. A probe claims nothing yet.
func (w *Watch) See(c Claim) net.HardwareAddr {
	if c.Probe {
		return nil
	}
	if w.holders == nil {
		w.holders = map[netip.Addr]string{}
	}
	before, known := w.holders[c.IP]
	if known || len(w.holders) < maxWatched {
		w.holders[c.IP] = string(c.MAC)
	}
	if !known || before == string(c.MAC) {
		return nil
	}
	w.Conflicts++
	return net.HardwareAddr(before)
}
