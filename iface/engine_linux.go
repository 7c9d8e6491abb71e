package iface

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"eterm/iface/internal/mmsg"
	"eterm/iface/internal/rtnl"
	"eterm/iface/internal/xdp"
)

// socketReach is the rate, in frames a second, that a packet socket reaches
// on nearly any machine. Below it AF_XDP gains nothing.
const socketReach = 400_000

// sender is a mechanism that sends.
type sender interface {
	// Send offers frames in order. It returns how many were taken, and the
	// error of the first that was not. Of no frames it makes ready for the next.
	Send(frames [][]byte) (int, error)
	// Retried is how often a frame was offered again to learn why a batch
	// ended before it.
	Retried() uint64
	Mechanism() string
	Close() error
}

// sendPatience is how long a frame waits for room before it counts as refused.
const sendPatience = time.Second

// openXDP takes a queue of an interface, for which it waits so long. Without a
// carrier it sends nothing: kernels before 6.13 or so say there that frames were
// sent which were not.
func openXDP(l *rtnl.Link, wait time.Duration) (*xdp.Sender, error) {
	return xdp.New(l.Index(), l.MTU, func() bool { return noCarrier(l) }, wait, sendPatience)
}

// noCarrier says that an interface is there and up, and its other end is not.
func noCarrier(l *rtnl.Link) bool { return !l.Gone() && l.Now().Up() && !l.Now().Carrier }

// openSender makes the mechanism that sends.
func openSender(l *rtnl.Link, o Options) (sender, error) {
	switch {
	case o.OwnFCS:
		s, err := mmsg.NewSender(l.Index(), sendPatience)
		if err != nil {
			return nil, err
		}
		if err := s.OwnFCS(); err != nil {
			return nil, errors.Join(fmt.Errorf("%w: %w", ErrOwnFCS, err), s.Close())
		}
		return s, nil
	case o.Engine == EngineXDP && o.TxTimestamps:
		return nil, errors.New("AF_XDP gives no transmit timestamps: choose the socket engine")
	case o.Engine == EngineXDP:
		s, err := openXDP(l, sendPatience)
		if err != nil && !errors.Is(err, os.ErrPermission) {
			err = fmt.Errorf("AF_XDP: %w: choose the socket engine", err)
		}
		if err != nil {
			return nil, err
		}
		return s, nil
	case o.Engine == EngineAuto && o.Rate > socketReach && !o.TxTimestamps:
		return newAutoSender(l)
	case o.TxTimestamps:
		return mmsg.NewTimestamped(l.Index(), sendPatience, o.HardwareTimestamps)
	}
	return mmsg.NewSender(l.Index(), sendPatience)
}

// autoSender sends through AF_XDP if the interface's counters show that frames
// really leave that way, else through a socket.
type autoSender struct {
	link *rtnl.Link
	mu   sync.Mutex // guards what follows, not the senders' use
	sender
	instead *mmsg.Sender // until AF_XDP was checked
	why     string       // AF_XDP was not taken
	closed  bool
}

const (
	// checkTime is how long a frame may take to show in the counters.
	checkTime = 50 * time.Millisecond
	// queueTime is how long to wait for a queue of the interface.
	queueTime = 400 * time.Millisecond
)

func newAutoSender(l *rtnl.Link) (sender, error) {
	socket, err := mmsg.NewSender(l.Index(), sendPatience)
	if err != nil {
		return nil, err
	}
	xdp, err := openXDP(l, queueTime)
	if err != nil {
		return &autoSender{sender: socket, why: err.Error()}, nil //nolint:nilerr // the socket is what there is instead
	}
	return &autoSender{link: l, sender: xdp, instead: socket}, nil
}

// now is the sender to use, and whether it is still to be checked.
func (s *autoSender) now() (sender, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sender, s.instead != nil
}

func (s *autoSender) Send(frames [][]byte) (n int, err error) {
	tx, check := s.now()
	if check && len(frames) > 0 {
		if n, err = s.check(tx, frames[:1]); err != nil {
			return n, err
		}
		tx, _ = s.now()
	}
	k, err := tx.Send(frames[n:])
	return n + k, err
}

// check sends the first frame and watches the counters. It is not sent again
// if they do not move: it may have left all the same.
func (s *autoSender) check(tx sender, frame [][]byte) (int, error) {
	before, _ := s.link.Count()
	n, err := tx.Send(frame)
	if err != nil {
		return n, err
	}
	for until := time.Now().Add(checkTime); ; time.Sleep(time.Millisecond) {
		if now, _ := s.link.Count(); now.Stats.TxPackets > before.Stats.TxPackets {
			return n, s.decide("")
		}
		if time.Now().After(until) {
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
	return other.Close()
}

func (s *autoSender) Retried() uint64 {
	tx, _ := s.now()
	return tx.Retried()
}

func (s *autoSender) Mechanism() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why != "" {
		return s.sender.Mechanism() + " (not AF_XDP: " + s.why + ")"
	}
	return s.sender.Mechanism()
}

func (s *autoSender) Close() error {
	s.mu.Lock()
	tx, other := s.sender, s.instead
	s.closed = true
	s.mu.Unlock()
	if other == nil {
		return tx.Close()
	}
	return errors.Join(tx.Close(), other.Close())
}
