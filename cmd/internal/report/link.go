package report

import (
	"fmt"
	"time"

	"eterm/frame/ether"
	"eterm/frame/probe"
	"eterm/iface/linktest"
)

// link adds a link test.
func (v *View) link(t *linktest.Total) {
	ways := t.Directions
	if len(ways) == 0 {
		ways = []linktest.Result{t.Result}
	}
	var curves []namedHistogram
	account := Table{Title: "Frames", Head: []string{"", "offered", "received", "lost", "share", "duplicated", "reordered", "corrupted", "foreign"}}
	where := Table{Title: "Where frames were lost", Head: []string{"", "refused by the sender's kernel", "sender's NIC", "receive socket", "receiver's NIC", "on the way"}}
	for _, a := range ways {
		name := clean(a.Direction)
		account.Rows = append(account.Rows, []string{or(name, "all"), number(a.Offered), number(a.Received), number(a.Lost), share(a.Lost, a.Offered), number(a.Duplicated), number(a.Reordered), number(a.Corrupted), number(a.Foreign)})
		w := a.Where
		where.Rows = append(where.Rows, []string{or(name, "all"), number(w.Refused), number(w.SenderNIC), number(w.ReceiveSocket), number(w.ReceiveNIC), number(w.OnTheWay)})
		v.linkWay(name, a)
		if r := a.Receiver; r != nil && r.Report.Delay.Histogram != "" {
			curves = append(curves, namedHistogram{or(name, "delay"), r.Report.Delay.Histogram})
		}
	}
	v.Tables = append(v.Tables, account)
	if t.Receiver != nil || len(t.Directions) > 0 {
		v.Tables = append(v.Tables, where)
	}
	v.delayTable(ways)
	v.outages(ways)
	v.lineRate(t)
	v.tail(curves)
	if r := t.RTT; r != nil {
		v.delay("round trip", "p50", r.P50, float64(r.P50)*1e-3)
		v.delay("round trip", "p99", r.P99, float64(r.P99)*1e-3)
	}
}

// linkWay adds the account of one direction.
func (v *View) linkWay(name string, a linktest.Result) {
	for _, c := range []struct {
		name   string
		n      uint64
		better int
	}{
		{"offered", a.Offered, 0}, {"received", a.Received, 0}, {"lost", a.Lost, -1}, {"lost_local", a.LostLocal, -1}, {"lost_on_the_way", a.OnTheWay, -1},
		{"duplicated", a.Duplicated, -1}, {"reordered", a.Reordered, -1}, {"corrupted", a.Corrupted, -1}, {"never_offered", a.NeverOffered, -1},
	} {
		v.count(name, c.name, c.n, c.better)
	}
	v.zero(inWay("Lost by the hosts", name), a.LostLocal)
	v.zero(inWay("Intended and never offered", name), a.NeverOffered)
	if s := a.Sender; s != nil {
		v.rate(name, "offered_rate", "frames/s", s.OfferedRate, 0)
		asked := "as fast as the port took frames"
		if s.AskedRate > 0 {
			asked = fmt.Sprintf("%s of %sframes/s asked", digits(100*s.OfferedRate/s.AskedRate)+" %", si(s.AskedRate))
		}
		v.check(inWay("Rate kept", name), fmt.Sprintf("%sframes/s, %s", si(s.OfferedRate), asked), Sound)
		if s.AskedRate > 0 {
			v.check(inWay("Pacing error", name), fmt.Sprintf("p50 %s, p99 %s, max %s", duration(s.PacingError.P50.Nanoseconds()), duration(s.PacingError.P99.Nanoseconds()), duration(s.PacingError.Max.Nanoseconds())), Sound)
		}
		v.check(inWay("Processor time of the sender", name), fmt.Sprintf("%s s", digits(s.CPU)), Sound)
	}
	r := a.Receiver
	if r == nil {
		v.check(inWay("Receiver", name), "its account is not known: only what this host sent is", Unknown)
		return
	}
	d := r.Report.Delay
	v.delays(name, d)
	v.check(inWay("Timestamps of the receiver", name), r.Clock, map[string]CheckState{"kernel": Sound, "hardware": Sound}[r.Clock])
	switch {
	case d.Kind == "variation":
		v.check(inWay("Clocks", name), fmt.Sprintf("two, %s ppm apart: delay variation is uncertain by %s", digits(d.Skew), duration(d.Uncertainty)), Sound)
	case d.Negative > 0:
		v.check(inWay("Clocks", name), number(d.Negative)+" frames came before they were sent: the clocks are not shared", Doubtful)
	case d.Kind == "one_way":
		v.check(inWay("Clocks", name), "one, read at both ends: delay is one way", Sound)
	}
}

