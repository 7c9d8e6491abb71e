package impair

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"eterm/iface"
)

// Relay is a wire between two ports, with faults in each direction. The ports
// should be promiscuous and unfiltered, and belong to it until Run returns.
type Relay struct {
	Left, Right iface.Port
	// Forward is what happens from left to right, Reverse the other way.
	Forward, Reverse Config
}

// Report is what a relay did.
type Report struct {
	Forward []Account `json:"forward"` // from left to right
	Reverse []Account `json:"reverse"`
	// RelayDropped frames reached a port of the relay and found no room: they
	// are in no account. If it is not 0 the accounts are not the whole truth.
	RelayDropped uint64 `json:"relay_dropped"`
}

// drainTime is how long frames that are on a line at the end may take to come
// out at their time.
const drainTime = 2 * time.Second

// batch is how many frames are taken at a time.
const batch = 64

// Run relays until ctx ends or a port is gone. Frames still on the lines are
// then let out. The report is valid also when there is an error.
func (r *Relay) Run(ctx context.Context) (Report, error) {
	forward, reverse := r.line(r.Forward, r.Right), r.line(r.Reverse, r.Left)
	ctx, end := context.WithCancel(ctx)
	defer end()
	errs := make([]error, 2)
	var both sync.WaitGroup
	for i, d := range []struct {
		from iface.Port
		to   *Line
	}{{r.Left, forward}, {r.Right, reverse}} {
		both.Go(func() {
			if errs[i] = pump(ctx, d.from, d.to); errs[i] != nil {
				end()
			}
		})
	}
	both.Wait()
	forward.Drain(drainTime)
	reverse.Drain(drainTime)
	rep := Report{Forward: forward.Accounts(), Reverse: reverse.Accounts()}
	for _, p := range []iface.Port{r.Left, r.Right} {
		c, err := p.Counters()
		errs = append(errs, err)
		rep.RelayDropped += c.SocketDropped
		p.Close()
	}
	return rep, errors.Join(errs...)
}

func (r *Relay) line(c Config, to iface.Port) *Line {
	var one [1][]byte
	return NewLine(c, func(frame []byte) bool {
		one[0] = frame
		n, _ := to.Send(one[:])
		return n == 1
	})
}

// pump takes frames from a port and puts them on a line until ctx ends or the
// port is closed. An interface that is down for a while is waited for.
func pump(ctx context.Context, from iface.Port, to *Line) error {
	err := iface.Frames(ctx, from, make([]iface.Received, batch), func(rx []iface.Received) error {
		for i := range rx {
			to.Pass(rx[i].Bytes)
		}
		return nil
	})
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("relay: %w", err)
	}
	return nil
}
