package suite

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"eterm/iface"
	"eterm/iface/loop"
)

// end is a port of the tester, and what it was when the run began.
type end struct {
	port iface.Port
	mac  net.HardwareAddr
	mtu  int
}

func newEnd(p iface.Port) end { return end{p, p.HardwareAddr(), p.MTU()} }

// A carrier that is lost is waited for, and looked at now and then.
const (
	carrierWait  = time.Minute
	carrierEvery = 100 * time.Millisecond
)

// ready waits for a carrier that is away, and refuses a port that is another than
// it was.
func (e end) ready(ctx context.Context) error {
	for limit := time.Now().Add(carrierWait); ; {
		c, err := e.port.Counters()
		if err == nil && !c.NoCarrier {
			break
		}
		if !time.Now().Before(limit) {
			return fmt.Errorf("%s: %w", e.port.Name(), ErrLink)
		}
		if err := pause(ctx, carrierEvery.Seconds()); err != nil {
			return err
		}
	}
	if mac, mtu := e.port.HardwareAddr(), e.port.MTU(); !slices.Equal(mac, e.mac) || mtu != e.mtu {
		return fmt.Errorf("%s: %w: %v with an MTU of %d, now %v with %d", e.port.Name(), ErrChanged, e.mac, e.mtu, mac, mtu)
	}
	return nil
}

// looped is whether frames of the tester were seen to go round in a loop.
type looped struct {
	mu   sync.Mutex
	why  error
	stop context.CancelFunc
}

// found notes a loop, and stops what is sent.
func (l *looped) found(e *loop.Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why == nil {
		l.why = e
	}
	if l.stop != nil {
		l.stop()
	}
}

// stops is a context that ends when a loop is found.
func (l *looped) stops(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop = cancel; l.why != nil {
		cancel()
	}
	return ctx, cancel
}

// err is the loop that was found; nil if none was.
func (l *looped) err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why
}
