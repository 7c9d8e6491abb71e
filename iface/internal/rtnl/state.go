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
	Virtual     Virtual
	// TxQueues and RxQueues are how many there may be.
	TxQueues, RxQueues int
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
			parent, elsewhere := s.Virtual.Parent, s.Virtual.Elsewhere
			s.Virtual = parseVirtual(a.Value)
			s.Virtual.Parent, s.Virtual.Elsewhere = parent, elsewhere
		case unix.IFLA_LINK:
			s.Virtual.Parent = int(number(a.Value))
		case unix.IFLA_LINK_NETNSID:
			s.Virtual.Elsewhere = true
		case unix.IFLA_NUM_TX_QUEUES:
			s.TxQueues = int(number(a.Value))
		case unix.IFLA_NUM_RX_QUEUES:
			s.RxQueues = int(number(a.Value))
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
