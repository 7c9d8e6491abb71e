package agent

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"eterm/cmd/eterm-fleet/internal/bus"
	"eterm/cmd/eterm-fleet/internal/plan"
	"eterm/cmd/eterm-fleet/internal/slots"
	"eterm/cmd/internal/result"
	"eterm/frame/seal"
	"eterm/iface"
	"eterm/iface/linktest"
	"eterm/iface/respond"
	"eterm/iface/talk"
)

// join takes part in a run with each port that its plan names. It is called
// with mu held.
func (a *Agent) join(ctx context.Context, all *sync.WaitGroup, p *plan.Plan) {
	for n, port := range p.Ports {
		for _, own := range a.Ports {
			if a.label(own) != port.Label {
				continue
			}
			if a.busy[port.Label] != "" {
				a.Say(port.Label + " is busy with run " + a.busy[port.Label] + " and takes no part in " + p.ID)
				continue
			}
			a.busy[port.Label] = p.ID
			all.Go(func() {
				a.takePart(ctx, p, n, own)
				a.mu.Lock()
				delete(a.busy, port.Label)
				a.mu.Unlock()
			})
		}
	}
}

// takePart makes the tests of one port, slot by slot.
func (a *Agent) takePart(ctx context.Context, p *plan.Plan, port int, own Port) {
	rounds := slots.Of(p.Shape)
	next := p.Table.Next(a.Now())
	for n := next; n < p.Table.Count; n++ {
		if !a.await(ctx, p.Table.Begin(n)) {
			return
		}
		for _, pair := range rounds.Round(n) {
			switch port {
			case pair.Ask:
				a.test(ctx, p, n, own, p.Ports[port], p.Ports[pair.Reflect], true)
			case pair.Reflect:
				a.test(ctx, p, n, own, p.Ports[port], p.Ports[pair.Ask], false)
			}
		}
	}
}

// await waits until the agent's clock shows a time. The clock may be set
// meanwhile, so it is looked at now and then.
func (a *Agent) await(ctx context.Context, at time.Time) bool {
	for {
		left := at.Sub(a.Now().Round(0))
		if left <= 0 {
			return ctx.Err() == nil
		}
		t := time.NewTimer(min(left, time.Second))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return false
		}
	}
}

// test makes one test and keeps what came of it.
func (a *Agent) test(ctx context.Context, p *plan.Plan, n int, own Port, from, to plan.Port, ask bool) {
	r := bus.Result{Run: p.ID, Slot: n, From: from.Label, To: to.Label, By: from.Label, Began: a.Now().UTC(), Tool: result.ThisTool()}
	if !ask {
		r.From, r.To = to.Label, from.Label
	}
	if !a.Spool.Room(mostResult) {
		a.Say(r.By + ": the spool has no room for a result, so no test is begun: the controller does not take what is there")
		return
	}
	speed := uint64(0)
	if info, err := own.Describe(); err == nil {
		speed = info.Speed
	}
	switch why := a.withdrew(); {
	case why != "":
		r.State, r.Why = bus.Withdrawn, why
	case p.Table.Late(n, a.Now()):
		r.State, r.Why = bus.Late, "begun "+a.Now().Sub(p.Table.Begin(n)).Round(time.Millisecond).String()+" late, in a slot of "+p.Table.Length.String()
		a.LateBy.Add(1)
	default:
		if err := a.Limits.Allow(p, from.Label, speed); err != nil {
			r.State, r.Why = bus.Refused, err.Error()
			break
		}
		// The reflector stays a little longer, for what the asker fetches at the end.
		end := p.Table.End(n)
		if !ask {
			end = end.Add(p.Table.Guard / 2)
		}
		until, cancel := context.WithTimeout(ctx, end.Sub(a.Now().Round(0)))
		a.measure(until, p, own, Task{Run: p.ID, Slot: n, Own: from, Peer: to, Ask: ask, VLANs: len(p.Load.VLANs)}, float64(speed), &r)
		cancel()
	}
	if !ask && r.State == bus.Measured || ctx.Err() != nil && r.Total == nil {
		return // the other end says it, or the run was cancelled before there was anything
	}
	r.Link = linkOf(own)
	if err := a.keep(r); err != nil {
		a.Say(r.By + ": " + err.Error() + ": the result is in memory only, until there is room")
	}
	if a.Told != nil {
		a.Told(p.Class, r)
	}
	a.live(r)
}

func linkOf(p Port) string {
	switch info, err := p.Describe(); {
	case err != nil:
		return "gone"
	case !info.Up || !info.Carrier:
		return "down"
	}
	return "up"
}

