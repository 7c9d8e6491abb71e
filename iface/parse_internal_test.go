package iface

import (
	"bytes"
	"testing"
	"unsafe"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"eterm/frame/ether"
)

// linkMessage is an RTM_NEWLINK message of attributes.
func linkMessage(index int32, attrs map[int][]byte) []byte {
	msg := nl.NewIfInfomsg(unix.AF_UNSPEC)
	msg.Index, msg.Flags = index, unix.IFF_UP
	b := msg.Serialize()
	for kind, value := range attrs {
		b = append(b, nl.NewRtAttr(kind, value).Serialize()...)
	}
	return b
}

func TestParseLink(t *testing.T) {
	stats := make([]byte, 8*24)
	for i := range 24 {
		nl.NativeEndian().PutUint64(stats[8*i:], uint64(100+i))
	}
	s, err := parseLink(linkMessage(7, map[int][]byte{
		unix.IFLA_IFNAME: nl.ZeroTerminated("lan7"), unix.IFLA_MTU: nl.Uint32Attr(9000), unix.IFLA_CARRIER: {1},
		unix.IFLA_CARRIER_CHANGES: nl.Uint32Attr(5), unix.IFLA_ADDRESS: {2, 0, 0, 0, 0, 1}, unix.IFLA_STATS64: stats,
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := InterfaceCounters{RxPackets: 100, TxPackets: 101, RxErrors: 104, TxErrors: 105, RxDropped: 106, TxDropped: 107, RxFIFO: 114, RxMissed: 115}
	if s.index != 7 || s.name != "lan7" || s.mtu != 9000 || !s.carrier || s.counts.carrierChanges != 5 || !s.up() || s.counts.stats != want || s.addr.String() != "02:00:00:00:00:01" {
		t.Errorf("%+v", s)
	}
}

func FuzzParseLink(f *testing.F) {
	f.Add(linkMessage(1, map[int][]byte{unix.IFLA_IFNAME: nl.ZeroTerminated("eth0"), unix.IFLA_MTU: nl.Uint32Attr(1500)}))
	f.Add(linkMessage(1, map[int][]byte{unix.IFLA_CARRIER: nil, unix.IFLA_MTU: {1}, unix.IFLA_STATS64: {1, 2, 3}}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parseLink(b)
		if (s == nil) == (err == nil) {
			t.Errorf("%v, %v", s, err)
		}
	})
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
		for h, data := range controlMessages(b) {
			if total += int(h.Len); len(data) != int(h.Len)-unix.CmsgLen(0) || total > len(b) {
				t.Fatalf("a message of %d bytes with %d of data, %d in all of %d", h.Len, len(data), total, len(b))
			}
		}
		var m meta
		m.readControl(b)
	})
}

// FuzzSet: a received frame is what the kernel had, with the tag put back.
func FuzzSet(f *testing.F) {
	f.Add(make([]byte, 60), uint32(unix.TP_STATUS_VLAN_VALID), uint16(100), uint16(0x88a8), 0)
	f.Add(make([]byte, 5), uint32(unix.TP_STATUS_VLAN_VALID|unix.TP_STATUS_VLAN_TPID_VALID), uint16(0), uint16(0x88a8), 3)
	f.Fuzz(func(t *testing.T, b []byte, status uint32, tci, tpid uint16, snap int) {
		m := meta{status: status, length: uint32(len(b)), tci: tci, tpid: tpid}
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
