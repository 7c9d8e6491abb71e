package linktest

import (
	"math"
	"time"

	"eterm/frame"
	"eterm/frame/ether"
	"eterm/frame/probe"
	"eterm/iface"
	"eterm/iface/load/pace"
)

// SenderSide is what a sender knows of a run.
type SenderSide struct {
	probe.SenderAccount
	// AskedRate and OfferedRate are in frames a second; asked 0 is as fast as
	// can be.
	AskedRate   float64 `json:"asked_rate"`
	OfferedRate float64 `json:"offered_rate"`
	// PacingError is how long after their turn frames were given to the kernel.
	PacingError pace.PacingError `json:"pacing_error"`
	RefusedBy   iface.Refused    `json:"refused_by"`
	// Withheld frames, among those refused, were not offered to the kernel: the
	// receiver had not proved for a second that it receives.
	Withheld uint64 `json:"withheld"`
	// NICDropped frames were taken by the kernel and dropped by the device.
	NICDropped     uint64  `json:"nic_dropped"`
	CarrierChanges uint64  `json:"carrier_changes"`
	CPU            float64 `json:"cpu_s"`
	// InIP: the run's frames are IP packets, which more than switches handle.
	InIP bool `json:"in_ip,omitempty"`
	// Doubts is what happened to the sender's link meanwhile.
	Doubts []iface.Doubt `json:"doubts"`
	// Sizes are what was offered of each size, where there are several.
	Sizes []SizeAccount `json:"sizes,omitempty"`
	// Error is why the run ended early, if it did.
	Error string `json:"error,omitempty"`
}

// Side is the sender's account as it is reported; err is what Send returned.
func (s Sent) Side(l Load, err error) *SenderSide {
	side := &SenderSide{
		SenderAccount: s.SenderAccount, PacingError: s.Result.PacingError, RefusedBy: s.Result.Refused, Withheld: s.Withheld,
		NICDropped:     s.Port.Interface.TxDropped + s.Port.Interface.TxErrors,
		CarrierChanges: s.Port.CarrierChanges, CPU: s.CPU.Seconds(), Doubts: linkDoubts(s.Port), InIP: l.IP != nil,
	}
	if !math.IsInf(l.Rate, 1) {
		side.AskedRate = l.Rate
	}
	if s.Span > 0 {
		side.OfferedRate = float64(s.Result.Offered) / s.Span.Seconds()
	}
	side.Sizes = l.offeredBySize(s.SenderAccount.Offered)
	if err != nil {
		side.Error = err.Error()
	}
	return side
}

// linkDoubts are those about the link. What was refused and dropped is counted
// by frames here, and not by the port's counters.
func linkDoubts(c iface.Counters) []iface.Doubt {
	all := []iface.Doubt{}
	for _, d := range c.Doubts() {
		switch d.Reason {
		case iface.LinkWentDown, iface.LinkGone, iface.CarrierLost, iface.NoCarrier, iface.CountersRestarted:
			all = append(all, d)
		}
	}
	return all
}

// ReceiverSide is what a receiver knows of a run.
type ReceiverSide struct {
	Report probe.Report `json:"report"`
	// Foreign frames came in the same time and were not of the run.
	Foreign uint64 `json:"foreign"`
	// SocketDropped frames reached this host and found no room in the
	// receiver's socket, or were still unread in it when the run was judged;
	// NICDropped ones found no room before that.
	SocketDropped  uint64 `json:"socket_dropped"`
	NICDropped     uint64 `json:"nic_dropped"`
	CarrierChanges uint64 `json:"carrier_changes"`
	// Truncated frames were longer than the receiver could take.
	Truncated uint64 `json:"truncated_on_reception"`
	// TakesTags says that the NIC may take VLAN tags off frames (rx-vlan-offload):
	// what is not in them any more, its driver may have lost.
	TakesTags bool `json:"takes_tags"`
	// InIP: the first frame that came is an IP packet.
	InIP bool `json:"in_ip,omitempty"`
	// OtherHost frames of the run were addressed to another station.
	OtherHost uint64 `json:"to_other_host"`
	// Uncounted frames of the run came while all places were taken by other
	// runs; Full frames were of other runs that found no place.
	Uncounted uint64 `json:"uncounted"`
	Full      uint64 `json:"without_place"`
	// BeforeListening frames are missing at the beginning of the run and were due
	// before this receiver listened.
	BeforeListening uint64 `json:"before_listening,omitempty"`
	// Stopped: the receiver was stopped before the run was over.
	Stopped bool   `json:"stopped"`
	Clock   string `json:"clock"` // who took the receive timestamps
	// ClockSet is by how much this host's clock was set while the run lasted,
	// in nanoseconds, beyond what clocks are adjusted by.
	ClockSet int64 `json:"clock_set_ns"`
	// Loop is what showed a loop in the network, if anything did.
	Loop string `json:"loop,omitempty"`
	// Doubts is what happened to the receiver's link meanwhile.
	Doubts []iface.Doubt `json:"doubts"`
}

