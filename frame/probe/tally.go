package probe

import (
	"eterm/frame/seal"
	"eterm/frame/stats"
)

// Tally is the account a receiver keeps of one run. Its memory is bounded
// whatever arrives. Times are arguments, in Unix nanoseconds.
type Tally struct {
	session uint32
	streams [256]*stream
	silent  stream // stands for streams of which nothing came
	plan    Plan
	planned bool
	end     *SenderAccount
	endTime uint32 // in the mark of the first end frame
	// endHeard: there was one.
	endHeard bool
	against  Contradictions
	damage   Damage
	gaps     int // in all streams
	beyond   uint64
	seen     seen
	again    Spread
	delays   delays
	key      seal.Key
	scratch  [2][]byte
	firstAt  int64
	lastAt   int64
	bytes    uint64
	lengths  lengths
}

// stream is the account of one stream.
type stream struct {
	sequence
	images   images
	loss     Loss // of gaps given up on
	bytes    uint64
	sentTime uint32 // the mark's time in the frame with the greatest number
}

// maxGaps bounds the gaps of all streams together, and so what a Tally keeps of
// losses that may yet turn out to be delays: about 3 MB.
const maxGaps = 1 << 16

// NewTally makes the account of a run. SharedClock says that sender and
// receiver read the same clock, so that one-way delays are true.
func NewTally(session uint32, sharedClock bool) *Tally {
	return &Tally{session: session, delays: newDelays(sharedClock),
		scratch: [2][]byte{make([]byte, 0, 2*maxHead), make([]byte, 0, 2*maxHead)}}
}

// Sealed says that all frames of the run are sealed with a key. Whoever adds
// them has found them right by Verify.
func (t *Tally) Sealed(key seal.Key) { t.key = key }

// Add takes a frame in which Find found f, received at time at, so long on the
// wire without FCS. It says whether the frame belongs to the run; one that does
// not is foreign. It keeps nothing of frame, and allocates only when something
// is seen for the first time or is wrong.
func (t *Tally) Add(frame []byte, length int, f Found, at int64) bool {
	if f.Session != t.session || f.Sealed == t.key.IsZero() {
		return false
	}
	switch f.Kind {
	case KindPlan:
		t.Hear(frame, f)
		return true
	case KindEnd:
		t.Hear(frame, f)
		return true
	case KindMark, KindMarkPlan:
		return t.addMark(arrived{frame: frame, length: length, found: f, at: at})
	}
	return false
}

// Hear takes a plan or end frame.
func (t *Tally) Hear(frame []byte, f Found) {
	if p, ok := PlanOf(frame, f); ok {
		t.notePlan(p)
	}
	if a, ok := EndOf(frame, f); ok {
		if !t.endHeard {
			t.endHeard, t.endTime = true, f.Time
		}
		t.End(a)
	}
}

// Planned tells the Tally the plan of its run, if it is known beforehand.
func (t *Tally) Planned(p Plan) { t.plan, t.planned = p, true }

// End tells the Tally what the sender says it did. A second account that says
// something else is a contradiction; the first one stays.
func (t *Tally) End(a SenderAccount) {
	switch {
	case t.end == nil:
		t.end = &a
	case *t.end != a:
		t.against.Ends++
	}
}

// Concluded tells the Tally what the sender did, by its own word and not by a
// frame of the run: it stands, whatever the frames said.
func (t *Tally) Concluded(a SenderAccount) {
	t.End(a)
	t.end = &a
}

// Ended is what the sender said it did, and whether it has.
func (t *Tally) Ended() (SenderAccount, bool) {
	if t.end == nil {
		return SenderAccount{}, false
	}
	return *t.end, true
}

// Plan is what is known of the run's plan.
func (t *Tally) Plan() (Plan, bool) { return t.plan, t.planned }

func (t *Tally) addMark(a arrived) bool {
	s := t.streams[a.found.Stream]
	if s == nil {
		if t.planned && a.found.Stream > t.plan.Streams {
			return false
		}
		s = &stream{}
	}
	a.number = s.extend(a.found.Seq)
	if t.planned && t.plan.Total > 0 && a.number >= t.plan.Of(a.found.Stream, t.plan.Total) {
		return false
	}
	t.streams[a.found.Stream] = s
	t.check(a, s)
	before := len(s.gaps)
	lastAt := s.lastAt
	v := s.add(a.number, a.at)
	t.against.Marks += one(s.contradicts(v, a, lastAt) || t.endHeard && int32(a.found.Time-t.endTime) > 0)
	if t.gaps += len(s.gaps) - before; t.gaps > maxGaps {
		t.giveUp()
	}
	t.note(a, s, v)
	return true
}

// note counts what goes by the frame rather than by its number.
func (t *Tally) note(a arrived, s *stream, v verdict) {
	if t.firstAt == 0 {
		t.firstAt = a.at
	}
	t.lastAt = a.at
	first, known := t.seen.swap(a.found.Stream, a.number, seenAt{a.at, a.found.Time}, v == again)
	if v == again {
		t.again.add(a.at-first.at, known)
		t.against.Marks += one(known && first.sent != a.found.Time)
		return
	}
	s.bytes += uint64(a.length)
	t.bytes += uint64(a.length)
	t.lengths.add(a.length)
	t.delays.add(a.found.Time, a.at)
}

// giveUp makes room by counting the oldest gaps of the stream that has the
// most as lost.
func (t *Tally) giveUp() {
	most := 0
	for i, s := range t.streams {
		if s != nil && (t.streams[most] == nil || len(s.gaps) > len(t.streams[most].gaps)) {
			most = i
		}
	}
	s := t.streams[most]
	for _, g := range s.giveUp() {
		s.loss.add(uint8(most), g, t.interval())
		t.gaps--
	}
	t.beyond = s.closed
}

// interval between frames of one stream, in picoseconds.
func (t *Tally) interval() uint64 { return t.plan.Interval * (uint64(t.plan.Streams) + 1) }

// Received is how many frames were received, each counted once.
func (t *Tally) Received() (n uint64) {
	for _, s := range t.streams {
		if s != nil {
			n += s.received
		}
	}
	return n
}

// Numbered is how many frames the numbers of those received tell of: up to the
// greatest of each stream. Of a run under way that is what was offered, but for
// what is on the way or lost behind it.
func (t *Tally) Numbered() (n uint64) {
	for _, s := range t.streams {
		if s != nil {
			n += s.next
		}
	}
	return n
}

// Missing is how many frames have not come although later ones of their streams
// have.
func (t *Tally) Missing() uint64 { return t.Numbered() - min(t.Received(), t.Numbered()) }

// Bytes are those of the frames received, each counted once, without FCS.
func (t *Tally) Bytes() uint64 { return t.bytes }

// RecentDelay is the delay of the frames received since it was called before, of
// the kind that Report's is; nil if there is none.
func (t *Tally) RecentDelay() *stats.Percentiles { return t.delays.recent() }

// Complete says whether all frames have come that are known to have been sent.
func (t *Tally) Complete() bool {
	switch {
	case t.end != nil:
		return t.Received() >= t.end.Offered-t.end.Refused
	case t.planned && t.plan.Total > 0:
		return t.Received() >= t.plan.Total
	}
	return false
}
