package linktest

import (
	"fmt"
	"time"

	"eterm/frame/probe"
	"eterm/iface"
	"eterm/iface/load"
)

// untrusted is why a result says little about the link.
func untrusted(a Result) []string {
	why := []string{}
	add := func(format string, args ...any) { why = append(why, fmt.Sprintf(format, args...)) }
	if n := a.Where.BeforeListening; n > 0 {
		add("%d frames of the beginning were sent before the receiver listened", n)
	}
	if n := a.LostLocal - a.Where.BeforeListening; n > 0 {
		add("%d frames were lost by the hosts and not by what is between them", n)
	}
	if s := a.Sender; s != nil {
		if d, missed := s.rateMissed(); missed {
			add("%s: %.0f frames a second were offered where %.0f were asked for", d, s.OfferedRate, s.AskedRate)
		}
		for _, d := range s.Doubts {
			add("at the sender %s", d)
		}
		if s.Error != "" {
			add("the sender stopped: %s", s.Error)
		}
	}
	if e := a.end(); a.Sender == nil && e != nil && e.Doubted && a.Refused == 0 {
		add("the sender does not trust its own run: its account says why")
	}
	if a.Receiver != nil {
		why = append(why, a.Receiver.untrusted()...)
		switch {
		case a.NotKnown > 0 && a.Receiver.Stopped:
			add("%d frames were lost, never sent or not awaited: the receiver was stopped before the sender's end was heard", a.NotKnown)
		case a.NotKnown > 0:
			add("%d frames were lost or never sent: the sender's end was not heard", a.NotKnown)
		}
		if a.Duplicated > a.Offered {
			add("%d duplicates of %d frames: there is a loop, or something that copies without end", a.Duplicated, a.Offered)
		}
	}
	return why
}

// end is what the sender's end frame said, if one was heard.
func (a Result) end() *probe.SenderAccount {
	if a.Receiver == nil {
		return nil
	}
	return a.Receiver.Report.End
}

// untrusted is what the receiver's own account says against itself.
func (r *ReceiverSide) untrusted() (why []string) {
	add := func(n uint64, format string) {
		if n > 0 {
			why = append(why, fmt.Sprintf(format, n))
		}
	}
	for _, d := range r.Doubts {
		why = append(why, "at the receiver "+d.String())
	}
	if r.Loop != "" {
		why = append(why, r.Loop)
	}
	add(r.Truncated, "%d frames were longer than the receiver could take")
	add(r.Uncounted, "%d frames came while all places were taken by other runs")
	add(r.Full, "%d frames were of runs that found no place beside this one")
	c := r.Report.Contradictions
	add(c.Unsealed, "%d marks of this run have not the seal of the key: another sender?")
	add(c.Total()-c.Unsealed, "%d marks of this run contradict each other: another sender?")
	if r.ClockSet != 0 {
		why = append(why, fmt.Sprintf("the receiver's clock was set by %v while the run lasted: delays and times are wrong", time.Duration(r.ClockSet)))
	}
	return why
}

// rateMissed says whether the frames were offered slower than asked for.
func (s *SenderSide) rateMissed() (iface.Doubt, bool) {
	if s.AskedRate <= 0 || s.OfferedRate <= 0 {
		return iface.Doubt{}, false
	}
	asked, took := float64(s.Offered)/s.AskedRate, float64(s.Offered)/s.OfferedRate
	return load.RateMissed(s.Offered, time.Duration(asked*1e9), time.Duration(took*1e9), s.PacingError.P50)
}
