package show

import (
	"fmt"
	"time"

	"eterm/cmd/internal/result"
	"eterm/iface/reach"
)

// PathMTU prints the search for a path MTU.
type PathMTU struct {
	PingOptions
	out    *Output
	target reach.Target
}

// NewPathMTU prints the search for the path MTU to a target.
func NewPathMTU(out *Output, target reach.Target, o PingOptions) *PathMTU {
	return &PathMTU{PingOptions: o, out: out, target: target}
}

// Header says what is asked.
func (o *PathMTU) Header(limit int) {
	if !o.JSON {
		_ = o.out.Item("", 0, "", fmt.Sprintf("path MTU to %s from %s %s: packets of up to %d bytes that may not be fragmented", o.target.Name, o.From, o.Interface, limit))
	}
}

// Step prints a size that was asked.
func (o *PathMTU) Step(s reach.MTUStep) {
	switch {
	case o.Quiet:
	case o.JSON:
		_ = o.out.JSON(mtuStep(s))
	default:
		_ = o.out.Line("%6d bytes: %s", s.Bytes, mtuStepText(s))
	}
}

func mtuStepText(s reach.MTUStep) string {
	switch {
	case s.Passed:
		return "came back in " + milliseconds(s.RTT) + " ms"
	case s.Refused != nil:
		return "refused by this host: " + s.Refused.Error()
	case s.Said != nil && s.Said.MTU > 0:
		return fmt.Sprintf("%s: too large, the next link takes %d", s.Said.From, s.Said.MTU)
	case s.Said != nil:
		return fmt.Sprintf("%s: too large, without a number", s.Said.From)
	}
	return "no reply to " + Count(uint64(s.Asked), "request")
}

// End prints the number and who says so, unless a document does.
func (o *PathMTU) End(r reach.MTUResult) {
	if o.JSON {
		return
	}
	for _, m := range r.Untrue {
		_ = o.out.Item("", 0, "", fmt.Sprintf("%s told %d, which is not true of packets that came back or did not", m.From, m.MTU))
	}
	if r.MTU > 0 && r.Confirmed() {
		_ = o.out.Item("", 0, "", fmt.Sprintf("path MTU %d: %s", r.MTU, o.because(r)))
	}
}

func (o *PathMTU) because(r reach.MTUResult) string {
	switch {
	case r.Refused == 0:
		return fmt.Sprintf("that of %s itself; more was not asked", o.Interface)
	case r.By != nil:
		return fmt.Sprintf("%s says so, and %d bytes did not come back", r.By.From, r.Refused)
	}
	return fmt.Sprintf("%d bytes did not come back, and nobody said why", r.Refused)
}

// Document is the search as a document has it.
func (o *PathMTU) Document(r reach.MTUResult, dropped uint64, elapsed time.Duration) *result.Ping {
	sum := echoes(&r.Total, false)
	j := &result.PathMTU{MTU: r.MTU, TooLarge: r.Refused, Limit: r.Limit, Steps: []result.MTUStep{}}
	switch {
	case !r.Confirmed():
	case r.Refused == 0:
		j.By = "interface"
	case r.By != nil:
		j.By, j.From = "message", r.By.From.String()
	default:
		j.By = "silence"
	}
	for _, m := range r.Untrue {
		j.Untrue = append(j.Untrue, mtuMessage(m))
	}
	for _, s := range r.Steps {
		j.Steps = append(j.Steps, mtuStep(s))
	}
	return &result.Ping{Protocol: reach.ICMP.String(), Echoes: sum, Targets: []result.PingTarget{{Target: o.target.Name, Echoes: sum}},
		DroppedByHost: dropped, ElapsedNS: elapsed.Nanoseconds(), PathMTU: j}
}

func mtuMessage(m reach.MTUMessage) result.MTUMessage {
	return result.MTUMessage{From: m.From.String(), MTU: m.MTU}
}

func mtuStep(s reach.MTUStep) result.MTUStep {
	j := result.MTUStep{Type: "mtu_step", Bytes: s.Bytes, Passed: s.Passed, Sent: s.Asked, RTT: s.RTT.Nanoseconds()}
	if s.Said != nil {
		m := mtuMessage(*s.Said)
		j.Told = &m
	}
	if s.Refused != nil {
		j.Refused = s.Refused.Error()
	}
	return j
}

// Bounds says between which sizes a path MTU is.
func Bounds(r reach.MTUResult) string {
	if r.Refused == 0 {
		return fmt.Sprintf("at least %d bytes", r.MTU)
	}
	return fmt.Sprintf("at least %d bytes, less than %d", r.MTU, r.Refused)
}
