package watch

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"eterm/frame/ether"
	"eterm/frame/stats"
)

// top is a list of what there is most of.
type top struct {
	name string
	rows []row
	rest int // how many are not in rows
}

type row struct {
	key string
	n   uint64
}

// mostRows is how many rows of a list are kept for a screen.
const mostRows = 40

// topsOf are the lists of what was counted: sources, VLANs, EtherTypes.
func topsOf(c stats.Counts) []top {
	return []top{
		topOf("source", c.BySource, ether.Addr.String),
		topOf("vlan", c.ByVLAN, strconv.Itoa),
		topOf("ethertype", c.ByType, etherType),
	}
}

// etherType is a number as the notation has it; one below 0x0600 is a length.
func etherType(t uint16) string {
	if t < 0x0600 {
		return fmt.Sprintf("length %d", t)
	}
	return fmt.Sprintf("0x%04x", t)
}

// topOf lists what there is most of. Only so many rows are sorted as are kept.
func topOf[K comparable, A ~map[K]uint64](name string, by A, text func(K) string) top {
	t := top{name: name}
	for k, n := range by {
		r := row{text(k), n}
		at, _ := slices.BinarySearchFunc(t.rows, r, func(a, b row) int {
			return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.key, b.key))
		})
		if at == mostRows {
			continue
		}
		t.rows = slices.Insert(t.rows, at, r)
		if len(t.rows) > mostRows {
			t.rows = t.rows[:mostRows]
		}
	}
	t.rest = len(by) - len(t.rows)
	return t
}
