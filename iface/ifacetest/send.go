package ifacetest

import (
	"net"

	"eterm/frame/ether"
	"eterm/iface"
)

func (p *Port) Send(frames [][]byte) (int, error) {
	for i, f := range frames {
		if err := p.accept(f); err != nil {
			return i, p.wrap(err)
		}
		p.out(f)
	}
	return len(frames), nil
}

// accept is the kernel's answer to one frame, counted.
func (p *Port) accept(frame []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return net.ErrClosed // no attempt: there is no socket any more
	}
	p.counted.Attempted++
	r := &p.counted.Refused
	switch {
	case p.ending != nil:
		return count(&r.Gone, p.ending)
	case !p.up:
		return count(&r.Down, iface.ErrDown)
	case len(frame) < ether.HeaderLen:
		return count(&r.TooShort, iface.ErrTooShort)
	case len(frame) > ether.MaxFrame(p.mtu, ether.Tagged(frame)):
		return count(&r.TooLong, iface.ErrTooLong)
	case p.refuse(frame):
		return count(&r.QueueFull, iface.ErrQueueFull)
	}
	p.counted.Accepted++
	p.counted.Interface.TxPackets++
	return nil
}

func count(n *uint64, why error) error {
	*n++
	return why
}
