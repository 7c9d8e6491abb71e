package mmsg

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sendBatch frames go into one sendmmsg. More gains nothing, and a raw system
// call must not hold the thread for long.
const sendBatch = 32

// Sender sends by sendmmsg on a descriptor of its own, which the
// runtime's poller does not know (its wake-ups cost a fifth of the rate) and
// which receives nothing (a tap on the sending side costs two fifths).
type Sender struct {
	fd     int
	wakeup int // an eventfd: close ends a wait
	hdrs   [sendBatch]header
	iovs   [sendBatch]unix.Iovec
	blank  header
	again  atomic.Uint64
	// patience is how long a frame waits for room in the socket's buffer before
	// it counts as refused.
	patience time.Duration

	mu     sync.Mutex // held by Send
	closed atomic.Bool
}

// NewSender makes a sender for an interface. A frame that finds no room waits
// for so long before it is refused.
func NewSender(index int, patience time.Duration) (*Sender, error) {
	s := &Sender{patience: patience}
	if err := s.open(index); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Sender) open(index int) error {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	if err = unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: index}); err == nil {
		s.wakeup, err = unix.Eventfd(0, unix.EFD_CLOEXEC)
	}
	if err != nil {
		unix.Close(fd)
		return err
	}
	s.fd = fd
	for i := range s.hdrs {
		s.hdrs[i].hdr.Iov = &s.iovs[i]
		s.hdrs[i].hdr.SetIovlen(1)
	}
	s.blank.hdr.Iov = (*unix.Iovec)(unsafe.Pointer(&unreadable))
	s.blank.hdr.SetIovlen(1)
	return nil
}

// unreadable is an iovec of the shortest frame at an address where there is no
// memory in any Go program. It holds a number rather than a pointer because the
// runtime would not have such a pointer.
var unreadable = [2]uintptr{1, 60}

// OwnFCS has the socket send frames that end in their FCS, in place of the NIC's. A
// driver that cannot is asked with a frame that cannot be sent, and refuses it
// (EPROTONOSUPPORT) before the kernel tries to copy it (EFAULT).
func (s *Sender) OwnFCS() error {
	if err := unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_NOFCS, 1); err != nil {
		return err
	}
	if _, errno := s.sendmmsg(&s.blank, 1); errno == unix.EPROTONOSUPPORT {
		return errno
	}
	return nil
}

// rehearse offers a frame that cannot be sent: the kernel makes the buffer for
// it, fails to copy the frame and frees the buffer (EFAULT). Nothing is sent or
// counted, and what a Send soon after it needs is in the processor's caches: it
// takes 1 µs until the frame leaves, and up to 20 µs without.
func (s *Sender) rehearse() {
	if !s.closed.Load() {
		s.sendmmsg(&s.blank, 1)
	}
}

// sendmmsg hands over n messages that begin with first. RawSyscall: the runtime
// would hand the processor to another thread in the middle of a batch. The call
// does not sleep.
func (s *Sender) sendmmsg(first *header, n int) (int, syscall.Errno) {
	r, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(first)),
		uintptr(n), unix.MSG_DONTWAIT, 0, 0)
	return int(r), errno
}

// Send offers frames in order. It returns how many were taken, and the error of
// the first that was not. Of no frames it makes ready for the next.
func (s *Sender) Send(frames [][]byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(frames) == 0 {
		s.rehearse()
	}
	sent := 0
	for sent < len(frames) {
		if s.closed.Load() {
			return sent, net.ErrClosed
		}
		batch := frames[sent:min(sent+sendBatch, len(frames))]
		n, err := s.sendBatch(batch)
		sent += n
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// sendBatch offers up to sendBatch frames. The kernel tells why a frame was
// refused only if it was the first of a call, so that one is offered again.
func (s *Sender) sendBatch(frames [][]byte) (int, error) {
	for i, f := range frames {
		s.iovs[i].Base = unsafe.SliceData(f)
		s.iovs[i].SetLen(len(f))
	}
	n, err := s.offer(len(frames))
	runtime.KeepAlive(frames)
	if err != nil || n == len(frames) {
		return n, err
	}
	s.again.Add(1)
	s.iovs[0] = s.iovs[n]
	_, err = s.offer(1)
	runtime.KeepAlive(frames)
	if err != nil {
		return n, err
	}
	return n + 1, nil
}

// offer hands the first n messages over, waiting with patience for room.
func (s *Sender) offer(n int) (int, error) {
	var until time.Time
	for {
		taken, errno := s.sendmmsg(&s.hdrs[0], n)
		switch errno {
		case 0:
			return taken, nil
		case unix.EINTR:
			continue
		case unix.EAGAIN:
		default:
			return 0, errno
		}
		if until.IsZero() {
			until = time.Now().Add(s.patience)
		}
		if err := s.waitRoom(time.Until(until)); err != nil {
			return 0, err
		}
	}
}

// waitRoom waits until the socket takes frames again.
func (s *Sender) waitRoom(d time.Duration) error {
	if d <= 0 {
		return unix.EAGAIN
	}
	fds := []unix.PollFd{
		{Fd: int32(s.fd), Events: unix.POLLOUT},
		{Fd: int32(s.wakeup), Events: unix.POLLIN},
	}
	_, err := unix.Poll(fds, int(d.Milliseconds())+1)
	if err == nil && fds[0].Revents == unix.POLLERR { // timestamps wait there, which is no room
		_, err = unix.Poll(fds[1:], 1)
	}
	switch {
	case s.closed.Load():
		return net.ErrClosed
	case errors.Is(err, unix.EINTR):
		return nil
	}
	return err
}

// Retried is how often a frame was offered again to learn why a batch ended
// before it.
func (s *Sender) Retried() uint64 { return s.again.Load() }

// Mechanism is what it is, for people.
func (s *Sender) Mechanism() string { return "sendmmsg" }

// Close ends a Send under way and frees the socket.
func (s *Sender) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	one := [8]byte{1, 1}
	unix.Write(s.wakeup, one[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(unix.Close(s.fd), unix.Close(s.wakeup)); err != nil {
		return fmt.Errorf("close sending socket: %w", err)
	}
	return nil
}
