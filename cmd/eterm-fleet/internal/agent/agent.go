// Package agent is one machine of a fleet: it says what its ports are like,
// reads plans, and takes part in their tests at the times its own clock says,
// whether or not the controller can be reached meanwhile. What came of them it
// spools until the controller has it for good.
package agent

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nats.go/micro"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/eterm-fleet/internal/spool"
	"eterm/cmd/internal/result"
	"eterm/iface"
	"eterm/iface/load/pace"
)

// Config is what an agent is.
type Config struct {
	Host   string
	Ports  []Port
	Limits bus.Limits
	Spool  *spool.Spool
	// Expires is when the credentials do; zero: never.
	Expires time.Time
	// Orphan is after how long without the controller no further slot is begun.
	Orphan time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Clock paces frames; nil is pace.Precise.
	Clock pace.Clock
	// Say, if not nil, is told what a person may want to know.
	Say func(text string)
	// Told, if not nil, is given each result that the agent keeps, and the class
	// of its plan.
	Told func(class plan.Class, r bus.Result)
	// Twice, if not nil, says of which results the publishing is repeated: for
	// tests.
	Twice func(subject string) bool
}

// Port is an interface that tests can be made on.
type Port interface {
	// Name is the part of the label behind the host.
	Name() string
	// Describe is what it is like now.
	Describe() (iface.Info, error)
	// Open opens it for one test.
	Open(t Task) (Ends, error)
}

// Task is one test as one of its ends sees it.
type Task struct {
	Run   string
	Slot  int
	Own   plan.Port
	Peer  plan.Port
	Ask   bool
	VLANs int // how many tags the frames have
}

// Ends are the sockets of one test.
type Ends struct {
	Test, Control iface.Port
	Peer          string // the other end's address; empty: it is to be found
}

// Agent is a running agent.
type Agent struct {
	Config
	nc       *nats.Conn
	js       jetstream.JetStream
	plans    jetstream.KeyValue
	agents   jetstream.KeyValue
	instance bus.Instance
	sent     map[string]bool // subjects known to be stored
	wake     chan struct{}   // there is something in the spool
	again    chan struct{}   // all of the spool is to be published again
	lost     atomic.Int64    // when the controller was lost, in ns; 0: it is there

	mu    sync.Mutex
	clock bus.Clock
	anchor
	runs  map[string]*runState
	busy  map[string]string // label: run
	beats map[string]uint64 // label: revision of what was said last

	Repeats atomic.Int64 // results that were stored already
	LateBy  atomic.Int64 // slots not begun because it was too late
}

// anchor is when the offset of the clock was asked for, by both clocks.
type anchor struct{ wall, steady time.Time }

// runState is a run that this agent takes part in.
type runState struct {
	plan   *plan.Plan
	state  bus.State
	cancel context.CancelFunc
}

// New makes an agent on a connection. Lost must be told of its breaks: see
// Options.
func New(nc *nats.Conn, c Config) (*Agent, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Say == nil {
		c.Say = func(string) {}
	}
	a := &Agent{Config: c, nc: nc, js: js, instance: thisInstance(), sent: map[string]bool{}, wake: make(chan struct{}, 1), again: make(chan struct{}, 1),
		runs: map[string]*runState{}, busy: map[string]string{}, beats: map[string]uint64{}}
	return a, nil
}

// thisInstance tells this agent from every other.
func thisInstance() bus.Instance {
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id") // empty where it is not known: then numbers tell
	name, _ := os.Hostname()
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails on Linux
	return bus.Instance{Machine: name, Boot: strings.TrimSpace(string(boot)), PID: os.Getpid(), Number: hex.EncodeToString(b[:])}
}

// Run works until ctx ends, or the agent is not wanted.
func (a *Agent) Run(ctx context.Context) error {
	var err error
	if a.plans, err = a.js.KeyValue(ctx, bus.Plans); err != nil {
		return fmt.Errorf("the server has no plans: is \"eterm fleet serve\" at work? %w", err)
	}
	if a.agents, err = a.js.KeyValue(ctx, bus.Agents); err != nil {
		return err
	}
	a.askTime(ctx)
	if err := a.register(ctx); err != nil {
		return err
	}
	service, err := micro.AddService(a.nc, micro.Config{Name: bus.Service, Version: version(), Description: "eterm agent",
		Metadata: map[string]string{"host": a.Host}, QueueGroupDisabled: true})
	if err != nil {
		return err
	}
	defer func() { _ = service.Stop() }()
	asked, err := a.nc.Subscribe(bus.AskSubject(a.Host), func(m *nats.Msg) {
		if string(m.Data) == bus.SendSpool {
			signal(a.again)
		}
	})
	if err != nil {
		return err
	}
	defer func() { _ = asked.Unsubscribe() }()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { a.publish(ctx) })
	all.Go(func() {
		if err := a.beat(ctx); err != nil {
			stop(err)
		}
	})
	err = a.follow(ctx, &all)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// version is this program's as package micro wants it: three numbers.
func version() string {
	v := strings.TrimPrefix(result.ThisTool().Version, "v")
	if strings.Count(v, ".") != 2 {
		return "0.0.0"
	}
	return v
}

// follow reads plans and what becomes of them, and takes part.
func (a *Agent) follow(ctx context.Context, all *sync.WaitGroup) error {
	w, err := a.plans.WatchAll(ctx, jetstream.IgnoreDeletes())
	if err != nil {
		return err
	}
	defer func() { _ = w.Stop() }()
	for {
		select {
		case e, ok := <-w.Updates():
			if !ok {
				if ctx.Err() != nil {
					return nil
				}
				return fmt.Errorf("the server tells no more of plans")
			}
			if e != nil {
				a.heard(ctx, all, e.Key(), e.Value())
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// heard takes what the controller says of a run.
func (a *Agent) heard(ctx context.Context, all *sync.WaitGroup, key string, value []byte) {
	what, run, _ := strings.Cut(key, ".")
	if !plan.GoodID(run) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.runs[run]
	if r == nil {
		r = &runState{}
		a.runs[run] = r
	}
	switch what {
	case "state":
		r.state = bus.State(value)
		if r.state != bus.Running && r.cancel != nil {
			r.cancel()
		}
		if r.state == bus.Closed {
			if err := a.Spool.Drop("eterm.result." + run + "."); err != nil {
				a.Say(err.Error())
			}
		}
	case "run":
		p := &plan.Plan{}
		if err := json.Unmarshal(value, p); err != nil || p.ID != run {
			a.Say("plan " + run + " is not understood")
			return
		}
		if err := p.Check(); err != nil {
			a.Say("plan " + run + ": " + err.Error())
			return
		}
		r.plan = p
	}
	if r.plan != nil && r.state == bus.Running && r.cancel == nil {
		taking, cancel := context.WithCancel(ctx)
		r.cancel = cancel
		a.join(taking, all, r.plan)
	}
}
