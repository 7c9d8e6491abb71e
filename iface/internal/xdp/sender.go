// Package xdp sends through AF_XDP sockets in copy mode: past the queueing
// discipline and past taps of this host, at a third less cost than a packet
// socket.
package xdp

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

// batchFrames is how many frames the kernel takes in one call.
const batchFrames = 32

// Sender sends through one queue of an interface.
type Sender struct {
	index, queue int
	netns        uint64 // of the first socket, 0 before it
	mtu          func() int
	noCarrier    func() bool
	wakeup       int // an eventfd: Close ends a wait
	patience     time.Duration

	mu     sync.Mutex // held by Send
	closed atomic.Bool
	sock   *socket // nil after an error left frames in its ring
}

// New takes the first queue of the interface that is free. A queue stays taken,
// and memory locked, for a while after a socket was closed: wait is how long to
// wait for that now, patience how long a frame waits for room before it counts
// as refused.
func New(index int, mtu func() int, noCarrier func() bool, wait, patience time.Duration) (*Sender, error) {
	wakeup, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	s := &Sender{index: index, mtu: mtu, noCarrier: noCarrier, wakeup: wakeup, patience: patience}
	if err := whileBusy(wait, s.takeQueue); err != nil {
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
func (s *Sender) takeQueue() error {
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

func (s *Sender) open() (err error) {
	chunk := 2048
	for chunk < ether.MaxFrame(s.mtu(), true) {
		chunk *= 2
	}
	if chunk > unix.Getpagesize() {
		return fmt.Errorf("MTU %d: frames do not fit into a page", s.mtu())
	}
	// Opened again from a thread in another namespace it would be bound to
	// another interface of that number.
	s.sock, err = openSocket(s.index, s.queue, chunk, s.netns, unix.XDP_COPY)
	if err == nil {
		s.netns = s.sock.netns
	}
	return err
}

// Send offers frames in order. It returns how many were taken, and the error of
// the first that was not.
func (s *Sender) Send(frames [][]byte) (int, error) {
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
			if err := whileBusy(s.patience, s.open); err != nil {
				return sent, err
			}
		}
		n, err := s.batch(frames[sent:min(sent+batchFrames, len(frames))])
		sent += n
		if err != nil {
			return sent, err
		}
	}
}

// batch sends frames up to the first of a wrong length.
func (s *Sender) batch(frames [][]byte) (int, error) {
	if s.noCarrier() { // not every kernel says so
		return 0, unix.ENOBUFS
	}
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
func (s *Sender) fits(frame []byte, mtu int) error {
	switch {
	case len(frame) < ether.HeaderLen:
		return unix.EINVAL
	case len(frame) > min(ether.MaxFrame(mtu, ether.Tagged(frame)), s.sock.chunk):
		return unix.EMSGSIZE
	}
	return nil
}

// flush has the kernel send the frames put at first to end of the ring, and
// returns the place behind the last that left. A dropped frame before that one
// is in the interface's tx_dropped, as with other ways of sending.
func (s *Sender) flush(first, end uint32) (good uint32, err error) {
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
func (s *Sender) abandon(err error) error {
	s.sock.close()
	s.sock = nil
	return err
}

// room waits until n frames are free.
func (s *Sender) room(n int) (err error) {
	var until time.Time
	for s.sock.reclaim() < n {
		if until, err = s.pause(until); err != nil {
			return err
		}
	}
	return nil
}

// pause waits a little, with the patience that until stands for.
func (s *Sender) pause(until time.Time) (time.Time, error) {
	now := time.Now()
	if until.IsZero() {
		until = now.Add(s.patience)
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

// Retried is how often a frame was offered again, which is not needed here.
func (s *Sender) Retried() uint64 { return 0 }

// Mechanism is what it is, for people.
func (s *Sender) Mechanism() string {
	return fmt.Sprintf("AF_XDP in copy mode on queue %d", s.queue)
}

// Close ends a Send under way and frees the queue.
func (s *Sender) Close() error {
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
