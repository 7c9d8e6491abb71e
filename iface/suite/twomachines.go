package suite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"eterm/frame/ether"
	"eterm/frame/seal"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
	"eterm/iface/talk"
)

// TwoMachines makes trials between a port of this machine and one of another, on
// which a Peer is. Forward is from here to there. They read two clocks: delays
// are variation (RFC 5481).
type TwoMachines struct {
	// Port is where test frames come and go; Control, of the same interface, is
	// what the two talk over, with talk.Filter.
	Port, Control iface.Port
	// To is the peer's address; a group address finds the only one there is.
	To net.HardwareAddr
	// Key is what both ends share, for what they say and for the marks; the zero
	// Key is everybody's.
	Key seal.Key
	// Load, Clock, Thresholds, Reset, Usage and Seed are as those of TwoPorts.
	Load       linktest.Load
	Clock      func() pace.Clock
	Thresholds Thresholds
	Reset      func(ctx context.Context, kind string) error
	Usage      func() Usage
	Seed       uint64
	// Patience is how long a peer that does not reply is looked for, and Fetch
	// how long its account of a load is asked for: a minute and 30 s if 0.
	Patience, Fetch time.Duration

	random   *rand.Rand
	ask      *talk.Asker
	receiver *receiver
	proofs   chan talk.Proof
	stop     context.CancelFunc
	served   sync.WaitGroup
	gone     chan error
	pairs    []pair
	followed followed
	own      end
	looped   looped
	floor    time.Duration // the fastest reply when the device was probed
	about    About
}

// OneClock is false.
func (p *TwoMachines) OneClock() bool { return false }

// Open finds the peer and asks what it is. Port receives then, until Close.
func (p *TwoMachines) Open(ctx context.Context) (About, error) {
	p.Clock = newClock(p.Clock)
	if p.Usage == nil {
		p.Usage = UsageNow
	}
	if p.Patience == 0 {
		p.Patience = time.Minute
	}
	if p.Fetch == 0 {
		p.Fetch = 30 * time.Second
	}
	tags, err := p.Load.Tags()
	if err != nil {
		return About{}, err
	}
	if ether.IsGroup(p.To) {
		found, err := talk.Find(ctx, p.Control, tags, p.Key)
		if err != nil {
			return About{}, err
		}
		if len(found) > 1 {
			return About{}, fmt.Errorf("%d peers reply: name one: %v", len(found), found)
		}
		p.To = found[0]
	}
	p.random = rand.New(rand.NewPCG(p.Seed, 4814))
	p.Load.Key = p.Key
	p.proofs, p.gone = make(chan talk.Proof, 64), make(chan error, 3)
	p.ask = talk.NewAsker(p.Control, p.To, tags, p.Key)
	p.receiver = newReceiver(p.Port, false, func(source []byte) bool { return string(source) == string(p.To) })
	p.receiver.key = p.Key
	p.receiver.challenge = p.challenged
	p.receiver.looped = p.looped.found
	p.own = newEnd(p.Port)
	p.followed = newFollowed()
	p.followed.before[Reverse], _ = p.Port.Counters()
	serving, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.serve(serving)
	p.about, err = p.asks(ctx)
	if err != nil {
		p.Close()
	}
	return p.about, err
}

// serve receives until ctx ends.
func (p *TwoMachines) serve(ctx context.Context) {
	for _, f := range []func(context.Context) error{
		p.receiver.serve,
		func(ctx context.Context) error { return p.ask.Listen(ctx, nil) },
	} {
		p.served.Go(func() {
			if err := f(ctx); err != nil {
				p.gone <- err
			}
		})
	}
	p.served.Go(func() {
		for {
			select {
			case proof := <-p.proofs:
				_ = p.ask.Prove(proof) // one that is lost is like any other
			case <-ctx.Done():
				return
			}
		}
	})
}

// challenged passes a challenge on, to be answered.
func (p *TwoMachines) challenged(proof talk.Proof) {
	select {
	case p.proofs <- proof:
	default: // another will come
	}
}

// asks asks what the peer is.
func (p *TwoMachines) asks(ctx context.Context) (a About, err error) {
	text, _ := json.Marshal(wireTrial{About: true}) // of numbers
	p.ask.Patience = talk.Lease
	answer, err := p.ask.Begin(ctx, talk.Bench, text, p.most())
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return a, fmt.Errorf("%v says nothing of use: %w", p.To, err)
	}
	if a.Version != version {
		return a, fmt.Errorf("%v takes part in benchmarks of version %d, this one is %d: have the same eterm at both ends", p.To, a.Version, version)
	}
	return a, p.ask.End(ctx)
}

