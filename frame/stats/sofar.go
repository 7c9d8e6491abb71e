package stats

import hdr "github.com/HdrHistogram/hdrhistogram-go"

// SoFar is what a run has counted from its beginning up to a moment, in one
// direction. What is not known is nil.
type SoFar struct {
	// Direction tells the directions of a run apart; empty where there is one.
	Direction string
	// Offered are frames that were sent, Received those of them that came, each
	// counted once.
	Offered, Received *uint64
	// Missing are frames that have not come although later ones of their stream
	// have: lost, dropped by the host that receives, or late.
	Missing *uint64
	// HostDropped are frames that reached the host that receives and found no
	// room in it.
	HostDropped *uint64
	// Bytes are those of the frames received, or offered where those received are
	// not known: on the wire, without FCS.
	Bytes *uint64
	// Delay is that of the frames received since the SoFar before.
	Delay *Percentiles
}

// A Source gives what a run has counted so far, one SoFar for each direction. It
// may be called from any goroutine, by one at a time, while the run lasts and
// after it: each call begins a new stretch of time for the delays.
type Source func() []SoFar

// Percentiles are of delays, in nanoseconds. Behind a histogram they are off by no
// more than its precision.
type Percentiles struct {
	P50 int64 `json:"p50_ns"`
	P99 int64 `json:"p99_ns"`
	Max int64 `json:"max_ns"`
}

// Recent tells what a histogram recorded since it was asked before. The zero
// Recent is ready, and takes all that the histogram has for new.
type Recent struct{ before []int64 }

// Since is the distribution of what h recorded since the Since before; nil if it
// recorded nothing. It is for one histogram, which may be nil as long as nothing
// was recorded. It keeps a copy of its counts.
func (r *Recent) Since(h *hdr.Histogram) *Percentiles {
	if h == nil {
		return nil
	}
	fresh := h.Export()
	if r.before == nil {
		r.before = make([]int64, len(fresh.Counts))
	}
	for i, n := range fresh.Counts {
		fresh.Counts[i], r.before[i] = n-r.before[i], n
	}
	return PercentilesOf(hdr.Import(fresh))
}

// PercentilesOf are those of a histogram; nil if it is empty.
func PercentilesOf(h *hdr.Histogram) *Percentiles {
	if h.TotalCount() == 0 {
		return nil
	}
	return &Percentiles{h.ValueAtQuantile(50), h.ValueAtQuantile(99), h.Max()}
}
