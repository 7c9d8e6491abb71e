package linktest

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"time"

	"eterm/frame/ether"
	"eterm/frame/probe"
)

// job is one test at its far end.
type job struct {
	peer          net.HardwareAddr
	session, back uint32
	lease         *time.Timer
	cancel        context.CancelFunc
	offered       uint64
	sent          []byte // the SenderSide as JSON, when all is offered
	received      []byte // the ReceiverSide as JSON, when the run is over
	run           *Run   // that run
	result        []byte // of both directions, as the asker tells it
	complete      bool
	failed        string
}

// fetch answers with a piece; a Total of 0 says that it is not there yet.
func (j *job) fetch(m message) message {
	whole := j.sent
	if m.What == "received" {
		whole = j.received
	}
	if m.Offset > len(whole) {
		return message{Error: "offset beyond the end"}
	}
	return message{What: m.What, Offset: m.Offset, Total: len(whole), Piece: whole[m.Offset:min(m.Offset+pieceLen, len(whole))], Error: j.failed}
}

// takeResult takes a piece of the result; pieces come in order, perhaps twice.
func (p *Partner) takeResult(j *job, m message) message {
	if m.Offset == len(j.result) && len(j.result)+len(m.Piece) <= maxPieces {
		j.result = append(j.result, m.Piece...)
	}
	j.complete = len(j.result) == m.Total && m.Total > 0
	return message{Offset: len(j.result)}
}

// finish ends the job at hand. If its asker never told the result, what was
// seen of it here is a run like any other.
func (p *Partner) finish(j *job) {
	j.lease.Stop()
	j.cancel()
	p.job = nil
	var t Total
	switch {
	case j.complete && json.Unmarshal(j.result, &t) == nil:
		p.told = j.session
		if p.o.Result != nil {
			go p.o.Result(t)
		}
	case j.run != nil:
		go p.ended(j.run)
	}
}

// drop ends a job whose asker has gone; nil is any.
func (p *Partner) drop(j *job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.job != nil && (j == nil || p.job == j) {
		p.finish(p.job)
	}
}

// begin takes on a test, unless another is going on.
func (p *Partner) begin(m message, from net.HardwareAddr) message {
	if p.job != nil {
		if p.job.session == m.Session && bytes.Equal(p.job.peer, from) {
			return message{} // asked again: the answer was lost
		}
		return message{Error: "busy with another test"}
	}
	j := &job{peer: bytes.Clone(from), session: m.Session, back: m.Back, cancel: func() {}}
	if m.Load != nil {
		l := m.Load.load(net.HardwareAddr(m.MAC), p.port.HardwareAddr())
		if ether.IsGroup(l.Dst) || len(l.Dst) != 6 || len(l.Sizes) > mostSizes {
			return message{Error: "load refused: want one station and fewer sizes"}
		}
		if err := l.Check(p.port.MTU()); err != nil {
			return message{Error: err.Error()}
		}
		ctx, cancel := context.WithCancel(context.Background())
		j.cancel = cancel
		go p.offer(ctx, j, l)
	}
	j.lease = time.AfterFunc(leaseTime, func() { p.drop(j) })
	p.job = j
	return message{}
}

// offer sends the load back and keeps the account of it.
func (p *Partner) offer(ctx context.Context, j *job, l Load) {
	sent, err := Send(ctx, p.port, l, SendOptions{Session: j.back, Clock: p.o.Clock, Offered: func(n uint64) {
		p.mu.Lock()
		j.offered = n
		p.mu.Unlock()
	}})
	side, jsonErr := json.Marshal(told{Side: sent.Side(l, err), Plan: sent.Plan})
	p.mu.Lock()
	defer p.mu.Unlock()
	j.offered, j.sent = sent.Result.Offered, side
	if jsonErr != nil {
		j.failed = jsonErr.Error()
	}
}

// told is a sender's account and plan as it is told to the other end.
type told struct {
	Side *SenderSide
	Plan probe.Plan
}