// inWay names a check of a direction.
func inWay(check, direction string) string {
	if direction == "" {
		return check
	}
	return check + ", " + direction
}

// delayTable adds the distributions.
func (v *View) delayTable(ways []linktest.Result) {
	t := Table{Title: "Delay", Head: []string{"", "kind", "min", "p50", "p90", "p99", "p99.9", "max"}}
	for _, a := range ways {
		if a.Receiver == nil {
			continue
		}
		d := a.Receiver.Report.Delay
		if kind := delayKinds[d.Kind]; kind != "" {
			t.Rows = append(t.Rows, []string{or(clean(a.Direction), "all"), kind, duration(d.Min), duration(d.P50), duration(d.P90), duration(d.P99), duration(d.P999), duration(d.Max)})
		}
		if d.Sampled {
			t.Note = "Percentiles are of 16384 frames chosen at random."
		}
	}
	if len(t.Rows) > 0 {
		v.Tables = append(v.Tables, t)
	}
}

var delayKinds = map[string]string{"one_way": "one way", "variation": "variation (RFC 5481)"}

// mostOutages is how many outages a page lists.
const mostOutages = 100

// outages lists bursts of loss.
func (v *View) outages(ways []linktest.Result) {
	var rows [][]string
	for _, a := range ways {
		if a.Receiver != nil {
			rows = append(rows, outageRows(clean(a.Direction), a.Receiver.Report.Loss)...)
		}
	}
	v.outageTable(rows)
}

func (v *View) outageTable(rows [][]string) {
	if len(rows) == 0 {
		return
	}
	t := Table{Title: "Bursts of loss (RFC 6201)", Head: []string{"", "after", "first number", "frames", "by count", "by time"}, Rows: rows}
	if len(rows) > mostOutages {
		t.Rows, t.Note = rows[:mostOutages], fmt.Sprintf("The first %d of %d.", mostOutages, len(rows))
	}
	v.Tables = append(v.Tables, t)
}

func outageRows(name string, l probe.Loss) (rows [][]string) {
	for _, o := range l.Outages {
		at := "the start"
		if o.Start > 0 {
			at = time.Unix(0, o.Start).UTC().Format("15:04:05.000000")
		}
		rows = append(rows, []string{name, at, number(o.First), number(o.Frames), known(o.ByCount), known(o.ByTime)})
	}
	return rows
}

// known is a time, or that it is not known.
func known(ns int64) string {
	if ns <= 0 {
		return "not known"
	}
	return duration(ns)
}

// lineRate draws the rates beside what the line carries at most.
func (v *View) lineRate(t *linktest.Total) {
	d := v.Doc
	if d.Load == nil || len(d.Load.Sizes) != 1 || len(d.Ports) == 0 || d.Ports[0].SpeedBPS == 0 || d.TookNS <= 0 {
		return
	}
	size := d.Load.Sizes[0]
	if size <= 0 || size > 1<<20 {
		return
	}
	line := float64(d.Ports[0].SpeedBPS) / float64(8*ether.WireLen(size-ether.FCSLen))
	b := Bars{Title: "Rate beside the line's", X: Axis{Title: fmt.Sprintf("frames of %d bytes", size)}, Y: Axis{Title: "frames/s"}, Names: []string{"offered", "received"},
		Desc: fmt.Sprintf("Bars of the rates offered and received; the mark is the line rate, %s frames/s", grouped(line))}
	ways := t.Directions
	if len(ways) == 0 {
		ways = []linktest.Result{t.Result}
	}
	for _, a := range ways {
		if a.Sender == nil || a.Receiver == nil {
			continue
		}
		received := 0.0
		if a.Offered > 0 {
			received = a.Sender.OfferedRate * float64(a.Received) / float64(a.Offered)
		}
		b.Groups = append(b.Groups, BarGroup{or(clean(a.Direction), "all"), []float64{a.Sender.OfferedRate, received}, line})
	}
	if len(b.Groups) > 0 {
		v.Figures = append(v.Figures, b.figure("line rate"))
	}
}
