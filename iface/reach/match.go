package reach

import (
	"bytes"

	"eterm/iface"
)

// claimed takes in that a station says it has an address.
func (p *pinger) claimed(events []Event, c Claim, rx *iface.Received) []Event {
	n := p.neighbors[c.IP]
	if n == nil || c.Probe || bytes.Equal(n.mac, c.MAC) {
		return events
	}
	e := Event{Kind: Moved, Target: n.users[0].index, From: n.ip, MAC: bytes.Clone(c.MAC), Other: n.mac, At: rx.At}
	switch {
	case n.mac == nil:
		n.mac = e.MAC
		p.signal()
	case !n.silent(): // it answers where it is: two stations have the address
		if bytes.Equal(n.rival, c.MAC) {
			return events
		}
		e.Kind, e.MAC, e.Other = Conflict, n.mac, e.MAC
		n.rival = e.Other
		events = append(events, e)
	default:
		n.mac = e.MAC
		events = append(events, e)
	}
	for _, t := range n.users {
		if t.pending != 0 {
			b := t.at(t.pending)
			t.pending = 0
			events, _ = p.launch(events, t, b)
		}
	}
	return events
}

// silent says whether none of those behind a neighbour answer any more.
func (n *neighbor) silent() bool {
	for _, t := range n.users {
		if t.seq <= t.highest+silentAfter {
			return false
		}
	}
	return true
}

// answered takes in an answer, or a complaint, about one of our probes.
func (p *pinger) answered(events []Event, a *answer, rx *iface.Received) []Event {
	t, b := p.find(a)
	if b == nil {
		p.foreign++
		return events
	}
	e := Event{Target: t.index, Seq: b.seq, At: rx.At, From: a.from, MAC: bytes.Clone(a.mac), Length: rx.Length, TTL: a.ttl}
	switch {
	case a.invalid:
		t.stats.BadChecksum++
		e.Kind = BadSum
		return append(events, e)
	case a.complains:
		t.stats.Complaints++
		e.Kind, e.Complaint = Complained, a.complaint
		return append(events, e)
	}
	e.RTT, e.Clock = p.out.roundTrip(b.number, b.sent, rx)
	if !a.bare {
		e.Damage = damage(a.data, p.data[:b.data])
	}
	b.replies++
	if b.replies > 1 {
		t.stats.Duplicates++
		e.Kind = Duplicated
		return append(events, e)
	}
	p.count(t, &e)
	p.signal()
	return append(events, e)
}

// count puts a first answer into the statistics.
func (p *pinger) count(t *target, e *Event) {
	t.stats.Received++
	if z := t.stats.Sizes; z != nil {
		z.of(e.Seq).Received++
	}
	e.Late = e.RTT > p.Timeout
	e.Reordered = e.Seq < t.highest
	t.highest = max(t.highest, e.Seq)
	if e.Late {
		t.stats.Late++
	}
	if e.Reordered {
		t.stats.Reordered++
	}
	if e.Damage != nil {
		t.stats.Damaged++
	}
	t.stats.RTT.record(e.RTT, e.Clock)
	p.total.record(e.RTT, e.Clock)
}

// find is the target and the probe an answer is about; nil if not ours or
// forgotten.
func (p *pinger) find(a *answer) (*target, *probe) {
	var t *target
	if p.Protocol == ICMP {
		t = p.byIP[a.about]
	} else {
		t = p.byMAC[[6]byte(a.mac)]
	}
	if t == nil {
		t = p.group
	}
	if t == nil || !a.bare && a.id != p.ID {
		return nil, nil
	}
	seq := t.seq - uint64(uint16(t.seq)-a.seq) // of the same 16 bits, the latest sent
	if a.bare {
		seq = t.seq
	}
	b := t.at(seq)
	if seq == 0 || seq > t.seq || b.seq != seq || !b.on {
		return nil, nil
	}
	return t, b
}
