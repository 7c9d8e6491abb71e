package iface

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// ringBlock is the size of a block, which must hold the longest frame, and
	// smallestBlock that in a small ring. The reader is woken once a block, so
	// large ones cost it less; but a block also goes every ringRetire, full or
	// not, so many let a reader pause for longer: 64 of them for half a second.
	ringBlock     = 256 << 10
	smallestBlock = 128 << 10
	// ringRetire is how long the kernel keeps a block that is not full. With
	// the timer's grain a lone frame is delivered within 10 ms.
	ringRetire = 8 * time.Millisecond
)

// ring receives through a TPACKET_V3 ring: the kernel writes frames into
// blocks shared with it, so that a frame costs no system call.
type ring struct {
	snap   int
	mtu    func() int
	mem    []byte
	size   int // of a block
	blocks int

	block int    // the next to read
	frame []byte // what is left of it, from the next frame's header on
	left  int    // frames in it
}

// newRing gives a socket, before it is bound, a ring of about size bytes that
// keeps a block that is not full for about so long.
func newRing(fd, size, snap int, retire time.Duration, mtu func() int) (*ring, error) {
	block := ringBlock
	for block > smallestBlock && size/block < 64 {
		block /= 2
	}
	blocks := max(size/block, 4)
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return nil, err
	}
	req := unix.TpacketReq3{
		Block_size: uint32(block), Block_nr: uint32(blocks),
		Frame_size: 1 << 11, Frame_nr: uint32(blocks * block >> 11), // not used by version 3, but checked
		Retire_blk_tov: uint32(retire.Milliseconds()),
	}
	if err := unix.SetsockoptTpacketReq3(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &req); err != nil {
		return nil, err
	}
	mem, err := unix.Mmap(fd, 0, blocks*block, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		unix.SetsockoptTpacketReq3(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &unix.TpacketReq3{})
		return nil, err
	}
	return &ring{snap: snap, mtu: mtu, mem: mem, size: block, blocks: blocks}, nil
}

// header is the descriptor of a block.
func (r *ring) header(block int) *unix.TpacketHdrV1 {
	d := (*unix.TpacketBlockDesc)(unsafe.Pointer(&r.mem[block*r.size]))
	return (*unix.TpacketHdrV1)(unsafe.Pointer(&d.Hdr))
}

// take copies frames out of the blocks that are the reader's.
func (r *ring) take(fd int, rx []Received) (n, truncated int, err error) {
	mtu := r.mtu()
	for n < len(rx) {
		if r.left == 0 && !r.next() {
			break
		}
		var m meta
		b := r.read(&m)
		if rx[n].set(b, &m, r.snap, mtu) {
			truncated++
		}
		n++
	}
	if n == 0 { // about to wait: only this tells of the interface going down
		err = socketError(fd)
	}
	return n, truncated, err
}

// next gives the block that was read back, and opens the following one if the
// kernel is done with it.
func (r *ring) next() bool {
	if r.frame != nil {
		atomic.StoreUint32(&r.header(r.block).Block_status, unix.TP_STATUS_KERNEL)
		r.block = (r.block + 1) % r.blocks
		r.frame = nil
	}
	h := r.header(r.block)
	if atomic.LoadUint32(&h.Block_status)&unix.TP_STATUS_USER == 0 {
		return false
	}
	r.left = int(h.Num_pkts)
	r.frame = r.mem[r.block*r.size:][:r.size][h.Offset_to_first_pkt:]
	return r.left > 0 || r.next()
}

// read takes the next frame of the open block.
func (r *ring) read(m *meta) []byte {
	h := (*unix.Tpacket3Hdr)(unsafe.Pointer(&r.frame[0]))
	addr := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(&r.frame[tpacketAlign(unix.SizeofTpacket3Hdr)]))
	*m = meta{
		status: h.Status, length: h.Len,
		tci: uint16(h.Hv1.Vlan_tci), tpid: h.Hv1.Vlan_tpid,
		class: addr.Pkttype,
		sec:   int64(h.Sec), nsec: int64(h.Nsec),
	}
	if h.Status&unix.TP_STATUS_TS_RAW_HARDWARE != 0 {
		m.clock = HardwareClock
	}
	b := r.frame[h.Mac:][:h.Snaplen]
	r.left--
	if r.left > 0 {
		r.frame = r.frame[h.Next_offset:]
	}
	return b
}

func tpacketAlign(n int) int { return (n + 15) &^ 15 }

func (r *ring) mechanism() string {
	return fmt.Sprintf("TPACKET_V3 ring of %d MiB", len(r.mem)>>20)
}

func (r *ring) close() error { return unix.Munmap(r.mem) }

// socketError takes the socket's pending error.
func socketError(fd int) error {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && n != 0 {
		err = syscall.Errno(n)
	}
	return err
}
