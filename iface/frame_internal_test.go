package iface

import (
	"bytes"
	"testing"

	"eterm/frame/ether"
	"eterm/iface/internal/meta"
)

// TP_STATUS_VLAN_VALID and TP_STATUS_VLAN_TPID_VALID of linux/if_packet.h.
const vlanValid, tpidValid = 0x10, 0x40

// FuzzSet: a received frame is what the kernel had, with the tag put back.
func FuzzSet(f *testing.F) {
	f.Add(make([]byte, 60), uint32(vlanValid), uint16(100), uint16(0x88a8), 0)
	f.Add(make([]byte, 5), uint32(vlanValid|tpidValid), uint16(0), uint16(0x88a8), 3)
	f.Fuzz(func(t *testing.T, b []byte, status uint32, tci, tpid uint16, snap int) {
		m := meta.Meta{Status: status, Length: uint32(len(b)), TCI: tci, TPID: tpid}
		var r Received
		truncated := r.set(b, &m, max(snap, 0), 1500)
		if truncated {
			t.Error("nothing is missing")
		}
		if snap <= 0 && len(r.Bytes) != r.Length || r.Length != len(b) && r.Length != len(b)+ether.TagLen {
			t.Errorf("%d bytes, length %d, of %d", len(r.Bytes), r.Length, len(b))
		}
		if snap <= 0 && r.Length == len(b)+ether.TagLen && !bytes.Equal(append(bytes.Clone(r.Bytes[:12]), r.Bytes[16:]...), b) {
			t.Error("the rest of the frame changed")
		}
	})
}
