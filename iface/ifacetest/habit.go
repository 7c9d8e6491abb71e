package ifacetest

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"time"

	"eterm/frame/ether"
	"eterm/iface"
)

// A Habit is something that a NIC or its driver does to all frames of a port,
// and that is no fault of the wire. Ports have none unless they are told;
// they neither pad frames, as virtual interfaces do not.
type Habit func(*nic)

// nic is what a port does between its socket and its cable.
type nic struct {
	vlans         map[uint16]bool // taken by the filter, nil: no filter
	promiscuous   bool
	losesPriority bool
	takesErrored  bool
	keepsFCS      bool
	pads          bool
	noLinkFor     time.Duration // after a change of MTU and after coming up
	linkBack      time.Time     // until then there is no carrier
	missedEach    time.Duration
	missedFrom    time.Time
	overtaken     Select // frames that wait for the next
	arrived       uint64
	random        *rand.Rand
	waiting       *iface.Received // one such
}

// FiltersVLANs takes only tagged frames of these VLANs, as NICs with
// rx-vlan-filter do unless they are promiscuous.
func FiltersVLANs(vids ...uint16) Habit {
	return func(n *nic) {
		n.vlans = map[uint16]bool{0: true} // 802.1Q, 6.9: a priority tag is of no VLAN
		for _, vid := range vids {
			n.vlans[vid] = true
		}
	}
}

// LosesPriority keeps only the VLAN of a tag that it takes off, as e1000 does.
func LosesPriority() Habit { return func(n *nic) { n.losesPriority = true } }

// PadsRunts pads frames with zeros to the 60 bytes that Ethernet demands
// (802.3, 3.2.8), as NICs do.
func PadsRunts() Habit { return func(n *nic) { n.pads = true } }

// SlowLink has no carrier for so long after its MTU was changed, and after it
// came up: what is sent meanwhile is taken, and lost.
func SlowLink(d time.Duration) Habit { return func(n *nic) { n.noLinkFor = d } }

// MissedRises counts a missed frame each so often, though none was lost, as
// QEMU's e1000 does after an overrun.
func MissedRises(each time.Duration) Habit {
	return func(n *nic) { n.missedEach, n.missedFrom = each, time.Now() }
}

// overtakenFor is how long a frame waits to be overtaken.
const overtakenFor = 20 * time.Millisecond

// Overtaking delivers the selected frames after the next one, if that comes within
// 20 ms: two processors of the host took them. Their timestamps are in order.
func Overtaking(which Select) Habit {
	return func(n *nic) { n.overtaken, n.random = which, rand.New(rand.NewPCG(1, 4)) }
}

// Habits gives a port habits.
func (p *Port) Habits(habits ...Habit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, h := range habits {
		h(&p.nic)
	}
}

// SetPromiscuous takes every frame that comes, whatever the NIC's filter.
func (p *Port) SetPromiscuous(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.nic.promiscuous = on
}

// FiltersVLANs implements iface.VLANFilterer.
func (p *Port) FiltersVLANs() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.nic.vlans != nil && !p.nic.promiscuous
}

// TakesTags implements iface.TagTaker.
func (p *Port) TakesTags() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.nic.losesPriority
}

// ResetCounters has the NIC count from 0 again, as those of some drivers do when
// they reset it. The port's account goes on.
func (p *Port) ResetCounters() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count()
	p.raw.Stats.TxPackets, p.raw.Stats.RxPackets, p.raw.Stats.RxMissed, p.raw.CarrierChanges = 0, 0, 0, 0
}

// takes says whether the NIC takes a frame.
func (n *nic) takes(frame []byte) bool {
	if n.vlans == nil || n.promiscuous || !ether.Tagged(frame) || len(frame) < ether.HeaderLen+ether.TagLen {
		return true
	}
	return n.vlans[binary.BigEndian.Uint16(frame[14:])&0xfff]
}

// changed is what the host gets of a frame.
func (n *nic) changed(frame []byte) []byte {
	if n.losesPriority && ether.Tagged(frame) && len(frame) >= ether.HeaderLen+ether.TagLen {
		frame = slices.Clone(frame)
		frame[14] &= 0x0f
	}
	return n.withFCS(frame)
}

// dressed is what goes on the cable of a frame.
func (n *nic) dressed(frame []byte) []byte {
	if n.pads && len(frame) < ether.MinFrame {
		return append(slices.Clone(frame), make([]byte, ether.MinFrame-len(frame))...)
	}
	return frame
}

// missed is how many frames the NIC says by itself that it missed.
func (n *nic) missed() uint64 {
	if n.missedEach == 0 {
		return 0
	}
	return uint64(time.Since(n.missedFrom) / n.missedEach)
}

// waits says whether the next frame that arrives waits for another.
func (n *nic) waits(frame []byte) bool {
	k := n.arrived
	n.arrived++
	return n.overtaken != nil && n.overtaken(k, frame, n.random)
}

// Timestamped is a port that offers timestamps of frames sent. If it gives none,
// it is like a NIC that can and is not set to.
type Timestamped struct {
	*Port
	Gives bool

	sent []iface.TxTimestamp
}

// Unwrap lets the inner port's abilities be found.
func (t *Timestamped) Unwrap() iface.Port { return t.Port }

// Send notes when frames left.
func (t *Timestamped) Send(frames [][]byte) (int, error) {
	before, _ := t.Counters()
	n, err := t.Port.Send(frames)
	for i := range n {
		t.sent = append(t.sent, iface.TxTimestamp{Sequence: before.Accepted + uint64(i), At: time.Now().UnixNano()})
	}
	return n, err
}

// TxTimestamps implements iface.TxTimestamper. One goroutine sends and asks.
func (t *Timestamped) TxTimestamps(out []iface.TxTimestamp) (n int, err error) {
	if t.Gives {
		n = copy(out, t.sent)
		t.sent = t.sent[n:]
	}
	return n, nil
}
