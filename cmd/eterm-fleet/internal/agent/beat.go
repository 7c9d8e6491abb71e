package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/slots"
	"eterm/cmd/internal/result"
)

// label is the name of a port for all the fleet.
func (a *Agent) label(p Port) string { return a.Host + "." + p.Name() }

// askTime asks the controller what time it is.
func (a *Agent) askTime(ctx context.Context) {
	asking, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	before, steady := a.Now(), time.Now()
	m, err := a.nc.RequestWithContext(asking, bus.TimeAsk, nil)
	took := time.Since(steady)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil {
		var there time.Time
		if there, err = time.Parse(time.RFC3339Nano, string(m.Data)); err == nil {
			a.lost.Store(0)
			// Round drops the monotonic reading: what counts is what the clock shows.
			a.clock = bus.Clock{Known: true, Offset: before.Round(0).Add(took / 2).Sub(there), Error: took / 2}
			a.anchor = anchor{before.Round(0), steady}
			a.judgeClock()
			return
		}
	}
	a.lost.CompareAndSwap(0, time.Now().UnixNano())
	a.judgeClock()
}

// judgeClock says whether the clock is good enough to take part by. It is
// called with mu held. A clock that was set since the controller was asked is
// off by as much as that.
func (a *Agent) judgeClock() {
	c := &a.clock
	c.Withdrew = ""
	if !c.Known {
		c.Withdrew = "the controller has not told the time yet, so how far this clock is off is not known"
		return
	}
	jumped := a.Now().Round(0).Sub(a.wall) - time.Since(a.steady)
	if off := c.Offset + jumped; off.Abs() > slots.MostOffset+c.Error {
		c.Withdrew = fmt.Sprintf("this clock is off by %v from the controller's: want at most %v, set it by NTP", off.Round(time.Millisecond), slots.MostOffset)
	}
}

// withdrew is why this agent takes no part at the moment; empty: it does.
func (a *Agent) withdrew() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.judgeClock()
	if lost := a.lost.Load(); lost != 0 && a.Orphan > 0 && time.Since(time.Unix(0, lost)) > a.Orphan {
		return fmt.Sprintf("no word from the controller for more than %v", a.Orphan)
	}
	return a.clock.Withdrew
}

// Connected says whether the controller can be reached.
func (a *Agent) Connected() bool { return a.nc.IsConnected() }

// Describe is what a port of the agent is like now.
func (a *Agent) Describe(p Port) bus.Port {
	is := bus.Port{Label: a.label(p), Limits: a.Limits, Spool: a.Spool.Len(), Version: result.ThisTool().Version, Instance: a.instance, Expires: a.Expires}
	if info, err := p.Describe(); err == nil {
		is.MAC, is.MTU, is.SpeedBPS, is.Driver, is.Carrier = info.HardwareAddr.String(), info.MTU, info.Speed, info.Driver, info.Carrier
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.judgeClock()
	is.Clock, is.Busy = a.clock, a.busy[is.Label]
	return is
}

// ErrTwice means: another agent has these credentials.
var ErrTwice = errors.New("another agent works with these credentials: enroll each machine for itself")

// register says for the first time what the ports are like, unless somebody
// else says so of them.
func (a *Agent) register(ctx context.Context) error {
	for _, p := range a.Ports {
		if err := a.say(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// say tells what a port is like. What is there must be what this agent said
// last, or be of one that is no more.
func (a *Agent) say(ctx context.Context, p Port) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	is := a.Describe(p)
	text, err := json.Marshal(is)
	if err != nil {
		return err
	}
	rev, err := a.put(ctx, is.Label, text)
	for try := 0; try < 3 && err != nil && (errors.Is(err, jetstream.ErrKeyExists) || isWrongRevision(err)); try++ {
		there, getErr := a.agents.Get(ctx, is.Label)
		if errors.Is(getErr, jetstream.ErrKeyNotFound) {
			a.beats[is.Label] = 0
			rev, err = a.put(ctx, is.Label, text)
			continue
		}
		if getErr != nil {
			return getErr
		}
		var other bus.Port
		if e := json.Unmarshal(there.Value(), &other); e != nil {
			return e
		}
		if other.Instance != a.instance && !a.gone(other.Instance) {
			return fmt.Errorf("%w: %s is said to be at %s (process %d, %s) and here at %s (process %d, %s)", ErrTwice, is.Label,
				other.Instance.Machine, other.Instance.PID, other.Instance.Number, a.instance.Machine, a.instance.PID, a.instance.Number)
		}
		a.beats[is.Label] = there.Revision()
		rev, err = a.put(ctx, is.Label, text)
	}
	if err == nil {
		a.beats[is.Label] = rev
	}
	return err
}

// put writes what a port is like over what this agent wrote last.
func (a *Agent) put(ctx context.Context, label string, text []byte) (uint64, error) {
	if rev := a.beats[label]; rev != 0 {
		return a.agents.Update(ctx, label, text, rev)
	}
	return a.agents.Create(ctx, label, text)
}

func isWrongRevision(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence
}

// gone says whether an agent was on this machine, and is no more. Of another
// machine nobody can say so: what it said is forgotten after a while.
func (a *Agent) gone(other bus.Instance) bool {
	if other.Boot != a.instance.Boot || other.Boot == "" || other.Machine != a.instance.Machine {
		return false
	}
	_, err := os.Stat("/proc/" + strconv.Itoa(other.PID))
	return errors.Is(err, os.ErrNotExist)
}

// beat says again and again what the ports are like. It ends when another
// agent does so too.
func (a *Agent) beat(ctx context.Context) error {
	tick := time.NewTicker(bus.Beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		a.askTime(ctx)
		if why := a.withdrew(); why != "" {
			a.Say(why)
		}
		for _, p := range a.Ports {
			err := a.say(ctx, p)
			if errors.Is(err, ErrTwice) {
				return err
			}
			if err != nil && !errors.Is(err, nats.ErrConnectionClosed) && ctx.Err() == nil {
				break // the controller is away: the next time
			}
		}
	}
}
