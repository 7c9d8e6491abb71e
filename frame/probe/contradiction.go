package probe

// Contradictions counts what cannot all come from one sender. Without a key a
// mark can be forged; what is forged without care shows here.
type Contradictions struct {
	// Sources: marks and end frames from another address than the run began
	// with. They are counted nowhere else.
	Sources uint64 `json:"other_source"`
	// Ends: accounts of the sender that differ from the first.
	Ends uint64 `json:"other_end"`
	// Marks: of one number with different times, with times that run against
	// their numbers, or sent after the end of the run.
	Marks uint64 `json:"other_mark"`
	// Unsealed: marks without the seal of the key. They are counted nowhere
	// else.
	Unsealed uint64 `json:"unsealed"`
}

// Total is the sum of all kinds.
func (c Contradictions) Total() uint64 { return c.Sources + c.Ends + c.Marks + c.Unsealed }

// mostDelay is how much longer than the next frame one may have been on its way.
const mostDelay = 5e9

// comparable is within what time two marks' times can be compared: they wrap
// every 68.7 s.
const comparable = 30e9

// contradicts says whether the time in a mark runs against its number: a sender
// makes frames one after the other. lastAt is when the frame came that had the
// greatest number before.
func (s *stream) contradicts(v verdict, a arrived, lastAt int64) bool {
	ahead := int32(a.found.Time - s.sentTime)
	near := lastAt != 0 && a.at-lastAt < comparable && lastAt-a.at < comparable
	switch {
	case v != inOrder:
		return near && ahead > 0
	case near && (ahead < 0 || int64(ahead)*Tick > a.at-lastAt+mostDelay):
		return true
	}
	s.sentTime = a.found.Time
	return false
}
