package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
)

// census counts frames without keeping them: in total, by EtherType, by VLAN
// and by source. Its memory is bounded: sources beyond maxSources are counted
// together.
type census struct {
	frames, bytes uint64
	byType        map[uint16]uint64
	byVLAN        [4096]uint64
	bySource      map[uint64]uint64
	otherSources  uint64

	// The last frame's keys: traffic comes in runs, and a comparison is much
	// cheaper than a look-up.
	lastType   streak[uint16]
	lastSource streak[uint64]
}

const maxSources = 4096

// streak is how often one key was seen in a row, not yet in the map.
type streak[K comparable] struct {
	key   K
	count uint64
}

func newCensus() *census {
	return &census{byType: map[uint16]uint64{}, bySource: map[uint64]uint64{}}
}

// add counts one frame of a length in bytes on the wire; b holds at least its
// headers.
func (n *census) add(b []byte, length int) {
	n.frames++
	n.bytes += uint64(length)
	if len(b) < 14 {
		return
	}
	tags, etherType := tagsOf(b)
	if len(tags) > 0 {
		n.byVLAN[binary.BigEndian.Uint16(tags[2:])&0xfff]++
	}
	if etherType != n.lastType.key {
		n.settleType()
		n.lastType.key = etherType
	}
	n.lastType.count++
	source := binary.BigEndian.Uint64(b[4:]) & (1<<48 - 1)
	if source != n.lastSource.key {
		n.settleSource()
		n.lastSource.key = source
	}
	n.lastSource.count++
}

func (n *census) settleType() {
	if n.lastType.count > 0 {
		n.byType[n.lastType.key] += n.lastType.count
	}
	n.lastType.count = 0
}

func (n *census) settleSource() {
	if n.lastSource.count == 0 {
		return
	}
	if _, known := n.bySource[n.lastSource.key]; known || len(n.bySource) < maxSources {
		n.bySource[n.lastSource.key] += n.lastSource.count
	} else {
		n.otherSources += n.lastSource.count
	}
	n.lastSource.count = 0
}

// censusResult is a census as JSON.
type censusResult struct {
	Bytes        uint64            `json:"bytes"`
	ByType       map[string]uint64 `json:"by_ethertype"`
	ByVLAN       map[string]uint64 `json:"by_vlan"`
	BySource     map[string]uint64 `json:"by_source"`
	OtherSources uint64            `json:"other_sources"`
}

func (n *census) result() *censusResult {
	n.settleType()
	n.settleSource()
	r := &censusResult{Bytes: n.bytes, ByType: map[string]uint64{}, ByVLAN: map[string]uint64{}, BySource: map[string]uint64{}, OtherSources: n.otherSources}
	for t, count := range n.byType {
		r.ByType[string(appendEtherType(nil, t))] = count
	}
	for id, count := range n.byVLAN {
		if count > 0 {
			r.ByVLAN[fmt.Sprint(id)] = count
		}
	}
	for source, count := range n.bySource {
		var mac [8]byte
		binary.BigEndian.PutUint64(mac[:], source)
		r.BySource[string(appendMAC(nil, mac[2:]))] = count
	}
	return r
}

// print writes the totals, the most frequent of each kind first.
func (r *censusResult) print(w io.Writer, frames uint64) error {
	_, err := fmt.Fprintf(w, "%d frames, %d bytes\n", frames, r.Bytes)
	for _, group := range []struct {
		name string
		by   map[string]uint64
	}{{"ethertype", r.ByType}, {"vlan", r.ByVLAN}, {"source", r.BySource}} {
		for i, key := range mostFrequent(group.by) {
			if i == shownOfAKind {
				fmt.Fprintf(w, "%-9s  and %d more\n", group.name, len(group.by)-i)
				break
			}
			if _, err = fmt.Fprintf(w, "%-9s  %-17s  %d\n", group.name, key, group.by[key]); err != nil {
				return err
			}
		}
	}
	if r.OtherSources > 0 {
		_, err = fmt.Fprintf(w, "source     all others         %d\n", r.OtherSources)
	}
	return err
}

// shownOfAKind is how many rows of one kind a person is shown.
const shownOfAKind = 20

func mostFrequent(by map[string]uint64) []string {
	keys := make([]string, 0, len(by))
	for k := range by {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if by[a] != by[b] {
			return int(min(max(int64(by[b])-int64(by[a]), -1), 1))
		}
		return slices.Compare([]byte(a), []byte(b))
	})
	return keys
}

// interval is what a census saw since the last one, and the JSON object of it.
type interval struct {
	Type       string  `json:"type"`
	Time       string  `json:"time"`
	DurationNS int64   `json:"duration_ns"`
	Frames     uint64  `json:"frames"`
	Bytes      uint64  `json:"bytes"`
	FramesPerS float64 `json:"frames_per_s"`
	BitsPerS   float64 `json:"bits_per_s"`
}

// since is the interval from the counts before to now.
func (n *census) since(frames, bytes uint64, now time.Time, d time.Duration) interval {
	i := interval{Type: "interval", Time: now.UTC().Format(time.RFC3339Nano), DurationNS: d.Nanoseconds(), Frames: n.frames - frames, Bytes: n.bytes - bytes}
	if d > 0 {
		i.FramesPerS = float64(i.Frames) / d.Seconds()
		i.BitsPerS = 8 * float64(i.Bytes) / d.Seconds()
	}
	return i
}

// printInterval writes one line a second.
func (s *session) printInterval(now time.Time, i interval) error {
	if s.printer.format == formatJSON {
		return json.NewEncoder(s.printer.out).Encode(i)
	}
	_, err := fmt.Fprintf(s.printer.out, "%s  %d frames  %.0f frames/s  %.3f Mbit/s\n", now.Format("15:04:05"), i.Frames, i.FramesPerS, i.BitsPerS/1e6)
	return err
}
