package linktest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"eterm/frame/probe"
	"eterm/frame/stats"
	"eterm/iface"
	"eterm/iface/load/pace"
	"eterm/iface/loop"
)

// DirectOptions say how a load goes between two ports of one machine.
type DirectOptions struct {
	Session uint32
	// Drain is the time that frames get to come in after the last was sent.
	Drain  time.Duration
	Limits Limits
	// Clock paces the frames; nil is pace.Precise.
	Clock pace.Clock
	// Direction is what the run is called where it is followed.
	Direction string
	// Follow, if not nil, is given what tells how far the run is.
	Follow func(stats.Source)
}

// Direct offers a load to one port of this machine and accounts for it at
// another. One clock timestamps both ends, so delays are true. The result is valid
// also when there is an error.
func Direct(ctx context.Context, tx, rx iface.Port, l Load, o DirectOptions) (Result, error) {
	over := make(chan struct{})
	ctx, looped := context.WithCancel(ctx)
	defer looped()
	r := NewReceiver(rx, ReceiveOptions{SharedClock: true, Key: l.Key, Only: o.Session, Drain: o.Drain, Ended: func(*Run) { close(over) },
		Looped: func(*loop.Error) { looped() }})
	r.Expect(o.Session, nil)
	serving, stop := context.WithCancel(context.Background())
	defer stop()
	served := make(chan error, 1)
	go func() { served <- r.Serve(serving) }()
	f := &following{rx: r, session: o.Session, name: o.Direction}
	if o.Follow != nil {
		o.Follow(f.soFar)
	}
	sent, err := Send(ctx, tx, l, SendOptions{Session: o.Session, Clock: o.Clock, Offered: f.offered.Store})
	f.offered.Store(sent.Result.Offered)
	r.Conclude(o.Session, sent.SenderAccount, sent.Plan)
	var receiveErr error
	select {
	case <-over:
		stop()
		receiveErr = <-served
	case receiveErr = <-served: // the port is gone: what came, came
		<-over
	}
	return Account(sent.Side(l, err), r.Side(o.Session), o.Limits), errors.Join(err, receiveErr)
}

// Conclude tells the receiver what the sender of an expected run did, whether
// or not anything of the run was heard. The run is over when the frames that
// are still on the way have had their time.
func (r *Receiver) Conclude(session uint32, a probe.SenderAccount, p probe.Plan) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run := r.runs[session]
	if run == nil || run.concluded {
		return
	}
	run.concluded = true
	if !run.over {
		run.tally.Planned(p)
		run.tally.Concluded(a)
		run.heard, run.endHeard = time.Now(), time.Now()
	}
	r.poke()
}

// Side is the account of a run of that session, or nil if there was none.
func (r *Receiver) Side(session uint32) *ReceiverSide {
	r.mu.Lock()
	defer r.mu.Unlock()
	run := r.runs[session]
	if run == nil {
		return nil
	}
	if !run.over {
		r.end(run)
	}
	return run.Side()
}

// doubt adds a reason not to trust a result.
func (v *Verdict) doubt(format string, args ...any) {
	v.Untrusted = append(v.Untrusted, fmt.Sprintf(format, args...))
	v.Status = Untrusted
}
