package stats

import (
	"testing"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// TestRecent: each stretch is told by itself, and what was before is not in it.
func TestRecent(t *testing.T) {
	var r Recent
	if got := r.Since(nil); got != nil {
		t.Errorf("of no histogram %+v", got)
	}
	h := hdr.New(1, 60e9, 3)
	record := func(n int, ns int64) {
		for range n {
			if err := h.RecordValue(ns); err != nil {
				t.Fatal(err)
			}
		}
	}
	record(1000, 5e6)
	if got := r.Since(h); got == nil || !near(got.P50, 5e6) || !near(got.Max, 5e6) {
		t.Errorf("the first stretch: %+v", got)
	}
	if got := r.Since(h); got != nil {
		t.Errorf("nothing came and it says %+v", got)
	}
	record(95, 1000)
	record(5, 2e6)
	if got := r.Since(h); got == nil || !near(got.P50, 1000) || !near(got.P99, 2e6) || !near(got.Max, 2e6) {
		t.Errorf("the third stretch: %+v", got)
	}
}

// near allows for the histogram's three digits.
func near(got, want int64) bool { return got >= want-want/500 && got <= want+want/500 }