// Close ends what Open began. The ports stay open.
func (p *TwoMachines) Close() {
	p.stop()
	p.served.Wait()
}

// most is the length of the longest question.
func (p *TwoMachines) most() int { return ether.MaxFrame(min(p.Port.MTU(), 1500), false) }

func (p *TwoMachines) ends() []end { return []end{p.own} }

// Measure makes a trial.
func (p *TwoMachines) Measure(ctx context.Context, s Spec) (Trial, error) {
	if (s.Addresses > 1 || s.BroadcastEvery > 0) && (len(s.Directions) != 1 || s.Directions[0] != Forward) {
		return Trial{}, errors.New("a peer sends to the station that asks and to no other: more addresses and broadcast frames go forward only")
	}
	return makeTrial(ctx, p, s, p.Thresholds, p.Usage)
}

// Source tells how far the trials of a plan are, direction by direction. It is to
// be asked for after Open.
func (p *TwoMachines) Source(plan Plan) stats.Source {
	ways, _ := plan.ways()
	return func() (all []stats.SoFar) {
		for _, d := range ways {
			var rx iface.Port
			if d == Reverse {
				rx = p.Port
			}
			all = append(all, p.followed.soFar(d, rx))
		}
		return all
	}
}

// addresses are so many pairs of the frames forward, the same each time.
func (p *TwoMachines) addresses(n int) []pair {
	if p.pairs == nil {
		p.pairs = []pair{{p.To, p.Port.HardwareAddr()}}
	}
	for len(p.pairs) < n {
		p.pairs = append(p.pairs, pair{binaryAddress(p.random), binaryAddress(p.random)})
	}
	return p.pairs[:max(n, 1)]
}

// wire is a trial, or a part of one, as the peer is told of it.
func (p *TwoMachines) wire(s Spec, profile []Segment) wireTrial {
	w := wireTrial{Load: *s.shape(p.Load, Forward, profile).Mirror(), Profile: profile, BroadcastEvery: s.BroadcastEvery, Residual: s.Waits.Residual}
	for _, a := range p.addresses(s.Addresses) {
		w.Addresses = append(w.Addresses, wirePair{a.dst, a.src})
	}
	return w
}

// begin begins a trial at the peer, which may be busy or away for a while.
func (p *TwoMachines) begin(ctx context.Context, w wireTrial) error {
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	p.ask.Patience = talk.Lease
	for limit := time.Now().Add(p.Patience); ; {
		_, err := p.ask.Begin(ctx, talk.Bench, text, p.most())
		away := errors.Is(err, talk.ErrNoPeer) || errors.Is(err, talk.ErrBusy) || errors.Is(err, talk.ErrLapsed)
		if !away || time.Now().After(limit) {
			return err
		}
		if err := pause(ctx, againEvery.Seconds()); err != nil {
			return err
		}
	}
}

// againEvery is how often a peer is looked for that is away.
const againEvery = 300 * time.Millisecond

// learn has the peer send from the addresses at which it receives, and sends from
// the one at which this end does.
func (p *TwoMachines) learn(ctx context.Context, s Spec) error {
	w := p.wire(s, nil)
	w.Learn = newSession(p.random)
	p.receiver.know(w.Learn)
	if err := p.begin(ctx, w); err != nil {
		return err
	}
	for range learnTimes {
		for i := range w.Addresses {
			if err := p.learnOne(ctx, s, w, i); err != nil {
				return err
			}
			if err := pause(ctx, learnEvery.Seconds()); err != nil {
				return err
			}
		}
	}
	return p.ask.End(ctx)
}

func (p *TwoMachines) learnOne(ctx context.Context, s Spec, w wireTrial, i int) error {
	text, _ := json.Marshal(i) // of a number
	if _, err := p.ask.AskIn(ctx, opLearn, text, 2*shortLearning+talk.Overhead); err != nil {
		return lostControl(err)
	}
	b, err := learningFrame(p.Load, p.To, p.Port.HardwareAddr(), s.learningSize(), w.Learn)
	if err != nil {
		return err
	}
	_, err = p.Port.Send([][]byte{b})
	return gone(err)
}

// lostControl makes an error of a trial's conversation one of that trial, if the
// peer may be back for the next.
func lostControl(err error) error {
	switch {
	case errors.Is(err, talk.ErrNoPeer):
		return &invalid{Reason{Control, "the other end does not reply any more"}}
	case errors.Is(err, talk.ErrLapsed):
		return &invalid{Reason{Control, "the other end was started again, or has given the trial up"}}
	}
	return err
}
