// Package suite benchmarks a device as RFC 2544 and its successors say: it plans
// trials, has a Trialler make them, judges which can be believed, and says of
// every figure whether the device, the line or the tester was the limit. What it
// has measured is in a journal before it goes on, so that a run can be resumed.
package suite

import (
	"math"
	"time"

	"eterm/iface/load/pace"
)

// Direction is which way frames go: forward from the first port to the second.
type Direction string

// The directions.
const (
	Forward Direction = "forward"
	Reverse Direction = "reverse"
)

// Segment is a part of a trial's load.
type Segment struct {
	// Frames of it, at so many a second; 0 is one after the other, as fast as
	// the port takes them.
	Frames uint64  `json:"frames"`
	Rate   float64 `json:"rate_fps"`
	// Gap is what comes after the last frame's own time, in seconds.
	Gap float64 `json:"gap_s,omitempty"`
	// Times is how often all of this comes; 0 is once.
	Times uint64 `json:"times,omitempty"`
}

func (s Segment) times() uint64 { return max(1, s.Times) }

// lasts is how long a segment takes without its gap.
func (s Segment) lasts() float64 {
	if s.Rate <= 0 {
		return 0
	}
	return float64(s.Frames) / s.Rate
}

// Load is so many seconds at a rate, as a segment.
func Load(rate, seconds float64) Segment {
	return Segment{Frames: max(1, uint64(math.Round(rate*seconds))), Rate: rate}
}

// Waits are the pauses of a trial, in seconds: RFC 2544 section 23, b, d and e.
type Waits struct {
	Learn    float64 `json:"learn_s"`    // after the learning frames
	Residual float64 `json:"residual_s"` // for frames on the way, at most
	Rest     float64 `json:"rest_s"`     // for the device, before the next trial
}

// Spec is one trial to be made.
type Spec struct {
	// Sizes of the frames with FCS, in bytes, in turn.
	Sizes []int `json:"sizes"`
	// Directions that are loaded at once.
	Directions []Direction `json:"directions"`
	Profile    []Segment   `json:"profile"`
	// Loss is the ratio above which the tester's own faults count: a stall
	// of the tester causes loss and cannot hide it.
	Loss float64 `json:"loss"`
	// Burst says that what is measured is the device's buffer: then a tester
	// that stalls hides loss.
	Burst bool `json:"burst,omitempty"`
	// Addresses is how many pairs of addresses the frames have in turn; 0 is 1.
	Addresses int `json:"addresses,omitempty"`
	// BroadcastEvery makes every so many-th frame a broadcast one; 0 none, 1 all.
	BroadcastEvery int   `json:"broadcast_every,omitempty"`
	Waits          Waits `json:"waits"`
	// Reset is what is done to the device in mid-trial; empty is nothing.
	Reset string `json:"reset,omitempty"`
}

// Frames is how many frames a trial offers in each direction.
func (s Spec) Frames() (n uint64) {
	for _, p := range s.Profile {
		n += p.Frames * p.times()
	}
	return n
}

// Seconds is how long a trial's load is intended to last.
func (s Spec) Seconds() (t float64) {
	for i, p := range s.Profile {
		t += (p.lasts() + p.Gap) * float64(p.times())
		if i == len(s.Profile)-1 {
			t -= p.Gap
		}
	}
	return t
}

// Rate is the mean rate of a trial's load in frames/s; 0 if it has no length.
func (s Spec) Rate() float64 {
	if t := s.Seconds(); t > 0 {
		return float64(s.Frames()) / t
	}
	return 0
}

// part is a segment, and where it begins in a profile.
type part struct {
	Segment
	first uint64
	start float64 // seconds
}

// schedule says when each frame of a profile is due.
func schedule(profile []Segment) pace.Schedule {
	var parts []part
	first, start := uint64(0), 0.0
	for _, p := range profile {
		parts = append(parts, part{p, first, start})
		first += p.Frames * p.times()
		start += (p.lasts() + p.Gap) * float64(p.times())
	}
	parts = append(parts, part{Segment{Frames: 1}, first, start}) // what would come next
	return func(i uint64) time.Duration {
		k := len(parts) - 1
		for i < parts[k].first {
			k--
		}
		p := parts[k]
		round, within := (i-p.first)/p.Frames, (i-p.first)%p.Frames
		at := p.start + float64(round)*(p.lasts()+p.Gap)
		if p.Rate > 0 {
			at += float64(within) / p.Rate
		}
		return time.Duration(math.Round(at * 1e9))
	}
}

// begins is the number of the first frame of a segment.
func begins(profile []Segment, segment int) (n uint64) {
	for _, p := range profile[:segment] {
		n += p.Frames * p.times()
	}
	return n
}
