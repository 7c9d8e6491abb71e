package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/exit"
	"eterm/iface"
	"eterm/iface/load"
	"eterm/iface/load/pace"
)

// account is what became of a run of frames.
type account struct {
	load.Result
	mechanism string
	planned   bool // there was a schedule
}

// sendSummary is the JSON object of a run.
type sendSummary struct {
	Type      string        `json:"type"`
	Offered   uint64        `json:"offered"`
	Sent      uint64        `json:"sent"`
	Skipped   uint64        `json:"skipped"`
	Attempts  uint64        `json:"attempts"`
	Refused   iface.Refused `json:"refused"`
	Bytes     uint64        `json:"bytes"`
	ElapsedNS int64         `json:"elapsed_ns"`

	AskedFrames float64 `json:"asked_frames_per_s,omitempty"`
	Frames      float64 `json:"frames_per_s"`
	FrameBits   float64 `json:"frame_bits_per_s"`
	WireBits    float64 `json:"wire_bits_per_s"`

	TimerError *pace.Lateness `json:"timer_error,omitempty"`
	CPUNS      int64          `json:"cpu_ns"`
	CPUFrameNS float64        `json:"cpu_ns_per_frame"`
	Mechanism  string         `json:"mechanism"`
	Threads    int            `json:"threads"`

	Interface      iface.InterfaceCounters `json:"interface"`
	CarrierChanges uint64                  `json:"carrier_changes"`
	Problem        string                  `json:"problem,omitempty"`
}

// report prints the result and says by its error what the status is.
func (s *sender) report(c *cli.Context, a account, cause error) error {
	verdict := a.verdict(cause)
	var err error
	switch {
	case s.json:
		sum := a.summary()
		if verdict != nil {
			sum.Problem = oneLine(verdict.Error())
		}
		err = json.NewEncoder(c.App.Writer).Encode(sum)
	case !s.quiet:
		err = a.print(c.App.Writer)
	}
	if s.verbose {
		note(c, "frames were sent by %s", a.mechanism)
	}
	if verdict != nil {
		return verdict
	}
	return err
}

// A run has missed its rate if it was slower by more than this share, and by
// more than a hiccup of this machine.
const (
	missedShare = 0.01
	hiccup      = time.Millisecond
)

// verdict is why the result cannot be trusted, or nil.
func (a account) verdict(cause error) error {
	dropped := a.Port.Interface.TxDropped + a.Port.Interface.TxErrors
	switch {
	case cause != nil:
		return exit.Untrusted("%w: the run ended there", cause)
	case a.Skipped > 0:
		return exit.Untrusted("this host refused %d of %d frames: %s", a.Skipped, a.Offered, reasons(a.Refused))
	case dropped > 0:
		return exit.Untrusted("the interface dropped %d frames that it had taken", dropped)
	case a.planned && a.Span-a.Asked > max(hiccup, time.Duration(missedShare*float64(a.Asked))):
		return exit.Untrusted("the asked rate was missed by %.1f %%: this host could not send faster", 100*(1-float64(a.Asked)/float64(a.Span)))
	}
	return nil
}

// reasons lists refusals by reason.
func reasons(r iface.Refused) string {
	var words []string
	for _, x := range []struct {
		n    uint64
		what string
	}{{r.QueueFull, "queue full"}, {r.WouldBlock, "no room in the socket"}, {r.TooLong, "longer than the MTU allows"},
		{r.TooShort, "too short"}, {r.Down, "interface down"}, {r.Gone, "interface gone"}, {r.Other, "other reasons"}} {
		if x.n > 0 {
			words = append(words, fmt.Sprintf("%d %s", x.n, x.what))
		}
	}
	if words == nil {
		return "none"
	}
	return strings.Join(words, ", ")
}

func (a account) summary() sendSummary {
	s := sendSummary{
		Type: "summary", Offered: a.Offered, Sent: a.Sent, Skipped: a.Skipped, Attempts: a.Attempts, Refused: a.Refused,
		Bytes: a.Bytes, ElapsedNS: a.Elapsed.Nanoseconds(),
		Frames: perSecond(a.Sent, a.Span), FrameBits: perSecond(8*a.Bytes, a.Span), WireBits: perSecond(8*a.OnWire, a.Span),
		CPUNS: a.CPU.Nanoseconds(), CPUFrameNS: float64(a.CPU.Nanoseconds()) / math.Max(1, float64(a.Attempts)),
		Mechanism: a.mechanism, Threads: a.Workers, Interface: a.Port.Interface, CarrierChanges: a.Port.CarrierChanges,
	}
	if a.planned {
		s.AskedFrames, s.TimerError = perSecond(a.Offered, a.Asked), &a.Late
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

func (a account) print(w io.Writer) error {
	s := a.summary()
	fmt.Fprintf(w, "sent %d of %d frames, %d bytes, in %s\n", s.Sent, s.Offered, s.Bytes, a.Elapsed.Round(time.Microsecond))
	fmt.Fprintf(w, "rate %.2f frames/s", s.Frames)
	if a.planned && s.AskedFrames > 0 {
		fmt.Fprintf(w, " of %.2f asked (%+.4f %%)", s.AskedFrames, (s.Frames/s.AskedFrames-1)*100)
	}
	fmt.Fprintf(w, ", %s of frames, %s on the wire\n", bits(s.FrameBits), bits(s.WireBits))
	fmt.Fprintf(w, "refused %s\n", reasons(s.Refused))
	if a.planned {
		fmt.Fprintf(w, "timer error p50 %v, p99 %v, max %v\n", a.Late.P50, a.Late.P99, a.Late.Max)
	}
	_, err := fmt.Fprintf(w, "cpu %.3f s, %.0f ns a frame, by %s\n", a.CPU.Seconds(), s.CPUFrameNS, a.mechanism)
	return err
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
