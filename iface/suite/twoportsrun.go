package suite

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"eterm/iface"
	"eterm/iface/load"
)

// lane is one direction of a trial under way.
type lane struct {
	direction Direction
	tx, rx    iface.Port
	receiver  *receiver
	run       *run
	sender    *watched
	frames    *frames
	profile   []Segment
	txBefore  iface.Counters
	rxBefore  iface.Counters
	beside    [2]uint64 // foreign and control frames before
	result    load.Result
	err       error
}

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
	if load {
		p.followed.begin(lanes)
	}
	if load && s.Reset != "" && p.Reset != nil {
		sending, cancel := context.WithCancel(ctx)
		defer cancel()
		after := time.AfterFunc(time.Duration(s.Seconds()/5*1e9), func() { _ = p.Reset(sending, s.Reset) })
		defer after.Stop()
	}
	var all sync.WaitGroup
	for _, l := range lanes {
		all.Go(func() { l.send(ctx) })
	}
	all.Wait()
	for _, l := range lanes {
		if l.err != nil && (errors.Is(l.err, iface.ErrGone) || errors.Is(l.err, net.ErrClosed)) {
			return nil, fmt.Errorf("%w: %w", errSending, l.err)
		}
	}
	return p.collect(ctx, lanes, s)
}
