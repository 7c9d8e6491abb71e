package meta

import (
	"bytes"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// timestampMessage is SCM_TIMESTAMPING as the kernel lays it out: the kernel's own
// timestamp, nothing, the NIC's.
func timestampMessage(kernel, nic unix.Timespec) []byte {
	ts := unix.ScmTimestamping{Ts: [3]unix.Timespec{kernel, {}, nic}}
	return controlMessage(unix.SOL_SOCKET, unix.SCM_TIMESTAMPING, unsafe.Slice((*byte)(unsafe.Pointer(&ts)), unsafe.Sizeof(ts)))
}

// TestTimestampOfTheNIC: no NIC of a test machine makes timestamps, so these are the
// kernel's messages about them (Documentation/networking/timestamping.rst, 2.1).
func TestTimestampOfTheNIC(t *testing.T) {
	kernel, nic := unix.Timespec{Sec: 1_700_000_000, Nsec: 5}, unix.Timespec{Sec: 37, Nsec: 999_999_999}
	for name, c := range map[string]struct {
		kernel, nic unix.Timespec
		want        Meta
	}{
		"kernel alone":         {kernel, unix.Timespec{}, Meta{Sec: 1_700_000_000, Nsec: 5, Clock: Kernel}},
		"both":                 {kernel, nic, Meta{Sec: 37, Nsec: 999_999_999, Clock: Hardware}},
		"NIC alone":            {unix.Timespec{}, nic, Meta{Sec: 37, Nsec: 999_999_999, Clock: Hardware}},
		"NIC in its first sec": {unix.Timespec{}, unix.Timespec{Nsec: 7}, Meta{Nsec: 7, Clock: Hardware}},
	} {
		var m Meta
		m.ReadControl(timestampMessage(c.kernel, c.nic))
		if m != c.want {
			t.Errorf("%s: %+v, want %+v", name, m, c.want)
		}
	}
}

// controlMessage is one control message.
func controlMessage(level, kind int32, data []byte) []byte {
	b := make([]byte, unix.CmsgSpace(len(data)))
	h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
	h.Level, h.Type = level, kind
	h.SetLen(unix.CmsgLen(len(data)))
	copy(b[unix.CmsgLen(0):], data)
	return b
}

func FuzzControlMessages(f *testing.F) {
	aux := make([]byte, unsafe.Sizeof(unix.TpacketAuxdata{}))
	stamp := make([]byte, unsafe.Sizeof(unix.ScmTimestamping{}))
	f.Add(append(controlMessage(unix.SOL_PACKET, unix.PACKET_AUXDATA, aux), controlMessage(unix.SOL_SOCKET, unix.SCM_TIMESTAMPING, stamp)...))
	f.Add(controlMessage(unix.SOL_PACKET, unix.PACKET_AUXDATA, aux[:3]))
	f.Add(make([]byte, 40))
	f.Fuzz(func(t *testing.T, b []byte) {
		b = bytes.Clone(b) // aligned, as the kernel's are
		total := 0
		for h, data := range ControlMessages(b) {
			if total += int(h.Len); len(data) != int(h.Len)-unix.CmsgLen(0) || total > len(b) {
				t.Fatalf("a message of %d bytes with %d of data, %d in all of %d", h.Len, len(data), total, len(b))
			}
		}
		var m Meta
		m.ReadControl(b)
	})
}
