package suite

import (
	"context"
	"time"

	"eterm/frame/probe"
	"eterm/iface"
	"eterm/iface/load"
)

// lane makes one direction of a trial ready.
func (p *TwoPorts) lane(d Direction, s Spec, profile []Segment) (*lane, error) {
	l := &lane{direction: d, profile: profile}
	l.tx, l.rx = p.ports(d)
	l.receiver = p.receivers[d]
	whole := Spec{Profile: profile}
	shape := p.Load
	shape.Sizes, shape.Count, shape.Duration = s.Sizes, whole.Frames(), 0
	shape.Rate = max(whole.Rate(), 1)
	pairs := p.addresses(d, s.Addresses)
	shape.Dst, shape.Src, shape.Streams = pairs[0].dst, pairs[0].src, 1
	if err := shape.Check(l.tx.MTU()); err != nil {
		return nil, err
	}
	session := p.random.Uint32()&0xffffff | 1
	f, plan, err := newFrames(shape, pairs, s.BroadcastEvery, session)
	if err != nil {
		return nil, err
	}
	l.frames = f
	l.run = l.receiver.expect(session, plan, whole.Frames(), true)
	l.sender = &watched{Port: l.tx, Clock: p.Clock(), due: schedule(profile)}
	for i := range profile {
		l.sender.steps = append(l.sender.steps, begins(profile, i))
	}
	l.txBefore, _ = l.tx.Counters()
	l.rxBefore, _ = l.rx.Counters()
	l.beside[0], l.beside[1], _ = l.receiver.counts(session)
	return l, nil
}

func (l *lane) send(ctx context.Context) {
	l.result, l.err = load.Run(ctx, l.sender, l.frames.next, load.Plan{
		Count: Spec{Profile: l.profile}.Frames(), Schedule: l.sender.due, Clock: l.sender,
	})
}

// floodWait is how long frames at the third port are waited for, in seconds.
const floodWait = 0.01

// collect waits for what is on the way and accounts for all. When ctx has ended
// there is no trial.
func (p *TwoPorts) collect(ctx context.Context, lanes []*lane, s Spec) (accounts []Account, err error) {
	for _, l := range lanes {
		l.receiver.await(l.run, l.result.Sent)
	}
	limit := time.NewTimer(time.Duration(s.Waits.Residual * 1e9))
	defer limit.Stop()
	for _, l := range lanes {
		if l.result.Sent == 0 {
			continue
		}
		select {
		case <-l.run.complete:
			continue
		case <-ctx.Done():
		case err = <-p.gone:
		case <-limit.C:
		}
		break
	}
	if p.watch != nil && err == nil {
		err = pause(ctx, floodWait) // what is flooded may come after what is not
	}
	for _, l := range lanes {
		accounts = append(accounts, l.account(p))
	}
	if err == nil {
		err = ctx.Err()
	}
	return accounts, err
}

// account is what became of a direction's frames.
func (l *lane) account(p *TwoPorts) Account {
	r := l.result
	rep := l.receiver.finish(l.run, probe.SenderAccount{Intended: Spec{Profile: l.profile}.Frames(), Offered: r.Offered, Refused: r.Skipped, Elapsed: uint64(r.Elapsed)})
	tx, rx := l.since(l.tx, l.txBefore), l.since(l.rx, l.rxBefore)
	a := Account{
		Direction: l.direction, Intended: Spec{Profile: l.profile}.Frames(), Offered: r.Offered,
		Received: rep.Received, Duplicated: rep.Duplicated, Reordered: rep.Reordered, Corrupted: rep.Damage.Corrupted,
		CarrierChanges: tx.CarrierChanges + rx.CarrierChanges,
		IntendedFPS:    Spec{Profile: l.profile}.Rate(), Span: r.Span.Seconds(), Blocked: l.sender.blocked.Seconds(),
		Delay: rep.Delay, Outages: rep.Loss.Outages, Series: l.run.series,
		Stalls: l.sender.stalls, MoreStalls: l.sender.more, Steps: l.sender.stepAt, Tagged: l.run.taggedNS,
	}
	a.Offered = max(a.Offered, a.Received)
	a.Intended = max(a.Intended, a.Offered)
	a.NeverOffered, a.Lost = a.Intended-a.Offered, a.Offered-a.Received
	a.attribute(r.Skipped, tx.Interface.TxDropped+tx.Interface.TxErrors, rx.SocketDropped, rx.Interface.RxMissed)
	foreign, control, _ := l.receiver.counts(l.run.session)
	a.Foreign, a.Control = foreign-l.beside[0], control-l.beside[1]
	if p.watch != nil {
		_, _, a.Flooded = p.watch.counts(l.run.session)
	}
	a.rates(rep)
	a.LastGap = l.gap()
	if a.Outages == nil {
		a.Outages = []probe.Outage{}
	}
	if a.Stalls == nil {
		a.Stalls = []Stall{}
	}
	p.followed.end(l, a, rep.Bytes)
	return a
}

// since is what a port has counted since; nothing if it is gone.
func (l *lane) since(p iface.Port, before iface.Counters) iface.Counters {
	now, err := p.Counters()
	if err != nil {
		return iface.Counters{}
	}
	return now.Sub(before)
}

// rates works out the offered and the forwarded rate.
func (a *Account) rates(rep probe.Report) {
	if a.Span > 0 {
		a.OfferedFPS = float64(a.Offered) / a.Span
	}
	if span := float64(rep.Last-rep.First) / 1e9; a.Received > 1 && span > 0 {
		a.ForwardedFPS = float64(a.Received-1) / span
	}
}

// gap is the last hole in what arrived, or at its end, in seconds.
func (l *lane) gap() *Gap {
	run := l.run
	since := func(ticks uint32) float64 {
		return float64(int32(ticks-run.first)) * probe.Tick / 1e9
	}
	if !run.any {
		return nil
	}
	offset := l.sender.due(0).Seconds()
	if run.gap != nil && run.gap.first == 0 {
		offset = l.sender.due(run.gap.last + 1).Seconds() // nothing came before
	}
	if n := l.result.Offered; n > 0 && run.highest < n-1 {
		end := l.sender.due(n - 1).Seconds()
		return &Gap{run.highest + 1, n - 1, offset + since(run.lastSent), end}
	}
	if run.gap == nil {
		return nil
	}
	return &Gap{run.gap.first, run.gap.last, offset + since(run.gap.before), offset + since(run.gap.after)}
}
