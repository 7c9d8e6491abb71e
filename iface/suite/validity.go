package suite

import "fmt"

// Reason is why a trial says nothing about the device.
type Reason struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// The codes of reasons.
const (
	NotOffered    = "not_offered" // fewer frames than intended, or more slowly
	Stalled       = "stalled"     // the tester held up frames and then sent them at once
	PushedBack    = "pushed_back" // sending was held up although the line was not full
	HostLost      = "host_lost"   // this host lost frames
	LinkLost      = "link"        // a carrier came or went
	ForeignFrames = "foreign"     // other frames were on the ports
	Steal         = "steal"       // the processors were somebody else's
	Control       = "control"     // the other end's account is missing
)

// Thresholds are where a trial stops being valid. The zero value has the
// defaults.
type Thresholds struct {
	// OfferedShare of the intended rate is the least that counts as offered;
	// 0.995 if 0.
	OfferedShare float64 `json:"offered_share"`
	// BurstTolerance is how many frames may be sent at once after a stall; 16
	// if 0.
	BurstTolerance uint64 `json:"burst_tolerance"`
	// ForeignShare is how many other frames there may be for those of the
	// load; 0.01 if 0.
	ForeignShare float64 `json:"foreign_share"`
	// StealShare and OthersShare are how much of the processors' time may be
	// the hypervisor's and other programs'; 0.02 and 0.08 if 0.
	StealShare  float64 `json:"steal_share"`
	OthersShare float64 `json:"others_share"`
	// BlockedShare is how much of a load's span sending may be held up in
	// calls of more than a millisecond; 0.01 if 0.
	BlockedShare float64 `json:"blocked_share"`
}

// Complete is t with the defaults filled in.
func (t Thresholds) Complete() Thresholds {
	fill := func(v *float64, d float64) {
		if *v == 0 {
			*v = d
		}
	}
	fill(&t.OfferedShare, 0.995)
	fill(&t.ForeignShare, 0.01)
	fill(&t.StealShare, 0.02)
	fill(&t.OthersShare, 0.08)
	fill(&t.BlockedShare, 0.01)
	if t.BurstTolerance == 0 {
		t.BurstTolerance = 16
	}
	return t
}

// spanSlack is how much longer than intended any burst may take, in seconds: a
// tenth of a millisecond is what it takes to begin.
const spanSlack = 1e-4

// judge says whether a trial is valid, and why not.
func (t Thresholds) judge(trial *Trial) {
	t = t.Complete()
	for _, a := range trial.Accounts {
		lossy := a.LossRatio() > trial.Spec.Loss
		add := func(code, format string, args ...any) {
			trial.Reasons = append(trial.Reasons, Reason{code, string(a.Direction) + ": " + fmt.Sprintf(format, args...)})
		}
		switch {
		case a.NeverOffered > 0:
			add(NotOffered, "%d of %d frames were never offered", a.NeverOffered, a.Intended)
		case !trial.Spec.Burst && a.IntendedFPS > 0 && a.OfferedFPS < t.OfferedShare*a.IntendedFPS:
			add(NotOffered, "%.0f frames/s were offered where %.0f were intended", a.OfferedFPS, a.IntendedFPS)
		}
		if n := a.Local(); n > 0 {
			add(HostLost, "this host lost %d frames", n)
		}
		if a.CarrierChanges > 0 && trial.Spec.Reset == "" {
			add(LinkLost, "the carrier changed %d times", a.CarrierChanges)
		}
		if float64(a.Foreign) > t.ForeignShare*float64(a.Offered) && lossy {
			add(ForeignFrames, "%d other frames came besides the %d of the load", a.Foreign, a.Offered)
		}
		t.judgeSending(trial.Spec, a, lossy, add)
	}
	t.judgeCPU(trial)
	trial.Valid = len(trial.Reasons) == 0 && !trial.NoWay
}

// judgeSending looks at how evenly frames were sent. What is sent at once after
// a stall makes loss, so it matters only when there was loss; a burst that was
// held up gave the device time, so it matters only when there was none.
func (t Thresholds) judgeSending(s Spec, a Account, lossy bool, add func(string, string, ...any)) {
	if s.Burst {
		want := s.Seconds()
		switch {
		case want > 0 && a.Span > 2*want+spanSlack, want > 0 && a.Lost == 0 && a.Span > 1.05*want+spanSlack:
			add(PushedBack, "the burst took %.3g s to send, and %.3g s were intended", a.Span, want)
		case want == 0 && a.Lost == 0 && a.Blocked > 0:
			add(PushedBack, "sending the burst was held up for %.3g s", a.Blocked)
		case want > 0 && len(a.Stalls) > 0 && a.Lost == 0:
			add(Stalled, "the burst was held up for %.3g s", float64(a.Stalls[0].Late)/1e9)
		}
		return
	}
	if a.Blocked > t.BlockedShare*a.Span && a.Blocked > 0.002 && a.OfferedFPS < t.OfferedShare*a.IntendedFPS {
		add(PushedBack, "sending was held up for %.3g of %.3g s", a.Blocked, a.Span)
	}
	for _, stall := range a.Stalls {
		if lossy && stall.Frames > t.BurstTolerance {
			add(Stalled, "%d frames were sent at once, %.3g s late", stall.Frames, float64(stall.Late)/1e9)
			return
		}
	}
}

// judgeCPU looks at who else used the processors. That can cause loss at this
// host that no counter shows, and cannot hide any.
func (t Thresholds) judgeCPU(trial *Trial) {
	if trial.LossRatio() <= trial.Spec.Loss {
		return
	}
	if trial.CPU.Steal > t.StealShare {
		trial.Reasons = append(trial.Reasons, Reason{Steal, fmt.Sprintf("%.1f %% of the processors' time was the hypervisor's", 100*trial.CPU.Steal)})
	}
	if trial.CPU.Others > t.OthersShare {
		trial.Reasons = append(trial.Reasons, Reason{Steal, fmt.Sprintf("%.1f %% of the processors' time was other programs'", 100*trial.CPU.Others)})
	}
}
