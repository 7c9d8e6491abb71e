package rtnl

import (
	"encoding/binary"
	"fmt"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// What some parts of the kernel say of interfaces, by generic netlink in the
// namespace of the calling thread.

// XDP are the abilities of a driver (enum netdev_xdp_act of linux/netdev.h).
type XDP uint64

// The abilities.
const (
	XDPBasic    XDP = 1 << 0 // programs run in the driver
	XDPZeroCopy XDP = 1 << 3 // AF_XDP without copying
	XDPHardware XDP = 1 << 4 // programs run in the NIC
)

// XDPOf asks what the driver of an interface does. Kernels before 6.3 do not say.
func XDPOf(index int) (XDP, error) {
	const get, ifindex, features = 1, 1, 3 // NETDEV_CMD_DEV_GET, NETDEV_A_DEV_*
	attrs, err := askGeneric("netdev", get, ifindex, index)
	if err != nil {
		return 0, err
	}
	b := attrs[features]
	if len(b) < 8 {
		return 0, fmt.Errorf("netdev: no features in the answer: %w", unix.ENODATA)
	}
	return XDP(binary.NativeEndian.Uint64(b)), nil
}

// Wireless says whether an interface is one of IEEE 802.11.
func Wireless(index int) bool {
	const get, ifindex = 5, 3 // NL80211_CMD_GET_INTERFACE, NL80211_ATTR_IFINDEX
	_, err := askGeneric("nl80211", get, ifindex, index)
	return err == nil
}

// askGeneric asks a family one question about an interface.
func askGeneric(family string, command uint8, attribute, index int) (map[uint16][]byte, error) {
	id, err := familyOf(family)
	if err != nil {
		return nil, err
	}
	req := nl.NewNetlinkRequest(int(id), 0)
	req.AddData(&nl.Genlmsg{Command: command, Version: 1})
	req.AddData(nl.NewRtAttr(attribute, binary.NativeEndian.AppendUint32(nil, uint32(index))))
	return first(req)
}

// familyOf is the number of a family, which the kernel gives anew at each start.
func familyOf(name string) (uint16, error) {
	req := nl.NewNetlinkRequest(unix.GENL_ID_CTRL, 0)
	req.AddData(&nl.Genlmsg{Command: nl.GENL_CTRL_CMD_GETFAMILY, Version: nl.GENL_CTRL_VERSION})
	req.AddData(nl.NewRtAttr(nl.GENL_CTRL_ATTR_FAMILY_NAME, nl.ZeroTerminated(name)))
	attrs, err := first(req)
	if err != nil {
		return 0, err
	}
	b := attrs[nl.GENL_CTRL_ATTR_FAMILY_ID]
	if len(b) < 2 {
		return 0, unix.ENOENT
	}
	return binary.NativeEndian.Uint16(b), nil
}

// first is the first answer, by the numbers of its attributes.
func first(req *nl.NetlinkRequest) (map[uint16][]byte, error) {
	msgs, err := req.Execute(unix.NETLINK_GENERIC, 0)
	if err != nil {
		return nil, err
	}
	if len(msgs) == 0 || len(msgs[0]) < nl.SizeofGenlmsg {
		return nil, unix.ENODATA
	}
	attrs, err := attributes(msgs[0][nl.SizeofGenlmsg:])
	if err != nil {
		return nil, err
	}
	by := map[uint16][]byte{}
	for _, a := range attrs {
		by[a.Attr.Type] = a.Value
	}
	return by, nil
}
