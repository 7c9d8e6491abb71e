package meta

import (
	"iter"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ReadControl takes auxiliary data and timestamp from the control messages in b.
// A frame without a timestamp gets the present time.
func (m *Meta) ReadControl(b []byte) {
	for h, data := range ControlMessages(b) {
		m.ReadMessage(h, data)
	}
	if m.Sec|m.Nsec == 0 {
		m.timestampByUser()
	}
}

// ControlMessages walks over the control messages in b.
func ControlMessages(b []byte) iter.Seq2[*unix.Cmsghdr, []byte] {
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

// ReadMessage takes what one control message says, if it is of the two kinds.
func (m *Meta) ReadMessage(h *unix.Cmsghdr, data []byte) {
	switch {
	case h.Level == unix.SOL_PACKET && h.Type == unix.PACKET_AUXDATA && len(data) >= int(unsafe.Sizeof(unix.TpacketAuxdata{})):
		a := (*unix.TpacketAuxdata)(unsafe.Pointer(&data[0]))
		m.Status, m.Length, m.TCI, m.TPID = a.Status, a.Len, a.Vlan_tci, a.Vlan_tpid
	case h.Level == unix.SOL_SOCKET && h.Type == unix.SCM_TIMESTAMPING && len(data) >= int(unsafe.Sizeof(unix.ScmTimestamping{})):
		ts := (*unix.ScmTimestamping)(unsafe.Pointer(&data[0])).Ts
		m.Sec, m.Nsec = ts[0].Unix()
		if hw := ts[2]; hw.Sec|hw.Nsec != 0 {
			m.Sec, m.Nsec = hw.Unix()
			m.Clock = Hardware
		}
	}
}
