package result

import (
	"eterm/iface"
	"eterm/iface/load/pace"
)

// Send is the account of a run of frames that were sent and not received here.
type Send struct {
	// Offered frames are those whose turn came: Sent and Skipped.
	Offered  uint64 `json:"offered"`
	Sent     uint64 `json:"sent"`
	Skipped  uint64 `json:"skipped"`
	Attempts uint64 `json:"attempts"`
	// Refused is by this host's kernel, by reason.
	Refused   iface.Refused `json:"refused"`
	Bytes     uint64        `json:"bytes"`
	ElapsedNS int64         `json:"elapsed_ns"`

	// AskedFrames is absent where frames were to go as fast as they can.
	AskedFrames float64 `json:"asked_frames_per_s,omitempty"`
	Frames      float64 `json:"frames_per_s"`
	FrameBits   float64 `json:"frame_bits_per_s"`
	WireBits    float64 `json:"wire_bits_per_s"`

	TimerError *pace.PacingError `json:"timer_error,omitempty"`
	CPUNS      int64             `json:"cpu_ns"`
	CPUFrameNS float64           `json:"cpu_ns_per_frame"`
	Mechanism  string            `json:"mechanism"`
	Threads    int               `json:"threads"`

	Interface      iface.InterfaceCounters `json:"interface"`
	CarrierChanges uint64                  `json:"carrier_changes"`
	Problem        string                  `json:"problem,omitempty"`
}
