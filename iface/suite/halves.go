package suite

import (
	"context"

	"eterm/frame/probe"
	"eterm/iface"
	"eterm/iface/load"
	"eterm/iface/load/pace"
)

// SentHalf is what the sender of a direction knows of a trial.
type SentHalf struct {
	Offered uint64 `json:"offered"`
	Refused uint64 `json:"refused"`
	// Withheld frames were never offered: the peer did not prove that it
	// receives.
	Withheld uint64  `json:"withheld"`
	Elapsed  int64   `json:"elapsed_ns"`
	Span     float64 `json:"span_s"`
	Blocked  float64 `json:"blocked_s"`
	// NICDropped and CarrierChanges are what the interface counted meanwhile.
	NICDropped     uint64    `json:"nic_dropped"`
	CarrierChanges uint64    `json:"carrier_changes"`
	Stalls         []Stall   `json:"stalls"`
	MoreStalls     uint64    `json:"more_stalls"`
	Steps          []float64 `json:"steps_s"`
}

// ArrivedHalf is what the receiver of a direction knows of a trial.
type ArrivedHalf struct {
	Received   uint64 `json:"received"`
	Duplicated uint64 `json:"duplicated"`
	Reordered  uint64 `json:"reordered"`
	Corrupted  uint64 `json:"corrupted"`
	Bytes      uint64 `json:"bytes"`
	// Took is the time from the first arrival to the last, in nanoseconds.
	Took    int64          `json:"took_ns"`
	Delay   probe.Delay    `json:"delay"`
	Outages []probe.Outage `json:"outages"`
	Series  Series         `json:"series"`
	Tagged  *int64         `json:"tagged_delay_ns"`
	// What the socket and the interface counted meanwhile.
	SocketDropped  uint64 `json:"socket_dropped"`
	NICMissed      uint64 `json:"nic_missed"`
	CarrierChanges uint64 `json:"carrier_changes"`
	Foreign        uint64 `json:"foreign"`
	Control        uint64 `json:"control"`
	Flooded        uint64 `json:"flooded"`
	// Numbers of the last frames, to find the last gap.
	Any      bool    `json:"any"`
	Highest  uint64  `json:"highest"`
	First    uint32  `json:"first_ticks"`
	LastSent uint32  `json:"last_sent_ticks"`
	Gap      *rawGap `json:"gap"`
}

// sender offers the frames of one direction.
type sender struct {
	port    *watched
	frames  *frames
	profile []Segment
	before  iface.Counters
	result  load.Result
	err     error
}

// newSender makes a sender ready.
func newSender(port iface.Port, clock pace.Clock, f *frames, profile []Segment) *sender {
	s := &sender{port: &watched{Port: port, Clock: clock, due: schedule(profile)}, frames: f, profile: profile}
	for i := range profile {
		s.port.steps = append(s.port.steps, begins(profile, i))
	}
	s.before, _ = port.Counters()
	return s
}

// send offers all frames.
func (s *sender) send(ctx context.Context) {
	s.result, s.err = load.Run(ctx, s.port, s.frames.next, load.Plan{
		Count: Spec{Profile: s.profile}.Frames(), Schedule: s.port.due, Clock: s.port,
	})
}

// half is the account of what was sent. Withheld frames were not offered.
func (s *sender) half(withheld uint64) SentHalf {
	tx := since(s.port.Port, s.before)
	r := s.result
	return SentHalf{
		Offered: r.Offered - withheld, Refused: r.Skipped - withheld, Withheld: withheld, Elapsed: int64(r.Elapsed), Span: r.Span.Seconds(),
		Blocked: s.port.blocked.Seconds(), NICDropped: tx.Interface.TxDropped + tx.Interface.TxErrors, CarrierChanges: tx.CarrierChanges,
		Stalls: s.port.stalls, MoreStalls: s.port.more, Steps: s.port.stepAt,
	}
}

// account is what a sender tells a tally.
func (h SentHalf) account(intended uint64) probe.SenderAccount {
	return probe.SenderAccount{Intended: intended, Offered: h.Offered, Refused: h.Refused, Elapsed: uint64(h.Elapsed)}
}

// arriving is a load at its receiver.
type arriving struct {
	receiver *receiver
	run      *run
	before   iface.Counters
	beside   [2]uint64 // foreign and control frames before
	bytes    uint64    // of what arrived, when that is told
	told     bool
}

