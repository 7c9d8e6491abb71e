package linktest

import (
	"math"

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
	// Late is the pacing error: how long after their turn frames were given
	// to the kernel.
	Late      pace.PacingError `json:"late"`
	RefusedBy iface.Refused    `json:"refused_by"`
	// NICDropped frames were taken by the kernel and dropped by the device.
	NICDropped     uint64  `json:"nic_dropped"`
	CarrierChanges uint64  `json:"carrier_changes"`
	CPU            float64 `json:"cpu_s"`
	// Error is why the run ended early, if it did.
	Error string `json:"error,omitempty"`
}

// Side is the sender's account as it is reported; err is what Send returned.
func (s Sent) Side(l Load, err error) *SenderSide {
	side := &SenderSide{
		SenderAccount: s.SenderAccount, Late: s.Result.PacingError, RefusedBy: s.Result.Refused,
		NICDropped:     s.Port.Interface.TxDropped + s.Port.Interface.TxErrors,
		CarrierChanges: s.Port.CarrierChanges, CPU: s.CPU.Seconds(),
	}
	if !math.IsInf(l.Rate, 1) {
		side.AskedRate = l.Rate
	}
	if s.Span > 0 {
		side.OfferedRate = float64(s.Result.Offered) / s.Span.Seconds()
	}
	if err != nil {
		side.Error = err.Error()
	}
	return side
}

// ReceiverSide is what a receiver knows of a run.
type ReceiverSide struct {
	Report probe.Report `json:"report"`
	// Foreign frames came in the same time and were not of the run.
	Foreign uint64 `json:"foreign"`
	// SocketDropped frames reached this host and found no room in the
	// receiver's socket; NICDropped ones found none before that (rx_missed:
	// rx_dropped counts frames too that we got and nobody else wanted).
	SocketDropped  uint64 `json:"socket_dropped"`
	NICDropped     uint64 `json:"nic_dropped"`
	CarrierChanges uint64 `json:"carrier_changes"`
	// Truncated frames were longer than the receiver could take.
	Truncated uint64 `json:"truncated_on_reception"`
	Clock     string `json:"clock"` // who took the receive stamps
}

// Side is the receiver's account of a run.
func (run *Run) Side() *ReceiverSide {
	b, a := run.before, run.after
	return &ReceiverSide{
		Report: run.tally.Report(), Foreign: run.foreign,
		SocketDropped:  a.SocketDropped - b.SocketDropped,
		NICDropped:     a.Interface.RxMissed - b.Interface.RxMissed,
		CarrierChanges: a.CarrierChanges - b.CarrierChanges, Truncated: a.Truncated - b.Truncated, Clock: clockName(run.clock),
	}
}

// clockName is who took a stamp.
func clockName(c iface.Clock) string {
	switch c {
	case iface.KernelClock:
		return "kernel"
	case iface.HardwareClock:
		return "hardware"
	}
	return "program"
}
