package suite

import (
	"fmt"

	"eterm/frame/probe"
)

// Account is what became of a trial's frames in one direction. Always:
//
//	Intended = Offered + NeverOffered
//	Offered  = Received + Lost
//	Lost     = Refused + SenderNIC + ReceiveSocket + ReceiveNIC + OnTheWay
type Account struct {
	Direction    Direction `json:"direction"`
	Intended     uint64    `json:"intended"`
	Offered      uint64    `json:"offered"`
	NeverOffered uint64    `json:"never_offered"`
	Received     uint64    `json:"received"`
	Lost         uint64    `json:"lost"`

	// Where the lost frames went: what this host did not take, what its
	// interface dropped after it had, what came and found no room, and the rest.
	Refused       uint64 `json:"refused"`
	SenderNIC     uint64 `json:"sender_nic"`
	ReceiveSocket uint64 `json:"receive_socket"`
	ReceiveNIC    uint64 `json:"receive_nic"`
	OnTheWay      uint64 `json:"on_the_way"`

	// Flooded frames came out where they did not belong too; Foreign ones
	// were none of the trial's, Control ones are the tester's own others.
	Flooded    uint64 `json:"flooded"`
	Duplicated uint64 `json:"duplicated"`
	Reordered  uint64 `json:"reordered"`
	Corrupted  uint64 `json:"corrupted"`
	Foreign    uint64 `json:"foreign"`
	Control    uint64 `json:"control"`
	// CarrierChanges are those of either port.
	CarrierChanges uint64 `json:"carrier_changes"`

	// Rates in frames/s: asked for, offered (frames over their span), and
	// forwarded (frames received over the span of their arrival).
	IntendedFPS  float64 `json:"intended_fps"`
	OfferedFPS   float64 `json:"offered_fps"`
	ForwardedFPS float64 `json:"forwarded_fps"`
	// Span is the time from the first frame's turn to the last frame's end.
	Span float64 `json:"span_s"`
	// Blocked is how long sending took in calls of more than a millisecond.
	Blocked float64 `json:"blocked_s"`

	Delay   probe.Delay    `json:"delay"`
	Outages []probe.Outage `json:"outages"`
	Series  Series         `json:"series"`
	Stalls  []Stall        `json:"stalls"`
	// MoreStalls there were, not listed.
	MoreStalls uint64 `json:"more_stalls"`
	// Steps is when the first frame of each segment was sent, in seconds from
	// the first frame's turn; LastGap the last hole in what arrived.
	Steps   []float64 `json:"steps_s"`
	LastGap *Gap      `json:"last_gap"`
	// Tagged is the delay of the frame due at half time (RFC 2544, 26.2), in
	// nanoseconds; nil if it did not arrive.
	Tagged *int64 `json:"tagged_delay_ns"`
}

// Gap is a hole in the numbers of what arrived.
type Gap struct {
	First uint64 `json:"first"` // lost
	Last  uint64 `json:"last"`
	// Before and After are when the frames around it were sent, in seconds from
	// the first frame's turn.
	Before float64 `json:"before_s"`
	After  float64 `json:"after_s"`
}

// Stall is a time in which the tester did not send although frames were due.
type Stall struct {
	First  uint64 `json:"first"`  // number of the first frame that was late
	Frames uint64 `json:"frames"` // sent at once to catch up
	Late   int64  `json:"late_ns"`
}

// LossRatio is the share of the offered frames that were lost.
func (a Account) LossRatio() float64 {
	if a.Offered == 0 {
		return 0
	}
	return float64(a.Lost) / float64(a.Offered)
}

// Local is how many of the lost frames this host lost.
func (a Account) Local() uint64 {
	return a.Refused + a.SenderNIC + a.ReceiveSocket + a.ReceiveNIC
}

// attribute says where lost frames went. What a host's counters hold may have
// been other frames: no more than was lost is put down to them.
func (a *Account) attribute(refused, senderNIC, socket, receiveNIC uint64) {
	left := a.Lost
	take := func(n uint64) uint64 {
		n = min(n, left)
		left -= n
		return n
	}
	a.Refused, a.SenderNIC = take(refused), take(senderNIC)
	a.ReceiveSocket, a.ReceiveNIC = take(socket), take(receiveNIC)
	a.OnTheWay = left
}

// Check says whether the sums hold.
func (a Account) Check() error {
	inSeries := uint64(0)
	for _, n := range a.Series.Received {
		inSeries += n
	}
	switch {
	case a.Intended != a.Offered+a.NeverOffered:
		return fmt.Errorf("%s: %d frames intended are not %d offered and %d never offered", a.Direction, a.Intended, a.Offered, a.NeverOffered)
	case a.Offered != a.Received+a.Lost:
		return fmt.Errorf("%s: %d frames offered are not %d received and %d lost", a.Direction, a.Offered, a.Received, a.Lost)
	case a.Lost != a.Local()+a.OnTheWay:
		return fmt.Errorf("%s: %d frames lost are not %d by this host and %d on the way", a.Direction, a.Lost, a.Local(), a.OnTheWay)
	case len(a.Series.Received) > 0 && inSeries != a.Received:
		return fmt.Errorf("%s: %d frames received are not the %d of the series", a.Direction, a.Received, inSeries)
	}
	return nil
}

// Buckets is how many parts of a trial are told apart.
const Buckets = 100

// Series is a trial over time: its frames in Buckets parts by number, and so by
// when they were due.
type Series struct {
	Received []uint64 `json:"received"`
	// Delays in nanoseconds; 0 where nothing was received, and where two clocks
	// were read.
	Min  []int64 `json:"min_ns"`
	Mean []int64 `json:"mean_ns"`
	Max  []int64 `json:"max_ns"`

	total uint64
	sums  []int64
}

func newSeries(total uint64) Series {
	n := int(min(Buckets, max(total, 1)))
	return Series{Received: make([]uint64, n), Min: make([]int64, n), Mean: make([]int64, n), Max: make([]int64, n), total: max(total, 1), sums: make([]int64, n)}
}

// bucket is where a frame is counted.
func (s *Series) bucket(number uint64) int {
	return int(min(number, s.total-1) * uint64(len(s.Received)) / s.total)
}

// count takes a frame by its number, of whose delay nothing is known.
func (s *Series) count(number uint64) { s.Received[s.bucket(number)]++ }

// add takes a frame by its number, with its delay.
func (s *Series) add(number uint64, delay int64) {
	i := s.bucket(number)
	if s.Received[i] == 0 || delay < s.Min[i] {
		s.Min[i] = delay
	}
	s.Max[i] = max(s.Max[i], delay)
	s.Received[i]++
	s.sums[i] += delay
}

// finish works out the means.
func (s *Series) finish() {
	for i, n := range s.Received {
		if n > 0 && s.sums != nil {
			s.Mean[i] = s.sums[i] / int64(n)
		}
	}
}
