package rtnl

import "testing"

// TestMeterGoesOnWhereCountersBeginAnew: vmxnet3's do when it is reset.
func TestMeterGoesOnWhereCountersBeginAnew(t *testing.T) {
	read := func(tx, missed, changes uint64) Counts {
		return Counts{Stats: Stats{TxPackets: tx, RxMissed: missed}, CarrierChanges: changes}
	}
	m := Meter{last: read(1000, 50, 3)}
	for _, step := range []struct{ now, want Counts }{
		{read(1000, 50, 3), Counts{}},
		{read(1400, 50, 3), Counts{Stats: Stats{TxPackets: 400}}},
		{read(20, 0, 5), Counts{Stats: Stats{TxPackets: 420, Restarts: 1}, CarrierChanges: 2}},
		{read(30, 4, 1), Counts{Stats: Stats{TxPackets: 430, RxMissed: 4, Restarts: 2}, CarrierChanges: 3}},
	} {
		if m.Take(step.now); m.sum != step.want {
			t.Fatalf("after %+v: %+v, want %+v", step.now, m.sum, step.want)
		}
	}
}
