package metrics

import (
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"

	"eterm/frame/probe"
)

// bounds are the upper bounds of delays told apart: of a cable, a switch, a
// site, a country and a queue.
var bounds = [...]time.Duration{
	1 * time.Microsecond, 2 * time.Microsecond, 5 * time.Microsecond, 10 * time.Microsecond, 20 * time.Microsecond, 50 * time.Microsecond,
	100 * time.Microsecond, 200 * time.Microsecond, 500 * time.Microsecond, time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond,
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second,
}

// histogram is delays by their kind: one-way delay and variation are never one
// distribution.
type histogram map[string]*sums

// sums are how many delays were at most each bound, in seconds together.
type sums struct {
	count  uint64
	sum    float64
	atMost [len(bounds)]uint64
}

// add adds the delays of one test. Where only some frames were looked at, their
// distribution stands for all frames.
func (h *histogram) add(d probe.Delay) {
	if d.Count == 0 || d.Kind == "none" || d.Histogram == "" {
		return
	}
	from, err := hdr.Decode([]byte(d.Histogram))
	if err != nil || from.TotalCount() == 0 {
		return
	}
	if *h == nil {
		*h = histogram{}
	}
	s := (*h)[d.Kind]
	if s == nil {
		s = &sums{}
		(*h)[d.Kind] = s
	}
	scale := float64(d.Count) / float64(from.TotalCount())
	s.count += d.Count
	s.sum += float64(d.Mean) / 1e9 * float64(d.Count)
	var seen int64
	at := 0
	for _, bar := range from.Distribution() {
		for at < len(bounds) && bar.From > bounds[at].Nanoseconds() {
			s.atMost[at] += uint64(float64(seen)*scale + 0.5)
			at++
		}
		seen += bar.Count
	}
	for ; at < len(bounds); at++ {
		s.atMost[at] += uint64(float64(seen)*scale + 0.5)
	}
}

// buckets are the sums as Prometheus has them.
func (s *sums) buckets() map[float64]uint64 {
	all := make(map[float64]uint64, len(bounds))
	for i, b := range bounds {
		all[b.Seconds()] = s.atMost[i]
	}
	return all
}
