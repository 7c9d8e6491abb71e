package show

import (
	"eterm/iface/suite"
	"fmt"
)

// rest are the tests with one line a size.
func (b *benchCard) rest() {
	for _, t := range b.r.Tests {
		size := sizeOf(t)
		switch {
		case t.BackToBack != nil:
			r := t.BackToBack
			sign := ""
			if r.AtLeast {
				sign = "≥ "
			}
			b.line("back-to-back   %5s  %s%s frames (%s to %s of %d, sd %.3g); buffer %s frames, %s bytes, %.4g ms", size, sign,
				spaced(r.Frames.Mean), spaced(r.Frames.Min), spaced(r.Frames.Max), r.Frames.N, r.Frames.SD, spaced(r.BufferFrames), spaced(r.BufferBytes), 1e3*r.CorrectedS)
		case t.Forwarding != nil:
			b.line("forwarding     %5s  %s", size, forwardingText(*t.Forwarding))
		case t.Recovery != nil:
			b.line("recovery       %5s  %s", size, recoveryText(*t.Recovery))
		case t.Calibration != nil:
			p := t.Calibration
			b.line("ceiling        %5s  %s frames/s; bursts %s, %s, %s; %.3g stalls/min, longest %s", size, spaced(p.CeilingFPS),
				spaced(p.BurstFPS[0]), spaced(p.BurstFPS[1]), spaced(p.BurstFPS[2]), p.StallsPerMin, micro(p.LongestStall))
		case t.Test != suite.Throughput && t.Test != suite.Broadcast && t.Test != suite.Latency && t.Test != suite.Loss:
			b.note(t)
		}
		for _, row := range t.Resets {
			text := fmt.Sprintf("out for %.4g s by count, %.4g s by time", row.ByCountS, row.ByTimeS)
			if !row.Returned {
				text += ", and did not come back"
			}
			b.line("reset %-8s %5s  %s", row.Kind, size, text)
		}
		for _, row := range t.Bursts {
			gap := "none"
			if row.GapS != nil {
				gap = fmt.Sprintf("%.4g ms", 1e3**row.GapS)
			}
			b.line("bursts of %-4d %5s  least gap %s, %s: %s", row.Burst, size, gap, row.Limit, row.Why)
		}
	}
}

// forwardingText has the figures by the names of RFC 2889.
func forwardingText(f suite.Forwarded) string {
	text := "FRMOL not measurable: the tester cannot offer the greatest load"
	if f.AtMaxLoad != nil {
		text = fmt.Sprintf("FRMOL %s of %s frames/s offered", spaced(*f.AtMaxLoad), spaced(*f.MaxLoad))
	}
	if f.Maximum != nil {
		text += fmt.Sprintf("; MFR %s at %s", spaced(*f.Maximum), spaced(*f.MaximumAt))
	}
	return text
}

func recoveryText(r suite.Recovered) string {
	switch {
	case !r.Overloaded:
		return fmt.Sprintf("not overloaded by %s frames/s", spaced(r.OverFPS))
	case !r.Recovered:
		return "did not recover"
	}
	return fmt.Sprintf("%.4g s by count, %.4g s by time, from %s to %s frames/s", r.ByCountS, r.ByTimeS, spaced(r.OverFPS), spaced(r.UnderFPS))
}

// snake says what the device forwards in all its hops together.
func (b *benchCard) snake() {
	for _, t := range b.tests(suite.Throughput) {
		for _, f := range t.Goals {
			if b.r.Plan.Hops > 0 && f.ThroughputFPS != nil {
				b.line("snake          %5s  %s: %s frames/s through %d hops are %s frames/s that the device forwards", sizeOf(t), f.Name,
					spaced(*f.ThroughputFPS), b.r.Plan.Hops, spaced(b.r.Plan.Switched(*f.ThroughputFPS)))
			}
		}
	}
}
