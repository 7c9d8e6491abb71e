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
	// Sizes tells the frame sizes of a sweep apart; nil without one, of all targets
	// together, and where there are more than 64.
	Sizes *Sizes
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

// Spread is how round trips are distributed. Those measured between timestamps of
// different clocks are not mixed: it tells of those of the clock that measured
// the most.
type Spread struct {
	by   [3]distribution // by iface.Clock
	kept bool            // histograms are
}

// distribution is of the round trips of one clock.
type distribution struct {
	n         uint64
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

func newSpread() Spread { return Spread{kept: true} }

// record takes one round trip in.
func (s *Spread) record(rtt time.Duration, clock iface.Clock) {
	d := &s.by[clock]
	if d.n == 0 && s.kept {
		d.hist = hdrhistogram.New(1, histMax, histDigits)
	}
	if d.n == 0 || rtt < d.min {
		d.min = rtt
	}
	d.max = max(d.max, rtt)
	d.n++
	d.sum += float64(rtt)
	d.sum2 += float64(rtt) * float64(rtt)
	if d.hist != nil {
		d.hist.RecordValue(min(int64(rtt), histMax))
	}
}

// clock is the one that measured the most round trips.
func (s *Spread) clock() iface.Clock {
	most := iface.KernelClock
	for c := range s.by {
		if s.by[c].n > s.by[most].n {
			most = iface.Clock(c)
		}
	}
	return most
}

func (s *Spread) most() *distribution { return &s.by[s.clock()] }

// Apart is the number of round trips that another clock measured: they are in
// nothing else that a Spread tells.
func (s *Spread) Apart() (n uint64) {
	for c := range s.by {
		n += s.by[c].n
	}
	return n - s.most().n
}

// Count is the number of round trips.
func (s *Spread) Count() uint64 { return s.most().n }

// Min is the shortest; 0 if there were none, as Max, Mean and Mdev are.
func (s *Spread) Min() time.Duration { return s.most().min }

// Max is the longest.
func (s *Spread) Max() time.Duration { return s.most().max }

// Mean is the sum by the number.
func (s *Spread) Mean() time.Duration {
	d := s.most()
	return time.Duration(d.sum / float64(max(d.n, 1)))
}

// Mdev is the standard deviation, as ping's mdev is.
func (s *Spread) Mdev() time.Duration {
	d := s.most()
	n := float64(max(d.n, 1))
	mean := d.sum / n
	return time.Duration(math.Sqrt(max(0, d.sum2/n-mean*mean)))
}

// Percentile is the round trip that q percent do not exceed, to three digits;
// 0 for a target of more than [maxHistograms], where only totals keep them.
func (s *Spread) Percentile(q float64) time.Duration {
	d := s.most()
	if d.hist == nil {
		return 0
	}
	return min(time.Duration(d.hist.ValueAtQuantile(q)), d.max)
}

// Histogram is the distribution in HdrHistogram's V2 compressed form and base64, which
// its tools read and merge; nil where none was kept.
func (s *Spread) Histogram() []byte {
	d := s.most()
	if d.hist == nil {
		return nil
	}
	b, err := d.hist.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return nil
	}
	return b
}

// Clocks says whose timestamps the round trips were measured between.
func (s *Spread) Clocks() string {
	switch {
	case s.Count() == 0:
		return "none"
	case s.clock() == iface.HardwareClock:
		return "hardware"
	case s.clock() == iface.UserClock:
		return "user"
	}
	return "kernel"
}
