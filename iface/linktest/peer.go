package linktest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"eterm/iface"
	"eterm/iface/load/pace"
	"eterm/iface/talk"
)

// PeerOptions say what a peer does besides.
type PeerOptions struct {
	Receive ReceiveOptions
	// Result is called with the result of both directions that the other end
	// tells at the end.
	Result func(Total)
	// Clock paces the frames of the reverse direction; nil is pace.Precise.
	Clock pace.Clock
	// MaxRate bounds the loads that are offered, in frames a second; 0 does not.
	MaxRate float64
}

// Peer is the other end of two-way tests, the reflector's: it accounts for what
// arrives on its port, offers a load in reverse when asked, and tells both
// accounts. It is a service of a talk.Reflector, which says how long it works
// and for whom. Its load goes only to the address that asked, and only as far
// as that proves to receive it.
type Peer struct {
	port  iface.Port
	rx    *Receiver
	o     PeerOptions
	ended func(*Run)
	loads sync.WaitGroup // those on offer

	mu      sync.Mutex
	jobs    map[uint32]*job // by forward session
	telling calls           // of Result and Ended
	told    map[uint32]bool // sessions whose result was heard
}

// NewPeer makes a peer; Serve lets it receive.
func NewPeer(port iface.Port, o PeerOptions) *Peer {
	p := &Peer{port: port, o: o, jobs: map[uint32]*job{}, told: map[uint32]bool{}, ended: o.Receive.Ended}
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

// Serve accounts for what arrives until ctx ends or the port is gone. Nothing
// is sent any more when it returns.
func (p *Peer) Serve(ctx context.Context) error {
	err := p.rx.Serve(ctx)
	p.mu.Lock()
	var left []*job
	for _, j := range p.jobs {
		left = append(left, j)
	}
	p.mu.Unlock()
	for _, j := range left {
		j.End()
	}
	p.loads.Wait()
	return err
}

// Busy says whether a test is under way that was agreed on, or one that is over
// is being told of.
func (p *Peer) Busy() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.jobs) > 0 || p.telling.n.Load() > 0
}

// calls are calls of functions under way.
type calls struct{ n atomic.Int64 }

// Go calls f in a goroutine.
func (c *calls) Go(f func()) {
	c.n.Add(1)
	go func() {
		defer c.n.Add(-1)
		f()
	}()
}

// Receiver is the one that accounts for what arrives.
func (p *Peer) Receiver() *Receiver { return p.rx }

// Begin takes on a test: it is the talk.Server.
func (p *Peer) Begin(s *talk.Session, text []byte, _ int) (talk.Test, []byte, error) {
	var b wireBegin
	if json.Unmarshal(text, &b) != nil || b.Forward >= 1<<24 || b.Reverse >= 1<<24 {
		return nil, nil, errors.New("not a link test of this version")
	}
	if from := p.o.Receive.From; from != nil && !bytes.Equal(from, s.Peer[:]) {
		return nil, nil, fmt.Errorf("this end takes part with %v only", from)
	}
	j := &job{p: p, session: b.Forward, reverse: b.Reverse, cancel: func() {}}
	if b.Load != nil {
		l := b.Load.Load(s.Peer[:], s.Own[:])
		l.Key = p.o.Receive.Key
		if err := p.check(l); err != nil {
			return nil, nil, err
		}
		ctx, cancel := context.WithCancel(context.Background())
		j.cancel = cancel
		j.window = talk.NewWindow(s, l.ahead(), 0)
		p.loads.Go(func() { j.offer(ctx, l) })
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs[j.session] = j
	p.rx.Expect(j.session, s.Peer[:])
	return j, nil, nil
}

// check refuses loads that this peer does not offer.
func (p *Peer) check(l Load) error {
	switch {
	case len(l.Sizes) > mostSizes:
		return fmt.Errorf("%d frame sizes: want at most %d", len(l.Sizes), mostSizes)
	case p.o.MaxRate > 0 && l.Rate > p.o.MaxRate:
		return fmt.Errorf("%.0f frames/s are asked for, and this end offers at most %.0f: ask for less, or start it with a greater --max-rate", l.Rate, p.o.MaxRate)
	}
	return l.Check(p.port.MTU())
}

// mostAhead bounds a window in bytes, for loads without a rate.
const mostAhead = 64 << 20

// ahead is how many bytes a window needs so that a load is never held up while
// proofs come at all: those of a second, or of all of it.
func (l Load) ahead() uint64 {
	most := float64(mostAhead)
	sum := 0.0
	for _, s := range l.Sizes {
		sum += float64(s)
	}
	mean := sum / float64(max(len(l.Sizes), 1))
	if n := l.total(); n > 0 {
		most = min(most, 1.25*mean*float64(n))
	}
	if l.schedule() != nil {
		most = min(max(most, 1<<16), 1.25*mean*l.Rate*talk.ProofLease.Seconds())
	}
	return uint64(most) + 1<<14
}

// keep keeps the account of a run that belongs to a job.
func (p *Peer) keep(run *Run) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	j := p.jobs[run.Session]
	if j == nil {
		return p.told[run.Session]
	}
	b, err := json.Marshal(run.Side())
	if err != nil {
		j.failed = err
	}
	j.received, j.run = b, run
	return true
}
