package suite

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"eterm/frame/probe"
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
	followed  followed
}

// OneClock is true.
func (p *TwoPorts) OneClock() bool { return true }

// Open lets the ports receive, until Close.
func (p *TwoPorts) Open() {
	if p.Clock == nil {
		p.Clock = pace.Precise
	}
	if p.Usage == nil {
		p.Usage = UsageNow
	}
	p.random = rand.New(rand.NewPCG(p.Seed, 4814))
	p.receivers, p.pairs = map[Direction]*receiver{}, map[Direction][]pair{}
	p.gone = make(chan error, 3)
	p.followed = followed{over: map[Direction]counted{}, lanes: map[Direction]*lane{}, before: map[Direction]iface.Counters{}}
	p.followed.before[Forward], _ = p.RX.Counters()
	p.followed.before[Reverse], _ = p.TX.Counters()
	p.owned = [][]byte{p.TX.HardwareAddr(), p.RX.HardwareAddr()}
	serving, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.receivers[Forward] = newReceiver(p.RX, p.isOwn)
	p.receivers[Reverse] = newReceiver(p.TX, p.isOwn)
	all := []*receiver{p.receivers[Forward], p.receivers[Reverse]}
	if p.Watch != nil {
		p.watch = newReceiver(p.Watch, p.isOwn)
		all = append(all, p.watch)
	}
	for _, r := range all {
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

// Measure makes a trial: learn, wait, probe, run, wait, rest.
func (p *TwoPorts) Measure(ctx context.Context, s Spec) (Trial, error) {
	t := Trial{Spec: s, Reasons: []Reason{}}
	began := time.Now()
	if err := p.learn(ctx, s); err != nil {
		return t, err
	}
	if err := pause(ctx, s.Waits.Learn); err != nil {
		return t, err
	}
	floors, through, err := p.probeAll(ctx, s)
	if err != nil {
		return t, err
	}
	if !through {
		t.NoWay = true
		t.Took = time.Since(began).Seconds()
		return t, nil
	}
	before := p.Usage()
	if t.Accounts, err = p.run(ctx, s, s.Profile, true); err != nil {
		return t, err
	}
	t.CPU = p.Usage().since(before)
	if err := p.drain(ctx, s, floors); err != nil {
		return t, err
	}
	if err := pause(ctx, s.Waits.Rest); err != nil {
		return t, err
	}
	p.Thresholds.judge(&t)
	t.Took = time.Since(began).Seconds()
	return t, nil
}

// pause waits so many seconds.
func pause(ctx context.Context, seconds float64) error {
	if seconds <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(time.Duration(seconds * 1e9))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
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
				l := p.Load
				l.Dst, l.Src = tx.HardwareAddr(), net.HardwareAddr(a.dst)
				l.Sizes, l.Rate, l.Count, l.Streams = s.Sizes[:1], 1, 1, 1
				b, w, err := l.TestFrame(0, s.Sizes[0], p.session(rx))
				if err != nil {
					return err
				}
				w.Write(0, probe.Ticks(time.Now().UnixNano()))
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
func (p *TwoPorts) session(iface.Port) uint32 {
	id := p.random.Uint32()&0xffffff | 1
	for _, r := range p.receivers {
		r.mu.Lock()
		r.known[id] = true
		r.mu.Unlock()
	}
	return id
}

// Probing: ten frames at a hundred a second, all of which must arrive.
const (
	probeFrames = 10
	probeRate   = 100
	probeWait   = 1.0 // seconds for the last of them
)

// probeAll sees whether there is a way through, and gives the least delay of
// each direction in nanoseconds.
func (p *TwoPorts) probeAll(ctx context.Context, s Spec) (floors map[Direction]int64, through bool, err error) {
	floors = map[Direction]int64{}
	probing := s
	probing.Waits.Residual = max(probeWait, s.Waits.Residual)
	probing.Reset = ""
	accounts, err := p.run(ctx, probing, []Segment{{Frames: probeFrames, Rate: probeRate}}, false)
	if err != nil {
		return nil, false, err
	}
	for _, a := range accounts {
		floors[a.Direction] = a.Delay.Min
		if a.OnTheWay > 0 {
			return floors, false, nil
		}
	}
	return floors, true, nil
}

// drain waits until the device has nothing of the load any more: until a frame
// takes no longer than it did before, or four times the rest has passed.
func (p *TwoPorts) drain(ctx context.Context, s Spec, floors map[Direction]int64) error {
	limit := time.Now().Add(time.Duration(4 * s.Waits.Rest * 1e9))
	for time.Now().Before(limit) {
		single := s
		single.Waits.Residual, single.Reset = 0.1, ""
		accounts, err := p.run(ctx, single, []Segment{{Frames: 1, Rate: 10}}, false)
		if err != nil {
			return err
		}
		calm := true
		for _, a := range accounts {
			floor := floors[a.Direction]
			calm = calm && a.Received == 1 && a.Delay.Min <= floor+floor/10+20_000
		}
		if calm {
			return nil
		}
		if err := pause(ctx, 0.1); err != nil {
			return err
		}
	}
	return nil
}