func (a *Agent) live(r bus.Result) {
	l := bus.Live{Host: a.Host, Run: r.Run, Slot: r.Slot, Label: r.By, State: r.State, Spool: a.Spool.Len()}
	if r.Total != nil {
		l.Offered, l.Received, l.Lost, l.LostLocal = r.Total.Offered, r.Total.Received, r.Total.Lost, r.Total.LostLocal
	}
	if text, err := json.Marshal(l); err == nil {
		_ = a.nc.Publish(bus.LiveSubject(a.Host), text) // may be lost
	}
}

// measure opens the port and is one end of a test.
func (a *Agent) measure(ctx context.Context, p *plan.Plan, own Port, t Task, speed float64, r *bus.Result) {
	ends, err := own.Open(t)
	if err != nil {
		r.State, r.Why = bus.Incomplete, err.Error()
		return
	}
	defer ends.Control.Close()
	defer ends.Test.Close()
	if t.Ask {
		a.ask(ctx, p, ends, speed, r)
		return
	}
	a.reflect(ctx, ends, r)
}

// reunite is how long, at the end, a peer is waited for that answers no more;
// slack is what is left of a slot for that.
const reunite = 2 * time.Second

// ask is the end that asks.
func (a *Agent) ask(ctx context.Context, p *plan.Plan, ends Ends, speed float64, r *bus.Result) {
	limits, err := p.Limit.Of()
	load, loadErr := p.Load.Of(speed)
	if err = errors.Join(err, loadErr); err != nil {
		r.State, r.Why = bus.Refused, err.Error()
		return
	}
	to := net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	if ends.Peer != "" {
		if to, err = net.ParseMAC(ends.Peer); err != nil {
			r.State, r.Why = bus.Refused, err.Error()
			return
		}
	}
	total, err := linktest.Pair(ctx, ends.Test, ends.Control, linktest.PairOptions{To: to, Load: load, Forward: true, Reverse: true,
		Session: 1 + rand.Uint32N(1<<24-1), ReverseSession: 1 + rand.Uint32N(1<<24-1), Drain: 300 * time.Millisecond, Limits: limits,
		Reunite: reunite, Clock: a.Clock})
	switch {
	case total.Type == "" && errors.Is(err, talk.ErrNoPeer):
		r.State, r.Why = bus.NoReply, "the peer did not reply"
	case total.Type == "":
		r.State = bus.Incomplete
		if r.Why = "the slot was over before anything was measured"; err != nil {
			r.Why = err.Error()
		}
	default:
		r.State, r.Total = bus.Measured, &total
		if why := unfinished(total, err); why != "" {
			r.State, r.Why = bus.Incomplete, why
		}
	}
}

// unfinished says why an account is not that of a whole test; empty: it is.
func unfinished(t linktest.Total, err error) string {
	if err != nil {
		return err.Error()
	}
	for _, d := range t.Directions {
		switch {
		case d.Sender == nil || d.Receiver == nil:
			return d.Direction + ": one end's account is missing"
		case d.NotKnown > 0:
			return d.Direction + ": what became of some frames is not known"
		}
	}
	return ""
}

// linger is how long a reflector stays after the result was told: its last
// answer may have been lost.
const linger = time.Second

// reflect is the end that answers.
func (a *Agent) reflect(ctx context.Context, ends Ends, r *bus.Result) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	told := make(chan struct{}, 1)
	peer := linktest.NewPeer(ends.Test, linktest.PeerOptions{Clock: a.Clock, MaxRate: a.Limits.FramesPerS, Result: func(linktest.Total) {
		select {
		case told <- struct{}{}:
		default:
		}
	}})
	reflector := talk.NewReflector(seal.Key{}, map[talk.Service]talk.Server{talk.Link: peer})
	defer reflector.Close()
	responder := respond.New(ends.Control, respond.Config{Only: []string{reflector.Answerer().Name}, More: []respond.Answerer{reflector.Answerer()}})
	var all sync.WaitGroup
	var served, responded error
	all.Go(func() { served = peer.Serve(ctx); cancel() })
	all.Go(func() { responded = responder.Serve(ctx); cancel() })
	r.State = bus.Unasked
	select {
	case <-told:
		r.State = bus.Measured
		t := time.NewTimer(linger)
		select {
		case <-t.C:
		case <-ctx.Done():
		}
		t.Stop()
	case <-ctx.Done():
	}
	cancel()
	all.Wait()
	if err := errors.Join(served, responded); err != nil && r.State != bus.Measured && !errors.Is(err, iface.ErrDown) {
		r.Why = err.Error()
	}
}