// expect makes a receiver ready for so many frames of a run.
func (r *receiver) arriving(session uint32, plan probe.Plan, total uint64) *arriving {
	a := &arriving{receiver: r, run: r.expect(session, plan, total)}
	a.before, _ = r.port.Counters()
	a.beside[0], a.beside[1], _ = r.counts(session)
	return a
}

// half is the account of what arrived, given what was sent.
func (a *arriving) half(sent probe.SenderAccount) ArrivedHalf {
	rep := a.receiver.finish(a.run, sent)
	rx := since(a.receiver.port, a.before)
	a.bytes, a.told = rep.Bytes, true
	h := ArrivedHalf{
		Received: rep.Received, Duplicated: rep.Duplicated, Reordered: rep.Reordered, Corrupted: rep.Damage.Corrupted, Bytes: rep.Bytes,
		Took: rep.Last - rep.First, Delay: rep.Delay, Outages: rep.Loss.Outages, Series: a.run.series, Tagged: a.run.taggedNS,
		SocketDropped: rx.SocketDropped, NICMissed: rx.Interface.RxMissed, CarrierChanges: rx.CarrierChanges,
		Any: a.run.any, Highest: a.run.highest, First: a.run.first, LastSent: a.run.lastSent, Gap: a.run.gap,
	}
	foreign, control, _ := a.receiver.counts(a.run.session)
	h.Foreign, h.Control = foreign-a.beside[0], control-a.beside[1]
	return h
}

// since is what a port has counted since; nothing if it is gone.
func since(p iface.Port, before iface.Counters) iface.Counters {
	now, err := p.Counters()
	if err != nil {
		return iface.Counters{}
	}
	return now.Sub(before)
}

// join puts the halves of a direction together. What arrived was offered,
// whatever the sender has counted.
func join(d Direction, profile []Segment, sent SentHalf, arrived ArrivedHalf) Account {
	whole := Spec{Profile: profile}
	a := Account{
		Direction: d, Intended: whole.Frames(), Offered: max(sent.Offered, arrived.Received), Received: arrived.Received,
		Duplicated: arrived.Duplicated, Reordered: arrived.Reordered, Corrupted: arrived.Corrupted,
		Foreign: arrived.Foreign, Control: arrived.Control, Flooded: arrived.Flooded,
		CarrierChanges: sent.CarrierChanges + arrived.CarrierChanges, IntendedFPS: whole.Rate(), Span: sent.Span, Blocked: sent.Blocked,
		Delay: arrived.Delay, Outages: arrived.Outages, Series: arrived.Series, Stalls: sent.Stalls, MoreStalls: sent.MoreStalls,
		Steps: sent.Steps, Tagged: arrived.Tagged,
	}
	a.Intended = max(a.Intended, a.Offered)
	a.NeverOffered, a.Lost = a.Intended-a.Offered, a.Offered-a.Received
	a.attribute(sent.Refused, sent.NICDropped, arrived.SocketDropped, arrived.NICMissed)
	if a.Span > 0 {
		a.OfferedFPS = float64(a.Offered) / a.Span
	}
	if span := float64(arrived.Took) / 1e9; a.Received > 1 && span > 0 {
		a.ForwardedFPS = float64(a.Received-1) / span
	}
	a.LastGap = arrived.lastGap(schedule(profile), sent.Offered)
	if a.Outages == nil {
		a.Outages = []probe.Outage{}
	}
	if a.Stalls == nil {
		a.Stalls = []Stall{}
	}
	return a
}

// lastGap is the last hole in what arrived of so many frames offered, or at its
// end, in seconds.
func (h ArrivedHalf) lastGap(due pace.Schedule, offered uint64) *Gap {
	since := func(ticks uint32) float64 {
		return float64(int32(ticks-h.First)) * probe.Tick / 1e9
	}
	if !h.Any {
		return nil
	}
	offset := due(0).Seconds()
	if h.Gap != nil && h.Gap.First == 0 {
		offset = due(h.Gap.Last + 1).Seconds() // nothing came before
	}
	if offered > 0 && h.Highest < offered-1 {
		return &Gap{h.Highest + 1, offered - 1, offset + since(h.LastSent), due(offered - 1).Seconds()}
	}
	if h.Gap == nil {
		return nil
	}
	return &Gap{h.Gap.First, h.Gap.Last, offset + since(h.Gap.Before), offset + since(h.Gap.After)}
}
