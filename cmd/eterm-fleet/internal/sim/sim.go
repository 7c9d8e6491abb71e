package sim

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"eterm/cmd/eterm-fleet/internal/agent"
	"eterm/cmd/eterm-fleet/internal/creds"
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/eterm-fleet/internal/spool"
	"eterm/iface/load/pace"
)

// Fleet is simulated agents.
type Fleet struct {
	Hub    *Hub
	Agents []*agent.Agent
	failed atomic.Pointer[error]
	stop   context.CancelFunc
	all    sync.WaitGroup
}

// Options say what agents are simulated.
type Options struct {
	Agents int
	Creds  creds.Creds
	Dir    string // for spools
	// TwiceIn has one result of so many published twice; 0: none.
	TwiceIn uint32
	Say     func(string)
}

// atOnce is how many agents connect at the same time.
const atOnce = 50

// Start starts agents and returns when all are registered.
func Start(ctx context.Context, hub *Hub, o Options) (*Fleet, error) {
	ctx, stop := context.WithCancel(ctx)
	f := &Fleet{Hub: hub, stop: stop}
	places := make(chan struct{}, atOnce)
	var ready sync.WaitGroup
	var mu sync.Mutex
	var failure error
	for i := range o.Agents {
		ready.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			a, err := f.start(ctx, o, i)
			mu.Lock()
			defer mu.Unlock()
			f.Agents, failure = append(f.Agents, a), errors.Join(failure, err)
		})
	}
	ready.Wait()
	if failure != nil {
		f.Close()
		return nil, failure
	}
	return f, nil
}

// start connects one agent and lets it work.
func (f *Fleet) start(ctx context.Context, o Options, n int) (*agent.Agent, error) {
	label := Label(n)
	host := plan.Host(label)
	nc, err := o.Creds.Connect(host)
	if err != nil {
		return nil, err
	}
	s, err := spool.Open(filepath.Join(o.Dir, host), 64<<20)
	if err != nil {
		nc.Close()
		return nil, err
	}
	c := agent.Config{Host: host, Ports: []agent.Port{f.Hub.Port("p0")}, Spool: s, Orphan: 10 * time.Minute, Clock: pace.Timers(), Say: o.Say}
	if o.TwiceIn > 0 {
		c.Twice = func(subject string) bool {
			h := fnv.New32a()
			_, _ = h.Write([]byte(subject))
			return h.Sum32()%o.TwiceIn == 0
		}
	}
	a, err := agent.New(nc, c)
	if err != nil {
		nc.Close()
		return nil, err
	}
	f.all.Go(func() {
		defer nc.Close()
		if err := a.Run(ctx); err != nil && ctx.Err() == nil {
			err = fmt.Errorf("%s: %w", host, err)
			f.failed.CompareAndSwap(nil, &err)
		}
	})
	return a, nil
}

// Err is why an agent stopped, if one did.
func (f *Fleet) Err() error {
	if p := f.failed.Load(); p != nil {
		return *p
	}
	return nil
}

// Repeats is how many results were published that were stored already.
func (f *Fleet) Repeats() (n int64) {
	for _, a := range f.Agents {
		n += a.Repeats.Load()
	}
	return n
}

// Close stops all agents.
func (f *Fleet) Close() {
	f.stop()
	f.all.Wait()
}

// Temp is a folder for a simulation, removed by the function.
func Temp() (string, func(), error) {
	dir, err := os.MkdirTemp("", "eterm-sim-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}
