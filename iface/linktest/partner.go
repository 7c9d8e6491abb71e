package linktest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"net"
	"sync"
	"time"

	"eterm/frame/ether"
	"eterm/frame/inband"
	"eterm/iface"
	"eterm/iface/load/pace"
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
	if err != nil || ether.IsGroup(q.Dst) && m.Op != opHello {
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
