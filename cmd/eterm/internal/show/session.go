package show

import (
	"fmt"
	"slices"
	"time"

	"eterm/frame/ether"
	"eterm/frame/stats"
	"eterm/iface"
)

// Summary is the last object of exchange, broadcast and listen.
type Summary struct {
	Type string `json:"type"` // "summary"
	// frames sent
	Sent uint64 `json:"sent"`
	// frames received
	Received uint64 `json:"received"`
	// frames this host's kernel did not take
	Refused uint64 `json:"refused"`
	// frames that arrived and found no room in this host
	DroppedByHost uint64 `json:"dropped_by_host"`
	// frames received that have faults; only where frames are shown
	Faulty *uint64 `json:"faulty,omitempty"`
	// length of the run
	DurationNS int64 `json:"duration_ns"`
	// the whole account of the port
	Counters *iface.Counters `json:"counters,omitempty"`
	// what changed in the driver's own statistics (ethtool -S)
	Driver map[string]uint64 `json:"driver,omitempty"`
	*Statistics
}

// Statistics is what frames were (listen -q).
type Statistics struct {
	// bytes on the wire without FCS
	Bytes uint64 `json:"bytes"`
	// frames by EtherType behind all tags
	ByType map[string]uint64 `json:"by_ethertype"`
	// frames by VLAN of the outer tag
	ByVLAN map[string]uint64 `json:"by_vlan"`
	// frames by source address
	BySource map[string]uint64 `json:"by_source"`
	// frames of sources beyond 4,096
	OtherSources uint64 `json:"other_sources"`
}

// NewStatistics are counts as they are shown.
func NewStatistics(c stats.Counts) *Statistics {
	s := &Statistics{Bytes: c.Bytes, ByType: map[string]uint64{}, ByVLAN: map[string]uint64{}, BySource: map[string]uint64{}, OtherSources: c.OtherSources}
	for t, n := range c.ByType {
		s.ByType[string(appendEtherType(nil, t))] = n
	}
	for id, n := range c.ByVLAN {
		s.ByVLAN[fmt.Sprint(id)] = n
	}
	for source, n := range c.BySource {
		s.BySource[source.String()] = n
	}
	return s
}

// Summary prints how a session ended: on out as JSON, else in words on messages.
func (o *Output) Summary(s Summary, messages *Messages, asJSON bool) error {
	if asJSON {
		s.Type = "summary"
		return o.JSON(s)
	}
	if s.Statistics != nil {
		if err := o.statistics(s.Statistics, s.Received); err != nil {
			return err
		}
	}
	faulty := ""
	if s.Faulty != nil && *s.Faulty > 0 {
		faulty = fmt.Sprintf(", %d faulty", *s.Faulty)
	}
	messages.Note("%d sent, %d received%s, %d refused, %d dropped by this host", s.Sent, s.Received, faulty, s.Refused, s.DroppedByHost)
	return nil
}

// statistics prints totals, the most frequent of each kind first.
func (o *Output) statistics(s *Statistics, frames uint64) error {
	_ = o.Line("%s, %s", Count(frames, "frame"), Count(s.Bytes, "byte"))
	for _, group := range []struct {
		name string
		by   map[string]uint64
	}{{"ethertype", s.ByType}, {"vlan", s.ByVLAN}, {"source", s.BySource}} {
		for i, key := range mostFrequent(group.by) {
			if i == shownOfAKind {
				_ = o.Line("%-9s  and %d more", group.name, len(group.by)-i)
				break
			}
			_ = o.Line("%-9s  %-17s  %d", group.name, key, group.by[key])
		}
	}
	if s.OtherSources > 0 {
		_ = o.Line("source     all others         %d", s.OtherSources)
	}
	return o.Err()
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

// Interval is what was received since the interval before (listen -q).
type Interval struct {
	Type string `json:"type"` // "interval"
	// RFC 3339 with nanoseconds, UTC: its end
	Time string `json:"time"`
	// its length
	DurationNS int64 `json:"duration_ns"`
	// frames
	Frames uint64 `json:"frames"`
	// bytes on the wire without FCS
	Bytes uint64 `json:"bytes"`
	// frames a second
	FramesPerS float64 `json:"frames_per_s"`
	// bits of the frames a second
	BitsPerS float64 `json:"bits_per_s"`
}

// Interval prints what was counted in the time up to now.
func (o *Output) Interval(frames, bytes uint64, now time.Time, d time.Duration, asJSON bool) error {
	i := Interval{Type: "interval", Time: jsonTime(now), DurationNS: d.Nanoseconds(), Frames: frames, Bytes: bytes}
	if d > 0 {
		i.FramesPerS = float64(frames) / d.Seconds()
		i.BitsPerS = 8 * float64(bytes) / d.Seconds()
	}
	if asJSON {
		return o.JSON(i)
	}
	return o.Line("%s  %s  %.0f frames/s  %.3f Mbit/s", now.Format("15:04:05"), Count(i.Frames, "frame"), i.FramesPerS, i.BitsPerS/1e6)
}

func appendMAC(dst, mac []byte) []byte { return ether.Addr(mac).Append(dst) }
