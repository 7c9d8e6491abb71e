package ring

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"eterm/iface/internal/meta"
)

// TestTimestampOfTheNICInARing: two frames in a block, the second with a timestamp of the NIC.
func TestTimestampOfTheNICInARing(t *testing.T) {
	const size, mac = 4096, 96
	r := &Ring{mem: make([]byte, size), size: size, blocks: 1}
	h := r.header(0)
	h.Num_pkts, h.Offset_to_first_pkt, h.Block_status = 2, 48, unix.TP_STATUS_USER
	for i, status := range []uint32{unix.TP_STATUS_TS_SOFTWARE, unix.TP_STATUS_TS_RAW_HARDWARE} {
		f := (*unix.Tpacket3Hdr)(unsafe.Pointer(&r.mem[48+i*256]))
		*f = unix.Tpacket3Hdr{Next_offset: 256, Sec: uint32(i + 1), Nsec: 9, Snaplen: 60, Len: 60, Mac: mac, Status: status | unix.TP_STATUS_USER}
	}
	var got []meta.Meta
	var m meta.Meta
	for b := r.Next(&m); b != nil; b = r.Next(&m) {
		if len(b) != 60 {
			t.Errorf("%d bytes", len(b))
		}
		got = append(got, m)
	}
	if len(got) != 2 || got[0].Clock != meta.Kernel || got[1].Clock != meta.Hardware || got[1].Sec != 2 || got[1].Nsec != 9 {
		t.Errorf("%+v", got)
	}
}