// PriorityNotKnown says that every frame that came with another tag than it was
// sent with lost no more than its priority, and that this may have happened in the
// receiving host: what the link does to priorities cannot be told there.
func (r *ReceiverSide) PriorityNotKnown() bool {
	d := r.Report.Damage
	return r.TakesTags && d.Retagged > 0 && d.Retagged == d.NoPriority
}

// carriedByIP says whether a test frame is an IP packet.
func carriedByIP(b []byte) bool {
	h, _, err := ether.Parse(b)
	return err == nil && (h.Type == frame.TypeIPv4 || h.Type == frame.TypeIPv6)
}

// Side is the receiver's account of a run.
func (run *Run) Side() *ReceiverSide {
	c := run.after.Sub(run.before)
	rep := run.tally.Report()
	rep.Contradictions.Sources, rep.Contradictions.Unsealed = run.otherSource, run.unsealed
	s := &ReceiverSide{
		Report: rep, Foreign: run.foreign, SocketDropped: c.SocketDropped + run.after.Queued(), NICDropped: c.Interface.NICDropped(),
		CarrierChanges: c.CarrierChanges, Truncated: c.Truncated, OtherHost: run.otherHost, Uncounted: run.late, Stopped: run.stopped, Clock: clockName(run.clock),
		ClockSet: int64(run.clockSet), Doubts: linkDoubts(c), TakesTags: run.takesTags, InIP: run.inIP,
	}
	s.BeforeListening = beforeListening(rep, run.firstAt(rep), run.listened)
	if run.looped != nil {
		s.Loop = run.looped.Error()
	}
	if !run.expected {
		s.Full = run.full
	}
	return s
}

// firstAt is when the first frame of the run came, by this host's clock.
func (run *Run) firstAt(rep probe.Report) time.Time {
	if run.clock == iface.HardwareClock {
		return run.beganWall
	}
	return time.Unix(0, rep.First)
}

// beforeListening is how many frames in front of the first that came were due
// before the receiver listened: who starts a sender and a receiver at once starts
// one of them later. Streams take turns, so number n of a stream is frame
// n*streams+stream of the run.
func beforeListening(rep probe.Report, first, listened time.Time) uint64 {
	streams := uint64(len(rep.Each))
	if rep.Plan != nil {
		streams = uint64(rep.Plan.Streams) + 1
	}
	front := uint64(math.MaxUint64) // frames of the run in front of the first that came
	for _, s := range rep.Each {
		if s.Received == 0 {
			continue
		}
		var n uint64
		for _, o := range s.Loss.Outages {
			if o.First == 0 {
				n = o.Frames
			}
		}
		front = min(front, n*streams+uint64(s.Stream))
	}
	interval := interval(rep)
	if front == math.MaxUint64 || interval <= 0 {
		return 0
	}
	// Frames that were due while the receiver listened; clocks are no more exact
	// than the little that is added.
	heard := first.Sub(listened).Seconds()/interval + 1e-3
	return front - min(front, uint64(max(heard, 0)))
}

// interval is the time between frames in seconds, as planned or as the sender
// did it; 0 is that it is not known.
func interval(rep probe.Report) float64 {
	switch {
	case rep.Plan != nil && rep.Plan.Interval > 0:
		return float64(rep.Plan.Interval) / 1e12
	case rep.End != nil && rep.End.Offered > 0:
		return float64(rep.End.Elapsed) / 1e9 / float64(rep.End.Offered)
	}
	return 0
}

// Clocks are adjusted by up to 500 ppm (adjtimex(2)), and readings of two of
// them are not taken at once.
const (
	mostAdjusted = 500e-6
	clockNoise   = time.Millisecond
)

// stepOf is the difference of what passed by both clocks, unless it is of the
// kind that adjusting makes.
func stepOf(passed, wall time.Duration) time.Duration {
	step := wall - passed
	if limit := clockNoise + time.Duration(mostAdjusted*float64(passed)); step > limit || step < -limit {
		return step
	}
	return 0
}

// clockName is who took a timestamp.
func clockName(c iface.Clock) string {
	switch c {
	case iface.KernelClock:
		return "kernel"
	case iface.HardwareClock:
		return "hardware"
	}
	return "program"
}
