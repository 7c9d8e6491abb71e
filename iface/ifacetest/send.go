package ifacetest

import (
	"net"

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
	case len(frame) < headerLen:
		return count(&r.TooShort, iface.ErrTooShort)
	case len(frame) > p.mtu+headerLen+tagRoom(frame):
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

// headerLen is destination, source and EtherType in bytes.
const headerLen = 14

// tagRoom is what the kernel lets a frame be longer for its tag: 4 bytes for
// TPID 0x8100 and nothing for any other.
func tagRoom(frame []byte) int {
	if frame[12] == 0x81 && frame[13] == 0 {
		return 4
	}
	return 0
}
