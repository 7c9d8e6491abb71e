package show

import (
	"time"

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

// PingResult is the account of one target of several ("target"), or of all: the
// last object of ping ("summary").
type PingResult struct {
	Type string `json:"type"` // "target" or "summary"
	// the operand, of a target
	Target string `json:"target,omitempty"`
	// how many there are, of the summary
	Targets int `json:"targets,omitempty"`
	// "icmp", "l2", "llc", "lbm"
	Protocol string `json:"protocol"`
	// requests sent
	Sent uint64 `json:"sent"`
	// requests that were answered
	Received uint64 `json:"received"`
	// requests that were not
	Lost uint64 `json:"lost"`
	// share of them, 0 to 1
	Loss float64 `json:"loss"`
	// further replies to a request
	Duplicates uint64 `json:"duplicates"`
	// replies that came after one to a later request
	Reordered uint64 `json:"reordered"`
	// replies after the timeout
	Late uint64 `json:"late"`
	// replies with other data than was sent
	Damaged uint64 `json:"damaged"`
	// replies that did not count
	BadChecksum uint64 `json:"bad_checksum"`
	// ICMP errors about requests
	Errors uint64 `json:"errors"`
	// requests not sent for want of the next hop's address
	Unresolved uint64 `json:"unresolved"`
	// requests that this host's kernel refused
	Refused uint64 `json:"refused"`
	// replies that were not ours
	Foreign uint64 `json:"foreign"`
	// frames that this host dropped before they could be read
	DroppedByHost uint64 `json:"dropped_by_host"`
	// how long the run took
	ElapsedNS int64 `json:"elapsed_ns"`
	// round-trip times
	RTT *PingRTT `json:"rtt,omitempty"`
}

// PingRTT is round-trip times. Percentiles are absent of single targets where
// there are more than 16.
type PingRTT struct {
	// "kernel", "hardware" or "user": the round trips of other clocks are left out
	Clock string `json:"clock"`
	// shortest
	Min int64 `json:"min_ns"`
	// mean
	Avg int64 `json:"avg_ns"`
	// longest
	Max int64 `json:"max_ns"`
	// standard deviation, as ping calls it
	Mdev int64 `json:"mdev_ns"`
	// median
	P50 int64 `json:"p50_ns,omitempty"`
	// percentile
	P90 int64 `json:"p90_ns,omitempty"`
	// percentile
	P99 int64 `json:"p99_ns,omitempty"`
	// percentile
	P999 int64 `json:"p99_9_ns,omitempty"`
	// all of them: HdrHistogram V2 compressed, in base64; in the summary
	Histogram string `json:"hdr_histogram,omitempty"`
}

func (o *Ping) resultJSON(kind, target string, s *reach.Stats, r reach.Result, dropped uint64) {
	j := PingResult{
		Type: kind, Target: target, Protocol: o.config.Protocol.String(),
		Sent: s.Sent, Received: s.Received, Lost: s.Lost(), Loss: s.LossRatio(), Duplicates: s.Duplicates, Reordered: s.Reordered,
		Late: s.Late, Damaged: s.Damaged, BadChecksum: s.BadChecksum, Errors: s.Complaints, Unresolved: s.Unresolved, Refused: s.Refused,
		Foreign: r.Foreign, DroppedByHost: dropped, ElapsedNS: r.Elapsed.Nanoseconds(), RTT: rttJSON(&s.RTT, target == ""),
	}
	if target == "" {
		j.Targets = len(r.Targets)
	}
	_ = o.out.JSON(j)
}

func rttJSON(s *reach.Spread, histogram bool) *PingRTT {
	if s.Count() == 0 {
		return nil
	}
	j := &PingRTT{
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
