package iface

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// stampMessage is SCM_TIMESTAMPING as the kernel lays it out: the kernel's own
// stamp, nothing, the NIC's.
func stampMessage(kernel, nic unix.Timespec) []byte {
	ts := unix.ScmTimestamping{Ts: [3]unix.Timespec{kernel, {}, nic}}
	return controlMessage(unix.SOL_SOCKET, unix.SCM_TIMESTAMPING, unsafe.Slice((*byte)(unsafe.Pointer(&ts)), unsafe.Sizeof(ts)))
}

// TestStampOfTheNIC: no NIC of a test machine makes stamps, so these are the
// kernel's messages about them (Documentation/networking/timestamping.rst, 2.1).
func TestStampOfTheNIC(t *testing.T) {
	kernel, nic := unix.Timespec{Sec: 1_700_000_000, Nsec: 5}, unix.Timespec{Sec: 37, Nsec: 999_999_999}
	for name, c := range map[string]struct {
		kernel, nic unix.Timespec
		want        meta
	}{
		"kernel alone":         {kernel, unix.Timespec{}, meta{sec: 1_700_000_000, nsec: 5, clock: KernelClock}},
		"both":                 {kernel, nic, meta{sec: 37, nsec: 999_999_999, clock: HardwareClock}},
		"NIC alone":            {unix.Timespec{}, nic, meta{sec: 37, nsec: 999_999_999, clock: HardwareClock}},
		"NIC in its first sec": {unix.Timespec{}, unix.Timespec{Nsec: 7}, meta{nsec: 7, clock: HardwareClock}},
	} {
		var m meta
		m.readControl(stampMessage(c.kernel, c.nic))
		if m != c.want {
			t.Errorf("%s: %+v, want %+v", name, m, c.want)
		}
	}
}

// TestStampOfTheNICInARing: two frames in a block, the second stamped by the NIC.
func TestStampOfTheNICInARing(t *testing.T) {
	const size, mac = 4096, 96
	r := &ring{mem: make([]byte, size), size: size, blocks: 1, mtu: func() int { return 1500 }}
	h := r.header(0)
	h.Num_pkts, h.Offset_to_first_pkt, h.Block_status = 2, 48, unix.TP_STATUS_USER
	for i, status := range []uint32{unix.TP_STATUS_TS_SOFTWARE, unix.TP_STATUS_TS_RAW_HARDWARE} {
		f := (*unix.Tpacket3Hdr)(unsafe.Pointer(&r.mem[48+i*256]))
		*f = unix.Tpacket3Hdr{Next_offset: 256, Sec: uint32(i + 1), Nsec: 9, Snaplen: 60, Len: 60, Mac: mac, Status: status | unix.TP_STATUS_USER}
	}
	rx := make([]Received, 4)
	n := 0
	for n < 2 && r.next() {
		for r.left > 0 {
			var m meta
			rx[n].set(r.read(&m), &m, 0, 1500)
			n++
		}
	}
	if n != 2 || rx[0].Clock != KernelClock || rx[1].Clock != HardwareClock || rx[1].At.Unix() != 2 || rx[1].At.Nanosecond() != 9 || len(rx[1].Bytes) != 60 {
		t.Errorf("%d frames: %+v", n, rx[:n])
	}
}
