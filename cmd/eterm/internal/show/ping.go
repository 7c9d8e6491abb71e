package show

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"eterm/iface/reach"
)

// PingOptions say what a Ping prints, and how.
type PingOptions struct {
	Interface string
	From      string // our address in the header
	JSON      bool
	Quiet     bool // results only
}

// Ping prints what happens to echo requests, in the words ping's users know. The
// error of writing is the Output's.
type Ping struct {
	PingOptions
	out    *Output
	config reach.Config
}

// NewPing prints a run of that configuration.
func NewPing(out *Output, config reach.Config, o PingOptions) *Ping {
	return &Ping{PingOptions: o, out: out, config: config}
}

// Header says what is asked, and from whom.
func (o *Ping) Header() {
	if o.JSON {
		return
	}
	what := "ICMP echo"
	switch o.config.Protocol {
	case reach.InBand:
		what = "eterm echo, EtherType 0x88b5"
	case reach.LLC:
		what = "LLC TEST"
	case reach.LBM:
		what = fmt.Sprintf("802.1ag loopback, level %d", o.config.Level)
	}
	first := o.config.Targets[0]
	names := first.Name
	if o.config.Protocol == reach.ICMP {
		if ip := first.IP.String(); ip != names {
			names += " (" + ip + ")"
		}
	}
	if n := len(o.config.Targets); n > 1 {
		names += fmt.Sprintf(" and %d more", n-1)
	}
	_ = o.out.Line("PING %s from %s %s: %s, identifier 0x%04x", names, o.From, o.Interface, what, o.config.ID)
}

// Event prints one event, if it is to be printed.
func (o *Ping) Event(e reach.Event) {
	switch {
	case o.Quiet:
	case o.JSON:
		o.eventJSON(e)
	case o.config.Flood && e.Kind == reach.Answered && e.Damage == nil:
	default:
		o.eventText(e)
	}
}

func (o *Ping) eventText(e reach.Event) {
	number := fmt.Sprintf("%s=%d", o.label(), uint16(e.Seq))
	switch e.Kind {
	case reach.Answered, reach.Duplicated:
		o.answer(e, number)
	case reach.BadSum:
		o.line("from %s: %s: reply with a wrong checksum, not counted", who(e), number)
	case reach.Complained:
		o.line("From %s %s %s%s", who(e), number, e.Complaint, complaintDetail(e.Complaint))
	case reach.Unresolved:
		o.line("%s: no reply to %s for %s, request not sent", number, Resolution(e.From), e.From)
	case reach.Refused:
		o.line("%s: request to %s refused by this host: %s", number, o.config.Targets[e.Target].Name, e.Err)
	case reach.Conflict:
		o.line("conflict: %s is claimed by %s and by %s", e.From, e.MAC, e.Other)
	case reach.Moved:
		o.line("%s moved from %s to %s", e.From, e.Other, e.MAC)
	}
}

func (o *Ping) line(format string, args ...any) { _ = o.out.Line(format, args...) }

// label is what ping calls a sequence number.
func (o *Ping) label() string {
	if o.config.Protocol == reach.ICMP {
		return "icmp_seq"
	}
	return o.config.Protocol.String() + "_seq"
}

func (o *Ping) answer(e reach.Event, number string) {
	var b strings.Builder
	fmt.Fprintf(&b, "%d bytes from %s: %s", e.Length, who(e), number)
	if o.config.Protocol == reach.ICMP {
		fmt.Fprintf(&b, " ttl=%d", e.TTL)
	}
	fmt.Fprintf(&b, " time=%s ms", milliseconds(e.RTT))
	if t := o.config.Targets[e.Target]; t.IP.IsValid() && e.From != t.IP {
		b.WriteString(" (DIFFERENT ADDRESS!)")
	}
	for _, mark := range []struct {
		on   bool
		text string
	}{{e.Kind == reach.Duplicated, "DUP!"}, {e.Late, "late"}, {e.Reordered, "out of order"}} {
		if mark.on {
			b.WriteString(" (" + mark.text + ")")
		}
	}
	o.line("%s", &b)
	if e.Damage != nil {
		o.line("%s", damageText(e.Damage))
	}
}

func damageText(d *reach.Damage) string {
	switch {
	case d.Length < d.Sent && d.Offset == d.Length:
		return fmt.Sprintf("wrong data: cut to %d of %d bytes", d.Length, d.Sent)
	case d.Length > d.Sent && d.Offset == d.Sent:
		return fmt.Sprintf("wrong data: %d bytes were sent, %d came back", d.Sent, d.Length)
	}
	return fmt.Sprintf("wrong data byte #%d should be 0x%02x but was 0x%02x", d.Offset, d.Want, d.Got)
}

func complaintDetail(c reach.Complaint) string {
	switch {
	case c.MTU > 0:
		return fmt.Sprintf(" (mtu = %d)", c.MTU)
	case c.Gateway.IsValid():
		return fmt.Sprintf(" (new nexthop: %s)", c.Gateway)
	}
	return ""
}

// who is the sender of an answer.
func who(e reach.Event) string {
	if e.From.IsValid() {
		return e.From.String()
	}
	return e.MAC.String()
}

// Resolution is what an address is asked for by.
func Resolution(a netip.Addr) string {
	if a.Is4() {
		return "ARP"
	}
	return "neighbour discovery"
}

