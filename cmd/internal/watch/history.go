package watch

import (
	"slices"
	"time"

	"eterm/frame/stats"
)

// mostSeconds is how much of a run a screen remembers: ten minutes, which is more
// than the columns of any terminal.
const mostSeconds = 600

// second is what happened in a second of one direction. What is not known is
// negative.
type second struct {
	offered, received, bytes float64 // a second
	dropped                  float64 // by the host, a second
	delay                    *stats.Percentiles
	missing                  float64 // seen to be, a second
}

// What a second comes to on the outage strip.
const (
	stripUnknown = ' ' // nothing was offered, or that is not known
	stripFine    = '.'
	stripSome    = 'o' // some of what was offered did not come
	stripOutage  = 'X' // nothing came
	stripHost    = 'h' // this host dropped frames
)

// mark is the second's place on the strip.
func (s second) mark() rune {
	switch {
	case s.dropped > 0:
		return stripHost
	case s.offered <= 0 || s.received < 0:
		return stripUnknown
	case s.received == 0 && s.offered >= manyFrames:
		return stripOutage
	case s.missing > 0:
		return stripSome
	}
	return stripFine
}

// manyFrames is of how many frames a second one has to come, for a second without
// any to be called an outage: of fewer the answers may be on the way.
const manyFrames = 10

// lane is one direction of a run, as a screen shows it.
type lane struct {
	now     stats.SoFar
	seconds []second // the newest last
}

// history is what a screen knows of a run.
type history struct {
	began time.Time
	at    time.Time // of the newest second
	lanes []*lane
}

// take adds a second.
func (h *history) take(now time.Time, all []stats.SoFar) {
	length := now.Sub(h.at).Seconds()
	if length <= 0 {
		return
	}
	h.at = now
	var lanes []*lane
	for _, s := range all {
		l := &lane{now: stats.SoFar{Direction: s.Direction}}
		if i := slices.IndexFunc(h.lanes, func(l *lane) bool { return l.now.Direction == s.Direction }); i >= 0 {
			l = h.lanes[i]
		}
		l.take(s, length)
		lanes = append(lanes, l)
	}
	h.lanes = lanes
}

func (l *lane) take(s stats.SoFar, length float64) {
	rate := func(now, before *uint64) float64 {
		switch {
		case now == nil:
			return -1
		case before == nil || *before > *now: // it begins, or began anew
			return float64(*now) / length
		}
		return float64(*now-*before) / length
	}
	l.seconds = append(l.seconds, second{
		offered: rate(s.Offered, l.now.Offered), received: rate(s.Received, l.now.Received), bytes: rate(s.Bytes, l.now.Bytes),
		dropped: rate(s.HostDropped, l.now.HostDropped), missing: rate(s.Missing, l.now.Missing), delay: s.Delay,
	})
	if len(l.seconds) > mostSeconds {
		l.seconds = append(l.seconds[:0], l.seconds[len(l.seconds)-mostSeconds:]...)
	}
	if s.Delay == nil {
		s.Delay = l.now.Delay // the last that was known
	}
	l.now = s
}

// copied is a history that does not change any more.
func (h *history) copied() history {
	c := *h
	c.lanes = nil
	for _, l := range h.lanes {
		c.lanes = append(c.lanes, &lane{now: l.now, seconds: append([]second(nil), l.seconds...)})
	}
	return c
}

// lost is how many frames are missing on the way, and not dropped by the host that
// receives. Those that are late are among them until they come.
func (l *lane) lost() (n uint64, known bool) {
	if l.now.Missing == nil {
		return 0, false
	}
	n = *l.now.Missing
	if l.now.HostDropped != nil {
		n -= min(n, *l.now.HostDropped)
	}
	return n, true
}
