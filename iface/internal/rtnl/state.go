package rtnl

import (
	"encoding/binary"
	"net"
	"syscall"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// State is what one netlink message says of an interface.
type State struct {
	Index   int
	Name    string
	Kind    uint16 // ARPHRD_*
	Addr    net.HardwareAddr
	MTU     int
	flags   uint32
	Carrier bool
	// Promiscuity is how many users want every frame; above 0 the NIC filters none.
	Promiscuity uint32
	Counts      Counts
	// PacketsOnly says that the interface hands on IP packets, and no frames:
	// it is an ipvlan in mode l3 or l3s.
	PacketsOnly bool
}

// Up says whether the administrator switched the interface on.
func (s *State) Up() bool { return s.flags&unix.IFF_UP != 0 }

// Ethernet says whether frames of the interface begin with an Ethernet header,
// Loopback whether it is the one that does so only for this host.
func (s *State) Ethernet() bool { return s.Kind == unix.ARPHRD_ETHER || s.Loopback() }

// Loopback says whether the interface is the host's own.
func (s *State) Loopback() bool { return s.Kind == unix.ARPHRD_LOOPBACK }

// parse reads the parts of an RTM_NEWLINK message that matter here.
func parse(data []byte) (*State, error) {
	if len(data) < unix.SizeofIfInfomsg {
		return nil, unix.EINVAL
	}
	msg := nl.DeserializeIfInfomsg(data)
	attrs, err := attributes(data[msg.Len():])
	if err != nil {
		return nil, err
	}
	s := &State{Index: int(msg.Index), Kind: msg.Type, flags: msg.Flags}
	number := func(b []byte) uint64 { // of 1, 4 or more bytes
		switch {
		case len(b) >= 4:
			return uint64(binary.NativeEndian.Uint32(b))
		case len(b) > 0:
			return uint64(b[0])
		}
		return 0
	}
	for _, a := range attrs {
		switch a.Attr.Type {
		case unix.IFLA_IFNAME:
			s.Name = unix.ByteSliceToString(a.Value)
		case unix.IFLA_ADDRESS:
			s.Addr = net.HardwareAddr(a.Value)
		case unix.IFLA_MTU:
			s.MTU = int(number(a.Value))
		case unix.IFLA_CARRIER:
			s.Carrier = number(a.Value) != 0
		case unix.IFLA_PROMISCUITY:
			s.Promiscuity = uint32(number(a.Value))
		case unix.IFLA_CARRIER_CHANGES:
			s.Counts.CarrierChanges = number(a.Value)
		case unix.IFLA_CARRIER_DOWN_COUNT:
			s.Counts.CarrierLost = number(a.Value)
		case unix.IFLA_LINKINFO:
			s.PacketsOnly = packetsOnly(a.Value)
		case unix.IFLA_STATS64:
			s.Counts.Stats = parseStats64(a.Value)
		}
	}
	return s, nil
}

// attributes takes a row of netlink's attributes apart.
func attributes(b []byte) ([]syscall.NetlinkRouteAttr, error) {
	for b = b[:len(b):len(b)]; len(b)%unix.RTA_ALIGNTO != 0; {
		b = append(b, 0) // this library panics at an end that is not aligned
	}
	return nl.ParseRouteAttr(b)
}

// packetsOnly reads the kind of a link and, of an ipvlan, its mode.
func packetsOnly(info []byte) bool {
	attrs, err := attributes(info)
	if err != nil {
		return false
	}
	kind, mode := "", uint16(0)
	for _, a := range attrs {
		switch a.Attr.Type {
		case unix.IFLA_INFO_KIND:
			kind = unix.ByteSliceToString(a.Value)
		case unix.IFLA_INFO_DATA:
			mode = ipvlanMode(a.Value)
		}
	}
	const l2 = 0 // IPVLAN_MODE_L2, linux/if_link.h
	return kind == "ipvlan" && mode != l2
}

func ipvlanMode(data []byte) uint16 {
	attrs, err := attributes(data)
	if err != nil {
		return 0
	}
	for _, a := range attrs {
		if a.Attr.Type == nl.IFLA_IPVLAN_MODE && len(a.Value) >= 2 {
			return binary.NativeEndian.Uint16(a.Value)
		}
	}
	return 0
}

// parseStats64 reads struct rtnl_link_stats64.
func parseStats64(b []byte) Stats {
	at := func(i int) uint64 {
		if 8*i+8 > len(b) {
			return 0
		}
		return binary.NativeEndian.Uint64(b[8*i:])
	}
	return Stats{
		RxPackets: at(0), TxPackets: at(1), RxErrors: at(4), TxErrors: at(5),
		RxDropped: at(6), TxDropped: at(7), RxFIFO: at(14), RxMissed: at(15),
	}
}
