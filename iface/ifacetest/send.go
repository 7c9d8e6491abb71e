package ifacetest

import (
	"net"

	"eterm/frame/ether"
	"eterm/iface"
)

// Send implements iface.Port.
func (p *Port) Send(frames [][]byte) (int, error) {
	for i, f := range frames {
		leaves, err := p.accept(f)
		if err != nil {
			return i, p.wrap(err)
		}
		if leaves {
			p.out(p.nic.dressed(f))
		}
	}
	return len(frames), nil
}

// accept is the kernel's answer to one frame, counted. Without a link a frame
// that was taken leaves for nowhere.
func (p *Port) accept(frame []byte) (leaves bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false, net.ErrClosed // no attempt: there is no socket any more
	}
	p.counted.Attempted++
	r := &p.counted.Refused
	switch {
	case p.ending != nil:
		return false, count(&r.Gone, p.ending)
	case !p.up:
		return false, count(&r.Down, iface.ErrDown)
	case len(frame) < ether.HeaderLen:
		return false, count(&r.TooShort, iface.ErrTooShort)
	case len(frame) > ether.MaxFrame(p.mtu, ether.Tagged(frame)):
		return false, count(&r.TooLong, iface.ErrTooLong)
	case p.refuse(frame):
		return false, count(&r.QueueFull, iface.ErrQueueFull)
	}
	p.counted.Accepted++
	if p.noLink() {
		return false, nil
	}
	p.raw.Stats.TxPackets++
	return true, nil
}

func count(n *uint64, why error) error {
	*n++
	return why
}
