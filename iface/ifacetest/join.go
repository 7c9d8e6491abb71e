package ifacetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"

	"eterm/iface"
)

// Joined is a switch of this package between real ports.
type Joined struct {
	refused atomic.Uint64
	end     context.CancelFunc
	pumps   sync.WaitGroup
	real    []iface.Port

	mu  sync.Mutex
	err error
}

// Join puts real ports, in this order, on the cables of the switch's ports: what
// comes in by one goes through the switch. The ports should be promiscuous and
// unfiltered, and belong to the switch until Leave returns. There must be as many
// as the switch has.
func (s *Switch) Join(real ...iface.Port) *Joined {
	ctx, end := context.WithCancel(context.Background())
	j := &Joined{end: end, real: real}
	for i, r := range real {
		j.pumps.Go(func() { j.pump(ctx, r, s.Port(i)) })
		j.pumps.Go(func() { j.pump(ctx, s.Port(i), r) })
	}
	return j
}

// pump takes what one port receives and sends it by another.
func (j *Joined) pump(ctx context.Context, from, to iface.Port) {
	frames := make([][]byte, 0, 64)
	err := iface.Frames(ctx, from, make([]iface.Received, 64), func(rx []iface.Received) error {
		frames = frames[:0]
		for i := range rx {
			frames = append(frames, rx[i].Bytes)
		}
		for len(frames) > 0 {
			n, err := to.Send(frames)
			frames = frames[n:]
			if err != nil && len(frames) > 0 {
				j.refused.Add(1)
				frames = frames[1:]
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, net.ErrClosed) {
		j.mu.Lock()
		j.err = errors.Join(j.err, fmt.Errorf("switch at %s: %w", from.Name(), err))
		j.mu.Unlock()
	}
}

// Leave takes the ports off the switch and closes them. It returns how many frames
// this host, and not the switch, did not bring to it or on from it.
func (j *Joined) Leave() (dropped uint64, err error) {
	j.end()
	j.pumps.Wait()
	dropped = j.refused.Load()
	errs := []error{j.err}
	for _, r := range j.real {
		c, err := r.Counters()
		dropped += c.SocketDropped
		errs = append(errs, err, r.Close())
	}
	return dropped, errors.Join(errs...)
}
