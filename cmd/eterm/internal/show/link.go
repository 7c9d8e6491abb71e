package show

import (
	"fmt"
	"sync"
	"time"

	"eterm/frame/probe"
	"eterm/iface/linktest"
)

// LinkInterval is how far a link test is, each second (link).
type LinkInterval struct {
	Type string `json:"type"` // "interval"
	// RFC 3339 with nanoseconds, UTC
	Time string `json:"time"`
	// number of the run
	Session uint32 `json:"session,omitempty"`
	// frames offered so far, of both directions
	Offered uint64 `json:"offered,omitempty"`
	// frames received so far, of both directions
	Received uint64 `json:"received,omitempty"`
	// frames that should have been received so far
	Expected uint64 `json:"expected,omitempty"`
}

// Link prints a link test: lines while it runs, results at the end. Those are
// kept too, by whoever prints them as JSON.
type Link struct {
	JSON, Quiet bool

	mu       sync.Mutex
	out      *Output
	keep     func(linktest.Total) error
	messages *Messages
	status   int
}

// Open says where everything goes. keep is called for each result.
func (o *Link) Open(out *Output, messages *Messages, keep func(linktest.Total) error) {
	o.out, o.messages, o.keep = out, messages, keep
}

// Status is the worst exit status of the results so far.
func (o *Link) Status() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.status
}

// Interval shows how far a test is: in place on a terminal, a line each second
// elsewhere.
func (o *Link) Interval(i LinkInterval, text string) {
	now := time.Now()
	i.Type, i.Time = "interval", jsonTime(now)
	switch {
	case o.Quiet:
	case o.JSON:
		_ = o.out.JSON(i)
	case o.messages.IsLive():
		o.messages.Live("%s", text)
	default:
		_ = o.out.Line("%s  %s", now.Format("15:04:05"), text)
	}
}

// Run prints the result of one run, whatever it is called; of one in which only
// the sender is known, Sender.
func (o *Link) Run(name string, r linktest.Result) error {
	return o.result(linktest.Total{Result: r}, func(p linePrinter) { p.result(name, r) })
}

// Sender prints what a sender alone can say of its run.
func (o *Link) Sender(name string, r linktest.Result) error {
	return o.result(linktest.Total{Result: r}, func(p linePrinter) {
		p.line("%s: %d offered, %d refused by this host's kernel", name, r.Offered, r.Refused)
		p.sender(r)
		p.verdict(r.Verdict)
	})
}

// Total prints the results of all directions; names are those to print instead of
// the directions'.
func (o *Link) Total(t linktest.Total, names ...string) error {
	return o.result(t, func(p linePrinter) {
		results := t.Directions
		if len(results) == 0 {
			results = []linktest.Result{t.Result}
		}
		for i, a := range results {
			name := a.Direction
			if i < len(names) {
				name = names[i]
			}
			p.result(name, a)
		}
		if r := t.RTT; r != nil {
			p.line("round trip: %d measured, %d lost, min %v, p50 %v, p99 %v, max %v", r.Count, r.Lost, ns(r.Min), ns(r.P50), ns(r.P99), ns(r.Max))
		}
	})
}

// result keeps one result, and prints what text writes unless it is JSON.
func (o *Link) result(t linktest.Total, text func(linePrinter)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.messages.Clear()
	o.status = max(o.status, t.Verdict.Status)
	if err := o.keep(t); err != nil {
		return err
	}
	if !o.JSON {
		text(linePrinter{o.out})
	}
	return o.out.Err()
}

// linePrinter prints the account of one direction.
type linePrinter struct{ out *Output }

func (p linePrinter) line(format string, args ...any) { _ = p.out.Line(format, args...) }

// item prints a line with a key; an empty key goes on with the one above.
func (p linePrinter) item(key, format string, args ...any) {
	_ = p.out.Item("  ", 11, key, fmt.Sprintf(format, args...))
}

