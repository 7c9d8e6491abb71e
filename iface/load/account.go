package load

import "eterm/iface"

// total is what several ports have counted together. The interface's own
// counters are there once: all are ports of one interface, and the first one's
// are taken.
func total(ports []iface.Port) (t iface.Counters) {
	for i, p := range ports {
		c, err := p.Counters()
		if err != nil {
			continue // a port that is gone has said so when it was used
		}
		t.Attempted += c.Attempted
		t.Accepted += c.Accepted
		t.Refused = sum(t.Refused, c.Refused)
		if i == 0 {
			t.Interface, t.CarrierChanges = c.Interface, c.CarrierChanges
		}
	}
	return t
}

// difference is what was counted since before.
func difference(now, before iface.Counters) iface.Counters {
	d := now
	d.Attempted -= before.Attempted
	d.Accepted -= before.Accepted
	d.CarrierChanges -= before.CarrierChanges
	d.Interface.TxPackets -= before.Interface.TxPackets
	d.Interface.TxDropped -= before.Interface.TxDropped
	d.Interface.TxErrors -= before.Interface.TxErrors
	return d
}

func sum(a, b iface.Refused) iface.Refused {
	return iface.Refused{
		QueueFull:  a.QueueFull + b.QueueFull,
		WouldBlock: a.WouldBlock + b.WouldBlock,
		TooLong:    a.TooLong + b.TooLong,
		TooShort:   a.TooShort + b.TooShort,
		Down:       a.Down + b.Down,
		Gone:       a.Gone + b.Gone,
		Other:      a.Other + b.Other,
	}
}
