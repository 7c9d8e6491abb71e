package iface

import (
	"eterm/iface/internal/meta"
	"eterm/iface/internal/mmsg"
	"eterm/iface/internal/ring"
	"eterm/iface/internal/sock"
)

// newSource makes the mechanism that receives: a ring, unless it was not wanted
// or the kernel refuses it.
func newSource(fd int, o Options, mtu func() int) source {
	if !o.Immediate {
		if r, err := ring.New(fd, o.buffer(), o.hold()); err == nil {
			return &ringSource{ring: r, snap: o.SnapLen, mtu: mtu}
		}
	}
	return &messageSource{messages: mmsg.NewReceiver(), snap: o.SnapLen, mtu: mtu}
}

// ringSource hands over frames that the kernel has put into a ring.
type ringSource struct {
	ring *ring.Ring
	snap int
	mtu  func() int
}

// take copies frames out of the blocks that are the reader's.
func (s *ringSource) take(fd int, rx []Received) (n, truncated int, err error) {
	mtu := s.mtu()
	var m meta.Meta
	for n < len(rx) {
		b := s.ring.Next(&m)
		if b == nil {
			break
		}
		if rx[n].set(b, &m, s.snap, mtu) {
			truncated++
		}
		n++
	}
	if n == 0 { // about to wait: only this tells of the interface going down
		err = sock.Error(fd)
	}
	return n, truncated, err
}

func (s *ringSource) mechanism() string { return s.ring.Mechanism() }
func (s *ringSource) close() error      { return s.ring.Close() }

// messageSource hands over every frame at once when it arrives.
type messageSource struct {
	messages *mmsg.Receiver
	snap     int
	mtu      func() int
}

// take receives what is there, without waiting.
func (s *messageSource) take(fd int, rx []Received) (n, truncated int, err error) {
	if n, err = s.messages.Receive(fd, len(rx)); err != nil {
		return 0, 0, err
	}
	mtu := s.mtu()
	var m meta.Meta
	for i := range n {
		if rx[i].set(s.messages.Frame(i, &m), &m, s.snap, mtu) {
			truncated++
		}
	}
	return n, truncated, nil
}

func (s *messageSource) mechanism() string { return "recvmmsg" }
func (s *messageSource) close() error      { return nil }
