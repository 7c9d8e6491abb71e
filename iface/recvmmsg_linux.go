package iface

import (
	"iter"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// receiveBatch is how many messages one recvmmsg takes: more gains little.
	receiveBatch = 16
	// maxFrame holds any frame, also those that the kernel merged from many
	// (64 KiB, more with BIG TCP). Pages are touched only as they are needed.
	maxFrame = 256 << 10
	// controlSize holds the control messages auxdata and time stamp.
	controlSize = 128
)

// mmsghdr is struct mmsghdr.
type mmsghdr struct {
	hdr unix.Msghdr
	n   uint32
}

// messages receives by recvmmsg: every frame at once when it arrives.
type messages struct {
	snap    int
	mtu     func() int
	hdrs    []mmsghdr
	iovs    []unix.Iovec
	names   []unix.RawSockaddrLinklayer
	control []byte
	frames  []byte
}

func newMessages(snap int, mtu func() int) *messages {
	m := &messages{
		snap: snap, mtu: mtu,
		hdrs:    make([]mmsghdr, receiveBatch),
		iovs:    make([]unix.Iovec, receiveBatch),
		names:   make([]unix.RawSockaddrLinklayer, receiveBatch),
		control: make([]byte, receiveBatch*controlSize),
		frames:  make([]byte, receiveBatch*maxFrame),
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

// take receives what is there, without waiting.
func (m *messages) take(fd int, rx []Received) (n, truncated int, err error) {
	want := min(len(rx), receiveBatch)
	for i := range want {
		m.hdrs[i].hdr.Namelen = unix.SizeofSockaddrLinklayer
		m.hdrs[i].hdr.SetControllen(controlSize)
	}
	n, err = recvmmsg(fd, m.hdrs[:want])
	if err != nil {
		return 0, 0, ignoreAgain(err)
	}
	mtu := m.mtu()
	for i := range n {
		b := m.frames[i*maxFrame:][:min(int(m.hdrs[i].n), maxFrame)]
		c := m.control[i*controlSize:][:m.hdrs[i].hdr.Controllen]
		d := meta{length: m.hdrs[i].n, class: m.names[i].Pkttype}
		d.readControl(c)
		if rx[i].set(b, &d, m.snap, mtu) {
			truncated++
		}
	}
	return n, truncated, nil
}

func (m *messages) close() error      { return nil }
func (m *messages) mechanism() string { return "recvmmsg" }

func recvmmsg(fd int, hdrs []mmsghdr) (int, error) {
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

// ignoreAgain makes "nothing there" no error.
func ignoreAgain(err error) error {
	if err == unix.EAGAIN {
		return nil
	}
	return err
}

// readControl takes auxdata and time stamp from the control messages in b.
func (m *meta) readControl(b []byte) {
	for h, data := range controlMessages(b) {
		m.readMessage(h, data)
	}
	if m.sec|m.nsec == 0 {
		m.stampByUser()
	}
}

// controlMessages walks over the control messages in b.
func controlMessages(b []byte) iter.Seq2[*unix.Cmsghdr, []byte] {
	return func(yield func(*unix.Cmsghdr, []byte) bool) {
		for len(b) >= unix.SizeofCmsghdr {
			h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
			size := int(h.Len)
			if size < unix.SizeofCmsghdr || size > len(b) || !yield(h, b[unix.CmsgLen(0):size]) {
				return
			}
			b = b[min(unix.CmsgSpace(size-unix.CmsgLen(0)), len(b)):]
		}
	}
}

func (m *meta) readMessage(h *unix.Cmsghdr, data []byte) {
	switch {
	case h.Level == unix.SOL_PACKET && h.Type == unix.PACKET_AUXDATA && len(data) >= int(unsafe.Sizeof(unix.TpacketAuxdata{})):
		a := (*unix.TpacketAuxdata)(unsafe.Pointer(&data[0]))
		m.status, m.length, m.tci, m.tpid = a.Status, a.Len, a.Vlan_tci, a.Vlan_tpid
	case h.Level == unix.SOL_SOCKET && h.Type == unix.SCM_TIMESTAMPING && len(data) >= int(unsafe.Sizeof(unix.ScmTimestamping{})):
		ts := (*unix.ScmTimestamping)(unsafe.Pointer(&data[0])).Ts
		m.sec, m.nsec = ts[0].Unix()
		if hw := ts[2]; hw.Sec|hw.Nsec != 0 {
			m.sec, m.nsec = hw.Unix()
			m.clock = HardwareClock
		}
	}
}

// stampByUser is for a frame that the kernel gave no stamp.
func (m *meta) stampByUser() {
	now := time.Now()
	m.sec, m.nsec, m.clock = now.Unix(), int64(now.Nanosecond()), UserClock
}
