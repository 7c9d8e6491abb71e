package iface

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"

	"eterm/frame/ether"
	"eterm/iface/internal/mmsg"
	"eterm/iface/internal/nic"
	"eterm/iface/internal/rtnl"
)

// port is the Port that Open makes: a receiver, a sender, or both.
type port struct {
	link   *rtnl.Link
	driver *nic.Driver
	// vlanFilter says that the NIC filters VLANs while nobody makes it promiscuous,
	// and that this port does not.
	vlanFilter bool
	reception  nic.Reception
	ownFCS     bool // frames to send end in their FCS
	rx         *receiver
	tx         sender

	sentMu   sync.Mutex
	accepted uint64
	refused  Refused

	closing  sync.Once
	closeErr error
}

func (p *port) Name() string                   { return p.link.Now().Name }
func (p *port) HardwareAddr() net.HardwareAddr { return slices.Clone(p.link.Now().Addr) }
func (p *port) MTU() int                       { return p.link.MTU() }

// wrap puts the interface's name in front of an error.
func (p *port) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", p.Name(), err)
}

// Receive implements Port.
func (p *port) Receive(rx []Received) (int, error) {
	if p.rx == nil {
		return 0, p.wrap(errors.New("opened for sending only"))
	}
	n, err := p.rx.receive(rx)
	return n, p.wrap(err)
}

// SetReadDeadline implements Port.
func (p *port) SetReadDeadline(t time.Time) error {
	if p.rx == nil {
		return nil
	}
	return p.rx.setDeadline(t)
}

// Send implements Port.
func (p *port) Send(frames [][]byte) (int, error) {
	if p.tx == nil {
		return 0, p.wrap(errors.New("opened for receiving only"))
	}
	n, err := p.tx.Send(frames)
	p.sentMu.Lock()
	defer p.sentMu.Unlock()
	p.accepted += uint64(n)
	if err == nil {
		return n, nil
	}
	if errors.Is(err, net.ErrClosed) {
		return n, p.wrap(err)
	}
	return n, p.wrap(p.refuse(frames[n], err))
}

// refuse counts a frame the kernel did not take and says why. It needs sentMu.
func (p *port) refuse(frame []byte, err error) error {
	r := &p.refused
	switch {
	case len(frame) < ether.HeaderLen && errors.Is(err, syscall.EINVAL):
		r.TooShort++
		return fmt.Errorf("%w: %d bytes", ErrTooShort, len(frame))
	case errors.Is(err, syscall.EMSGSIZE):
		r.TooLong++
		_, now := p.link.Count()
		mtu := now.MTU
		return fmt.Errorf("%w: %d bytes, at most %d with MTU %d", ErrTooLong, len(frame), p.longest(frame, mtu), mtu)
	case errors.Is(err, syscall.ENOBUFS):
		r.QueueFull++
		if !p.link.Now().Carrier {
			return fmt.Errorf("%w: no carrier: is the other end up?", ErrQueueFull)
		}
		return ErrQueueFull
	case errors.Is(err, syscall.EAGAIN):
		r.WouldBlock++
		return fmt.Errorf("%w: no room in the socket for %v", ErrQueueFull, sendPatience)
	case errors.Is(err, syscall.ENETDOWN):
		r.Down++
		return ErrDown
	case errors.Is(err, syscall.ENXIO), errors.Is(err, syscall.ENODEV):
		r.Gone++
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	r.Other++
	return fmt.Errorf("send: %w", err)
}

// longest is the longest frame like this one that the interface takes: only a
// tag of type 0x8100 and an FCS of ours may come on top of the MTU.
func (p *port) longest(frame []byte, mtu int) int {
	n := ether.MaxFrame(mtu, ether.Tagged(frame))
	if p.ownFCS {
		n += ether.FCSLen
	}
	return n
}

// Mechanism says how frames are received and sent, for people to read.
func (p *port) Mechanism() string {
	rx, tx := "none", "none"
	if p.rx != nil {
		rx = p.rx.src.mechanism()
	}
	if p.tx != nil {
		tx = p.tx.Mechanism()
	}
	return "receive: " + rx + ", send: " + tx
}

// DriverCounters implements DriverCounter. It works on after Close, with the
// last values.
func (p *port) DriverCounters() map[string]uint64 { return p.driver.Changes(p.Name()) }

// FiltersVLANs implements VLANFilterer.
func (p *port) FiltersVLANs() bool { return p.vlanFilter && p.link.Now().Promiscuity == 0 }

// TakesTags implements TagTaker.
func (p *port) TakesTags() bool { return p.reception.TakesTags }

// TakesErrored implements ErroredTaker.
func (p *port) TakesErrored() bool { return p.reception.TakesErrored }

// KeepsFCS implements ErroredTaker.
func (p *port) KeepsFCS() bool { return p.reception.KeepsFCS }

// Counters implements Port. It works on after Close, with the last values.
func (p *port) Counters() (Counters, error) {
	var c Counters
	p.sentMu.Lock()
	c.Accepted, c.Refused = p.accepted, p.refused
	c.Attempted = c.Accepted + c.Refused.Total()
	p.sentMu.Unlock()
	if p.tx != nil {
		c.Retried = p.tx.Retried()
	}
	var err error
	if p.rx != nil {
		c.Delivered, c.Truncated = p.rx.delivered.Load(), p.rx.truncated.Load()
		var s socketCounts
		s, err = p.rx.stats.update()
		c.Seen, c.SocketDropped, c.RingFreezes = s.seen, s.dropped, s.freezes
	}
	sum, now := p.link.Count()
	c.Interface, c.CarrierChanges, c.CarrierLost = InterfaceCounters(sum.Stats), sum.CarrierChanges, sum.CarrierLost
	c.Downs, c.Gone = p.link.DownsBy(now), p.link.Gone()
	c.NoCarrier = !now.Carrier
	if p.rx != nil && p.rx.closing.Load() {
		err = nil
	}
	return c, p.wrap(err)
}

// Close implements Port.
func (p *port) Close() error {
	p.closing.Do(func() {
		p.link.Count()
		p.driver.Changes(p.Name())
		defer p.driver.Close()
		var errs [2]error
		if p.rx != nil {
			errs[0] = p.rx.close()
		}
		if p.tx != nil {
			errs[1] = p.tx.Close()
		}
		p.link.Close()
		p.closeErr = p.wrap(errors.Join(errs[:]...))
	})
	return p.closeErr
}

// timestampedPort is a port that says when frames left.
type timestampedPort struct {
	*port
	tx *mmsg.Timestamped
}

// TxTimestamps implements TxTimestamper.
func (p *timestampedPort) TxTimestamps(out []TxTimestamp) (n int, err error) {
	for n < len(out) {
		t, ok, err := p.tx.Next()
		if err != nil || !ok {
			return n, p.wrap(err)
		}
		out[n] = TxTimestamp{Sequence: t.Sequence, At: t.At, Clock: Clock(t.Clock)}
		n++
	}
	return n, nil
}