// milliseconds prints a round trip with as many digits as ping does.
func milliseconds(d time.Duration) string {
	ms := float64(d) / 1e6
	switch {
	case ms >= 100:
		return fmt.Sprintf("%.0f", ms)
	case ms >= 10:
		return fmt.Sprintf("%.1f", ms)
	case ms >= 1:
		return fmt.Sprintf("%.2f", ms)
	}
	return fmt.Sprintf("%.3f", ms)
}

// End prints the results, unless they go into a document.
func (o *Ping) End(r reach.Result) {
	if o.JSON {
		return
	}
	several := len(r.Targets) > 1
	for i := range r.Targets {
		name := o.config.Targets[i].Name
		if several {
			o.resultLine(i, name, &r.Targets[i])
			continue
		}
		o.resultText(name, &r.Targets[i], r.Elapsed)
	}
	if several {
		o.resultText(fmt.Sprintf("all %d", len(r.Targets)), &r.Total, r.Elapsed)
	}
}

// resultLine is the result of one target of several, as fping prints it.
func (o *Ping) resultLine(i int, name string, s *reach.Stats) {
	if i == 0 {
		o.line("")
	}
	text := fmt.Sprintf("%s : xmt/rcv/%%loss = %d/%d/%s%%", name, s.Sent+s.Unresolved, s.Received, percent(s.LossRatio()))
	if s.RTT.Count() > 0 {
		text += fmt.Sprintf(", min/avg/max = %s/%s/%s ms", milliseconds(s.RTT.Min()), milliseconds(s.RTT.Mean()), milliseconds(s.RTT.Max()))
	}
	for _, n := range []struct {
		count uint64
		what  string
	}{{s.Duplicates, Plural(s.Duplicates, "duplicate")}, {s.Damaged, "damaged"}, {s.Complaints, Plural(s.Complaints, "error")}, {s.Unresolved, "without an address"}} {
		if n.count > 0 {
			text += fmt.Sprintf(", %d %s", n.count, n.what)
		}
	}
	if s.Sizes != nil {
		text += ", " + sizesText(s.Sizes)
	}
	o.line("%s", text)
}

// sizesText says which frame sizes of a sweep, with FCS, came back.
func sizesText(s *reach.Sizes) string {
	text := "no size came back"
	largest, gaps := sweptSizes(s)
	if largest > 0 {
		text = fmt.Sprintf("largest that came back: %d", largest)
	}
	const most = 16
	for i, g := range gaps {
		switch {
		case i == 0:
			text += "; without a reply: "
		case i == most:
			return text + fmt.Sprintf(" and %d more ranges", len(gaps)-most)
		default:
			text += ", "
		}
		text += fmt.Sprint(g.From)
		if g.To > g.From {
			text += fmt.Sprintf("..%d", g.To)
		}
	}
	return text
}

func (o *Ping) resultText(name string, s *reach.Stats, elapsed time.Duration) {
	o.line("")
	o.line("--- %s ping statistics ---", name)
	text := fmt.Sprintf("%s transmitted, %d received", Count(s.Sent+s.Unresolved, "packet"), s.Received)
	if s.Duplicates > 0 {
		text += ", +" + Count(s.Duplicates, "duplicate")
	}
	if s.Complaints > 0 {
		text += ", +" + Count(s.Complaints, "error")
	}
	o.line("%s, %s%% packet loss, time %dms", text, percent(s.LossRatio()), elapsed.Milliseconds())
	text = fmt.Sprintf("%s, %d reordered, %d late, %d damaged, %d with a wrong checksum", Count(s.Duplicates, "duplicate"), s.Reordered, s.Late, s.Damaged, s.BadChecksum)
	if s.Unresolved+s.Refused > 0 {
		text += fmt.Sprintf(", %d without an address to send to, %d refused by this host", s.Unresolved, s.Refused)
	}
	o.line("%s", text)
	if s.Sizes != nil {
		_ = o.out.Item("", 0, "", sizesText(s.Sizes))
	}
	if s.RTT.Count() == 0 {
		return
	}
	ms := func(d time.Duration) string { return fmt.Sprintf("%.3f", float64(d)/1e6) }
	rtt := &s.RTT
	o.line("rtt min/avg/max/mdev = %s/%s/%s/%s ms", ms(rtt.Min()), ms(rtt.Mean()), ms(rtt.Max()), ms(rtt.Mdev()))
	if rtt.Percentile(50) > 0 {
		o.line("rtt p50/p90/p99/p99.9 = %s/%s/%s/%s ms (%s)",
			ms(rtt.Percentile(50)), ms(rtt.Percentile(90)), ms(rtt.Percentile(99)), ms(rtt.Percentile(99.9)), clocksText(rtt))
	}
}

// percent prints a ratio as ping does: whole where it is whole.
func percent(ratio float64) string {
	s := fmt.Sprintf("%.4f", 100*ratio)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

func clocksText(rtt *reach.Spread) string {
	switch rtt.Clocks() {
	case "user":
		return "between calls of this program: the interface gives no timestamps"
	}
	text := "between " + rtt.Clocks() + " timestamps"
	if n := rtt.Apart(); n > 0 {
		text += fmt.Sprintf("; %d more were measured by another clock and are left out", n)
	}
	return text
}
