package show

import (
	"fmt"

	"eterm/frame/probe"
	"eterm/iface/linktest"
)

func (p linePrinter) damage(d probe.Damage) {
	if d.Corrupted > 0 {
		p.item("corrupted", "%d: %d with wrong bits, %d cut, %d lengthened; %s, %d of them 0 to 1, %d 1 to 0",
			d.Corrupted, d.WrongBits, d.Truncated, d.Lengthened, Count(d.Bits, "bit"), d.ZeroToOne, d.OneToZero)
		for i, e := range d.Examples {
			if i == 3 {
				break
			}
			text := fmt.Sprintf("number %d of stream %d, %s", e.Number, e.Stream, Count(e.Length, "byte"))
			if e.Length != e.Want {
				text += fmt.Sprintf(" where %d were sent", e.Want)
			}
			for _, b := range e.Wrong {
				text += fmt.Sprintf(", byte %d is %02x and was %02x", b.Offset, b.Got, b.Want)
			}
			p.item("", "%s", text)
		}
	}
}

// tags prints how many frames came with other tags than they were sent with, or
// that nobody can tell who took their priority.
func (p linePrinter) tags(r *linktest.ReceiverSide) {
	switch d := r.Report.Damage; {
	case r.PriorityNotKnown():
		p.item("priority", "not testable here: %s came with priority 0 and were sent with another, and the receiver's NIC takes tags off (rx-vlan-offload),", Count(d.Retagged, "frame"))
		p.item("", "which with some drivers loses it: switch that off there (ethtool -K IF rxvlan off), and test again")
	case d.Retagged > 0:
		p.item("retagged", "%d came with other VLAN tags than they were sent with", d.Retagged)
	}
}

func (p linePrinter) delay(d probe.Delay) {
	sampled := ""
	if d.Sampled {
		sampled = ", of a sample"
	}
	switch d.Kind {
	case "one_way":
		p.item("delay", "one way: min %v, p50 %v, p99 %v, p99.9 %v, max %v", ns(d.Min), ns(d.P50), ns(d.P99), ns(d.P999), ns(d.Max))
	case "variation":
		p.item("delay", "variation: p50 %v, p99 %v, p99.9 %v, max %v, uncertain by %v (two clocks, %.1f ppm apart%s)", ns(d.P50), ns(d.P99), ns(d.P999), ns(d.Max), ns(d.Uncertainty), d.Skew, sampled)
	}
	if d.Negative > 0 {
		p.item("delay", "not known: %s came before they were sent, so the clocks are not shared", Count(d.Negative, "frame"))
	}
}
