package suite

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
)

// TwoPorts makes trials between two ports of this machine, which share a clock.
type TwoPorts struct {
	// TX and RX are the ports: forward is from TX to RX. Watch, if not nil, is
	// a third one at which every test frame is a flooded one.
	TX, RX, Watch iface.Port
	// Load is what frames look like: tags, EtherType, IP, pattern. Addresses,
	// sizes, rate and count are the trials'.
	Load linktest.Load
	// Clock makes the clock that paces a trial; nil is pace.Precise.
	Clock      func() pace.Clock
	Thresholds Thresholds
	// Reset is what Spec.Reset asks for, called when a fifth of the frames
	// were due. It returns soon.
	Reset func(ctx context.Context, kind string) error
	// Usage is UsageNow if nil.
	Usage func() Usage
	// Seed draws the addresses (RFC 4814, 4.2) and the runs' numbers.
	Seed uint64

	random    *rand.Rand
	receivers map[Direction]*receiver
	watch     *receiver
	stop      context.CancelFunc
	served    sync.WaitGroup
	gone      chan error
	owned     [][]byte
	pairs     map[Direction][]pair
	own       []end
	looped    looped
	followed  followed
}

// OneClock is true.
func (p *TwoPorts) OneClock() bool { return true }

// Open lets the ports receive, until Close.
func (p *TwoPorts) Open() {
	p.Clock = newClock(p.Clock)
	if p.Usage == nil {
		p.Usage = UsageNow
	}
	p.random = rand.New(rand.NewPCG(p.Seed, 4814))
	p.receivers, p.pairs = map[Direction]*receiver{}, map[Direction][]pair{}
	p.gone = make(chan error, 3)
	p.followed = newFollowed()
	p.followed.before[Forward], _ = p.RX.Counters()
	p.followed.before[Reverse], _ = p.TX.Counters()
	p.owned = [][]byte{p.TX.HardwareAddr(), p.RX.HardwareAddr()}
	serving, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.receivers[Forward] = newReceiver(p.RX, true, p.isOwn)
	p.receivers[Reverse] = newReceiver(p.TX, true, p.isOwn)
	all := []*receiver{p.receivers[Forward], p.receivers[Reverse]}
	if p.Watch != nil {
		p.watch = newReceiver(p.Watch, true, p.isOwn)
		all = append(all, p.watch)
	}
	for _, r := range all {
		p.own = append(p.own, newEnd(r.port))
		r.looped = p.looped.found
		p.served.Go(func() {
			if err := r.serve(serving); err != nil {
				p.gone <- err
			}
		})
	}
}

// Close ends what Open began. The ports stay open.
func (p *TwoPorts) Close() {
	p.stop()
	p.served.Wait()
}

func (p *TwoPorts) ends() []end { return p.own }

func (p *TwoPorts) isOwn(source []byte) bool {
	return slices.ContainsFunc(p.owned, func(a []byte) bool { return string(a) == string(source) })
}

// ports of a direction.
func (p *TwoPorts) ports(d Direction) (tx, rx iface.Port) {
	if d == Forward {
		return p.TX, p.RX
	}
	return p.RX, p.TX
}

// addresses are so many pairs for a direction, the same each time. The first is
// that of the ports themselves; others are random, locally administered
// (RFC 4814, 4.2).
func (p *TwoPorts) addresses(d Direction, n int) []pair {
	tx, rx := p.ports(d)
	if len(p.pairs[d]) == 0 {
		p.pairs[d] = []pair{{rx.HardwareAddr(), tx.HardwareAddr()}}
	}
	for len(p.pairs[d]) < n {
		var a [2][]byte
		for i := range a {
			a[i] = binaryAddress(p.random)
			p.owned = append(p.owned, a[i])
		}
		p.pairs[d] = append(p.pairs[d], pair{a[0], a[1]})
	}
	return p.pairs[d][:max(n, 1)]
}

func binaryAddress(r *rand.Rand) []byte {
	a := make([]byte, 6)
	for i := range a {
		a[i] = byte(r.Uint32())
	}
	a[0] = a[0]&^3 | 2
	return a
}

// Measure makes a trial.
func (p *TwoPorts) Measure(ctx context.Context, s Spec) (Trial, error) {
	return makeTrial(ctx, p, s, p.Thresholds, p.Usage)
}

// Learning frames: three from each address, no more than fifty a second (RFC
// 2544, 23, and RFC 2889, 4.3.3: devices learn slowly).
const (
	learnTimes = 3
	learnEvery = 20 * time.Millisecond
)

// learn has each receiving port send from the addresses that it will receive at.
func (p *TwoPorts) learn(ctx context.Context, s Spec) error {
	for range learnTimes {
		for _, d := range s.Directions {
			tx, rx := p.ports(d)
			for _, a := range p.addresses(d, s.Addresses) {
				b, err := learningFrame(p.Load, tx.HardwareAddr(), a.dst, s.Sizes[0], p.session())
				if err != nil {
					return err
				}
				if _, err := rx.Send([][]byte{b}); errors.Is(err, iface.ErrGone) {
					return err
				}
				if err := pause(ctx, learnEvery.Seconds()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// session draws the number of a run and makes it known as none that is awaited.
func (p *TwoPorts) session() uint32 {
	id := newSession(p.random)
	for _, r := range p.receivers {
		r.know(id)
	}
	return id
}

// newSession draws the number of a run: 24 bits, never 0.
func newSession(r *rand.Rand) uint32 { return r.Uint32()&0xffffff | 1 }

// calm sends one frame in each direction: where nothing is queued it takes no
// longer than the fastest one did before.
func (p *TwoPorts) calm(ctx context.Context, s Spec, probed []Account) (bool, error) {
	s.Waits.Residual, s.Reset = 0.1, ""
	accounts, err := p.run(ctx, s, []Segment{{Frames: 1, Rate: 10}}, false)
	if err != nil {
		return false, err
	}
	for i, a := range accounts {
		floor := probed[i].Delay.Min
		if a.Received != 1 || a.Delay.Min > floor+floor/10+20_000 {
			return false, nil
		}
	}
	return true, nil
}
