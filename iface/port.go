// Package iface moves Ethernet frames in and out of one network interface and
// accounts for every one of them. It knows no protocols above the VLAN tag,
// which the kernel takes off received frames and this package puts back.
package iface

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// Errors a Port reports. They are wrapped with the interface's name: test with
// errors.Is. A passed read deadline is os.ErrDeadlineExceeded and a port that
// its owner closed is net.ErrClosed.
var (
	// ErrPermission: this process may not open raw sockets, which takes
	// CAP_NET_RAW in the interface's network namespace. It is os.ErrPermission
	// too, but files that cannot be opened are not this.
	ErrPermission = fmt.Errorf("no right to use raw sockets: %w", os.ErrPermission)
	// ErrDown: the interface is down. The port lives on and works again when
	// the interface comes back up.
	ErrDown = errors.New("interface is down")
	// ErrGone: the interface was removed or moved to another namespace. The
	// port is dead; close it.
	ErrGone = errors.New("interface is gone")
	// ErrTooLong: a frame is longer than the interface takes.
	ErrTooLong = errors.New("frame is longer than the interface takes")
	// ErrTooShort: a frame has no whole Ethernet header (14 bytes).
	ErrTooShort = errors.New("frame is shorter than an Ethernet header")
	// ErrOwnFCS: the driver sends no frame with a check sequence of ours.
	ErrOwnFCS = errors.New("the driver sends every frame with its own FCS")
	// ErrQueueFull: this host's own queue refused the frame.
	ErrQueueFull = errors.New("transmit queue is full")
)

// DownError is what Open says of an interface that is down. It is ErrDown.
type DownError struct{ Name string }

func (e *DownError) Error() string { return e.Name + ": " + ErrDown.Error() }

// Unwrap is ErrDown.
func (e *DownError) Unwrap() error { return ErrDown }

// A Port is a place frames go in and come out. One goroutine may send while
// another receives; Close may be called at any time and ends both.
type Port interface {
	// Name is the interface's name now (an interface can be renamed).
	Name() string
	// HardwareAddr is the interface's address now. The caller owns the slice.
	HardwareAddr() net.HardwareAddr
	// MTU is the largest layer-3 packet in bytes: a frame may be 14 bytes
	// longer, or 18 when its outer tag is 802.1Q (TPID 0x8100).
	MTU() int
	// Send offers whole frames (without FCS) to the kernel in order and
	// returns how many it took. If n < len(frames), err says why frame n was
	// not taken. Frames are not kept after Send returns. Of no frames it sends
	// nothing, and makes ready what it can for a frame that is to leave soon.
	Send(frames [][]byte) (n int, err error)
	// Receive waits for one frame, then takes what is there, up to len(rx).
	// It fills rx[:n], writing each frame into rx[i].Bytes[:0], which grows
	// as needed: the caller owns the memory and may pass the same rx again.
	// ErrDown is returned once each time the interface goes down; a Receive
	// after it waits for the interface to come back. ErrGone is for ever.
	Receive(rx []Received) (n int, err error)
	// SetReadDeadline ends a waiting or future Receive at t with
	// os.ErrDeadlineExceeded, after the frames that the kernel had by then
	// (which can take some ms more); the zero time means no deadline.
	SetReadDeadline(t time.Time) error
	// Counters is everything this host knows about this port's frames,
	// counted since Open. It never decreases.
	Counters() (Counters, error)
	Close() error
}

// Received is one frame as it was on the wire, without FCS: a VLAN tag the
// kernel took off is back in Bytes.
type Received struct {
	Bytes []byte
	// At is when the kernel, or the NIC if Clock says so, got the frame.
	At    time.Time
	Clock Clock
	// Length is the frame's length on the wire in bytes without FCS; it is
	// greater than len(Bytes) when the frame was cut short.
	Length int
	To     Class
	// Super marks a frame that the kernel merged from several on the wire
	// (GRO) or has not cut yet (GSO).
	Super bool
	// ChecksumPending marks a frame whose TCP or UDP checksum this kernel has
	// not filled in, because sender and receiver share the machine.
	ChecksumPending bool
}

// Class says for whom the kernel took a frame to be (sll_pkttype).
type Class uint8

// The classes, with the values of linux/if_packet.h.
const (
	ToHost Class = iota
	ToBroadcast
	ToMulticast
	ToOtherHost
	Outgoing
)

// Clock says who took a timestamp.
type Clock uint8

// The clocks: the kernel's when it got or gave the frame, the NIC's own, and
// this process's, later than both.
const (
	KernelClock Clock = iota
	HardwareClock
	UserClock
)
