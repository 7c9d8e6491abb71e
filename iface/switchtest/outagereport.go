package switchtest

import (
	"cmp"
	"slices"
	"time"

	"eterm/frame/probe"
)

// The directions of a watch.
var directions = [2]string{"A to B", "B to A"}

// list puts a moment on the timeline, while there is room.
func (r *OutageReport) list(m Moment) {
	if len(r.Timeline) == mostMoments {
		r.Unlisted++
		return
	}
	r.Timeline = append(r.Timeline, m)
}

// outages puts the outages of both accounts on the timeline, and says which of
// them hosts had a part in that stalled or were not asked.
func (r *OutageReport) outages(stalls []Moment) {
	r.Stalls = len(stalls)
	for i, way := range r.Ways {
		for _, o := range way.Loss.Outages {
			if r.touched(o, i, stalls) {
				r.Touched++
			}
			m := Moment{At: r.Started, What: AnOutage, Way: directions[i], Frames: o.Frames, ByCount: time.Duration(o.ByCount), ByTime: time.Duration(o.ByTime)}
			if o.Start != 0 {
				m.At = time.Unix(0, o.Start)
			}
			if i == 0 && r.Peer != nil {
				m.Within = r.Peer.ClockWithin
			}
			r.list(m)
		}
		r.Unlisted += int(way.Loss.Bursts) - len(way.Loss.Outages)
	}
	slices.SortStableFunc(r.Timeline, func(a, b Moment) int { return cmp.Compare(a.At.UnixNano(), b.At.UnixNano()) })
}

// touched says whether a host stalled while an outage lasted, or the peer did
// not send what was to be counted.
func (r *OutageReport) touched(o probe.Outage, way int, stalls []Moment) bool {
	from := o.Start - r.Interval.Nanoseconds()
	to := o.Start + max(o.ByTime, o.ByCount) + r.Interval.Nanoseconds()
	for _, s := range stalls {
		at := s.At.UnixNano()
		if o.Start != 0 && at <= to && at+s.For.Nanoseconds() >= from && (s.What != Paused || way == 1) {
			return true
		}
	}
	return false
}
