// Package meta reads what the kernel says of a frame beside its bytes: in the
// control messages of a packet socket, or in the headers of its ring.
package meta

import (
	"time"

	"golang.org/x/sys/unix"
)

// Clock says who took a timestamp. The values are those of iface.Clock.
type Clock uint8

// The clocks.
const (
	Kernel Clock = iota
	Hardware
	User
)

// Meta is what the kernel says of one frame.
type Meta struct {
	Status    uint32 // TP_STATUS_* (linux/if_packet.h)
	Length    uint32 // on the wire, without the tag that was taken off
	TCI, TPID uint16 // of that tag: see Tag
	Class     uint8  // sll_pkttype
	Sec, Nsec int64  // the timestamp, since 1970 if the clock is not the NIC's
	Clock     Clock
}

// Tag is the VLAN tag that the kernel took off the frame. A TCI of 0 is one too
// (VLAN 0, priority 0): only the status says whether there was any.
func (m *Meta) Tag() (tpid, tci uint16, ok bool) {
	tpid = m.TPID
	if m.Status&unix.TP_STATUS_VLAN_TPID_VALID == 0 {
		tpid = unix.ETH_P_8021Q
	}
	return tpid, m.TCI, m.Status&unix.TP_STATUS_VLAN_VALID != 0
}

// Super says that the kernel has not cut the frame yet that several on the wire
// are to become (GSO).
func (m *Meta) Super() bool { return m.Status&unix.TP_STATUS_GSO_TCP != 0 }

// ChecksumPending says that nobody has filled in the checksum of layer 4 yet.
func (m *Meta) ChecksumPending() bool { return m.Status&unix.TP_STATUS_CSUMNOTREADY != 0 }

// timestampByUser is for a frame that the kernel gave no timestamp.
func (m *Meta) timestampByUser() {
	now := time.Now()
	m.Sec, m.Nsec, m.Clock = now.Unix(), int64(now.Nanosecond()), User
}
