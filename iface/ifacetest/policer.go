package ifacetest

import "time"

// Policer is a bandwidth profile of MEF 10: two token buckets, of bytes with
// FCS. Frames within the committed rate are green, those within the excess rate
// yellow, and the rest is lost.
type Policer struct {
	CIR, EIR float64 // bits/s
	CBS, EBS int     // bytes
	// Colour-aware: frames that come in yellow use the second bucket alone.
	Aware bool
	// Marks has yellow frames come out with the DEI bit of their outer tag
	// set, and MarksGreen all of them without: a device that forgets.
	Marks, MarksGreen bool
}

type policer struct {
	Policer
	committed, excess float64 // bytes
	last              time.Duration
}

func newPolicer(p Policer) policer {
	return policer{Policer: p, committed: float64(p.CBS), excess: float64(p.EBS)}
}

// take is what becomes of a frame.
func (p *policer) take(at time.Duration, size int, yellow bool) (green, passed bool) {
	passing := (at - p.last).Seconds() / 8
	p.last = at
	p.committed = min(float64(p.CBS), p.committed+p.CIR*passing)
	p.excess = min(float64(p.EBS), p.excess+p.EIR*passing)
	bytes := float64(size)
	switch {
	case !(p.Aware && yellow) && p.committed >= bytes:
		p.committed -= bytes
		return true, true
	case p.excess >= bytes:
		p.excess -= bytes
		return false, true
	}
	return false, false
}
