package iface

import (
	"fmt"
	"net"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// stampWindow is how many accepted frames may wait for their stamps:
	// older ones are given up.
	stampWindow = 4096
	// stampBuffer is the size in bytes of the socket's queue of stamps.
	stampBuffer = 4 << 20
)

// stampedSender is a socketSender that learns from the socket's error queue
// when frames left. It offers frames one by one, for the kernel numbers those
// that got as far as the interface's queue, and only the error of a single
// frame says whether it did.
type stampedSender struct {
	socketSender
	keys stampKeys

	readMu sync.Mutex // held by stamps
}

func newStampedSender(index int, hardware bool) (*stampedSender, error) {
	s := &stampedSender{}
	if err := s.open(index); err != nil {
		return nil, err
	}
	flags := unix.SOF_TIMESTAMPING_TX_SOFTWARE | unix.SOF_TIMESTAMPING_SOFTWARE |
		unix.SOF_TIMESTAMPING_OPT_ID | unix.SOF_TIMESTAMPING_OPT_TSONLY
	if hardware {
		flags |= unix.SOF_TIMESTAMPING_TX_HARDWARE | unix.SOF_TIMESTAMPING_RAW_HARDWARE
	}
	_ = setReceiveBuffer(s.fd, stampBuffer) // with less, fewer stamps can wait
	if err := unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPING, flags); err != nil {
		s.close()
		return nil, fmt.Errorf("transmit stamps: %w", err)
	}
	return s, nil
}

func (s *stampedSender) send(frames [][]byte) (int, error) {
	for i := range frames {
		n, err := s.socketSender.send(frames[i : i+1])
		if n == 1 || err == unix.ENOBUFS {
			s.keys.used(n == 1)
		}
		if err != nil {
			return i, err
		}
	}
	return len(frames), nil
}

// stampKeys maps the kernel's numbers to those of accepted frames.
type stampKeys struct {
	mu       sync.Mutex
	next     uint32 // the kernel's next number
	accepted uint64
	waiting  [stampWindow]struct {
		key      uint32
		sequence uint64
		used     bool
	}
}

// used notes that the next key went to a frame, which was accepted or not.
func (k *stampKeys) used(accepted bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	w := &k.waiting[k.next%stampWindow]
	w.key, w.sequence, w.used = k.next, k.accepted, accepted
	k.next++
	if accepted {
		k.accepted++
	}
}

// take says which frame has the key. It does so once: every further device on
// the way that is of this machine stamps the frame again.
func (k *stampKeys) take(key uint32) (sequence uint64, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	w := &k.waiting[key%stampWindow]
	if !w.used || w.key != key {
		return 0, false
	}
	w.used = false
	return w.sequence, true
}

// stamps takes stamps from the error queue.
func (s *stampedSender) stamps(out []TxStamp) (n int, err error) {
	s.readMu.Lock()
	defer s.readMu.Unlock()
	if s.closed.Load() {
		return 0, net.ErrClosed
	}
	var control [controlSize]byte
	for n < len(out) {
		m, key, err := readStamp(s.fd, control[:])
		if err == unix.EAGAIN {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if seq, ok := s.keys.take(key); ok && m.sec|m.nsec != 0 {
			out[n] = TxStamp{Sequence: seq, At: m.sec*1e9 + m.nsec, Clock: m.clock}
			n++
		}
	}
	return n, nil
}

// readStamp reads one message of the error queue, without waiting.
func readStamp(fd int, control []byte) (m meta, key uint32, err error) {
	var hdr unix.Msghdr
	hdr.Control = &control[0]
	hdr.SetControllen(len(control))
	_, _, errno := unix.Syscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&hdr)), unix.MSG_ERRQUEUE|unix.MSG_DONTWAIT)
	if errno != 0 {
		return m, 0, errno
	}
	for h, data := range controlMessages(control[:hdr.Controllen]) {
		if h.Level == unix.SOL_PACKET && h.Type == unix.PACKET_TX_TIMESTAMP && len(data) >= int(unsafe.Sizeof(unix.SockExtendedErr{})) {
			key = (*unix.SockExtendedErr)(unsafe.Pointer(&data[0])).Data
		}
		m.readMessage(h, data)
	}
	return m, key, nil
}

func (s *stampedSender) mechanism() string { return "sendmsg with transmit stamps" }

func (s *stampedSender) close() error {
	s.readMu.Lock()
	defer s.readMu.Unlock()
	return s.socketSender.close()
}

// stampedPort is a port that says when frames left.
type stampedPort struct {
	*port
	stamper *stampedSender
}

// TxStamps implements TxStamper.
func (p *stampedPort) TxStamps(stamps []TxStamp) (int, error) {
	n, err := p.stamper.stamps(stamps)
	return n, p.wrap(err)
}
