package iface

import (
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/net/bpf"

	"eterm/iface/internal/ring"
)

// Options say what Open makes of a port. The zero value receives everything
// the interface gets and can send.
type Options struct {
	// Filter is attached before the socket is bound, so no other frame is
	// ever seen. Nil takes every frame. The kernel runs it on frames without
	// their outer VLAN tag: see Match.
	Filter []bpf.RawInstruction
	// Promiscuous takes frames for other hosts too, until Close.
	Promiscuous bool
	// Tagged says that tagged frames are wanted: a NIC that filters VLANs (see
	// VLANFilter) is then made promiscuous, and takes frames for other hosts too.
	Tagged bool
	// Groups are multicast addresses to take besides those that someone on
	// this host takes already: a NIC passes on no others. Until Close.
	Groups []net.HardwareAddr
	// Sent takes also what this host sends by the interface, whoever sends it, as
	// frames of class Outgoing. Checksums and cuts that are left to the NIC are not
	// made yet then.
	Sent bool
	// SendOnly ports never receive, ReceiveOnly ports hold no means to send.
	SendOnly, ReceiveOnly bool
	// Immediate hands every frame over as it arrives, at more cost a frame
	// than the default ring, which may hold a lone frame for some ms.
	Immediate bool
	// Hold is about how long the ring may hold a lone frame, 1 ms to a minute,
	// cut to whole ms; 0 is 8 ms. The kernel's timer for it interrupts a processor that often, which
	// shows in the times of frames that are sent there. The end of a Receive
	// at its deadline can take twice as long.
	Hold time.Duration
	// SnapLen cuts what Receive copies of each frame; 0 copies all.
	SnapLen int
	// TxTimestamps asks the kernel for the time each sent frame left: the port
	// then implements TxTimestamper.
	TxTimestamps bool
	// HardwareTimestamps takes the NIC's timestamps if it is set to give one to every
	// frame received, and to those sent if TxTimestamps asks for them (see hwstamp_ctl),
	// else the kernel's for all: Clock says which it was. The NIC's clock need
	// not agree with the machine's.
	HardwareTimestamps bool
	// OwnFCS has Send take frames that end in their FCS (ether.FCSLen bytes), which
	// leaves as it is, in place of the NIC's (SO_NOFCS). Open fails with ErrOwnFCS
	// where the driver cannot. It goes with the socket engine only.
	OwnFCS bool
	// Engine is the mechanism that sends.
	Engine Engine
	// Rate is how many frames a second the owner means to send, +Inf for all
	// it can, 0 if not known. EngineAuto takes AF_XDP only for rates that a
	// socket may not reach.
	Rate float64
	// Buffer is the size in bytes of the receive buffer; 0 takes what the
	// system allows and the tool needs.
	Buffer int
}

// Engine names a mechanism for sending.
type Engine uint8

const (
	// EngineAuto always works: it is the socket, or AF_XDP where Rate asks
	// for it, the interface takes it, and its counters show that frames leave.
	EngineAuto Engine = iota
	// EngineSocket is sendmmsg on a packet socket.
	EngineSocket
	// EngineXDP is AF_XDP in copy mode: the fastest, past the interface's
	// queue (tc) and past captures on this host. Each port takes one of the
	// interface's queues.
	EngineXDP
)

// A Mechanism is a Port that can say, for people, how it moves frames.
type Mechanism interface {
	Mechanism() string
}

// A DriverCounter is a Port whose driver may keep statistics of its own.
type DriverCounter interface {
	// DriverCounters are those that changed since the port was opened, by the
	// driver's names for them (see "ethtool -S"), by how much.
	DriverCounters() map[string]uint64
}

// A VLANFilterer is a Port whose NIC may filter VLANs.
type VLANFilterer interface {
	// FiltersVLANs says that tagged frames of VLANs this host has no device of
	// do not come in now: the NIC filters them and is not promiscuous.
	FiltersVLANs() bool
}

// A TagTaker is a Port whose NIC may take VLAN tags off frames and hand them over
// beside them.
type TagTaker interface {
	// TakesTags says that it does (rx-vlan-offload). Drivers have been seen to lose
	// the priority and the drop eligible bit of such tags.
	TakesTags() bool
}

// An ErroredTaker is a Port whose NIC may hand frames over that arrived with errors.
type ErroredTaker interface {
	// TakesErrored says that it hands over frames whose FCS is wrong (rx-all).
	TakesErrored() bool
	// KeepsFCS says that received frames end in their FCS (rx-fcs).
	KeepsFCS() bool
}

// A TxTimestamper is a Port that can say when frames left.
type TxTimestamper interface {
	// TxTimestamps takes the timestamps that are there, without waiting, oldest
	// first. Sequence counts the frames accepted by Send from 0.
	TxTimestamps(timestamps []TxTimestamp) (n int, err error)
}

// TxTimestamp is the time one accepted frame left.
type TxTimestamp struct {
	Sequence uint64
	At       int64 // Unix time in nanoseconds
	Clock    Clock
}

// longestHold is the greatest Options.Hold.
const longestHold = time.Minute

// check says what no port can do.
func (o Options) check() error {
	switch {
	case o.SendOnly && o.ReceiveOnly:
		return errors.New("asked to only send and to only receive: choose one")
	case o.Hold != 0 && (o.Hold < time.Millisecond || o.Hold > longestHold):
		return fmt.Errorf("hold frames for %v: want 1ms to %v, or 0 for %v", o.Hold, longestHold, ring.Retire)
	case o.OwnFCS && (o.ReceiveOnly || o.TxTimestamps || o.Engine == EngineXDP):
		return errors.New("frames with their own FCS are sent by the socket engine, without transmit timestamps")
	case o.SnapLen < 0:
		return fmt.Errorf("%d bytes of each frame: want a number above 0, or 0 for all", o.SnapLen)
	case o.Buffer < 0:
		return fmt.Errorf("a buffer of %d bytes: want a number above 0, or 0 for the usual", o.Buffer)
	case o.Rate < 0 || o.Rate != o.Rate:
		return fmt.Errorf("%v frames/s: want a number above 0, or 0 if not known", o.Rate)
	}
	return nil
}

// hold is how long the ring may hold a frame.
func (o Options) hold() time.Duration {
	if o.Hold == 0 {
		return ring.Retire
	}
	return o.Hold
}
