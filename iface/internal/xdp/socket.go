package xdp

import (
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ringFrames is how many frames may be under way. Their memory is locked, and
// what one user may lock, in all processes together, is usually 8 MiB.
const ringFrames = 512

// socket is an AF_XDP socket in copy mode that only sends, with its memory
// and its two rings. It needs no XDP program.
type socket struct {
	fd    int
	netns uint64 // the kernel's cookie for its namespace
	chunk int    // bytes of umem a frame has
	umem  []byte // ringFrames chunks
	tx    queue
	done  queue    // frames the kernel no longer needs
	free  []uint64 // their places in umem
}

// queue is one of the rings shared with the kernel. Each index has one
// writer: for tx the producer is ours, for done the consumer.
type queue struct {
	mem                []byte
	producer, consumer *uint32
	entries            unsafe.Pointer
}

func (r *queue) desc(i uint32) *unix.XDPDesc {
	return (*unix.XDPDesc)(unsafe.Add(r.entries, uintptr(i%ringFrames)*unsafe.Sizeof(unix.XDPDesc{})))
}

func (r *queue) addr(i uint32) uint64 {
	return *(*uint64)(unsafe.Add(r.entries, uintptr(i%ringFrames)*8))
}

// openSocket makes a socket on one queue of an interface, with flags that say how
// frames get there (XDP_COPY, XDP_ZEROCOPY). EBUSY says that the
// queue has one already, EINVAL that there is no such queue. If netns is not 0
// the thread must be in that namespace.
func openSocket(index, queue, chunk int, netns uint64, flags uint16) (*socket, error) {
	s := &socket{fd: -1, chunk: chunk}
	err := s.open()
	if err == nil && netns != 0 && netns != s.netns {
		err = fmt.Errorf("open again from another namespace: %w", unix.ENXIO)
	}
	if err == nil {
		addr := unix.SockaddrXDP{Flags: flags | unix.XDP_USE_NEED_WAKEUP, Ifindex: uint32(index), QueueID: uint32(queue)}
		if err = unix.Bind(s.fd, &addr); err != nil {
			err = fmt.Errorf("bind to queue %d: %w", queue, err)
		}
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *socket) open() (err error) {
	if s.fd, err = unix.Socket(unix.AF_XDP, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0); err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	if s.netns, err = unix.GetsockoptUint64(s.fd, unix.SOL_SOCKET, unix.SO_NETNS_COOKIE); err != nil {
		return fmt.Errorf("ask for the namespace: %w", err)
	}
	s.umem, err = unix.Mmap(-1, 0, ringFrames*s.chunk, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return fmt.Errorf("memory for frames: %w", err)
	}
	for i := range uint64(ringFrames) {
		s.free = append(s.free, i*uint64(s.chunk))
	}
	reg := unix.XDPUmemReg{Addr: uint64(uintptr(unsafe.Pointer(&s.umem[0]))), Len: uint64(len(s.umem)), Size: uint32(s.chunk)}
	_, _, errno := unix.Syscall6(unix.SYS_SETSOCKOPT, uintptr(s.fd), unix.SOL_XDP, unix.XDP_UMEM_REG,
		uintptr(unsafe.Pointer(&reg)), unsafe.Sizeof(reg), 0)
	if errno != 0 {
		return fmt.Errorf("register %d KiB of memory (ulimit -l): %w", len(s.umem)>>10, errno)
	}
	// A fill ring is demanded even of who does not receive.
	for _, opt := range []int{unix.XDP_UMEM_FILL_RING, unix.XDP_UMEM_COMPLETION_RING, unix.XDP_TX_RING} {
		if err := unix.SetsockoptInt(s.fd, unix.SOL_XDP, opt, ringFrames); err != nil {
			return fmt.Errorf("make ring %d: %w", opt, err)
		}
	}
	return s.mapRings()
}

func (s *socket) mapRings() error {
	var off unix.XDPMmapOffsets
	size := uint32(unsafe.Sizeof(off))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(s.fd), unix.SOL_XDP, unix.XDP_MMAP_OFFSETS,
		uintptr(unsafe.Pointer(&off)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return fmt.Errorf("ask for the layout of rings: %w", errno)
	}
	if err := s.tx.mmap(s.fd, unix.XDP_PGOFF_TX_RING, &off.Tx, unsafe.Sizeof(unix.XDPDesc{})); err != nil {
		return err
	}
	return s.done.mmap(s.fd, unix.XDP_UMEM_PGOFF_COMPLETION_RING, &off.Cr, 8)
}

func (r *queue) mmap(fd int, page int64, off *unix.XDPRingOffset, entry uintptr) (err error) {
	r.mem, err = unix.Mmap(fd, page, int(off.Desc)+ringFrames*int(entry), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return fmt.Errorf("map ring: %w", err)
	}
	r.producer = (*uint32)(unsafe.Pointer(&r.mem[off.Producer]))
	r.consumer = (*uint32)(unsafe.Pointer(&r.mem[off.Consumer]))
	r.entries = unsafe.Pointer(&r.mem[off.Desc])
	return nil
}

// put copies a frame to a free place and writes it at i of the sending ring.
// The kernel sees it with the next publish.
func (s *socket) put(i uint32, frame []byte) {
	at := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	copy(s.umem[at:], frame)
	*s.tx.desc(i) = unix.XDPDesc{Addr: at, Len: uint32(len(frame))}
}

// publish tells the kernel of the frames put before end.
func (s *socket) publish(end uint32) { atomic.StoreUint32(s.tx.producer, end) }

// takeBack undoes put and publish for frames that the kernel did not look at.
func (s *socket) takeBack(first, end uint32) {
	s.publish(first)
	for i := first; i != end; i++ {
		s.free = append(s.free, s.tx.desc(i).Addr)
	}
}

// kick has the kernel send what is in the ring, a batch at most. It returns
// how far the kernel came.
func (s *socket) kick() (uint32, syscall.Errno) {
	_, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd), 0, 0, unix.MSG_DONTWAIT, 0, 0)
	return atomic.LoadUint32(s.tx.consumer), errno
}

// reclaim takes back the places of frames the kernel is done with and returns
// how many are free.
func (s *socket) reclaim() int {
	consumer, producer := *s.done.consumer, atomic.LoadUint32(s.done.producer)
	for ; consumer != producer; consumer++ {
		s.free = append(s.free, s.done.addr(consumer))
	}
	atomic.StoreUint32(s.done.consumer, consumer)
	return len(s.free)
}

// close frees what open took, also half of it.
func (s *socket) close() error {
	var errs []error
	for _, mem := range [][]byte{s.tx.mem, s.done.mem} {
		if mem != nil {
			errs = append(errs, unix.Munmap(mem))
		}
	}
	if s.fd >= 0 {
		errs = append(errs, unix.Close(s.fd))
	}
	if s.umem != nil { // after the socket, which uses it
		errs = append(errs, unix.Munmap(s.umem))
	}
	return errors.Join(errs...)
}
