package ifacetest

import (
	"slices"
	"time"

	"eterm/frame/ether"
	"eterm/iface"
)

// TakesErrored hands frames over whose FCS is wrong, as NICs do with rx-all on;
// without it they are counted as errors and go no further.
func TakesErrored() Habit { return func(n *nic) { n.takesErrored = true } }

// KeepsFCS leaves the FCS behind every frame that is received, as NICs do with
// rx-fcs on.
func KeepsFCS() Habit { return func(n *nic) { n.keepsFCS = true } }

// OwnFCS is another socket on the same interface, by which frames are sent that end
// in their FCS, as iface.Options.OwnFCS does.
func (p *Port) OwnFCS() iface.Port {
	t := p.Twin()
	t.bad = p.bad
	return &ownFCS{t, &p.nic}
}

// ownFCS splits what it sends into a frame and its FCS.
type ownFCS struct {
	*Port
	behind *nic
}

// Unwrap keeps the abilities of the port behind.
func (p *ownFCS) Unwrap() iface.Port { return p.Port }

// Send implements iface.Port.
func (p *ownFCS) Send(frames [][]byte) (int, error) {
	for i, f := range frames {
		body := f[:max(len(f)-ether.FCSLen, 0)]
		leaves, err := p.accept(body)
		switch {
		case err != nil:
			return i, p.wrap(err)
		case !leaves:
		case ether.FCS(body) == [ether.FCSLen]byte(f[len(body):]):
			p.out(p.behind.dressed(body))
		default:
			p.bad(f)
		}
	}
	return len(frames), nil
}

// arriveErrored is what the cable calls when a frame comes out of it whose FCS,
// which it ends in, is wrong.
func (p *Port) arriveErrored(frame []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.up || p.ending != nil || p.noLink() {
		return
	}
	if !p.nic.takesErrored {
		p.raw.Stats.RxErrors++
		return
	}
	p.raw.Stats.RxPackets++
	if !p.nic.keepsFCS {
		frame = frame[:len(frame)-ether.FCSLen]
	}
	p.put(frame, time.Now())
	p.wake()
}

// withFCS is a frame as the host gets it where the FCS is kept.
func (n *nic) withFCS(frame []byte) []byte {
	if !n.keepsFCS {
		return frame
	}
	fcs := ether.FCS(frame)
	return append(slices.Clone(frame), fcs[:]...)
}

// TakesErrored implements iface.ErroredTaker.
func (p *Port) TakesErrored() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.nic.takesErrored
}

// KeepsFCS implements iface.ErroredTaker.
func (p *Port) KeepsFCS() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.nic.keepsFCS
}

// forwardErrored is what the switch does with a frame whose FCS is wrong: a sound
// one discards it (802.1Q-2022, 6.5.2, 8.5).
func (s *Switch) forwardErrored(in int, frame []byte) {
	s.mu.Lock()
	kind, body := s.c.defect.kind, frame[:len(frame)-ether.FCSLen]
	to := -1
	for out, p := range s.ports {
		if out != in && [6]byte(p.mac) == [6]byte(frame[:6]) {
			to = out
		}
	}
	s.mu.Unlock()
	switch {
	case kind == forwardsBadFCS && to >= 0:
		s.ports[to].arriveErrored(frame)
	case kind == repairsBadFCS:
		s.forward(in, body)
	}
}
