package show

import (
	"fmt"
	"time"

	"eterm/iface/switchtest"
)

// Moment is something that happened while a switch was watched (switch outage).
type Moment struct {
	Type string `json:"type"` // "moment"
	switchtest.Moment
}

// Moment prints what happens, as it happens: on out as JSON, else in words on
// messages.
func (o *Output) Moment(m switchtest.Moment, messages *Messages, asJSON bool) {
	if asJSON {
		_ = o.JSON(Moment{"moment", m})
		return
	}
	messages.Note("%s", momentText(m))
}

// momentText is a moment in one line.
func momentText(m switchtest.Moment) string {
	text := m.At.Format("15:04:05.000") + "  "
	switch {
	case m.What == switchtest.AnOutage && m.ByTime == 0:
		return text + fmt.Sprintf("%s  outage of %s, %v by count; nothing came after it", m.Way, Count(m.Frames, "frame"), m.ByCount.Round(time.Millisecond))
	case m.What == switchtest.AnOutage:
		return text + fmt.Sprintf("%s  outage of %s, %v by count, %v by time", m.Way, Count(m.Frames, "frame"), m.ByCount.Round(time.Millisecond), m.ByTime.Round(time.Millisecond))
	case m.For > 0:
		return text + fmt.Sprintf("%s for %v", m.What, m.For.Round(time.Millisecond))
	case m.Way != "":
		return text + m.Way + "  " + m.What
	}
	return text + "port " + m.Port + "  " + m.What
}

// Outage prints the report of a watch.
func (o *Output) Outage(r *switchtest.OutageReport) error {
	for _, m := range r.Timeline {
		if err := o.Line("%s", momentText(m)); err != nil {
			return err
		}
	}
	if r.Unlisted > 0 {
		_ = o.Line("and %d more", r.Unlisted)
	}
	for i, way := range []string{"A to B", "B to A"} {
		y := r.Ways[i]
		if i == 0 && r.Peer != nil && !r.Peer.Heard {
			_ = o.Line("%s: %d sent; what arrived is not known but of %d", way, y.Expected+y.NotKnown, y.Received)
			continue
		}
		_ = o.Line("%s: %d sent, %d received, %d lost in %s, %d twice, %d out of order; one frame each %v for %v",
			way, y.Expected, y.Received, y.Loss.Lost, Count(y.Loss.Bursts, "outage"), y.Duplicated, y.Reordered, r.Interval, r.Took.Round(time.Millisecond))
	}
	if p := r.Peer; p != nil {
		_ = o.Line("B is %s; times of outages to it are within %v", p.MAC, p.ClockWithin.Round(time.Microsecond))
		if p.Paused > 0 {
			_ = o.Line("B to A: %s not sent while the peer was not asked", Count(p.Paused, "frame"))
		}
	}
	return o.Err()
}
