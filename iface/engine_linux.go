package iface

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// socketReach is the rate, in frames a second, that a packet socket reaches
// on nearly any machine. Below it AF_XDP gains nothing.
const socketReach = 400_000

// openSender makes the mechanism that sends.
func openSender(l *link, o Options) (sender, error) {
	switch {
	case o.Engine == EngineXDP && o.TxStamps:
		return nil, errors.New("AF_XDP gives no transmit stamps: choose the socket engine")
	case o.Engine == EngineXDP:
		s, err := newXDPSender(l.index, l.mtu, sendPatience)
		if err != nil && !errors.Is(err, os.ErrPermission) {
			err = fmt.Errorf("AF_XDP: %w: choose the socket engine", err)
		}
		if err != nil {
			return nil, err
		}
		return s, nil
	case o.Engine == EngineAuto && o.Rate > socketReach && !o.TxStamps:
		return newAutoSender(l)
	case o.TxStamps:
		return newStampedSender(l.index, o.HardwareStamps)
	}
	return newSocketSender(l.index)
}

// autoSender sends through AF_XDP if the interface's counters show that frames
// really leave that way, else through a socket.
type autoSender struct {
	link *link
	mu   sync.Mutex // guards what follows, not the senders' use
	sender
	instead *socketSender // until AF_XDP was checked
	why     string        // AF_XDP was not taken
	closed  bool
}

const (
	// checkTime is how long a frame may take to show in the counters.
	checkTime = 50 * time.Millisecond
	// queueTime is how long to wait for a queue of the interface.
	queueTime = 400 * time.Millisecond
)

func newAutoSender(l *link) (sender, error) {
	socket, err := newSocketSender(l.index)
	if err != nil {
		return nil, err
	}
	xdp, err := newXDPSender(l.index, l.mtu, queueTime)
	if err != nil {
		return &autoSender{sender: socket, why: err.Error()}, nil
	}
	return &autoSender{link: l, sender: xdp, instead: socket}, nil
}

// now is the sender to use, and whether it is still to be checked.
func (s *autoSender) now() (sender, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sender, s.instead != nil
}

func (s *autoSender) send(frames [][]byte) (n int, err error) {
	tx, check := s.now()
	if check && len(frames) > 0 {
		if n, err = s.check(tx, frames[:1]); err != nil {
			return n, err
		}
		tx, _ = s.now()
	}
	k, err := tx.send(frames[n:])
	return n + k, err
}

// check sends the first frame and watches the counters. It is not sent again
// if they do not move: it may have left all the same.
func (s *autoSender) check(tx sender, frame [][]byte) (int, error) {
	before, err := s.link.ask(s.link.index, "")
	if err != nil {
		return 0, err
	}
	n, err := tx.send(frame)
	if err != nil {
		return n, err
	}
	for until := time.Now().Add(checkTime); ; time.Sleep(time.Millisecond) {
		now, err := s.link.ask(s.link.index, "")
		if err == nil && now.counts.stats.TxPackets > before.counts.stats.TxPackets {
			return n, s.decide("")
		}
		if err != nil || time.Now().After(until) {
			return n, s.decide("the interface's counters did not show a frame sent that way")
		}
	}
}

// decide keeps AF_XDP if nothing speaks against it.
func (s *autoSender) decide(why string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	other := sender(s.instead)
	if s.why = why; why != "" {
		other, s.sender = s.sender, s.instead
	}
	s.instead = nil
	return other.close()
}

func (s *autoSender) retried() uint64 {
	tx, _ := s.now()
	return tx.retried()
}

func (s *autoSender) mechanism() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why != "" {
		return s.sender.mechanism() + " (not AF_XDP: " + s.why + ")"
	}
	return s.sender.mechanism()
}

func (s *autoSender) close() error {
	s.mu.Lock()
	tx, other := s.sender, s.instead
	s.closed = true
	s.mu.Unlock()
	if other == nil {
		return tx.close()
	}
	return errors.Join(tx.close(), other.close())
}
