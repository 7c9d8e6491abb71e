package switchtest

import (
	"time"

	"eterm/frame/probe"
	"eterm/iface/talk"
)

// The operations of a watch between two machines over package talk. It begins
// with a watchBegin, in JSON as all its texts are, and an empty answer.
const (
	// opState: a watchAsk. Its answer is a watchState. What the question is longer
	// than the answer pays for the reverse stream.
	opState = talk.FirstOp + iota
	// opFinish: a watchFinish. Both streams are over with it; its answer is a watchAccount.
	opFinish
)

// watchBegin says what is watched: the sessions of the marks, and the interval.
type watchBegin struct {
	Forward  uint32        `json:"f"`
	Reverse  uint32        `json:"r"`
	Interval time.Duration `json:"i"`
}

// watchAsk is how many of the peer's moments are known already.
type watchAsk struct {
	Told int `json:"t"`
}

// watchFinish is what was sent forward, and how many moments are known.
type watchFinish struct {
	Sent probe.SenderAccount `json:"s"`
	Told int                 `json:"t"`
}

// watchState is how the peer's end is. Times are Unix nanoseconds of its clock.
type watchState struct {
	Now     int64         `json:"n"`
	Sent    uint64        `json:"s"` // of the reverse stream
	Got     uint64        `json:"g"` // of the forward stream
	Missing uint64        `json:"x"` // of it
	Paid    int           `json:"p"` // bytes of the reverse stream that are paid for
	Looped  bool          `json:"o,omitempty"`
	Moments []watchMoment `json:"m,omitempty"`
}

// watchMoment is a Moment at the peer.
type watchMoment struct {
	At   int64         `json:"a"`
	What string        `json:"w"`
	For  time.Duration `json:"f,omitempty"`
}

// watchAccount is the peer's account of both streams, and the moments not yet told.
type watchAccount struct {
	Forward  probe.Report         `json:"f"`
	Reverse  *probe.SenderAccount `json:"r"`
	Paused   uint64               `json:"p"`
	HostLost uint64               `json:"h"`
	Downs    uint64               `json:"d"`
	Forged   uint64               `json:"x"`
	Moments  []watchMoment        `json:"m"`
	Unlisted int                  `json:"u"`

	heard bool // it came
}

// Limits of a watch between two machines.
const (
	// LeastPairInterval is the shortest interval: a reserve of talk.MostReserve
	// lasts more than a minute then.
	LeastPairInterval = time.Millisecond
	// MostPairInterval is the longest.
	MostPairInterval = 10 * time.Second
	// reserveFor is for how long the reverse stream is paid for in advance: so
	// long it goes on when no question gets through.
	reserveFor = time.Minute
	// mostKept bounds what a peer keeps to tell, toldAtOnce what it tells in
	// one answer.
	mostKept   = 1000
	toldAtOnce = 8
)

// peerWords are the moments that a peer may tell of.
var peerWords = map[string]bool{Silent: true, Speaking: true, LinkLost: true, LinkBack: true, Stalled: true, Paused: true}

// peerClock translates times of the peer's clock. Whatever the delays each way
// are, the true offset is within half the round trip of the estimate.
type peerClock struct {
	known  bool
	offset time.Duration // of the peer's clock to ours
	half   time.Duration // of the round trip
	at     time.Time
}

// clockDrift is what two clocks may run apart in a second: 200 ppm, for each may
// be 100 ppm off (IEEE 802.3 allows a station's as much).
const clockDrift = 2e-4

// note takes a measurement, if it is better than what is known.
func (c *peerClock) note(asked, answered time.Time, now int64) {
	half := answered.Sub(asked) / 2
	if c.known && half > c.within(answered) {
		return
	}
	c.known, c.half, c.at = true, half, answered
	c.offset = time.Duration(now - asked.Add(half).UnixNano())
}

// within is how far off a translated time may be.
func (c *peerClock) within(now time.Time) time.Duration {
	return c.half + time.Duration(float64(now.Sub(c.at))*clockDrift)
}

// here is a time of the peer's clock on ours.
func (c *peerClock) here(at int64) time.Time { return time.Unix(0, at).Add(-c.offset) }
