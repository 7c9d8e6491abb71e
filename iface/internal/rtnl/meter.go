package rtnl

// Meter adds up the counters of an interface reading by reading, so that they
// never decrease, even though the driver's begin anew when it resets the NIC.
type Meter struct {
	last Counts // the last reading
	sum  Counts
}

// Counts are what one reading says, or what several add up to.
type Counts struct {
	Stats                       Stats
	CarrierChanges, CarrierLost uint64
}

// Stats are the interface's own statistics. The fields are those of
// iface.InterfaceCounters, which says what they mean.
type Stats struct {
	TxPackets, TxDropped, TxErrors uint64
	RxPackets, RxDropped, RxErrors uint64
	RxMissed, RxFIFO, RxNoBuffer   uint64
	Restarts                       uint64
}

// Start begins with a reading, which counts for nothing.
func (m *Meter) Start(now Counts) { m.last = now }

// Sum is what was counted since the start.
func (m *Meter) Sum() Counts { return m.sum }

// Take adds what was counted since the last reading.
func (m *Meter) Take(now Counts) {
	anew := false
	step := func(sum *uint64, last, now uint64) {
		if now < last { // from 0 again
			anew, last = true, 0
		}
		*sum += now - last
	}
	s, l, n := &m.sum.Stats, &m.last.Stats, &now.Stats
	step(&s.TxPackets, l.TxPackets, n.TxPackets)
	step(&s.TxDropped, l.TxDropped, n.TxDropped)
	step(&s.TxErrors, l.TxErrors, n.TxErrors)
	step(&s.RxPackets, l.RxPackets, n.RxPackets)
	step(&s.RxDropped, l.RxDropped, n.RxDropped)
	step(&s.RxErrors, l.RxErrors, n.RxErrors)
	step(&s.RxMissed, l.RxMissed, n.RxMissed)
	step(&s.RxFIFO, l.RxFIFO, n.RxFIFO)
	step(&s.RxNoBuffer, l.RxNoBuffer, n.RxNoBuffer)
	step(&m.sum.CarrierChanges, m.last.CarrierChanges, now.CarrierChanges)
	step(&m.sum.CarrierLost, m.last.CarrierLost, now.CarrierLost)
	if anew {
		m.sum.Stats.Restarts++
	}
	m.last = now
}
