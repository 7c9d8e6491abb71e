package reach

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"eterm/iface"
)

// target is a Target and what became of its probes.
type target struct {
	index int
	spec  *Target
	hop   *neighbor // nil where the MAC is given
	stats Stats

	seq     uint64  // of the latest probe
	highest uint64  // of the probes answered
	ring    []probe // by seq modulo its length
	pending uint64  // the probe that waits for an address; 0: none
}

// probe is one probe, as far as it is remembered.
type probe struct {
	seq     uint64
	number  uint64    // of its frame in the outbox
	sent    time.Time // just before
	data    int       // bytes of data
	on      bool      // it was sent
	replies int
}

func (t *target) at(seq uint64) *probe { return &t.ring[seq%uint64(len(t.ring))] }

// mac is where the target's frames go; nil if that is not known yet.
func (t *target) mac() net.HardwareAddr {
	if t.hop == nil {
		return t.spec.MAC
	}
	return t.hop.mac
}

// neighbor is an address that is asked for.
type neighbor struct {
	ip    netip.Addr
	mac   net.HardwareAddr // nil: not answered yet
	rival net.HardwareAddr // the last other station that claimed it
	asked time.Time
	users []*target
}

const (
	// askEvery is how often an address is asked for at most (RFC 4861, 10).
	askEvery = time.Second
	// silentAfter is after how many probes without an answer the address is
	// asked for again: the host may be back with another.
	silentAfter = 3
)

// run sends; it returns early only for a port that is gone.
func (p *pinger) run(ctx context.Context) error {
	if err := p.resolve(ctx); err != nil || ctx.Err() != nil {
		p.began = time.Now()
		return err
	}
	p.mu.Lock()
	p.began = time.Now()
	p.mu.Unlock()
	base := p.Clock.Now()
	send := p.paced
	if p.Flood {
		send = p.flood
	}
	if err := send(ctx, base); err != nil {
		return err
	}
	return p.drain(ctx)
}

// resolve asks for all unknown addresses and waits up to a second for them.
func (p *pinger) resolve(ctx context.Context) error {
	for range 2 {
		p.mu.Lock()
		for _, n := range p.neighbors {
			if n.mac == nil {
				p.ask(n)
			}
		}
		p.mu.Unlock()
		if err := p.await(ctx, askEvery/2, func() bool {
			for _, n := range p.neighbors {
				if n.mac == nil {
					return false
				}
			}
			return true
		}); err != nil {
			return err
		}
	}
	return nil
}

// await waits until done, asked under the lock after each progress, or d has
// passed.
func (p *pinger) await(ctx context.Context, d time.Duration, done func() bool) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		p.mu.Lock()
		ok, gone := done(), p.gone
		p.mu.Unlock()
		if ok || gone != nil {
			return gone
		}
		select {
		case <-p.progress:
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// paced sends by the clock.
func (p *pinger) paced(ctx context.Context, base time.Duration) error {
	n := uint64(len(p.targets))
	for k := uint64(0); p.Count == 0 || k < p.Count*n; k++ {
		// The targets of a round are spread over the interval.
		due := time.Duration(k/n)*p.Interval + time.Duration(k%n)*p.Interval/time.Duration(n)
		if p.Duration > 0 && due >= p.Duration {
			return nil
		}
		p.Clock.Wait(base+due, ctx.Done())
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the end of ctx is no error here
		}
		if err := p.next(p.targets[k%n]); err != nil {
			return err
		}
	}
	return nil
}

// flood sends when there is an answer, or after floodWait without one.
func (p *pinger) flood(ctx context.Context, base time.Duration) error {
	n := uint64(len(p.targets))
	timer := time.NewTimer(floodWait)
	defer timer.Stop()
	for k := uint64(0); p.Count == 0 || k < p.Count*n; k++ {
		if p.Duration > 0 && p.Clock.Now()-base >= p.Duration || ctx.Err() != nil {
			return nil
		}
		if err := p.next(p.targets[k%n]); err != nil {
			return err
		}
		timer.Reset(floodWait)
		select {
		case <-p.progress:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return nil
}

// drain waits for the answers still due, and gives up what waits to be sent.
func (p *pinger) drain(ctx context.Context) error {
	err := p.await(ctx, p.Timeout, func() bool {
		for _, t := range p.targets {
			if t.pending != 0 || t.stats.Received < t.stats.Sent {
				return false
			}
		}
		return true
	})
	var events []Event
	p.mu.Lock()
	for _, t := range p.targets {
		events = p.giveUp(events, t)
	}
	p.mu.Unlock()
	p.report(events)
	return err
}

// giveUp accounts for the probe that waits for an address in vain.
func (p *pinger) giveUp(events []Event, t *target) []Event {
	if t.pending == 0 {
		return events
	}
	e := Event{Kind: Unresolved, Target: t.index, Seq: t.pending, At: time.Now(), From: t.hop.ip}
	t.pending = 0
	t.stats.Unresolved++
	return append(events, e)
}

// next sends the next probe to t.
func (p *pinger) next(t *target) error {
	p.mu.Lock()
	events := p.giveUp(nil, t)
	t.seq++
	*t.at(t.seq) = probe{seq: t.seq, data: p.dataLen(t)}
	if h := t.hop; h != nil {
		silent := t.seq > t.highest+silentAfter
		if (h.mac == nil || silent) && time.Since(h.asked) >= askEvery {
			p.ask(h)
		}
	}
	var err error
	if t.mac() == nil {
		t.pending = t.seq
	} else {
		events, err = p.launch(events, t, t.at(t.seq))
	}
	if p.gone != nil {
		err = p.gone
	}
	p.mu.Unlock()
	p.report(events)
	return err
}

// dataLen is how many bytes of data the latest probe to t has.
func (p *pinger) dataLen(t *target) int {
	if p.First == 0 {
		return DefaultData
	}
	length := p.First
	if p.Step > 0 && p.Last > p.First {
		steps := uint64(Steps(p.First, p.Last, p.Step))
		length += int((t.seq-1)%steps) * p.Step
	}
	return max(0, length-p.Overhead(t.spec.IP, len(p.Tags)))
}

// launch sends a probe. Only a port that is gone is an error.
func (p *pinger) launch(events []Event, t *target, b *probe) ([]Event, error) {
	frame, err := p.appendRequest(p.buf[:0], &p.Station, request{
		to: t.mac(), ip: t.spec.IP, id: p.ID, seq: uint16(b.seq), data: p.data[:b.data]})
	p.buf = frame
	if err == nil {
		b.number, b.sent, err = p.out.send(frame)
	}
	if err == nil {
		b.on = true
		t.stats.Sent++
		if z := t.stats.Sizes; z != nil {
			z.of(b.seq).Sent++
		}
		return events, nil
	}
	t.stats.Refused++
	if errors.Is(err, iface.ErrGone) || errors.Is(err, net.ErrClosed) {
		p.gone = err
		return events, err
	}
	return append(events, Event{Kind: Refused, Target: t.index, Seq: b.seq, At: b.sent, Err: err}), nil
}

// ask asks for an address. What the kernel refuses is asked for again later.
func (p *pinger) ask(n *neighbor) {
	n.asked = time.Now()
	p.buf = p.appendQuestion(p.buf[:0], n.ip)
	p.out.send(p.buf)
}
