package report

import (
	"fmt"
	"strings"

	"eterm/cmd/internal/result"
)

// overTime adds the strips of time: rates, loss and drops of this host, and
// the delay where it is known.
func (v *View) overTime() {
	byWay := map[string][]result.Interval{}
	var ways []string
	for _, i := range v.Doc.Intervals {
		name := clean(i.Direction)
		if byWay[name] == nil {
			ways = append(ways, name)
		}
		byWay[name] = append(byWay[name], i)
	}
	if len(ways) == 0 || len(ways) > 4 || len(v.Doc.Intervals) < 2 {
		return
	}
	for name, list := range byWay {
		if n := (len(list) + mostShown - 1) / mostShown; n > 1 {
			byWay[name] = result.Coarser(list, n)
		}
	}
	v.rates(ways, byWay)
	v.lossOverTime(ways, byWay)
	v.delayOverTime(ways, byWay)
}

// mostShown is how many intervals of a direction a page draws; more are put
// together.
const mostShown = 200

func seconds(ns int64) float64 { return float64(ns) / 1e9 }

func timeAxis() Axis {
	return Axis{Title: "time since the start", Name: func(s float64) string { return durationTick(s * 1e9) }}
}

// middle is where an interval is drawn.
func middle(i result.Interval) float64 { return seconds(i.AtNS + i.DurationNS/2) }

// perSecond is a count of an interval as a rate.
func perSecond(n float64, i result.Interval) float64 {
	if i.DurationNS <= 0 {
		return 0
	}
	return n / seconds(i.DurationNS)
}

func (v *View) rates(ways []string, byWay map[string][]result.Interval) {
	p := Plot{Title: "Rate over time", Desc: "Frames offered and received a second", X: timeAxis(), Y: Axis{Title: "frames/s"}, Events: v.events()}
	for _, way := range ways {
		offered, received := Series{Name: strings.TrimSpace(way + " offered")}, Series{Name: strings.TrimSpace(way + " received")}
		for _, i := range byWay[way] {
			if i.Offered != nil {
				offered.Points = append(offered.Points, Point{middle(i), perSecond(float64(*i.Offered), i)})
			}
			if i.Received != nil {
				received.Points = append(received.Points, Point{middle(i), perSecond(float64(*i.Received), i)})
			}
		}
		for _, s := range []Series{offered, received} {
			if len(s.Points) > 0 {
				p.Lines = append(p.Lines, s)
			}
		}
	}
	if len(p.Lines) > 0 {
		v.Figures = append(v.Figures, p.figure())
	}
}

func (v *View) lossOverTime(ways []string, byWay map[string][]result.Interval) {
	p := Plot{Title: "Loss over time", Desc: "Frames lost, and of them those that this host dropped; frames on the way between two intervals count in the second",
		X: timeAxis(), Y: Axis{Title: "frames"}, Events: v.events()}
	any := false
	for _, way := range ways {
		lost, dropped := Series{Name: strings.TrimSpace(way + " lost")}, Series{Name: strings.TrimSpace(way + " dropped by this host")}
		for _, i := range byWay[way] {
			if i.Lost != nil {
				lost.Points = append(lost.Points, Point{middle(i), float64(max(*i.Lost, 0))})
				any = any || *i.Lost > 0
			}
			if i.HostDropped != nil {
				dropped.Points = append(dropped.Points, Point{middle(i), float64(*i.HostDropped)})
				any = any || *i.HostDropped > 0
			}
		}
		for _, s := range []Series{lost, dropped} {
			if len(s.Points) > 0 {
				p.Lines = append(p.Lines, s)
			}
		}
	}
	if any && len(p.Lines) > 0 {
		v.Figures = append(v.Figures, p.figure())
	}
}

func (v *View) delayOverTime(ways []string, byWay map[string][]result.Interval) {
	p := Plot{Title: "Delay over time", Desc: "Percentiles of each interval", X: timeAxis(), Y: Axis{Title: "delay", Name: durationTick}}
	for _, way := range ways {
		var s [3]Series
		for n, name := range []string{"p50", "p99", "max"} {
			s[n].Name = strings.TrimSpace(way + " " + name)
		}
		for _, i := range byWay[way] {
			if d := i.Delay; d != nil {
				for n, ns := range []int64{d.P50, d.P99, d.Max} {
					s[n].Points = append(s[n].Points, Point{middle(i), float64(ns)})
				}
			}
		}
		if len(s[0].Points) > 0 {
			p.Lines = append(p.Lines, s[:]...)
		}
	}
	if len(p.Lines) > 0 {
		v.Figures = append(v.Figures, p.figure())
	}
}

// events are the outages and changes of the carrier of a watched switch.
func (v *View) events() (events []Event) {
	r, ok := v.Doc.Result.(*result.Outage)
	if !ok {
		return nil
	}
	const most = 300
	for _, m := range r.Timeline {
		if len(events) == most {
			break
		}
		at := m.At.Sub(v.Doc.Started).Seconds()
		if at < 0 || at > seconds(v.Doc.TookNS)+1 {
			continue
		}
		text := fmt.Sprintf("%s %s", m.What, or(m.Way, m.Port))
		events = append(events, Event{clean(text), at, at + max(m.ByTime, m.ByCount).Seconds()})
	}
	return events
}
