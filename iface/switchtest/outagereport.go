package switchtest

import (
	"cmp"
	"slices"
	"time"

	"eterm/frame/probe"
)

// OutageReport is the result of a watch.
type OutageReport struct {
	Started  time.Time     `json:"started"`
	Took     time.Duration `json:"took_ns"`
	Interval time.Duration `json:"interval_ns"`
	// Timeline is what happened, in order. Unlisted moments found no room.
	Timeline []Moment `json:"timeline"`
	Unlisted int      `json:"unlisted"`
	// Ways are the accounts of A to B and of B to A.
	Ways     [2]probe.Report `json:"ways"`
	HostLost uint64          `json:"dropped_by_host"`
	// Forged is how many frames had a mark of this watch and not the seal of the
	// key.
	Forged uint64 `json:"forged"`
	// Stalls is how often this host was so late that frames were not sent in
	// time, and Touched how many outages have such a time in them: what those
	// measure is not the switch alone.
	Stalls  int `json:"stalls"`
	Touched int `json:"outages_touched_by_stalls"`
	// SetDown is how often the interface of A and that of B was set down on this
	// host: what was not sent or received then is no outage of the switch.
	SetDown [2]uint64 `json:"set_down"`
	// Peer is of a watch between two machines, else nil.
	Peer *OutagePeer `json:"peer,omitempty"`
}

// OutagePeer is the other machine's part in a watch. HostLost, Forged, Stalls,
// Touched and SetDown of the report are of both machines.
type OutagePeer struct {
	MAC string `json:"mac"`
	// Heard: its account came. If not, what became of the frames to it is not
	// known; Ways[0] has what it told last.
	Heard bool `json:"account_heard"`
	// Paused is how many frames it did not send because it was not asked. They
	// have no numbers and count nowhere as lost.
	Paused uint64 `json:"not_sent"`
	// ClockWithin is how well its clock is known here: times of outages to it,
	// and of what happened there, may be so far off. Lengths are not.
	ClockWithin time.Duration `json:"clock_within_ns"`
}

// Lost is how many frames were lost both ways.
func (r *OutageReport) Lost() uint64 { return r.Ways[0].Loss.Lost + r.Ways[1].Loss.Lost }

// mostMoments bounds a timeline.
const mostMoments = 10000

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
