package probe

// Report is what a Tally has to say. Always, for each stream and in total:
//
//	Expected = Received + Loss.Lost
type Report struct {
	Session uint32 `json:"session"`
	// Plan is what the sender planned, if any of it was heard, and End what
	// it says it did.
	Plan *Plan          `json:"plan"`
	End  *SenderAccount `json:"end"`
	// Expected frames are those known to have been numbered: by the end
	// frame, or else those up to the last that came.
	Expected uint64 `json:"expected"`
	// NotKnown frames are in the plan, behind the last that came, and the
	// sender's end was not heard: lost or never sent.
	NotKnown   uint64 `json:"not_known"`
	Received   uint64 `json:"received"` // each counted once, corrupted ones included
	Bytes      uint64 `json:"bytes"`    // of those, without FCS
	Duplicated uint64 `json:"duplicated"`
	Loss       Loss   `json:"loss"`
	Reordering `json:"reordering"`
	// Behind is by how much duplicates came after the first copy.
	Behind Spread `json:"duplicates_behind"`
	// Contradictions are reasons to think that not all of this is one
	// sender's.
	Contradictions Contradictions `json:"contradictions"`
	Damage         Damage         `json:"damage"`
	Delay          Delay          `json:"delay"`
	First          int64          `json:"first_ns"` // when the first and the last frame came, Unix
	Last           int64          `json:"last_ns"`
	Each           []StreamReport `json:"streams"`
	// Beyond says that more was missing at a time than is kept: of frames
	// that came later than that, some count as lost and again as duplicated.
	Beyond bool `json:"beyond_memory"`
	// Lengths are how many frames of each length were received, where there are
	// several.
	Lengths []LengthCount `json:"lengths,omitempty"`
}

// StreamReport is the account of one stream.
type StreamReport struct {
	Stream     uint8  `json:"stream"`
	Expected   uint64 `json:"expected"`
	Received   uint64 `json:"received"`
	Bytes      uint64 `json:"bytes"`
	Duplicated uint64 `json:"duplicated"`
	Loss       Loss   `json:"loss"`
	Reordering `json:"reordering"`
}

// Report sums up. What has not come by now counts as lost, up to what the
// sender is known to have offered. The Tally can go on.
func (t *Tally) Report() Report {
	r := Report{Session: t.session, Damage: t.damage.clone(), Delay: t.delays.report(), Behind: t.again, Contradictions: t.against,
		First: t.firstAt, Last: t.lastAt, Beyond: t.beyond > 0, Each: []StreamReport{}}
	if t.planned {
		p := t.plan
		r.Plan = &p
	}
	if t.end != nil {
		e := *t.end
		r.End = &e
	}
	for i := range t.streams {
		if s, ok := t.streamReport(uint8(i)); ok {
			r.Each = append(r.Each, s)
			r.Expected += s.Expected
			r.NotKnown += t.notKnown(s)
			r.Received += s.Received
			r.Bytes += s.Bytes
			r.Duplicated += s.Duplicated
			r.Loss.merge(s.Loss)
			r.Reordering.add(s.Reordering)
		}
	}
	r.Lengths = t.lengths.report(t.planned && t.plan.Mixed)
	r.Loss = r.Loss.clone()
	r.Loss.sort()
	return r
}

// streamReport is the account of one stream, if anything is known of it.
func (t *Tally) streamReport(stream uint8) (StreamReport, bool) {
	s := t.streams[stream]
	expected := t.expected(stream)
	if s == nil {
		if expected == 0 && (!t.planned || t.plan.Of(stream, t.plan.Total) == 0) {
			return StreamReport{}, false
		}
		s = &t.silent
	}
	r := StreamReport{Stream: stream, Received: s.received, Bytes: s.bytes, Duplicated: s.duplicated,
		Loss: s.loss.clone(), Reordering: s.Reordering, Expected: max(expected, s.next)}
	for _, g := range s.gaps {
		r.Loss.add(stream, g, t.interval())
	}
	if s.next < r.Expected {
		r.Loss.add(stream, gap{first: s.next, last: r.Expected - 1, before: s.lastAt}, t.interval())
	}
	r.Loss.sort()
	return r, true
}

// expected is how many frames of a stream are known to have been numbered.
func (t *Tally) expected(stream uint8) uint64 {
	if t.end != nil {
		return t.plan.Of(stream, t.end.Offered)
	}
	return 0
}

// notKnown is how many frames of a stream the plan has behind the last that
// came, where the sender did not say how many there were.
func (t *Tally) notKnown(s StreamReport) uint64 {
	if t.end != nil || !t.planned {
		return 0
	}
	planned := t.plan.Of(s.Stream, t.plan.Total)
	return planned - min(planned, s.Expected)
}
