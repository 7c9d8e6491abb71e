package reach

import (
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"eterm/iface"
)

// Stats is the account of the probes to one target, or to all.
type Stats struct {
	Sent       uint64 // frames the port took
	Received   uint64 // probes answered, each counted once
	Late       uint64 // of those, answered after the timeout
	Reordered  uint64 // of those, answered after a later one was (RFC 4737, 3)
	Damaged    uint64 // of those, with other data than was sent
	Duplicates uint64 // further answers to probes answered already
	// BadChecksum are answers whose checksum is wrong: they count for nothing
	// else, as a host's stack would not see them.
	BadChecksum uint64
	Complaints  uint64 // ICMP errors about our probes
	Unresolved  uint64 // probes not sent, because nobody told the next hop's address
	Refused     uint64 // probes this host's kernel did not take

	RTT Spread
}

// Lost is the number of probes sent and not answered.
func (s *Stats) Lost() uint64 { return s.Sent - s.Received }

// LossRatio is the share of probes lost, 0 to 1; probes that could not be
// sent for want of an address count as lost.
func (s *Stats) LossRatio() float64 {
	all := s.Sent + s.Unresolved
	if all == 0 {
		return 0
	}
	return 1 - float64(s.Received)/float64(all)
}

// add puts the counts, not the round trips, of o into s.
func (s *Stats) add(o *Stats) {
	s.Sent += o.Sent
	s.Received += o.Received
	s.Late += o.Late
	s.Reordered += o.Reordered
	s.Damaged += o.Damaged
	s.Duplicates += o.Duplicates
	s.BadChecksum += o.BadChecksum
	s.Complaints += o.Complaints
	s.Unresolved += o.Unresolved
	s.Refused += o.Refused
}

// Spread is how round trips are distributed.
type Spread struct {
	n, byUser uint64
	hardware  uint64
	sum, sum2 float64 // of nanoseconds and of their squares
	min, max  time.Duration
	hist      *hdrhistogram.Histogram
}

// The histogram's reach and precision: three digits from 1 ns to a minute,
// 216 kB.
const (
	histMax    = int64(time.Minute)
	histDigits = 3
)

func newSpread() Spread { return Spread{hist: hdrhistogram.New(1, histMax, histDigits)} }

// record takes one round trip in.
func (s *Spread) record(d time.Duration, clock iface.Clock) {
	if s.n == 0 || d < s.min {
		s.min = d
	}
	s.max = max(s.max, d)
	s.n++
	s.sum += float64(d)
	s.sum2 += float64(d) * float64(d)
	switch clock {
	case iface.UserClock:
		s.byUser++
	case iface.HardwareClock:
		s.hardware++
	}
	if s.hist != nil {
		s.hist.RecordValue(min(int64(d), histMax))
	}
}

// Count is the number of round trips.
func (s *Spread) Count() uint64 { return s.n }

// Min, Max, Mean and Mdev are 0 if there were none.
func (s *Spread) Min() time.Duration { return s.min }
func (s *Spread) Max() time.Duration { return s.max }

func (s *Spread) Mean() time.Duration {
	if s.n == 0 {
		return 0
	}
	return time.Duration(s.sum / float64(s.n))
}

// Mdev is the standard deviation, as ping's mdev is.
func (s *Spread) Mdev() time.Duration {
	if s.n == 0 {
		return 0
	}
	mean := s.sum / float64(s.n)
	return time.Duration(math.Sqrt(max(0, s.sum2/float64(s.n)-mean*mean)))
}

// Percentile is the round trip that q percent do not exceed, to three digits;
// 0 for a target of more than [maxHistograms], where only totals keep them.
func (s *Spread) Percentile(q float64) time.Duration {
	if s.hist == nil || s.n == 0 {
		return 0
	}
	return min(time.Duration(s.hist.ValueAtQuantile(q)), s.max)
}

// Histogram is the distribution in HdrHistogram's V2 compressed form and base64, which
// its tools read and merge; nil where none was kept.
func (s *Spread) Histogram() []byte {
	if s.hist == nil || s.n == 0 {
		return nil
	}
	b, err := s.hist.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return nil
	}
	return b
}

// Clocks says whose time stamps the round trips were measured between.
func (s *Spread) Clocks() string {
	switch {
	case s.n == 0:
		return "none"
	case s.byUser == s.n:
		return "user"
	case s.hardware == s.n:
		return "hardware"
	case s.byUser == 0 && s.hardware == 0:
		return "kernel"
	}
	return "mixed"
}
