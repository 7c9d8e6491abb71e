package iface

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"

	"eterm/frame/ether"
)

// tagOffset is where a frame has its outer tag. A packet socket gets tagged
// frames without it.
const tagOffset = 2 * ether.AddrLen

// meta is what the kernel says about a frame beside its bytes, in a control
// message or in a ring.
type meta struct {
	status    uint32 // TP_STATUS_*
	length    uint32 // on the wire, without the tag taken off
	tci, tpid uint16
	class     uint8
	sec, nsec int64
	clock     Clock
}

// set fills r with a frame the kernel has in b: at most snap bytes of it if
// snap is not 0. It reports whether bytes are missing that were asked for.
func (r *Received) set(b []byte, m *meta, snap, mtu int) (truncated bool) {
	r.Length = int(m.length)
	tagged := m.status&unix.TP_STATUS_VLAN_VALID != 0 && len(b) >= tagOffset
	if tagged {
		r.Length += ether.TagLen
		r.Bytes = appendTagged(r.Bytes[:0], b, m)
	} else {
		r.Bytes = append(r.Bytes[:0], b...)
	}
	truncated = len(r.Bytes) < r.Length && (snap == 0 || len(r.Bytes) < snap)
	if snap > 0 && len(r.Bytes) > snap {
		r.Bytes = r.Bytes[:snap]
	}
	r.At = time.Unix(m.sec, m.nsec)
	r.Clock = m.clock
	r.To = Class(m.class)
	r.Super = m.status&unix.TP_STATUS_GSO_TCP != 0 || r.Length > ether.MaxFrame(mtu, true)+ether.TagLen
	r.ChecksumPending = m.status&unix.TP_STATUS_CSUMNOTREADY != 0
	return truncated
}

// appendTagged appends b with its tag put back. A TCI of 0 is a tag too (VLAN
// 0, priority 0): only the status says whether there was one.
func appendTagged(dst, b []byte, m *meta) []byte {
	tpid := m.tpid
	if m.status&unix.TP_STATUS_VLAN_TPID_VALID == 0 {
		tpid = unix.ETH_P_8021Q
	}
	dst = append(dst, b[:tagOffset]...)
	dst = binary.BigEndian.AppendUint16(dst, tpid)
	dst = binary.BigEndian.AppendUint16(dst, m.tci)
	return append(dst, b[tagOffset:]...)
}
