package mmsg

import (
	"errors"
	"net"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"eterm/iface/internal/meta"
	"eterm/iface/internal/sock"
)

const (
	// timestampWindow is how many accepted frames may wait for their timestamps:
	// older ones are given up.
	timestampWindow = 4096
	// timestampBuffer is the size in bytes of the socket's queue of timestamps.
	timestampBuffer = 4 << 20
)

// Timestamped is a Sender that learns from the socket's error queue
// when frames left. It offers frames one by one, for the kernel numbers those
// that got as far as the interface's queue, and only the error of a single
// frame says whether it did.
type Timestamped struct {
	Sender
	keys timestampKeys

	readMu sync.Mutex // held by Next
}

// NewTimestamped makes a sender that knows when its frames left, by the kernel's
// clock or by the NIC's where that makes timestamps.
func NewTimestamped(index int, patience time.Duration, hardware bool) (*Timestamped, error) {
	s := &Timestamped{Sender: Sender{patience: patience}}
	if err := s.open(index); err != nil {
		return nil, err
	}
	if err := sock.PrepareTransmitTimestamps(s.fd, timestampBuffer, hardware); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// Send is Sender.Send, one frame a call.
func (s *Timestamped) Send(frames [][]byte) (int, error) {
	for i := range frames {
		n, err := s.Sender.Send(frames[i : i+1])
		if n == 1 || errors.Is(err, unix.ENOBUFS) {
			s.keys.used(n == 1)
		}
		if err != nil {
			return i, err
		}
	}
	return len(frames), nil
}

// timestampKeys maps the kernel's numbers to those of accepted frames.
type timestampKeys struct {
	mu       sync.Mutex
	next     uint32 // the kernel's next number
	accepted uint64
	waiting  [timestampWindow]struct {
		key      uint32
		sequence uint64
		used     bool
	}
}

// used notes that the next key went to a frame, which was accepted or not.
func (k *timestampKeys) used(accepted bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	w := &k.waiting[k.next%timestampWindow]
	w.key, w.sequence, w.used = k.next, k.accepted, accepted
	k.next++
	if accepted {
		k.accepted++
	}
}

// take says which frame has the key. It does so once: every further device on
// the way that is of this machine gives the frame another.
func (k *timestampKeys) take(key uint32) (sequence uint64, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	w := &k.waiting[key%timestampWindow]
	if !w.used || w.key != key {
		return 0, false
	}
	w.used = false
	return w.sequence, true
}

// Timestamp is when one accepted frame left, counted from 0.
type Timestamp struct {
	Sequence uint64
	At       int64 // nanoseconds, since 1970 if the clock is not the NIC's
	Clock    meta.Clock
}

// Next takes the oldest timestamp that is there, without waiting; ok is false if
// there is none.
func (s *Timestamped) Next() (t Timestamp, ok bool, err error) {
	s.readMu.Lock()
	defer s.readMu.Unlock()
	if s.closed.Load() {
		return t, false, net.ErrClosed
	}
	var control [controlSize]byte
	for {
		m, key, err := readTimestamp(s.fd, control[:])
		if errors.Is(err, unix.EAGAIN) {
			return t, false, nil
		}
		if err != nil {
			return t, false, err
		}
		if seq, ok := s.keys.take(key); ok && m.Sec|m.Nsec != 0 {
			return Timestamp{Sequence: seq, At: m.Sec*1e9 + m.Nsec, Clock: m.Clock}, true, nil
		}
	}
}

// readTimestamp reads one message of the error queue, without waiting.
func readTimestamp(fd int, control []byte) (m meta.Meta, key uint32, err error) {
	var hdr unix.Msghdr
	hdr.Control = &control[0]
	hdr.SetControllen(len(control))
	_, _, errno := unix.Syscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&hdr)), unix.MSG_ERRQUEUE|unix.MSG_DONTWAIT)
	if errno != 0 {
		return m, 0, errno
	}
	for h, data := range meta.ControlMessages(control[:hdr.Controllen]) {
		if h.Level == unix.SOL_PACKET && h.Type == unix.PACKET_TX_TIMESTAMP && len(data) >= int(unsafe.Sizeof(unix.SockExtendedErr{})) {
			key = (*unix.SockExtendedErr)(unsafe.Pointer(&data[0])).Data
		}
		m.ReadMessage(h, data)
	}
	return m, key, nil
}

// Mechanism is what it is, for people.
func (s *Timestamped) Mechanism() string { return "sendmsg with transmit timestamps" }

// Close is Sender.Close.
func (s *Timestamped) Close() error {
	s.readMu.Lock()
	defer s.readMu.Unlock()
	return s.Sender.Close()
}
