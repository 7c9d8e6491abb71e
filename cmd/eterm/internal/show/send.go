package show

import (
	"fmt"
	"math"
	"time"

	"eterm/iface"
	"eterm/iface/load"
	"eterm/iface/load/pace"
)

// Sent is what became of a run of frames.
type Sent struct {
	load.Result
	Mechanism string
	Paced     bool   // there was a schedule
	Problem   string // why the result cannot be trusted
}

// SendSummary is the account of a run: the last object of send.
type SendSummary struct {
	Type string `json:"type"` // "summary"
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
	// why the status is 3; absent if it is 0
	Problem string `json:"problem,omitempty"`
}

func sendSummary(a Sent) SendSummary {
	s := SendSummary{
		Type: "summary", Offered: a.Offered, Sent: a.Sent, Skipped: a.Skipped, Attempts: a.Attempts, Refused: a.Refused,
		Bytes: a.Bytes, ElapsedNS: a.Elapsed.Nanoseconds(),
		Frames: perSecond(a.Sent, a.Span), FrameBits: perSecond(8*a.Bytes, a.Span), WireBits: perSecond(8*a.OnWire, a.Span),
		CPUNS: a.CPU.Nanoseconds(), CPUFrameNS: float64(a.CPU.Nanoseconds()) / math.Max(1, float64(a.Attempts)),
		Mechanism: a.Mechanism, Threads: a.Workers, Interface: a.Port.Interface, CarrierChanges: a.Port.CarrierChanges,
		Problem: a.Problem,
	}
	if a.Paced {
		s.AskedFrames, s.PacingError = perSecond(a.Offered, a.Asked), &a.PacingError
	}
	return s
}

// perSecond is n in a time as a rate; 0 if there was no time.
func perSecond(n uint64, in time.Duration) float64 {
	if in <= 0 {
		return 0
	}
	return float64(n) / in.Seconds()
}

// Sent prints the account of a run.
func (o *Output) Sent(a Sent, asJSON bool) error {
	s := sendSummary(a)
	if asJSON {
		return o.JSON(s)
	}
	_ = o.Line("sent %d of %s, %s, in %s", s.Sent, Count(s.Offered, "frame"), Count(s.Bytes, "byte"), a.Elapsed.Round(time.Microsecond))
	rate := fmt.Sprintf("rate %.2f frames/s", s.Frames)
	if a.Paced && s.AskedFrames > 0 {
		rate += fmt.Sprintf(" of %.2f asked (%+.4f %%)", s.AskedFrames, (s.Frames/s.AskedFrames-1)*100)
	}
	_ = o.Line("%s, %s of frames, %s on the wire", rate, bits(s.FrameBits), bits(s.WireBits))
	_ = o.Line("refused %v", s.Refused)
	if a.Paced {
		_ = o.Line("pacing error p50 %v, p99 %v, max %v", a.PacingError.P50, a.PacingError.P99, a.PacingError.Max)
	}
	return o.Line("cpu %.3f s, %.0f ns a frame, by %s", a.CPU.Seconds(), s.CPUFrameNS, a.Mechanism)
}

// bits is a rate in bits a second with four digits and a unit.
func bits(perSecond float64) string {
	for _, u := range []struct {
		factor float64
		name   string
	}{{1e9, "Gbit/s"}, {1e6, "Mbit/s"}, {1e3, "kbit/s"}} {
		if perSecond >= u.factor {
			return fmt.Sprintf("%.4g %s", perSecond/u.factor, u.name)
		}
	}
	return fmt.Sprintf("%.4g bit/s", perSecond)
}
