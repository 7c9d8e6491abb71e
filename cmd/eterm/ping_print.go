package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface"
	"eterm/iface/reach"
)

// pingPrinter prints what happens to probes, in the words ping's users know.
type pingPrinter struct {
	out     io.Writer
	flags   *pinger
	targets []reach.Target
	config  reach.Config
	heard   []bool
	err     error // of writing
}

func newPingPrinter(out io.Writer, p *pinger, config reach.Config) *pingPrinter {
	return &pingPrinter{out: out, flags: p, targets: config.Targets, config: config, heard: make([]bool, len(config.Targets))}
}

// header says what is asked, and from whom.
func (o *pingPrinter) header(at *place) error {
	if o.flags.jsonOut {
		return nil
	}
	what, from := "ICMP echo", at.MAC.String()
	switch o.config.Protocol {
	case reach.InBand:
		what = "eterm echo, EtherType 0x88b5"
	case reach.LLC:
		what = "LLC TEST"
	case reach.LBM:
		what = fmt.Sprintf("802.1ag loopback, level %d", o.config.Level)
	}
	names := o.targets[0].Name
	if o.config.Protocol == reach.ICMP {
		from = at.from(o.targets[0].IP).String()
		if ip := o.targets[0].IP.String(); ip != names {
			names += " (" + ip + ")"
		}
	}
	if len(o.targets) > 1 {
		names += fmt.Sprintf(" and %d more", len(o.targets)-1)
	}
	return o.print("PING %s from %s %s: %s, identifier 0x%04x\n", names, from, at.port.Name(), what, o.config.ID)
}

func (o *pingPrinter) print(format string, args ...any) error {
	if o.err == nil {
		_, o.err = fmt.Fprintf(o.out, format, args...)
	}
	return o.err
}

// event prints one event, if it is to be printed.
func (o *pingPrinter) event(e reach.Event) {
	o.heard[e.Target] = o.heard[e.Target] || e.Kind == reach.Answered
	switch {
	case o.flags.quiet:
	case o.flags.jsonOut:
		o.eventJSON(e)
	case o.config.Flood && e.Kind == reach.Answered && e.Damage == nil:
	default:
		o.eventText(e)
	}
}

func (o *pingPrinter) eventText(e reach.Event) {
	t := o.targets[e.Target]
	number := fmt.Sprintf("%s=%d", o.label(), uint16(e.Seq))
	switch e.Kind {
	case reach.Answered, reach.Duplicated:
		o.print("%s\n", o.answerText(e, number))
	case reach.BadSum:
		o.print("from %s: %s: answer with a wrong checksum, not counted\n", who(e), number)
	case reach.Complained:
		o.print("From %s %s %s%s\n", who(e), number, e.Complaint, complaintDetail(e.Complaint))
	case reach.Unresolved:
		o.print("%s: no answer to %s for %s, probe not sent\n", number, question(e), e.From)
	case reach.Refused:
		o.print("%s: probe to %s refused by this host: %s\n", number, t.Name, oneLine(e.Err.Error()))
	case reach.Conflict:
		o.print("conflict: %s is claimed by %s and by %s\n", e.From, e.MAC, e.Other)
	case reach.Moved:
		o.print("%s moved from %s to %s\n", e.From, e.Other, e.MAC)
	}
}

// label is what ping calls a sequence number.
func (o *pingPrinter) label() string {
	if o.config.Protocol == reach.ICMP {
		return "icmp_seq"
	}
	return o.config.Protocol.String() + "_seq"
}

