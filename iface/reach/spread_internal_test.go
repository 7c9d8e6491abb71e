package reach

import (
	"testing"
	"time"

	"eterm/iface"
)

// TestOneClockInAStatistic: a NIC that gives some frames a timestamp and not
// others does not mix two clocks in one mean.
func TestOneClockInAStatistic(t *testing.T) {
	const us = time.Microsecond
	s := newSpread()
	s.record(900*us, iface.UserClock)
	for range 3 {
		s.record(10*us, iface.KernelClock)
	}
	s.record(500*us, iface.HardwareClock)
	if s.Clocks() != "kernel" || s.Count() != 3 || s.Apart() != 2 || s.Min() != 10*us || s.Max() != 10*us || s.Mean() != 10*us || s.Mdev() != 0 || s.Percentile(99) != 10*us {
		t.Errorf("%s: %d, %d apart, %v %v %v %v", s.Clocks(), s.Count(), s.Apart(), s.Min(), s.Mean(), s.Max(), s.Percentile(99))
	}
	var none Spread
	if none.Clocks() != "none" || none.Mean() != 0 || none.Mdev() != 0 || none.Percentile(50) != 0 || none.Histogram() != nil {
		t.Errorf("%+v", none)
	}
}
