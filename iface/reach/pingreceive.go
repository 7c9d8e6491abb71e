package reach

import (
	"bytes"
	"context"

	"eterm/frame/ether"
	"eterm/iface"
)

// receive handles frames until ctx ends.
func (p *pinger) receive(ctx context.Context) error {
	err := iface.Frames(ctx, p.port, make([]iface.Received, 32), func(rx []iface.Received) error {
		p.handle(rx)
		return nil
	})
	if err != nil {
		p.mu.Lock()
		p.gone = err
		p.mu.Unlock()
		p.signal()
	}
	return err
}

// handle looks at a batch of frames under the lock and reports outside of it,
// so that sending never waits for a slow terminal.
func (p *pinger) handle(rx []iface.Received) {
	var events []Event
	p.mu.Lock()
	for i := range rx {
		events = p.look(events, &rx[i])
	}
	p.mu.Unlock()
	p.report(events)
}

func (p *pinger) report(events []Event) {
	if len(events) == 0 {
		return
	}
	p.reporting.Lock()
	defer p.reporting.Unlock()
	for _, e := range events {
		p.Event(e)
	}
}

// look handles one frame; the lock is held.
func (p *pinger) look(events []Event, rx *iface.Received) []Event {
	h, payload, err := ether.Parse(rx.Bytes)
	if err != nil || !sameVLAN(h.Tags, p.Tags) || ether.IsGroup(h.Src) || rx.To == iface.Outgoing {
		return events
	}
	if p.defend != nil {
		if b := p.defend.Answer(nil, rx.Bytes, rx.At); len(b) > 0 {
			p.out.send(b)
		}
	}
	if c, ok := ReadClaim(h, payload); ok {
		return p.claimed(events, c, rx)
	}
	if !bytes.Equal(h.Dst, p.MAC) {
		return events
	}
	if a, ok := readAnswer(h, payload); ok && a.protocol == p.Protocol {
		return p.answered(events, &a, rx)
	}
	return events
}

// signal says that there is progress.
func (p *pinger) signal() {
	select {
	case p.progress <- struct{}{}:
	default:
	}
}
