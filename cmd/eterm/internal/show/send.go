package show

import (
	"fmt"
	"math"
	"time"

	"eterm/cmd/internal/result"
	"eterm/iface/load"
)

// Sent is what became of a run of frames.
type Sent struct {
	load.Result
	Mechanism string
	Paced     bool // there was a schedule
}

// Document is the account as a document has it.
func (a Sent) Document() *result.Send {
	s := &result.Send{
		Offered: a.Offered, Sent: a.Sent, Skipped: a.Skipped, Attempts: a.Attempts, Refused: a.Refused,
		Bytes: a.Bytes, ElapsedNS: a.Elapsed.Nanoseconds(),
		Frames: perSecond(a.Sent, a.Span), FrameBits: perSecond(8*a.Bytes, a.Span), WireBits: perSecond(8*a.OnWire, a.Span),
		CPUNS: a.CPU.Nanoseconds(), CPUFrameNS: float64(a.CPU.Nanoseconds()) / math.Max(1, float64(a.Attempts)),
		Mechanism: a.Mechanism, Threads: a.Workers, Interface: a.Port.Interface, CarrierChanges: a.Port.CarrierChanges,
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
func (o *Output) Sent(a Sent) error {
	s := a.Document()
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
