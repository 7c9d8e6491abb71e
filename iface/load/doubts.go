package load

import (
	"fmt"
	"time"

	"eterm/iface"
)

// Doubts is why the result of a run cannot be trusted: what this host and its
// link did to it. Frames that were refused and then taken are no doubt.
func (r Result) Doubts() []iface.Doubt {
	var all []iface.Doubt
	if r.Skipped > 0 {
		all = append(all, iface.Doubt{Reason: iface.HostRefused,
			Text: fmt.Sprintf("this host refused %d of %d frames: %v", r.Skipped, r.Offered, r.Refused)})
	}
	port := r.Port
	port.Refused = iface.Refused{} // those that were offered again are in it too
	all = append(all, port.Doubts()...)
	if d, missed := RateMissed(r.Offered, r.Asked, r.Span, r.PacingError.P50); missed {
		all = append(all, d)
	}
	return all
}

const (
	// missedShare is by how much of its time a run may take longer before its
	// rate counts as missed.
	missedShare = 0.01
	// hiccup is so short a delay that it is never called a missed rate.
	hiccup = time.Millisecond
	// stall is how long a host may hold a sender up once. Where frames came at
	// their time but for that, one frame was late and no rate was missed.
	stall = 50 * time.Millisecond
	// few frames have no median that tells a stall from a host that is too slow.
	few = 10
)

// RateMissed says whether so many frames were offered slower than asked for:
// they were to take one time and took another. It is the one rule for that.
//
// A host that cannot keep up falls behind more and more, so that half its
// frames are late by about half of what is missing in the end, or more; late is
// their median pacing error, or 0 if it is not known. A run that was held up
// once, near its end, had its frames in time; only a stall that is long itself
// counts then, as it does of fewer than ten frames. One frame alone has no rate.
func RateMissed(frames uint64, asked, took, late time.Duration) (iface.Doubt, bool) {
	missing := took - asked
	switch {
	case frames < 2 || asked <= 0, missing <= max(hiccup, time.Duration(missedShare*float64(asked))):
		return iface.Doubt{}, false
	case missing <= stall && (frames < few || late < missing/4):
		return iface.Doubt{}, false
	}
	return iface.Doubt{Reason: iface.RateMissed,
		Text: fmt.Sprintf("the asked rate was missed by %.1f %%: this host could not send faster", 100*(1-float64(asked)/float64(took)))}, true
}
