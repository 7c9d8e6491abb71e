// Package mmsg sends and receives many frames in one system call, by sendmmsg
// and recvmmsg on packet sockets.
package mmsg

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"

	"eterm/iface/internal/meta"
)

const (
	// Batch is how many frames one recvmmsg takes: more gains little.
	Batch = 16
	// maxFrame holds any frame, also those that the kernel merged from many
	// (64 KiB, more with BIG TCP). Pages are touched only as they are needed.
	maxFrame = 256 << 10
	// controlSize holds the control messages auxdata and timestamp.
	controlSize = 128
)

// header is struct mmsghdr.
type header struct {
	hdr unix.Msghdr
	n   uint32
}

// Receiver receives every frame at once when it arrives.
type Receiver struct {
	hdrs    []header
	iovs    []unix.Iovec
	names   []unix.RawSockaddrLinklayer
	control []byte
	frames  []byte
}

// NewReceiver makes the memory for a Batch of frames.
func NewReceiver() *Receiver {
	m := &Receiver{
		hdrs:    make([]header, Batch),
		iovs:    make([]unix.Iovec, Batch),
		names:   make([]unix.RawSockaddrLinklayer, Batch),
		control: make([]byte, Batch*controlSize),
		frames:  make([]byte, Batch*maxFrame),
	}
	for i := range m.hdrs {
		m.iovs[i].Base = &m.frames[i*maxFrame]
		m.iovs[i].SetLen(maxFrame)
		h := &m.hdrs[i].hdr
		h.Name = (*byte)(unsafe.Pointer(&m.names[i]))
		h.Iov = &m.iovs[i]
		h.SetIovlen(1)
		h.Control = &m.control[i*controlSize]
	}
	return m
}

// Receive takes up to want frames of a socket, at most Batch, without waiting,
// and says how many there were.
func (m *Receiver) Receive(fd, want int) (n int, err error) {
	want = min(want, Batch)
	for i := range want {
		m.hdrs[i].hdr.Namelen = unix.SizeofSockaddrLinklayer
		m.hdrs[i].hdr.SetControllen(controlSize)
	}
	n, err = recvmmsg(fd, m.hdrs[:want])
	if errors.Is(err, unix.EAGAIN) {
		return 0, nil
	}
	return n, err
}

// Frame is the i-th frame of the last Receive, valid until the next, and what
// the kernel says of it.
func (m *Receiver) Frame(i int, d *meta.Meta) []byte {
	h := &m.hdrs[i]
	*d = meta.Meta{Length: h.n, Class: m.names[i].Pkttype}
	d.ReadControl(m.control[i*controlSize:][:h.hdr.Controllen])
	return m.frames[i*maxFrame:][:min(int(h.n), maxFrame)]
}

func recvmmsg(fd int, hdrs []header) (int, error) {
	for {
		n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&hdrs[0])),
			uintptr(len(hdrs)), unix.MSG_DONTWAIT|unix.MSG_TRUNC, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}
