package switchtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"time"

	"eterm/iface"
)

// burst is how many frames are sent before the first of them must have
// arrived: few enough for every queue on the way.
const burst = 64

// errSilent: frames that must arrive do not.
var errSilent = errors.New("nothing arrives")

// rig is the switch under test between its ports, and everything the cases
// need to send frames through it and to see what becomes of them.
type rig struct {
	ctx     context.Context
	cfg     *Config
	ports   [sides]iface.Port
	addr    [sides]MAC
	account *account
	random  *rand.Rand
	memo    memo
	// carrier are the tags of frames that must pass, by the port that sends them.
	carrier [sides][]tag
	lost    uint64                    // frames of cases that this host may have had and lost
	end     [sides]context.CancelFunc // ends a port's receiver
	over    [sides]chan struct{}      // closed when it has ended
}

func newRig(ctx context.Context, cfg *Config) *rig {
	r := &rig{ctx: ctx, cfg: cfg, ports: [sides]iface.Port{cfg.A, cfg.B, cfg.Third}}
	r.random = rand.New(rand.NewPCG(cfg.Seed, 1))
	r.account = newAccount(session(cfg.session), cfg.Key)
	for s := range r.each() {
		r.account.ports = append(r.account.ports, s)
		copy(r.addr[s][:], r.ports[s].HardwareAddr())
	}
	return r
}

// each goes through the ports there are.
func (r *rig) each() func(yield func(side) bool) {
	return func(yield func(side) bool) {
		for s := range sides {
			if r.ports[s] != nil && !yield(s) {
				return
			}
		}
	}
}

// start begins to receive; stop ends it, last at A, by way of which a port of
// another machine is asked. The ports stay open.
func (r *rig) start() {
	for s := range r.each() {
		ctx, end := context.WithCancel(context.Background())
		r.end[s], r.over[s] = end, make(chan struct{})
		go func() {
			defer close(r.over[s])
			r.listen(ctx, s)
		}()
	}
}

func (r *rig) stop() {
	for s := range sides {
		s = sides - 1 - s
		if r.ports[s] == nil {
			continue
		}
		r.end[s]()
		<-r.over[s]
	}
}

// listen files what a port receives until ctx ends.
func (r *rig) listen(ctx context.Context, s side) {
	err := iface.Frames(ctx, r.ports[s], make([]iface.Received, burst), func(rx []iface.Received) error {
		for i := range rx {
			r.account.receive(s, rx[i].Bytes, rx[i].At)
		}
		return nil
	})
	if err != nil && !errors.Is(err, net.ErrClosed) {
		r.account.mu.Lock()
		r.account.fail(fmt.Errorf("port %v: %w", s, err))
		r.account.mu.Unlock()
	}
}

// exchange sends frames from one port and waits until every frame that could
// arrive has arrived: a frame known to pass is sent behind each burst, and
// when it is through the rest has had its chance. Without that it fails with
// errSilent, so what did not arrive was stopped by the switch and not by a
// dead link.
func (r *rig) exchange(from side, specs ...spec) (volley, error) {
	flights := r.account.launch(from, specs)
	defer r.account.land(flights)
	for b := range slices.Chunk(flights, burst) {
		if err := r.send(from, b); err != nil {
			return nil, err
		}
		if err := r.flush(from); err != nil {
			return nil, err
		}
	}
	return flights, r.sleep(r.cfg.Drain)
}

// send offers frames to a port, again if its queue is full.
func (r *rig) send(from side, flights []*flight) error {
	frames := make([][]byte, len(flights))
	for i, f := range flights {
		frames[i] = f.sent
	}
	for wait := time.Millisecond; len(frames) > 0; wait *= 2 {
		n, err := r.ports[from].Send(frames)
		frames = frames[n:]
		switch {
		case err == nil:
			continue
		case !errors.Is(err, iface.ErrQueueFull) || wait > r.cfg.Timeout:
			return r.refusal(from, frames[0], err)
		}
		if err := r.sleep(wait); err != nil {
			return err
		}
	}
	return nil
}

// flush waits until what a port has sent is through the switch.
func (r *rig) flush(from side) error {
	for to := range r.each() {
		if to == from {
			continue
		}
		if err := r.pass(from, to, spec{dst: r.addr[to], src: r.addr[from], kind: sentinel, tags: r.carrier[from]}); err != nil {
			return err
		}
	}
	return nil
}

// pass sends a frame that must arrive, up to five times with growing patience,
// a second in all as the configuration says.
func (r *rig) pass(from, to side, s spec) error {
	for _, share := range []time.Duration{16, 8, 4, 4, 2} {
		flights := r.account.launch(from, []spec{s})
		err := r.send(from, flights)
		arrived := false
		if err == nil {
			arrived, err = r.await(r.cfg.Timeout/share, func() bool { return r.account.reached(flights[0], to) })
		}
		r.account.land(flights)
		if arrived || err != nil {
			return err
		}
	}
	return fmt.Errorf("%w from port %v to port %v", errSilent, from, to)
}

// await waits until done or for d. An error ends the run.
func (r *rig) await(d time.Duration, done func() bool) (bool, error) {
	timeout := time.NewTimer(d)
	defer timeout.Stop()
	for {
		if err := r.account.failure(); err != nil {
			return false, err
		}
		if done() {
			return true, nil
		}
		select {
		case <-r.account.changed:
		case <-timeout.C:
			return done(), r.account.failure()
		case <-r.ctx.Done():
			return false, r.ctx.Err()
		}
	}
}

// sleep waits for d, or until something ends the run.
func (r *rig) sleep(d time.Duration) error {
	_, err := r.await(d, func() bool { return false })
	return err
}

// control shows that the link is alive: every port says where it is, then
// frames between known addresses must pass each way. The third port need only
// receive, so that it may be where a mirror comes out.
func (r *rig) control() error {
	for s := range r.each() {
		flights := r.account.launch(s, []spec{{dst: broadcast, src: r.addr[s], kind: hello, tags: r.carrier[s]}})
		err := r.send(s, flights)
		r.account.land(flights)
		if err != nil {
			return err
		}
	}
	for _, from := range []side{portA, portB} {
		if err := r.flush(from); err != nil {
			return err
		}
	}
	return nil
}

// downs are how often the interfaces of A and B have been set down.
func (r *rig) downs() (n [2]uint64) {
	for i := range n {
		if c, err := r.ports[i].Counters(); err == nil {
			n[i] = c.Downs
		}
	}
	return n
}
