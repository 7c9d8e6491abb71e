package iface

// meter adds up the counters of an interface reading by reading, so that they
// never decrease, even though the driver's begin anew when it resets the NIC.
type meter struct {
	last linkCounts
	sum  linkCounts
}

// linkCounts are what one reading says.
type linkCounts struct {
	stats                       InterfaceCounters
	carrierChanges, carrierLost uint64
}

// take adds what was counted since the last reading.
func (m *meter) take(now linkCounts) {
	anew := false
	step := func(sum *uint64, last, now uint64) {
		if now < last { // from 0 again
			anew, last = true, 0
		}
		*sum += now - last
	}
	s, l, n := &m.sum.stats, &m.last.stats, &now.stats
	step(&s.TxPackets, l.TxPackets, n.TxPackets)
	step(&s.TxDropped, l.TxDropped, n.TxDropped)
	step(&s.TxErrors, l.TxErrors, n.TxErrors)
	step(&s.RxPackets, l.RxPackets, n.RxPackets)
	step(&s.RxDropped, l.RxDropped, n.RxDropped)
	step(&s.RxErrors, l.RxErrors, n.RxErrors)
	step(&s.RxMissed, l.RxMissed, n.RxMissed)
	step(&s.RxFIFO, l.RxFIFO, n.RxFIFO)
	step(&s.RxNoBuffer, l.RxNoBuffer, n.RxNoBuffer)
	step(&m.sum.carrierChanges, m.last.carrierChanges, now.carrierChanges)
	step(&m.sum.carrierLost, m.last.carrierLost, now.carrierLost)
	if anew {
		m.sum.stats.Restarts++
	}
	m.last = now
}
