package probe

import (
	"math/rand/v2"

	hdr "github.com/HdrHistogram/hdrhistogram-go"

	"eterm/frame/stats"
)

// Delay is the distribution of how long frames were on the way, in nanoseconds.
type Delay struct {
	// Kind is "one_way" where both ends share a clock; "variation" where they
	// do not: what frames took longer than the fastest, after the clocks'
	// offset and skew were taken out; or "none".
	Kind  string `json:"kind"`
	Count uint64 `json:"count"`
	Min   int64  `json:"min_ns"`
	Mean  int64  `json:"mean_ns"`
	P50   int64  `json:"p50_ns"`
	P90   int64  `json:"p90_ns"`
	P99   int64  `json:"p99_ns"`
	P999  int64  `json:"p999_ns"`
	Max   int64  `json:"max_ns"`
	// Skew is how much faster the receiver's clock runs, in parts per
	// million, and Uncertainty what the fit may be wrong by; of variation only.
	Skew        float64 `json:"skew_ppm"`
	Uncertainty int64   `json:"uncertainty_ns"`
	// Sampled: Mean and percentiles are of 16384 frames chosen at random.
	Sampled bool `json:"sampled"`
	// Negative frames came before they were sent: the clocks are not shared
	// after all, and Kind is "none".
	Negative uint64 `json:"negative"`
	// Histogram is the distribution in HdrHistogram's compressed form (V2,
	// base64), to be merged with others.
	Histogram string `json:"histogram,omitempty"`
}

// sampleSize bounds the frames kept to see variation in.
const sampleSize = 1 << 14

// longest delay told apart, in nanoseconds: a minute.
const longest = 60e9

// delays collects delays while a run lasts.
type delays struct {
	shared   bool
	negative uint64
	hist     *hdr.Histogram // shared clock

	count  uint64
	base   uint32 // the first difference of the clocks, in Ticks
	start  int64
	env    envelope
	sample []point
	random *rand.Rand

	// Since recent was called before: of a shared clock, what the histogram had
	// then; otherwise frames chosen at random, out of fresh ones.
	before stats.Recent
	latest []point
	fresh  uint64
}

// latestSize bounds the frames kept to see the variation of a stretch of time in.
const latestSize = 1 << 10

func newDelays(shared bool) delays {
	return delays{shared: shared, random: rand.New(rand.NewPCG(1, 1))}
}

// add takes a frame sent at time sent in Ticks, received at time at.
func (d *delays) add(sent uint32, at int64) {
	diff := Ticks(at) - sent
	d.count++
	if d.shared {
		if d.hist == nil {
			d.hist = hdr.New(1, longest, 3)
		}
		// Half a tick on average was cut off the sender's time.
		if ns := int64(int32(diff))*Tick + at%Tick; ns >= 0 {
			_ = d.hist.RecordValue(min(ns, longest))
		} else {
			d.negative++
		}
		return
	}
	if d.count == 1 {
		d.base, d.start = diff, at
	}
	p := point{x: float64(at - d.start), y: float64(int32(diff-d.base))*Tick + float64(at%Tick)}
	d.env.add(p)
	if len(d.sample) < sampleSize {
		d.sample = append(d.sample, p)
	} else if i := d.random.Uint64N(d.count); i < sampleSize {
		d.sample[i] = p
	}
	d.fresh++
	if len(d.latest) < latestSize {
		d.latest = append(d.latest, p)
	} else if i := d.random.Uint64N(d.fresh); i < latestSize {
		d.latest[i] = p
	}
}

// recent are the delays since it was called before, of the kind that report
// tells; nil if there were none. Of variation they are of 1,024 frames at most,
// by the clocks' difference as it is known up to now.
func (d *delays) recent() *stats.Percentiles {
	switch {
	case d.shared && d.negative > 0, d.count == 0:
		return nil
	case d.shared:
		return d.before.Since(d.hist)
	}
	line := d.env.fit()
	h := hdr.New(1, longest, 3)
	for _, p := range d.latest {
		_ = h.RecordValue(clampDelay(p.y - line.at(p.x)))
	}
	d.latest, d.fresh = d.latest[:0], 0
	return stats.PercentilesOf(h)
}

// report says what was collected.
func (d *delays) report() Delay {
	switch {
	case d.count == 0:
		return Delay{Kind: "none"}
	case d.shared && d.negative > 0:
		return Delay{Kind: "none", Negative: d.negative}
	case d.shared:
		return describe(d.hist, Delay{Kind: "one_way", Count: d.count})
	}
	line := d.env.fit()
	h := hdr.New(1, longest, 3)
	for _, p := range d.sample {
		_ = h.RecordValue(clampDelay(p.y - line.at(p.x)))
	}
	r := describe(h, Delay{Kind: "variation", Count: d.count, Skew: line.slope * 1e6,
		Uncertainty: int64(d.env.residual(line)), Sampled: d.count > sampleSize})
	r.Max = max(r.Max, clampDelay(d.env.highest(line)))
	return r
}

func clampDelay(ns float64) int64 { return int64(min(max(ns, 0), longest)) }

// describe fills in the distribution.
func describe(h *hdr.Histogram, d Delay) Delay {
	d.Min, d.Max, d.Mean = h.Min(), h.Max(), int64(h.Mean())
	for p, v := range map[float64]*int64{50: &d.P50, 90: &d.P90, 99: &d.P99, 99.9: &d.P999} {
		*v = h.ValueAtQuantile(p)
	}
	if b, err := h.Encode(hdr.V2CompressedEncodingCookieBase); err == nil {
		d.Histogram = string(b)
	}
	return d
}
