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
		t.Refused = t.Refused.Add(c.Refused)
		if i == 0 {
			t.Interface, t.CarrierChanges, t.CarrierLost, t.NoCarrier = c.Interface, c.CarrierChanges, c.CarrierLost, c.NoCarrier
			t.Downs, t.Gone = c.Downs, c.Gone
		}
	}
	return t
}
