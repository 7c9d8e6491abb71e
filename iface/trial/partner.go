package trial

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"net"
	"sync"
	"time"

	"eterm/frame/inband"
	"eterm/frame/mac"
	"eterm/frame/probe"
	"eterm/iface"
	"eterm/iface/pace"
	"eterm/iface/respond"
)

// PartnerOptions say what a partner does besides.
type PartnerOptions struct {
	Receive ReceiveOptions
	// Result is called with the result of both directions that the other end
	// tells at the end.
	Result func(Total)
	// Clock paces the frames sent back; nil is pace.Precise.
	Clock pace.Clock
}

// Partner is the far end of two-way tests: it accounts for what arrives on its
// port, offers a load back when asked, and tells both accounts. It serves one
// asker at a time, and only as long as that keeps asking: what it sends ends
// within 3 s of the last question. It never answers a question with more than
// one frame no longer than that.
type Partner struct {
	port   iface.Port
	rx     *Receiver
	o      PartnerOptions
	secret []byte
	ended  func(*Run)

	mu   sync.Mutex
	job  *job
	told uint32 // session of the job whose result was heard last
}

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

// leaseTime is how long a partner works without being asked anything.
const leaseTime = 3 * time.Second

// NewPartner makes a partner; Serve lets it receive, and its Answerer must be
// given to a Responder on the same interface.
func NewPartner(port iface.Port, o PartnerOptions) *Partner {
	p := &Partner{port: port, o: o, secret: make([]byte, 16)}
	_, _ = rand.Read(p.secret)
	p.ended = o.Receive.Ended
	if p.ended == nil {
		p.ended = func(*Run) {}
	}
	o.Receive.Ended = func(run *Run) {
		if !p.keep(run) {
			p.ended(run)
		}
	}
	p.rx = NewReceiver(port, o.Receive)
	return p
}

// Serve accounts for what arrives until ctx ends or the port is gone.
func (p *Partner) Serve(ctx context.Context) error {
	defer p.drop(nil)
	return p.rx.Serve(ctx)
}

// Receiver is the one that accounts for what arrives.
func (p *Partner) Receiver() *Receiver { return p.rx }

// Answerer answers the other end's questions.
func (p *Partner) Answerer() respond.Answerer {
	return respond.Answerer{Name: "link", Type: inband.EtherType, Group: true, Answer: p.answer}
}

func (p *Partner) answer(dst []byte, q *respond.Request) ([]byte, bool) {
	m, err := parseMessage(q.Payload, inband.LinkRequest)
	if err != nil || mac.IsGroup(q.Dst) && m.Op != opHello {
		return dst, false
	}
	a := p.do(m, q.Src)
	a.Op, a.ID = m.Op, m.ID
	out, err := a.append(dst, inband.LinkReply, 0)
	if err != nil || len(out)-len(dst) > len(q.Payload) {
		return dst, false
	}
	return out, true
}

// do does what was asked and says what to answer.
func (p *Partner) do(m message, from net.HardwareAddr) message {
	token := tokenFor(p.secret, from)
	if m.Op == opHello {
		return message{Token: token, MAC: hexMAC(p.port.HardwareAddr())}
	}
	if m.Token != token {
		return message{Error: "wrong token: say hello first"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.Op == opBegin {
		return p.begin(m, from)
	}
	j := p.job
	if j == nil || j.session != m.Session || !bytes.Equal(j.peer, from) {
		if m.Op == opBye && p.told == m.Session {
			return message{}
		}
		return message{Error: "no such test: it took longer than 3 s to ask again, or another began"}
	}
	j.lease.Reset(leaseTime)
	switch m.Op {
	case opState:
		return p.state(j)
	case opStop:
		j.cancel()
		return message{}
	case opConclude:
		if m.Account != nil && m.Plan != nil {
			p.rx.Conclude(j.session, *m.Account, *m.Plan)
		}
		return message{}
	case opFetch:
		return j.fetch(m)
	case opResult:
		return p.takeResult(j, m)
	case opBye:
		p.finish(j)
		return message{}
	}
	return message{Error: "unknown question " + m.Op}
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
		if mac.IsGroup(l.Dst) || len(l.Dst) != 6 || len(l.Sizes) > 64 {
			return message{Error: "load refused: want one station and at most 64 sizes"}
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

func (p *Partner) state(j *job) message {
	got, _, _ := p.rx.Received(j.session)
	return message{Offered: j.offered, Received: got, Sent: j.sent != nil, Error: j.failed}
}

// keep keeps the account of a run that belongs to the job.
func (p *Partner) keep(run *Run) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.job == nil || p.job.session != run.Session {
		return run.Session == p.told
	}
	b, err := json.Marshal(run.Side())
	if err != nil {
		p.job.failed = err.Error()
	}
	p.job.received, p.job.run = b, run
	return true
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
