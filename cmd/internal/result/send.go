package result

import (
	"eterm/iface"
	"eterm/iface/load/pace"
)

// Send is the account of a run of frames that were sent and not received here
// (send).
type Send struct {
	// frames whose turn came: sent and skipped
	Offered uint64 `json:"offered"`
	// frames the kernel took
	Sent uint64 `json:"sent"`
	// frames it refused that were not offered again
	Skipped uint64 `json:"skipped"`
	// frames given to the kernel, each time: sent and all of refused
	Attempts uint64 `json:"attempts"`
	// refusals by reason
	Refused iface.Refused `json:"refused"`
	// of the frames sent, without FCS
	Bytes uint64 `json:"bytes"`
	// from the first frame's turn to the end of the last
	ElapsedNS int64 `json:"elapsed_ns"`

	// frames a second as asked for; absent at max
	AskedFrames float64 `json:"asked_frames_per_s,omitempty"`
	// frames a second as achieved
	Frames float64 `json:"frames_per_s"`
	// bits of the frames a second
	FrameBits float64 `json:"frame_bits_per_s"`
	// with padding, FCS, preamble and gap
	WireBits float64 `json:"wire_bits_per_s"`

	// how late frames were handed to the kernel; absent at max
	PacingError *pace.PacingError `json:"pacing_error,omitempty"`
	// processor time of the process
	CPUNS int64 `json:"cpu_ns"`
	// processor time for each attempt
	CPUFrameNS float64 `json:"cpu_ns_per_frame"`
	// how frames were sent
	Mechanism string `json:"mechanism"`
	// by how many threads
	Threads int `json:"threads"`

	// what the interface counted meanwhile, for all its users
	Interface iface.InterfaceCounters `json:"interface"`
	// losses and returns of the carrier
	CarrierChanges uint64 `json:"carrier_changes"`
}
