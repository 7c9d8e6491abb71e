// Package stats counts frames without keeping them: in total, by EtherType, by
// VLAN and by source.
package stats

import (
	"encoding/binary"

	"eterm/frame/ether"
)

// Counter counts frames. Its memory is bounded: sources beyond MaxSources are
// counted together. It is for one goroutine. The zero Counter is ready.
type Counter struct {
	Frames, Bytes uint64

	byType       map[uint16]uint64
	byVLAN       [4096]uint64
	bySource     map[ether.Addr]uint64
	otherSources uint64

	// The last frame's keys: traffic comes in runs, and a comparison is much
	// cheaper than a look-up.
	lastType   streak[uint16]
	lastSource streak[uint64]
}

// MaxSources is how many sources are told apart.
const MaxSources = 4096

// streak is how often one key was seen in a row, not yet in the map.
type streak[K comparable] struct {
	key   K
	count uint64
}

// Add counts one frame of a length in bytes on the wire without FCS; b holds at
// least its headers. Of a frame without a whole header only that is counted.
func (n *Counter) Add(b []byte, length int) {
	n.Frames++
	n.Bytes += uint64(length)
	if len(b) < ether.HeaderLen {
		return
	}
	etherType := binary.BigEndian.Uint16(b[12:])
	if ether.IsTag(etherType) {
		if h, _, err := ether.Parse(b); err == nil {
			etherType = h.Type
			n.byVLAN[binary.BigEndian.Uint16(h.Tags[2:])&0xfff]++
		}
	}
	if etherType != n.lastType.key {
		n.sumType()
		n.lastType.key = etherType
	}
	n.lastType.count++
	source := binary.BigEndian.Uint64(b[4:]) & (1<<48 - 1)
	if source != n.lastSource.key {
		n.sumSource()
		n.lastSource.key = source
	}
	n.lastSource.count++
}

func (n *Counter) sumType() {
	if n.lastType.count > 0 {
		if n.byType == nil {
			n.byType = map[uint16]uint64{}
		}
		n.byType[n.lastType.key] += n.lastType.count
	}
	n.lastType.count = 0
}

func (n *Counter) sumSource() {
	if n.lastSource.count == 0 {
		return
	}
	if n.bySource == nil {
		n.bySource = map[ether.Addr]uint64{}
	}
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], n.lastSource.key)
	source := ether.Addr(b[2:])
	if _, known := n.bySource[source]; known || len(n.bySource) < MaxSources {
		n.bySource[source] += n.lastSource.count
	} else {
		n.otherSources += n.lastSource.count
	}
	n.lastSource.count = 0
}

// Counts are what a Counter has counted: numbers of frames.
type Counts struct {
	Frames, Bytes uint64
	// ByType is by EtherType behind all tags; a value below 0x0600 is an 802.3
	// length.
	ByType map[uint16]uint64
	// ByVLAN is by the VLAN of the outer tag.
	ByVLAN   map[int]uint64
	BySource map[ether.Addr]uint64
	// OtherSources are frames of sources beyond MaxSources.
	OtherSources uint64
}

// Counts is what was counted so far. Its maps are valid until the next Add.
func (n *Counter) Counts() Counts {
	n.sumType()
	n.sumSource()
	c := Counts{Frames: n.Frames, Bytes: n.Bytes, ByType: n.byType, BySource: n.bySource, ByVLAN: map[int]uint64{}, OtherSources: n.otherSources}
	for id, count := range n.byVLAN {
		if count > 0 {
			c.ByVLAN[id] = count
		}
	}
	return c
}