func (p linePrinter) result(name string, a linktest.Result) {
	if a.Receiver == nil {
		p.line("%s: %d offered, what was received is not known", name, a.Offered)
		p.sender(a)
		p.verdict(a.Verdict)
		return
	}
	p.line("%s: %d offered, %d received, %d lost (%s), %d duplicated, %d reordered, %d corrupted",
		name, a.Offered, a.Received, a.Lost, share(a.Lost, a.Offered), a.Duplicated, a.Reordered, a.Corrupted)
	p.sender(a)
	r := a.Receiver.Report
	where := a.Where
	p.item("lost", "%d: refused by the sender's kernel %d, sender's NIC %d, receive socket %d, receiver's NIC %d, on the way %d",
		a.Lost, where.Refused, where.SenderNIC, where.ReceiveSocket, where.ReceiveNIC, where.OnTheWay)
	for _, w := range []struct {
		n    uint64
		text string
	}{{where.Withheld, "withheld by the other end, which was not sure that we receive"}, {where.Uncounted, "not counted: too many runs at a time"},
		{where.BeforeListening, "sent before the receiver listened"}} {
		if w.n > 0 {
			p.item("", "%d of these %s", w.n, w.text)
		}
	}
	switch {
	case a.NotKnown > 0 && a.Receiver.Stopped:
		p.item("not known", "%d were to come when this receiver was stopped", a.NotKnown)
	case a.NotKnown > 0:
		p.item("not known", "%d lost or never sent: the sender's end was not heard", a.NotKnown)
	}
	p.loss(r.Loss)
	p.sizes(a.Sizes)
	if a.Duplicated > 0 {
		p.item("duplicated", "%d, %v to %v after the first", a.Duplicated, ns(r.Behind.Min), ns(r.Behind.Max))
	}
	if a.Reordered > 0 {
		p.item("reordered", "%d in %s, by up to %s and %v", a.Reordered, Count(r.Runs, "run"), Count(r.MaxExtent, "frame"), ns(r.MaxTime))
	}
	if a.ByHost > 0 {
		p.item("", "%d more by this host, in whose order they did not arrive", a.ByHost)
	}
	p.damage(r.Damage)
	p.tags(a.Receiver)
	if a.Foreign > 0 {
		p.item("foreign", "%s", Count(a.Foreign, "other frame"))
	}
	p.delay(r.Delay)
	if len(r.Each) > 1 {
		for _, s := range r.Each {
			p.item("stream", "%d: %d expected, %d received, %d lost, %d duplicated, %d reordered", s.Stream, s.Expected, s.Received, s.Loss.Lost, s.Duplicated, s.Reordered)
		}
	}
	p.verdict(a.Verdict)
}

func (p linePrinter) sender(a linktest.Result) {
	switch s := a.Sender; {
	case s != nil && s.AskedRate > 0:
		p.item("offered", "%d of %d intended, %.1f a second where %.1f were asked for, pacing error p50 %v, p99 %v, max %v", a.Offered, a.Intended, s.OfferedRate, s.AskedRate, s.PacingError.P50, s.PacingError.P99, s.PacingError.Max)
	case s != nil:
		p.item("offered", "%d, %.1f a second, as fast as the port took them", a.Offered, s.OfferedRate)
	case a.OfferedKnown == "end":
		p.item("offered", "%d of %d intended, says the sender", a.Offered, a.Intended)
	case a.OfferedKnown == "plan":
		p.item("offered", "%d by the sender's plan, up to number %d for sure; its end was not heard", a.Intended, a.Offered)
	default:
		p.item("offered", "not known: neither the sender's plan nor its end was heard, only up to the last frame")
	}
}

func (p linePrinter) loss(l probe.Loss) {
	if l.Lost == 0 {
		return
	}
	p.item("", "in %s, the longest of %s; first number %d, last %d", Count(l.Bursts, "burst"), Count(l.Longest, "frame"), l.First, l.Last)
	const shown = 5
	for i, o := range l.Outages {
		if i == shown {
			p.item("", "and %d more (--json has up to %d)", l.Bursts-shown, probe.MaxOutages)
			return
		}
		at := "at the start"
		if o.Start > 0 {
			at = "after " + time.Unix(0, o.Start).Format("15:04:05.000000")
		}
		by := ""
		if o.ByCount > 0 {
			by += fmt.Sprintf(", %v by count", ns(o.ByCount))
		}
		if o.ByTime > 0 {
			by += fmt.Sprintf(", %v by time", ns(o.ByTime))
		}
		p.item("", "outage %s: %s from number %d%s", at, Count(o.Frames, "frame"), o.First, by)
	}
}

// sizes prints the loss by size: sizes beside each other that fared alike in one row.
func (p linePrinter) sizes(all []linktest.SizeAccount) {
	lost := uint64(0)
	for _, a := range all {
		lost += a.Lost
	}
	if lost == 0 {
		return
	}
	fate := func(a linktest.SizeAccount) int {
		switch a.Lost {
		case 0:
			return 0
		case a.Offered:
			return 2
		}
		return 1
	}
	for i := 0; i < len(all); {
		row := all[i]
		j := i + 1
		for ; j < len(all) && (len(all) > mostSizeRows && fate(all[j]) == fate(all[i])); j++ {
			row.Offered, row.Received, row.Lost = row.Offered+all[j].Offered, row.Received+all[j].Received, row.Lost+all[j].Lost
		}
		name := fmt.Sprint(row.Size)
		if last := all[j-1].Size; last != row.Size {
			name += fmt.Sprintf("..%d", last)
		}
		p.item("size", "%-10s %d offered, %d received, %d lost (%s)", name, row.Offered, row.Received, row.Lost, share(row.Lost, row.Offered))
		i = j
	}
}

// mostSizeRows is up to how many sizes have a row each.
const mostSizeRows = 12

func (p linePrinter) verdict(v linktest.Verdict) {
	for _, why := range v.Exceeded {
		p.item("failed", "%s", why)
	}
	for _, why := range v.Untrusted {
		p.item("doubtful", "%s", why)
	}
}

func share(n, of uint64) string {
	if of == 0 {
		return "0 %"
	}
	return fmt.Sprintf("%.4g %%", 100*float64(n)/float64(of))
}

func ns(n int64) time.Duration { return time.Duration(n) }
