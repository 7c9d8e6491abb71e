package show

import (
	"time"

	"eterm/cmd/internal/result"
	"eterm/frame/ether"
	"eterm/iface"
	"eterm/iface/reach"
)

// PingEvent is something that happened to an echo request (ping).
type PingEvent struct {
	// "reply", "error" (an ICMP error about the request), "bad_checksum" (a reply that does not count), "unresolved" (not sent: nobody replies for the next hop), "refused" (not sent: this host's kernel refused it), "conflict" (two stations claim the next hop's address), "moved" (the next hop's address moved)
	Type string `json:"type"`
	// RFC 3339 with nanoseconds, UTC; of a received frame the kernel's timestamp
	Time string `json:"time"`
	// the operand it is about
	Target string `json:"target"`
	// who sent it, or whose address it is about
	From string `json:"from,omitempty"`
	// the station's MAC address
	MAC string `json:"mac,omitempty"`
	// of a conflict the other station, of a move the one before
	OtherMAC string `json:"other_mac,omitempty"`
	// the request's number, from 1; 16 bits of it are on the wire
	Seq uint64 `json:"seq"`
	// bytes of the reply's frame without FCS
	Length int `json:"length,omitempty"`
	// time to live or hop limit of the reply
	TTL int `json:"ttl,omitempty"`
	// round-trip time
	RTT *int64 `json:"rtt_ns,omitempty"`
	// who took the timestamps: "kernel", "hardware", "user"
	Clock string `json:"clock,omitempty"`
	// the request had been answered before
	Duplicate bool `json:"duplicate,omitempty"`
	// it came after the timeout
	Late bool `json:"late,omitempty"`
	// it came after the reply to a later request
	Reordered bool `json:"reordered,omitempty"`
	// how the reply's data differ from what was sent
	Damage *PingDamage `json:"damage,omitempty"`
	// of an error and a refusal: what was said
	Message string `json:"message,omitempty"`
	// of an error
	ICMPType *uint8 `json:"icmp_type,omitempty"`
	// of an error
	ICMPCode *uint8 `json:"icmp_code,omitempty"`
	// next hop's MTU, if an error says it
	MTU int `json:"mtu,omitempty"`
	// better next hop, if an error says it
	Gateway string `json:"gateway,omitempty"`
}

// PingDamage is where a reply's data differ from what was sent.
type PingDamage struct {
	// of the first wrong byte, in the data
	Offset int `json:"offset"`
	// what was there
	Got int `json:"got"`
	// what ought to be
	Want int `json:"want"`
	// bytes of the reply's data
	Length int `json:"length"`
	// bytes of the request's
	Sent int `json:"sent"`
}

var eventTypes = map[reach.EventKind]string{
	reach.Answered: "reply", reach.Duplicated: "reply", reach.BadSum: "bad_checksum", reach.Complained: "error",
	reach.Unresolved: "unresolved", reach.Refused: "refused", reach.Conflict: "conflict", reach.Moved: "moved",
}

var clockNames = map[iface.Clock]string{iface.KernelClock: "kernel", iface.HardwareClock: "hardware", iface.UserClock: "user"}

func (o *Ping) eventJSON(e reach.Event) {
	j := PingEvent{
		Type: eventTypes[e.Kind], Time: jsonTime(e.At), Target: o.config.Targets[e.Target].Name,
		From: addrText(e.From), MAC: e.MAC.String(), OtherMAC: e.Other.String(), Seq: e.Seq,
		Length: e.Length, TTL: e.TTL, Duplicate: e.Kind == reach.Duplicated, Late: e.Late, Reordered: e.Reordered,
	}
	switch e.Kind {
	case reach.Answered, reach.Duplicated:
		ns := e.RTT.Nanoseconds()
		j.RTT, j.Clock = &ns, clockNames[e.Clock]
	case reach.Complained:
		j.Message, j.MTU, j.Gateway = e.Complaint.String(), e.Complaint.MTU, addrText(e.Complaint.Gateway)
		j.ICMPType, j.ICMPCode = &e.Complaint.Type, &e.Complaint.Code
	case reach.Refused:
		j.Message = e.Err.Error()
	}
	if d := e.Damage; d != nil {
		j.Damage = &PingDamage{d.Offset, int(d.Got), int(d.Want), d.Length, d.Sent}
	}
	_ = o.out.JSON(j)
}

// Document is the account of a run as a document has it.
func (o *Ping) Document(r reach.Result, dropped uint64) *result.Ping {
	p := &result.Ping{Protocol: o.config.Protocol.String(), Echoes: echoes(&r.Total, true), Targets: []result.PingTarget{},
		Foreign: r.Foreign, DroppedByHost: dropped, ElapsedNS: r.Elapsed.Nanoseconds()}
	for i := range r.Targets {
		t := result.PingTarget{Target: o.config.Targets[i].Name, Echoes: echoes(&r.Targets[i], false)}
		if s := r.Targets[i].Sizes; s != nil {
			t.LargestSize, t.Gaps = sweptSizes(s)
		}
		p.Targets = append(p.Targets, t)
	}
	return p
}

// sweptSizes are the largest size that came back and those that did not, with FCS.
func sweptSizes(s *reach.Sizes) (largest int, gaps []result.SizeRange) {
	if largest = s.Largest(); largest > 0 {
		largest += ether.FCSLen
	}
	for _, g := range s.Gaps() {
		gaps = append(gaps, result.SizeRange{From: g.From + ether.FCSLen, To: g.To + ether.FCSLen})
	}
	return largest, gaps
}

func echoes(s *reach.Stats, histogram bool) result.Echoes {
	return result.Echoes{
		Sent: s.Sent, Received: s.Received, Lost: s.Lost(), Loss: s.LossRatio(), Duplicates: s.Duplicates, Reordered: s.Reordered,
		Late: s.Late, Damaged: s.Damaged, BadChecksum: s.BadChecksum, Errors: s.Complaints, Unresolved: s.Unresolved, Refused: s.Refused,
		RTT: rttJSON(&s.RTT, histogram),
	}
}

func rttJSON(s *reach.Spread, histogram bool) *result.RTT {
	if s.Count() == 0 {
		return nil
	}
	j := &result.RTT{
		Clock: s.Clocks(), Min: int64(s.Min()), Avg: int64(s.Mean()), Max: int64(s.Max()), Mdev: int64(s.Mdev()),
		P50: int64(s.Percentile(50)), P90: int64(s.Percentile(90)), P99: int64(s.Percentile(99)), P999: int64(s.Percentile(99.9)),
	}
	if histogram {
		j.Histogram = string(s.Histogram())
	}
	return j
}

// jsonTime is a time as JSON has it.
func jsonTime(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
