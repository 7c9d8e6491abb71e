package linktest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"eterm/iface/talk"
)

// job is one test at its peer.
type job struct {
	p                *Peer
	session, reverse uint32
	cancel           context.CancelFunc
	window           *talk.Window

	// Guarded by the peer's lock.
	offered  uint64
	sent     []byte // told as JSON, when all is offered
	received []byte // the ReceiverSide as JSON, when the run is over
	run      *Run   // that run
	result   *Total // of both directions, as the asker tells it
	lapsed   bool
	over     bool
	failed   error
}

// Do does what the asker asks.
func (j *job) Do(op talk.Op, text []byte, _ int) ([]byte, error) {
	switch op {
	case opState:
		var ask wireAsk
		_ = json.Unmarshal(text, &ask) // who asks for nothing more sends nothing
		s := j.p.rx.state(j.session, ask.Delay)
		j.p.mu.Lock()
		defer j.p.mu.Unlock()
		s.Offered, s.Sent = j.offered, j.sent != nil
		return json.Marshal(s)
	case opStop:
		j.cancel()
		return nil, nil
	case opConclude:
		var end wireEnd
		if err := json.Unmarshal(text, &end); err != nil {
			return nil, errors.New("not the account of a sender")
		}
		j.p.rx.Conclude(j.session, end.Account, end.Plan)
		return nil, nil
	case opResult:
		return nil, j.takeResult(text)
	}
	j.p.mu.Lock()
	defer j.p.mu.Unlock()
	switch op {
	case opSent:
		return bytes.Clone(j.sent), j.failed
	case opReceived:
		return bytes.Clone(j.received), j.failed
	}
	return nil, fmt.Errorf("operation %d: not one of link tests", op)
}

func (j *job) takeResult(text []byte) error {
	t := &Total{}
	if err := json.Unmarshal(text, t); err != nil || t.Type != "result" {
		return errors.New("not a result")
	}
	j.p.mu.Lock()
	defer j.p.mu.Unlock()
	j.result = t
	return nil
}

// Lapse: the asker is silent. Nothing more is sent; what it sends is accounted
// for as before.
func (j *job) Lapse() {
	j.p.mu.Lock()
	j.lapsed = true
	j.p.mu.Unlock()
	j.cancel()
}

// End ends the job. If its asker never told the result, what was seen of it
// here is a run like any other.
func (j *job) End() {
	p := j.p
	j.cancel()
	p.rx.Finish(j.session)
	p.mu.Lock()
	defer p.mu.Unlock()
	if j.over {
		return
	}
	j.over = true
	delete(p.jobs, j.session)
	switch {
	case j.result != nil:
		p.told = map[uint32]bool{j.session: true}
		if p.o.Result != nil {
			p.telling.Go(func() { p.o.Result(*j.result) })
		}
	case j.run != nil && j.run.frames > 0:
		p.telling.Go(func() { p.ended(j.run) })
	}
}

// errSilent is why a load ended early.
var errSilent = fmt.Errorf("the asker was not heard for %v", talk.Lease)

// offer offers the load and keeps the account of it.
func (j *job) offer(ctx context.Context, l Load) {
	p := j.p
	sent, err := Send(ctx, p.port, l, SendOptions{Session: j.reverse, Clock: p.o.Clock, Window: j.window, Offered: func(n uint64) {
		p.mu.Lock()
		j.offered = n
		p.mu.Unlock()
	}})
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil && j.lapsed {
		err = errSilent
	}
	side, jsonErr := json.Marshal(told{Side: sent.Side(l, err), Plan: sent.Plan})
	j.offered, j.sent = sent.Result.Offered, side
	if jsonErr != nil {
		j.failed = jsonErr
	}
}
