package rtnl

import (
	"encoding/binary"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Virtual is what the kernel's driver says of an interface that it makes itself.
// The zero Virtual is one of hardware.
type Virtual struct {
	// Kind is the driver's name: "vlan", "macvlan", "ipvlan", "bond", "veth" ...
	Kind string
	// Parent is the number of the interface below, or of the other end of a veth;
	// 0 if there is none. Elsewhere says that it is one of another namespace.
	Parent    int
	Elsewhere bool
	// Mode is that of a macvlan, macvtap or ipvlan, in the words of ip-link(8).
	Mode string
	// VLAN and TPID are those of a VLAN interface.
	VLAN, TPID uint16
}

// PacketsOnly says that the interface hands on IP packets, and no frames: it is
// an ipvlan in mode l3 or l3s.
func (v Virtual) PacketsOnly() bool { return v.Kind == "ipvlan" && v.Mode != "l2" }

// Modes of linux/if_link.h.
var (
	macvlanModes = map[uint32]string{1: "private", 2: "vepa", 4: "bridge", 8: "passthru", 16: "source"}
	ipvlanModes  = map[uint32]string{0: "l2", 1: "l3", 2: "l3s"}
)

// parseVirtual reads IFLA_LINKINFO.
func parseVirtual(info []byte) (v Virtual) {
	attrs, err := attributes(info)
	if err != nil {
		return v
	}
	var data []byte
	for _, a := range attrs {
		switch a.Attr.Type {
		case unix.IFLA_INFO_KIND:
			v.Kind = unix.ByteSliceToString(a.Value)
		case unix.IFLA_INFO_DATA:
			data = a.Value
		}
	}
	if v.Kind == "ipvlan" {
		v.Mode = "l2"
	}
	if attrs, err = attributes(data); err != nil {
		return v
	}
	for _, a := range attrs {
		v.take(a.Attr.Type, a.Value)
	}
	return v
}

// take takes one attribute of IFLA_INFO_DATA, whose meaning is each driver's.
func (v *Virtual) take(kind uint16, b []byte) {
	switch {
	case v.Kind == "vlan" && kind == nl.IFLA_VLAN_ID && len(b) >= 2:
		v.VLAN = binary.NativeEndian.Uint16(b)
	case v.Kind == "vlan" && kind == nl.IFLA_VLAN_PROTOCOL && len(b) >= 2:
		v.TPID = binary.BigEndian.Uint16(b)
	case (v.Kind == "macvlan" || v.Kind == "macvtap") && kind == nl.IFLA_MACVLAN_MODE && len(b) >= 4:
		v.Mode = macvlanModes[binary.NativeEndian.Uint32(b)]
	case v.Kind == "ipvlan" && kind == nl.IFLA_IPVLAN_MODE && len(b) >= 2:
		v.Mode = ipvlanModes[uint32(binary.NativeEndian.Uint16(b))]
	}
}
