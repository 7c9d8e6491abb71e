package iface

import "fmt"

// A Doubt is one reason why the result of a run cannot be trusted: something
// that this host or its link did, and not what was tested. Text is a cause, in
// words; what to do about it is for the program to say, by Reason.
type Doubt struct {
	Reason Reason `json:"reason"`
	Text   string `json:"text"`
}

// String is the text.
func (d Doubt) String() string { return d.Text }

// Reason names a kind of doubt for programs.
type Reason string

// The reasons. RateMissed is found by package load, all others by Doubts.
const (
	RateMissed        Reason = "rate_missed"        // frames were not offered as fast as asked for
	HostRefused       Reason = "host_refused"       // the kernel did not take frames
	HostDropped       Reason = "host_dropped"       // frames reached this host and found no room
	TransmitDropped   Reason = "transmit_dropped"   // the interface dropped frames that it had taken
	LinkWentDown      Reason = "link_went_down"     // the interface went down
	LinkGone          Reason = "link_gone"          // the interface was removed
	CarrierLost       Reason = "carrier_lost"       // frames sent meanwhile left for nowhere
	NoCarrier         Reason = "no_carrier"         // there is none
	CountersRestarted Reason = "counters_restarted" // the NIC's counters began anew
)

// Doubts is why a result of the run that c counts cannot be trusted; none if it
// can. c is the difference of two readings (Sub) where the run did not begin
// with the port. Every command takes its status 3 from here.
func (c Counters) Doubts() []Doubt {
	var d doubts
	if n := c.Refused.Total(); n > 0 {
		d.add(HostRefused, "this host refused to send %d of %s: %s", n, countOf(c.Attempted), c.Refused)
	}
	if n := c.Interface.TxDropped + c.Interface.TxErrors; n > 0 && c.Accepted > 0 {
		d.add(TransmitDropped, "the interface dropped %s that it had taken", countOf(n))
	}
	if c.SocketDropped > 0 {
		d.add(HostDropped, "this host dropped %s before they could be read", countOf(c.SocketDropped))
	}
	if n := c.Interface.NICDropped(); n > 0 && c.Seen+c.Delivered > 0 {
		d.add(HostDropped, "the NIC dropped %s that this host had no room for", countOf(n))
	}
	c.linkDoubts(&d)
	if n := c.Interface.Restarts; n > 0 {
		d.add(CountersRestarted, "the interface's counters began anew %s: what it dropped before is not all known", times(n))
	}
	return d
}

// linkDoubts are those about the interface and its carrier.
func (c Counters) linkDoubts(d *doubts) {
	switch {
	case c.Gone:
		d.add(LinkGone, "the interface was removed")
	case c.Downs > 0:
		d.add(LinkWentDown, "the interface went down %s", times(c.Downs))
	}
	switch {
	case c.CarrierLost > 0:
		d.add(CarrierLost, "the carrier was lost %s%s", times(c.CarrierLost), c.tooFew())
	case c.NoCarrier && !c.Gone:
		d.add(NoCarrier, "the interface has no carrier%s", c.tooFew())
	}
}

// tooFew is the NIC's own count of frames sent where it is smaller than ours.
// By itself it is no doubt: a queue may hold the rest, and drivers count late.
func (c Counters) tooFew() string {
	if c.Accepted == 0 || c.Interface.TxPackets >= c.Accepted {
		return ""
	}
	return fmt.Sprintf(": it got %s, and counts %d sent", countOf(c.Accepted), c.Interface.TxPackets)
}

// String lists the refusals by reason, or says "none".
func (r Refused) String() string {
	text := ""
	for _, x := range []struct {
		n    uint64
		what string
	}{{r.QueueFull, "queue full"}, {r.WouldBlock, "no room in the socket"}, {r.TooLong, "longer than the MTU allows"},
		{r.TooShort, "too short"}, {r.Down, "interface down"}, {r.Gone, "interface gone"}, {r.Other, "other reasons"}} {
		if x.n > 0 {
			text += fmt.Sprintf(", %d %s", x.n, x.what)
		}
	}
	if text == "" {
		return "none"
	}
	return text[2:]
}

type doubts []Doubt

func (d *doubts) add(r Reason, format string, args ...any) {
	*d = append(*d, Doubt{r, fmt.Sprintf(format, args...)})
}

// countOf is a number of frames.
func countOf(n uint64) string {
	if n == 1 {
		return "1 frame"
	}
	return fmt.Sprintf("%d frames", n)
}

// times says how often.
func times(n uint64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
