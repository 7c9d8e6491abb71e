package iface

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"eterm/frame/ether"
)

// xdpBatch is how many frames the kernel takes in one call.
const xdpBatch = 32

// xdpSender sends through an AF_XDP socket: past the queueing discipline and
// past taps of this host, at a third less cost than a packet socket.
type xdpSender struct {
	index, queue int
	netns        uint64 // of the first socket, 0 before it
	mtu          func() int
	wakeup       int // an eventfd: close ends a wait

	mu     sync.Mutex // held by send
	closed atomic.Bool
	sock   *xdpSocket // nil after an error left frames in its ring
}

// newXDPSender takes the first queue of the interface that is free. A queue
// stays taken, and memory locked, for a while after a socket was closed:
// patience is how long to wait for that.
func newXDPSender(index int, mtu func() int, patience time.Duration) (*xdpSender, error) {
	wakeup, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	s := &xdpSender{index: index, mtu: mtu, wakeup: wakeup}
	if err := whileBusy(patience, s.takeQueue); err != nil {
		unix.Close(wakeup)
		return nil, err
	}
	return s, nil
}

// whileBusy tries again as long as the kernel says EBUSY, or ENOBUFS: a queue,
// and the memory locked for it, are free again only some time after the socket
// that had them was closed.
func whileBusy(patience time.Duration, try func() error) error {
	for until := time.Now().Add(patience); ; time.Sleep(2 * time.Millisecond) {
		err := try()
		if !errors.Is(err, unix.EBUSY) && !errors.Is(err, unix.ENOBUFS) || time.Now().After(until) {
			return err
		}
	}
}

// takeQueue tries the queues in turn. The kernel says EINVAL behind the last;
// then it is what was said of the first that counts.
func (s *xdpSender) takeQueue() error {
	var first error
	for s.queue = 0; ; s.queue++ {
		err := s.open()
		switch {
		case err == nil:
			return nil
		case errors.Is(err, unix.EINVAL) && first != nil:
			return first
		case !errors.Is(err, unix.EBUSY):
			return err
		case first == nil:
			first = err
		}
	}
}

func (s *xdpSender) open() (err error) {
	chunk := 2048
	for chunk < ether.MaxFrame(s.mtu(), true) {
		chunk *= 2
	}
	if chunk > unix.Getpagesize() {
		return fmt.Errorf("MTU %d: frames do not fit into a page", s.mtu())
	}
	// Opened again from a thread in another namespace it would be bound to
	// another interface of that number.
	s.sock, err = openXDP(s.index, s.queue, chunk, s.netns)
	if err == nil {
		s.netns = s.sock.netns
	}
	return err
}

func (s *xdpSender) send(frames [][]byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for sent := 0; ; {
		if s.closed.Load() {
			return sent, net.ErrClosed
		}
		if sent == len(frames) {
			return sent, nil
		}
		if s.sock == nil {
			if err := whileBusy(sendPatience, s.open); err != nil {
				return sent, err
			}
		}
		n, err := s.batch(frames[sent:min(sent+xdpBatch, len(frames))])
		sent += n
		if err != nil {
			return sent, err
		}
	}
}

// batch sends frames up to the first of a wrong length.
func (s *xdpSender) batch(frames [][]byte) (int, error) {
	if err := s.room(len(frames)); err != nil {
		return 0, err
	}
	first := *s.sock.tx.producer
	end := first
	mtu := s.mtu()
	var wrong error
	for _, f := range frames {
		if wrong = s.fits(f, mtu); wrong != nil {
			break
		}
		s.sock.put(end, f)
		end++
	}
	s.sock.publish(end)
	good, err := s.flush(first, end)
	if err == nil {
		err = wrong
	}
	return int(good - first), err
}

// fits checks what the kernel does not check here.
func (s *xdpSender) fits(frame []byte, mtu int) error {
	switch {
	case len(frame) < ether.HeaderLen:
		return unix.EINVAL
	case len(frame) > min(longest(frame, mtu), s.sock.chunk):
		return unix.EMSGSIZE
	}
	return nil
}

// flush has the kernel send the frames put at first to end of the ring, and
// returns the place behind the last that left. A dropped frame before that one
// is in the interface's tx_dropped, as with other ways of sending.
func (s *xdpSender) flush(first, end uint32) (good uint32, err error) {
	var until time.Time
	looked := false
	good = first
	for at := first; at != end; {
		now, errno := s.sock.kick()
		moved := now != at
		switch errno {
		case 0, unix.EAGAIN, unix.EINTR, unix.ENOBUFS:
			if moved {
				good = now
			}
		case unix.EBUSY: // the last one tried was dropped: no carrier
			if now-at > 1 {
				good = now - 1
			}
		default:
			if !looked { // the kernel does not know these frames
				s.sock.takeBack(first, end)
				return good, errno
			}
			return good, s.abandon(errno)
		}
		at, looked = now, true
		if moved {
			until = time.Time{}
			continue
		}
		if until, err = s.pause(until); err != nil {
			return good, s.abandon(err)
		}
	}
	if good != end {
		return good, unix.ENOBUFS
	}
	return good, nil
}

// abandon closes a socket that has frames in its ring which were reported as
// not sent: it would still send them one day.
func (s *xdpSender) abandon(err error) error {
	s.sock.close()
	s.sock = nil
	return err
}

// room waits until n frames are free.
func (s *xdpSender) room(n int) (err error) {
	var until time.Time
	for s.sock.reclaim() < n {
		if until, err = s.pause(until); err != nil {
			return err
		}
	}
	return nil
}

// pause waits a little, with the patience that until stands for.
func (s *xdpSender) pause(until time.Time) (time.Time, error) {
	now := time.Now()
	if until.IsZero() {
		until = now.Add(sendPatience)
	}
	if !now.Before(until) {
		return until, unix.EAGAIN
	}
	_, _ = unix.Poll([]unix.PollFd{{Fd: int32(s.wakeup), Events: unix.POLLIN}}, 1)
	if s.closed.Load() {
		return until, net.ErrClosed
	}
	return until, nil
}

func (s *xdpSender) retried() uint64 { return 0 }

func (s *xdpSender) mechanism() string {
	return fmt.Sprintf("AF_XDP in copy mode on queue %d", s.queue)
}

func (s *xdpSender) close() error {
	if s.closed.Swap(true) {
		return nil
	}
	one := [8]byte{1}
	_, _ = unix.Write(s.wakeup, one[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.sock != nil {
		err = s.sock.close()
	}
	return errors.Join(err, unix.Close(s.wakeup))
}
