package suite

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"eterm/iface"
)

// errSending is a port that takes no more.
var errSending = errors.New("sending ended")

// run offers a profile in all directions of a trial at once, and accounts for it.
// load says that it is the trial's load, and not what goes ahead of it or after.
func (p *TwoPorts) run(ctx context.Context, s Spec, profile []Segment, load bool) ([]Account, error) {
	var lanes []*lane
	for _, d := range s.Directions {
		l, err := p.lane(d, s, profile)
		if err != nil {
			return nil, err
		}
		lanes = append(lanes, l)
	}
	for _, l := range lanes {
		if load {
			p.followed.begin(l.direction, l.soFar)
		}
	}
	if load && s.Reset != "" && p.Reset != nil {
		defer resetAfter(ctx, s, p.Reset)()
	}
	sending, stop := p.looped.stops(ctx)
	defer stop()
	var all sync.WaitGroup
	for _, l := range lanes {
		all.Go(func() { l.send(sending) })
	}
	all.Wait()
	if err := p.looped.err(); err != nil {
		return nil, err
	}
	for _, l := range lanes {
		if err := gone(l.err); err != nil {
			return nil, err
		}
	}
	accounts, err := p.collect(ctx, lanes, s)
	for i, l := range lanes {
		if load {
			p.followed.end(l.direction, &accounts[i], l.bytes)
		}
	}
	return accounts, err
}

// gone is why a sender can send no more at all; nil if it can.
func gone(err error) error {
	if errors.Is(err, iface.ErrGone) || errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("%w: %w", errSending, err)
	}
	return nil
}

// resetAfter has the device reset when a fifth of the frames were due.
func resetAfter(ctx context.Context, s Spec, reset func(context.Context, string) error) (stop func()) {
	sending, cancel := context.WithCancel(ctx)
	after := time.AfterFunc(time.Duration(s.Seconds()/5*1e9), func() { _ = reset(sending, s.Reset) })
	return func() {
		after.Stop()
		cancel()
	}
}