func (o *pingPrinter) answerText(e reach.Event, number string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d bytes from %s: %s", e.Length, who(e), number)
	if o.config.Protocol == reach.ICMP {
		fmt.Fprintf(&b, " ttl=%d", e.TTL)
	}
	fmt.Fprintf(&b, " time=%s ms", milliseconds(e.RTT))
	if t := o.targets[e.Target]; t.IP.IsValid() && e.From != t.IP {
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
	if e.Damage != nil {
		b.WriteString("\n" + damageText(e.Damage))
	}
	return b.String()
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

// question is what is asked for an address by.
func question(e reach.Event) string {
	if e.From.Is4() {
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

// end prints the results and returns the status.
func (o *pingPrinter) end(at *place, r reach.Result, cause error) error {
	counters, _ := at.port.Counters()
	for i := range r.Targets {
		if o.flags.jsonOut {
			if len(r.Targets) > 1 {
				o.resultJSON("target", &o.targets[i], &r.Targets[i], r, 0)
			}
			continue
		}
		if len(r.Targets) > 1 {
			o.resultLine(i, o.targets[i].Name, &r.Targets[i])
			continue
		}
		o.resultText(o.targets[i].Name, &r.Targets[i], r.Elapsed)
	}
	switch {
	case o.flags.jsonOut:
		o.resultJSON("summary", nil, &r.Total, r, counters.SocketDropped)
	case len(r.Targets) > 1:
		o.resultText(fmt.Sprintf("all %d", len(r.Targets)), &r.Total, r.Elapsed)
	}
	return o.status(at, r, counters, cause)
}

// resultLine is the result of one target of several, as fping prints it.
func (o *pingPrinter) resultLine(i int, name string, s *reach.Stats) {
	if i == 0 {
		o.print("\n")
	}
	o.print("%s : xmt/rcv/%%loss = %d/%d/%s%%", name, s.Sent+s.Unresolved, s.Received, percent(s.LossRatio()))
	if s.RTT.Count() > 0 {
		o.print(", min/avg/max = %s/%s/%s ms", milliseconds(s.RTT.Min()), milliseconds(s.RTT.Mean()), milliseconds(s.RTT.Max()))
	}
	for _, n := range []struct {
		count uint64
		what  string
	}{{s.Duplicates, "duplicates"}, {s.Damaged, "damaged"}, {s.Complaints, "errors"}, {s.Unresolved, "without an address"}} {
		if n.count > 0 {
			o.print(", %d %s", n.count, n.what)
		}
	}
	o.print("\n")
}

func (o *pingPrinter) resultText(name string, s *reach.Stats, elapsed time.Duration) {
	o.print("\n--- %s ping statistics ---\n%d packets transmitted, %d received", name, s.Sent+s.Unresolved, s.Received)
	if s.Duplicates > 0 {
		o.print(", +%d duplicates", s.Duplicates)
	}
	if s.Complaints > 0 {
		o.print(", +%d errors", s.Complaints)
	}
	o.print(", %s%% packet loss, time %dms\n", percent(s.LossRatio()), elapsed.Milliseconds())
	o.print("%d duplicates, %d reordered, %d late, %d damaged, %d with a wrong checksum", s.Duplicates, s.Reordered, s.Late, s.Damaged, s.BadChecksum)
	if s.Unresolved+s.Refused > 0 {
		o.print(", %d without an address to send to, %d refused by this host", s.Unresolved, s.Refused)
	}
	o.print("\n")
	if s.RTT.Count() == 0 {
		return
	}
	ms := func(d time.Duration) string { return fmt.Sprintf("%.3f", float64(d)/1e6) }
	rtt := &s.RTT
	o.print("rtt min/avg/max/mdev = %s/%s/%s/%s ms\n", ms(rtt.Min()), ms(rtt.Mean()), ms(rtt.Max()), ms(rtt.Mdev()))
	if rtt.Percentile(50) > 0 {
		o.print("rtt p50/p90/p99/p99.9 = %s/%s/%s/%s ms (%s)\n",
			ms(rtt.Percentile(50)), ms(rtt.Percentile(90)), ms(rtt.Percentile(99)), ms(rtt.Percentile(99.9)), clocksText(rtt.Clocks()))
	}
}

// percent prints a ratio as ping does: whole where it is whole.
func percent(ratio float64) string {
	s := fmt.Sprintf("%.4f", 100*ratio)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

func clocksText(clocks string) string {
	switch clocks {
	case "user":
		return "between calls of this program: the interface gives no time stamps"
	case "mixed":
		return "some between kernel time stamps, some between calls of this program"
	}
	return "between " + clocks + " time stamps"
}

// status is 0 if every target answered, and as it should.
func (o *pingPrinter) status(at *place, r reach.Result, counters iface.Counters, cause error) error {
	switch {
	case cause != nil:
		return pingError(cause)
	case o.err != nil:
		return o.err
	case counters.SocketDropped > 0:
		return exit.Untrusted("this host dropped %d frames before they could be read", counters.SocketDropped)
	case r.Total.Refused > 0:
		return exit.Untrusted("this host refused to send %d probes", r.Total.Refused)
	}
	for i, s := range r.Targets {
		t := o.targets[i]
		if s.Received > 0 {
			continue
		}
		if s.Sent == 0 && s.Unresolved > 0 {
			return exit.Failed("%s", o.unresolvedText(at, t))
		}
		return exit.Quietly(exit.StatusNo)
	}
	if r.Total.Damaged+r.Total.BadChecksum > 0 {
		return exit.Quietly(exit.StatusNo)
	}
	return nil
}

func (o *pingPrinter) unresolvedText(at *place, t reach.Target) string {
	asked, kind := t.IP, "it"
	if t.Via.IsValid() && t.Via != t.IP {
		asked, kind = t.Via, "the gateway"
	}
	protocol := "ARP"
	if !asked.Is4() {
		protocol = "neighbour discovery"
	}
	return fmt.Sprintf("no answer to %s for %s on %s: is %s up, and in this VLAN?", protocol, asked, at.port.Name(), kind)
}
