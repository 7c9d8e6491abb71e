package main

import (
	"encoding/json"
	"net/netip"
	"time"

	"eterm/iface"
	"eterm/iface/reach"
)

// pingEventJSON is one event as an object. Fields that say nothing are left
// out.
type pingEventJSON struct {
	Type      string          `json:"type"` // reply, error, unresolved, refused, conflict, moved, bad_checksum
	Time      string          `json:"time"`
	Target    string          `json:"target"`
	From      string          `json:"from,omitempty"`
	MAC       string          `json:"mac,omitempty"`
	OtherMAC  string          `json:"other_mac,omitempty"`
	Seq       uint64          `json:"seq"`
	Length    int             `json:"length,omitempty"`
	TTL       int             `json:"ttl,omitempty"`
	RTT       *int64          `json:"rtt_ns,omitempty"`
	Clock     string          `json:"clock,omitempty"`
	Duplicate bool            `json:"duplicate,omitempty"`
	Late      bool            `json:"late,omitempty"`
	Reordered bool            `json:"reordered,omitempty"`
	Damage    *pingDamageJSON `json:"damage,omitempty"`
	Message   string          `json:"message,omitempty"`
	ICMPType  *uint8          `json:"icmp_type,omitempty"`
	ICMPCode  *uint8          `json:"icmp_code,omitempty"`
	MTU       int             `json:"mtu,omitempty"`
	Gateway   string          `json:"gateway,omitempty"`
}

// pingDamageJSON is where an answer's data differ from what was sent.
type pingDamageJSON struct {
	Offset int `json:"offset"`
	Got    int `json:"got"`
	Want   int `json:"want"`
	Length int `json:"length"`
	Sent   int `json:"sent"`
}

var eventTypes = map[reach.EventKind]string{
	reach.Answered: "reply", reach.Duplicated: "reply", reach.BadSum: "bad_checksum", reach.Complained: "error",
	reach.Unresolved: "unresolved", reach.Refused: "refused", reach.Conflict: "conflict", reach.Moved: "moved",
}

var clockNames = map[iface.Clock]string{iface.KernelClock: "kernel", iface.HardwareClock: "hardware", iface.UserClock: "user"}

func (o *pingPrinter) eventJSON(e reach.Event) {
	j := pingEventJSON{
		Type: eventTypes[e.Kind], Time: e.At.UTC().Format(time.RFC3339Nano), Target: o.targets[e.Target].Name,
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
		j.Damage = &pingDamageJSON{d.Offset, int(d.Got), int(d.Want), d.Length, d.Sent}
	}
	o.encode(j)
}

func (o *pingPrinter) encode(v any) {
	if o.err == nil {
		o.err = json.NewEncoder(o.out).Encode(v)
	}
}

func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// pingResultJSON is the account of one target, or of all: the last object.
type pingResultJSON struct {
	Type          string       `json:"type"`
	Target        string       `json:"target,omitempty"`
	Targets       int          `json:"targets,omitempty"`
	Protocol      string       `json:"protocol"`
	Sent          uint64       `json:"sent"`
	Received      uint64       `json:"received"`
	Lost          uint64       `json:"lost"`
	Loss          float64      `json:"loss"`
	Duplicates    uint64       `json:"duplicates"`
	Reordered     uint64       `json:"reordered"`
	Late          uint64       `json:"late"`
	Damaged       uint64       `json:"damaged"`
	BadChecksum   uint64       `json:"bad_checksum"`
	Errors        uint64       `json:"errors"`
	Unresolved    uint64       `json:"unresolved"`
	Refused       uint64       `json:"refused"`
	Foreign       uint64       `json:"foreign"`
	DroppedByHost uint64       `json:"dropped_by_host"`
	ElapsedNS     int64        `json:"elapsed_ns"`
	RTT           *pingRTTJSON `json:"rtt,omitempty"`
}

type pingRTTJSON struct {
	Clock     string `json:"clock"`
	Min       int64  `json:"min_ns"`
	Avg       int64  `json:"avg_ns"`
	Max       int64  `json:"max_ns"`
	Mdev      int64  `json:"mdev_ns"`
	P50       int64  `json:"p50_ns,omitempty"`
	P90       int64  `json:"p90_ns,omitempty"`
	P99       int64  `json:"p99_ns,omitempty"`
	P999      int64  `json:"p99_9_ns,omitempty"`
	Histogram string `json:"hdr_histogram,omitempty"` // V2 compressed, in base64 as HdrHistogram has it
}

func (o *pingPrinter) resultJSON(kind string, t *reach.Target, s *reach.Stats, r reach.Result, dropped uint64) {
	j := pingResultJSON{
		Type: kind, Protocol: o.config.Protocol.String(),
		Sent: s.Sent, Received: s.Received, Lost: s.Lost(), Loss: s.LossRatio(), Duplicates: s.Duplicates, Reordered: s.Reordered,
		Late: s.Late, Damaged: s.Damaged, BadChecksum: s.BadChecksum, Errors: s.Complaints, Unresolved: s.Unresolved, Refused: s.Refused,
		Foreign: r.Foreign, DroppedByHost: dropped, ElapsedNS: r.Elapsed.Nanoseconds(), RTT: rttJSON(&s.RTT, t == nil),
	}
	if t != nil {
		j.Target = t.Name
	} else {
		j.Targets = len(o.targets)
	}
	o.encode(j)
}

func rttJSON(s *reach.Spread, histogram bool) *pingRTTJSON {
	if s.Count() == 0 {
		return nil
	}
	j := &pingRTTJSON{
		Clock: s.Clocks(), Min: int64(s.Min()), Avg: int64(s.Mean()), Max: int64(s.Max()), Mdev: int64(s.Mdev()),
		P50: int64(s.Percentile(50)), P90: int64(s.Percentile(90)), P99: int64(s.Percentile(99)), P999: int64(s.Percentile(99.9)),
	}
	if histogram {
		j.Histogram = string(s.Histogram())
	}
	return j
}
