package suite

import (
	"context"
	"math"
	"time"

	"eterm/frame/stats"
	"eterm/iface/linktest"
	"eterm/iface/load/pace"
)

// shape is how the frames of a direction look, but for their addresses.
func (s Spec) shape(l linktest.Load, d Direction, profile []Segment) linktest.Load {
	whole := Spec{Profile: profile}
	l.Sizes, l.Count, l.Duration, l.Streams = s.Sizes, whole.Frames(), 0, 1
	l.Rate = math.Max(whole.Rate(), 1)
	if l.IP != nil && d == Reverse {
		l.IP = &linktest.IP{Src: l.IP.Dst, Dst: l.IP.Src, ICMP: l.IP.ICMP}
	}
	return l
}

// lane is one direction of a trial under way between two ports.
type lane struct {
	*sender
	*arriving
	direction Direction
}

// lane makes one direction of a trial ready.
func (p *TwoPorts) lane(d Direction, s Spec, profile []Segment) (*lane, error) {
	tx, _ := p.ports(d)
	shape := s.shape(p.Load, d, profile)
	pairs := p.addresses(d, s.Addresses)
	shape.Dst, shape.Src = pairs[0].dst, pairs[0].src
	if err := shape.Check(tx.MTU()); err != nil {
		return nil, err
	}
	session := newSession(p.random)
	f, plan, err := newFrames(shape, pairs, s.BroadcastEvery, session)
	if err != nil {
		return nil, err
	}
	for other, r := range p.receivers {
		if other != d {
			r.sends(session)
		}
	}
	return &lane{newSender(tx, p.Clock(), f, profile), p.receivers[d].arriving(session, plan, shape.Count), d}, nil
}

// floodWait is how long frames at the third port are waited for, in seconds.
const floodWait = 0.01

// collect waits for what is on the way and accounts for all. When ctx has ended
// there is no trial.
func (p *TwoPorts) collect(ctx context.Context, lanes []*lane, s Spec) (accounts []Account, err error) {
	limit := time.NewTimer(time.Duration(s.Waits.Residual * 1e9))
	defer limit.Stop()
	for _, l := range lanes {
		l.receiver.await(l.run, l.result.Sent)
	}
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
		accounts = append(accounts, p.account(l))
	}
	if err == nil {
		err = ctx.Err()
	}
	return accounts, err
}

// account is what became of a direction's frames.
func (p *TwoPorts) account(l *lane) Account {
	sent := l.sender.half(0)
	arrived := l.arriving.half(sent.account(Spec{Profile: l.profile}.Frames()))
	if p.watch != nil {
		_, _, arrived.Flooded = p.watch.counts(l.run.session)
	}
	a := join(l.direction, l.profile, sent, arrived)
	return a
}

// soFar is how far it is.
func (l *lane) soFar(s *stats.SoFar) counted {
	c := l.counted(s)
	c.offered = l.port.told.Load()
	return c
}

// newClock is that of a tester: what is given, or the precise one.
func newClock(given func() pace.Clock) func() pace.Clock {
	if given != nil {
		return given
	}
	return pace.Precise
}
