// Package ifacetest has ports in memory: the two ends of a wire, and the ports
// of a learning switch, each with faults on demand. They keep the contract of
// iface.Port, need no rights and no kernel, and work inside testing/synctest,
// where their delays cost no time. Conform is that contract as a test.
package ifacetest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"eterm/iface"
	"eterm/iface/internal/rtnl"
)

// Port is one end of a wire, or what is plugged into one port of a switch. It
// is an iface.Port; its further methods do to it what happens to interfaces.
type Port struct {
	name   string
	mac    net.HardwareAddr
	refuse func(frame []byte) bool
	out    func(frame []byte) // puts a frame on the cable; it does not keep it
	bad    func(frame []byte) // the same with one that ends in an FCS that is wrong
	linked func(up bool)      // tells the other end of the cable

	ready    chan struct{} // holds one value after something changed
	deadline deadline

	mu      sync.Mutex
	mtu     int
	up      bool
	tell    bool // Receive has yet to say that the port went down
	ending  error
	queue   inbox
	drainTo uint64 // what had arrived when the deadline had passed, or 0
	counted iface.Counters
	closed  bool
	twins   []*Port

	nic   nic
	raw   rtnl.Counts // the NIC's own, which may begin anew
	meter rtnl.Meter
}

func newPort(name string, last byte, c config) *Port {
	return &Port{
		name: name, mac: net.HardwareAddr{2, 0, 0, 0, 0, last}, mtu: c.mtu, up: true,
		refuse: c.refuser(), linked: func(bool) {}, bad: func([]byte) {},
		ready: make(chan struct{}, 1), deadline: newDeadline(), queue: newInbox(c.buffer),
	}
}

// Name implements iface.Port.
func (p *Port) Name() string { return p.name }

// HardwareAddr implements iface.Port.
func (p *Port) HardwareAddr() net.HardwareAddr { return slices.Clone(p.mac) }

// MTU implements iface.Port.
func (p *Port) MTU() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mtu
}

// SetMTU changes the MTU, as ip link set mtu does.
func (p *Port) SetMTU(mtu int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mtu != mtu {
		p.loseLink()
	}
	p.mtu = mtu
}

// SetUp takes the interface down or brings it up. The other end of a wire
// loses or gains its carrier. A Receive that waits, or else the next, gets
// iface.ErrDown once; after that Receive waits for better times, as sockets do.
func (p *Port) SetUp(up bool) {
	p.mu.Lock()
	changed := p.up != up
	p.up, p.tell = up, !up && (changed || p.tell)
	switch {
	case changed && !up:
		p.counted.Downs++
	case changed:
		p.loseLink()
	}
	p.mu.Unlock()
	p.eachTwin(func(t *Port) { t.SetUp(up) })
	if changed {
		p.wake()
		p.linked(up)
	}
}

// Remove takes the interface away: the port is dead, as after ip link del.
func (p *Port) Remove() {
	p.mu.Lock()
	p.end(iface.ErrGone)
	p.counted.Gone = true
	p.mu.Unlock()
	p.eachTwin((*Port).Remove)
	p.wake()
	p.linked(false)
}

// Close implements iface.Port.
func (p *Port) Close() error {
	p.mu.Lock()
	already := p.closed
	p.closed = true
	p.end(net.ErrClosed)
	p.mu.Unlock()
	p.wake()
	if already {
		return p.wrap(net.ErrClosed)
	}
	p.linked(false)
	return nil
}

// end makes err the answer to everything from now on. The first reason stays,
// but a closed port says that it is closed.
func (p *Port) end(err error) {
	if p.ending == nil || errors.Is(err, net.ErrClosed) {
		p.ending = err
	}
}

// SetReadDeadline implements iface.Port.
func (p *Port) SetReadDeadline(t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return p.wrap(net.ErrClosed)
	}
	p.deadline.set(t)
	p.drainTo = 0
	return nil
}

// Counters implements iface.Port.
func (p *Port) Counters() (iface.Counters, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count()
	return p.counted, nil
}

// count reads the NIC's counters into the account.
func (p *Port) count() {
	now := p.raw
	now.Stats.RxMissed += p.nic.missed()
	p.meter.Take(now)
	sum := p.meter.Sum()
	p.counted.Interface = iface.InterfaceCounters(sum.Stats)
	p.counted.CarrierChanges, p.counted.CarrierLost = sum.CarrierChanges, sum.CarrierLost
}

// Queued is how many frames wait for Receive.
func (p *Port) Queued() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.queue.length
}

// Receive implements iface.Port.
func (p *Port) Receive(rx []iface.Received) (int, error) {
	if len(rx) == 0 {
		return 0, nil
	}
	for {
		expired := p.deadline.wait()
		if p.drained(expired) {
			return 0, p.wrap(os.ErrDeadlineExceeded)
		}
		if n, err := p.take(rx); n > 0 || err != nil {
			return n, err
		}
		select {
		case <-p.ready:
		case <-expired:
		}
	}
}

// drained says whether the deadline has passed and what had arrived by then was
// handed out, as a socket has it: frames that come later do not keep the reader.
func (p *Port) drained(expired <-chan struct{}) bool {
	select {
	case <-expired:
	default:
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.tell || p.ending != nil { // to be told first
		return false
	}
	p.release() // what waits for a frame to overtake it has arrived too
	if p.drainTo == 0 {
		p.drainTo = p.counted.Delivered + uint64(p.queue.length)
	}
	return p.counted.Delivered >= p.drainTo
}

// take hands out what is there without waiting.
func (p *Port) take(rx []iface.Received) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return 0, p.wrap(net.ErrClosed)
	case p.tell:
		p.tell = false
		return 0, p.wrap(iface.ErrDown)
	}
	n := p.queue.take(rx)
	p.counted.Delivered += uint64(n)
	if n == 0 && p.ending != nil {
		return 0, p.wrap(p.ending)
	}
	return n, nil
}

// arrive is what the cable calls when a frame comes out of it.
func (p *Port) arrive(frame []byte) {
	p.eachTwin(func(t *Port) { t.arrive(frame) })
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.up || p.ending != nil || p.noLink() || !p.nic.takes(frame) {
		return
	}
	p.raw.Stats.RxPackets++
	frame = p.nic.changed(frame)
	if waits := p.nic.waits(frame); waits && p.nic.waiting == nil {
		p.nic.waiting = &iface.Received{Bytes: slices.Clone(frame), At: time.Now()}
		time.AfterFunc(overtakenFor, p.releaseIf(p.nic.waiting))
	} else {
		p.put(frame, time.Now())
		p.release()
	}
	p.wake()
}

// release lets the frame in that was overtaken.
func (p *Port) release() {
	if w := p.nic.waiting; w != nil {
		p.nic.waiting = nil
		p.put(w.Bytes, w.At)
	}
}

// releaseIf lets a frame in that nothing overtook.
func (p *Port) releaseIf(w *iface.Received) func() {
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.nic.waiting == w {
			p.release()
			p.wake()
		}
	}
}

// put gives a frame to the socket.
func (p *Port) put(frame []byte, at time.Time) {
	p.counted.Seen++
	if !p.queue.put(frame, at, p.mac) {
		p.counted.SocketDropped++
	}
}

func (p *Port) wake() {
	select {
	case p.ready <- struct{}{}:
	default:
	}
}

func (p *Port) wrap(err error) error { return fmt.Errorf("%s: %w", p.name, err) }
