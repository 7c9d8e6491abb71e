package iface

import "testing"

// TestMeterGoesOnWhereCountersBeginAnew: vmxnet3's do when it is reset.
func TestMeterGoesOnWhereCountersBeginAnew(t *testing.T) {
	read := func(tx, missed, changes uint64) linkCounts {
		return linkCounts{stats: InterfaceCounters{TxPackets: tx, RxMissed: missed}, carrierChanges: changes}
	}
	m := meter{last: read(1000, 50, 3)}
	for _, step := range []struct{ now, want linkCounts }{
		{read(1000, 50, 3), linkCounts{}},
		{read(1400, 50, 3), linkCounts{stats: InterfaceCounters{TxPackets: 400}}},
		{read(20, 0, 5), linkCounts{stats: InterfaceCounters{TxPackets: 420, Restarts: 1}, carrierChanges: 2}},
		{read(30, 4, 1), linkCounts{stats: InterfaceCounters{TxPackets: 430, RxMissed: 4, Restarts: 2}, carrierChanges: 3}},
	} {
		if m.take(step.now); m.sum != step.want {
			t.Fatalf("after %+v: %+v, want %+v", step.now, m.sum, step.want)
		}
	}
}
