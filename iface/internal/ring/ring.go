// Package ring receives through a TPACKET_V3 ring: the kernel writes frames into
// blocks shared with it, so that a frame costs no system call.
package ring

import (
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"eterm/iface/internal/meta"
)

const (
	// largestBlock is the usual size of a block, which must hold the longest
	// frame, and smallestBlock that in a small ring. The reader is woken once a
	// block, so large ones cost it less; but a block also goes every Retire,
	// full or not, so many let a reader pause for longer: 64 of them for half a
	// second.
	largestBlock  = 256 << 10
	smallestBlock = 128 << 10
)

// Retire is how long the kernel usually keeps a block that is not full. With
// the timer's grain a lone frame is delivered within 10 ms.
const Retire = 8 * time.Millisecond

// Ring is the reader's side. It is for one goroutine at a time.
type Ring struct {
	mem    []byte
	size   int // of a block
	blocks int

	block int    // the next to read
	frame []byte // what is left of it, from the next frame's header on
	left  int    // frames in it
}

// New gives a socket, before it is bound, a ring of about size bytes that
// keeps a block that is not full for about so long.
func New(fd, size int, retire time.Duration) (*Ring, error) {
	block := largestBlock
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
	return &Ring{mem: mem, size: block, blocks: blocks}, nil
}

// header is the descriptor of a block.
func (r *Ring) header(block int) *unix.TpacketHdrV1 {
	d := (*unix.TpacketBlockDesc)(unsafe.Pointer(&r.mem[block*r.size]))
	return (*unix.TpacketHdrV1)(unsafe.Pointer(&d.Hdr))
}

// Next is the next frame that the kernel is done with, and what it says of it,
// until the following call; nil if there is none.
func (r *Ring) Next(m *meta.Meta) []byte {
	if r.left == 0 && !r.next() {
		return nil
	}
	return r.read(m)
}

// next gives the block that was read back, and opens the following one if the
// kernel is done with it.
func (r *Ring) next() bool {
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
func (r *Ring) read(m *meta.Meta) []byte {
	h := (*unix.Tpacket3Hdr)(unsafe.Pointer(&r.frame[0]))
	addr := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(&r.frame[tpacketAlign(unix.SizeofTpacket3Hdr)]))
	*m = meta.Meta{
		Status: h.Status, Length: h.Len,
		TCI: uint16(h.Hv1.Vlan_tci), TPID: h.Hv1.Vlan_tpid,
		Class: addr.Pkttype,
		Sec:   int64(h.Sec), Nsec: int64(h.Nsec),
	}
	if h.Status&unix.TP_STATUS_TS_RAW_HARDWARE != 0 {
		m.Clock = meta.Hardware
	}
	b := r.frame[h.Mac:][:h.Snaplen]
	r.left--
	if r.left > 0 {
		r.frame = r.frame[h.Next_offset:]
	}
	return b
}

func tpacketAlign(n int) int { return (n + 15) &^ 15 }

// Mechanism is what it is, for people.
func (r *Ring) Mechanism() string {
	return fmt.Sprintf("TPACKET_V3 ring of %d MiB", len(r.mem)>>20)
}

// Close gives the memory back.
func (r *Ring) Close() error { return unix.Munmap(r.mem) }
