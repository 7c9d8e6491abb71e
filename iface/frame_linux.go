package iface

import (
	"encoding/binary"
	"time"

	"eterm/frame/ether"
	"eterm/iface/internal/meta"
)

// tagOffset is where a frame has its outer tag. A packet socket gets tagged
// frames without it.
const tagOffset = 2 * ether.AddrLen

// set fills r with a frame the kernel has in b: at most snap bytes of it if
// snap is not 0. It reports whether bytes are missing that were asked for.
func (r *Received) set(b []byte, m *meta.Meta, snap, mtu int) (truncated bool) {
	r.Length = int(m.Length)
	if tpid, tci, tagged := m.Tag(); tagged && len(b) >= tagOffset {
		r.Length += ether.TagLen
		r.Bytes = appendTagged(r.Bytes[:0], b, tpid, tci)
	} else {
		r.Bytes = append(r.Bytes[:0], b...)
	}
	truncated = len(r.Bytes) < r.Length && (snap == 0 || len(r.Bytes) < snap)
	if snap > 0 && len(r.Bytes) > snap {
		r.Bytes = r.Bytes[:snap]
	}
	r.At = time.Unix(m.Sec, m.Nsec)
	r.Clock = Clock(m.Clock)
	r.To = Class(m.Class)
	r.Super = m.Super() || r.Length > ether.MaxFrame(mtu, true)+ether.TagLen
	r.ChecksumPending = m.ChecksumPending()
	return truncated
}

// appendTagged appends b with its tag put back.
func appendTagged(dst, b []byte, tpid, tci uint16) []byte {
	dst = append(dst, b[:tagOffset]...)
	dst = binary.BigEndian.AppendUint16(dst, tpid)
	dst = binary.BigEndian.AppendUint16(dst, tci)
	return append(dst, b[tagOffset:]...)
}
