package ifacetest

import "time"

const defaultAgeing = 300 * time.Second

type tableConfig struct {
	ageing   time.Duration
	capacity int
}

// station is what a switch learns: an address in a VLAN.
type station struct {
	vid uint16
	mac [6]byte
}

type entry struct {
	port int
	seen time.Time
}

// table is a switch's filtering database, learnt entries only.
type table struct {
	tableConfig
	defect  Defect
	entries map[station]entry
}

func newTable(c tableConfig, d Defect) table { return table{c, d, map[station]entry{}} }

// learn notes where a station is, if there is room or it is known.
func (t *table) learn(s station, port int, now time.Time) {
	e, known := t.entries[s]
	if !known && len(t.entries) >= t.capacity {
		t.purge(now)
		if len(t.entries) >= t.capacity {
			return
		}
	}
	fresh := known && now.Sub(e.seen) < t.ageing
	switch {
	case fresh && t.defect.kind == neverMoves:
		port = e.port
	case fresh && t.defect.kind == neverRefreshes:
		now = e.seen
	}
	t.entries[s] = entry{port, now}
}

// find is the port a station is on, or -1.
func (t *table) find(s station, now time.Time) int {
	e, ok := t.entries[s]
	if !ok || now.Sub(e.seen) >= t.ageing {
		return -1
	}
	if t.defect.kind == refreshedByTraffic {
		t.entries[s] = entry{e.port, now}
	}
	return e.port
}

// purge removes what is too old.
func (t *table) purge(now time.Time) {
	for s, e := range t.entries {
		if now.Sub(e.seen) >= t.ageing {
			delete(t.entries, s)
		}
	}
}
