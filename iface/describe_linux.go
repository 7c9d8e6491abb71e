package iface

import (
	"cmp"
	"fmt"
	"math"
	"net"
	"slices"

	"github.com/safchain/ethtool"
	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Info is what the kernel says of one interface.
type Info struct {
	Name         string
	Index        int
	HardwareAddr net.HardwareAddr // empty if the interface has none
	MTU          int              // bytes of layer 3
	// Type is the link type: "ethernet", "loopback", or "type N" with the
	// number of linux/if_arp.h. Open takes the first two.
	Type    string
	Up      bool // by the administrator
	Carrier bool // the other end is there
	// Speed is in bits per second, 0 where the driver does not know; then
	// Duplex is empty, else "full" or "half".
	Speed  uint64
	Duplex string
	Driver string // empty for those without one
	// Offloads are those switched on that make a capture differ from the
	// wire, by their names in "ethtool -k".
	Offloads []string
	Stamps   StampAbility
	// DefaultRoute says that this machine's other traffic leaves here.
	DefaultRoute bool
}

// StampAbility says what can stamp frames with a time.
type StampAbility struct {
	RxSoftware, TxSoftware bool // the kernel
	RxHardware, TxHardware bool // the NIC
	// RxHardwareAll: the NIC can stamp every frame, not only those of PTP.
	RxHardwareAll bool
	// Clock is the NIC's clock /dev/ptpN, or -1.
	Clock int
}

// distorting are the offloads that matter to who looks at frames, by the
// kernel's name and that of ethtool.
var distorting = []struct{ kernel, name string }{
	{"rx-gro", "generic-receive-offload"},
	{"rx-gro-hw", "rx-gro-hw"},
	{"rx-lro", "large-receive-offload"},
	{"rx-vlan-hw-parse", "rx-vlan-offload"},
	{"rx-vlan-stag-hw-parse", "rx-vlan-stag-hw-parse"},
	{"rx-fcs", "rx-fcs"},
	{"tx-tcp-segmentation", "tcp-segmentation-offload"},
	{"tx-generic-segmentation", "generic-segmentation-offload"},
	{"tx-checksum-ip-generic", "tx-checksumming"},
}

// List describes every interface of the calling thread's namespace, by index.
func List() ([]Info, error) {
	infos, err := describe(askLinks)
	if err != nil {
		return nil, fmt.Errorf("list interfaces: %w", err)
	}
	slices.SortFunc(infos, func(a, b Info) int { return cmp.Compare(a.Index, b.Index) })
	return infos, nil
}

// Describe describes one interface of the calling thread's namespace. If there
// is none of this name the error lists those there are.
func Describe(name string) (Info, error) {
	infos, err := describe(func(sockets map[int]*nl.SocketHandle) ([]*linkState, error) {
		s, err := (&link{query: sockets}).ask(0, name)
		return []*linkState{s}, err
	})
	if err != nil {
		return Info{}, openError(name, err)
	}
	return infos[0], nil
}

// describe describes the interfaces that ask finds.
func describe(ask func(map[int]*nl.SocketHandle) ([]*linkState, error)) ([]Info, error) {
	sockets, err := openQuery()
	if err != nil {
		return nil, err
	}
	defer closeQuery(sockets)
	states, err := ask(sockets)
	if err != nil {
		return nil, err
	}
	tool, err := ethtool.NewEthtool()
	if err != nil {
		return nil, err
	}
	defer tool.Close()
	routes := defaultRoutes()
	infos := make([]Info, len(states))
	for i, s := range states {
		infos[i] = s.info()
		infos[i].DefaultRoute = routes[s.index]
		infos[i].ask(tool)
	}
	return infos, nil
}

func (s *linkState) info() Info {
	i := Info{Name: s.name, Index: s.index, HardwareAddr: s.addr, MTU: s.mtu, Up: s.up(), Carrier: s.up() && s.carrier}
	switch s.kind {
	case unix.ARPHRD_ETHER:
		i.Type = "ethernet"
	case unix.ARPHRD_LOOPBACK:
		i.Type = "loopback"
	default:
		i.Type = fmt.Sprintf("type %d", s.kind)
	}
	return i
}

// ask fills in what ethtool knows. A driver need not know any of it, so its
// errors are no errors.
func (i *Info) ask(tool *ethtool.Ethtool) {
	i.Stamps.Clock = -1
	if d, err := tool.DriverInfo(i.Name); err == nil {
		i.Driver = d.Driver
	}
	// The newer request of this library prints on stdout on some kernels.
	var cmd ethtool.EthtoolCmd
	if speed, err := tool.CmdGet(&cmd, i.Name); err == nil && speed != 0 && uint16(speed) != math.MaxUint16 {
		i.Speed = uint64(speed) * 1e6
		i.Duplex = map[uint8]string{0: "half", 1: "full"}[cmd.Duplex]
	}
	if f, err := tool.Features(i.Name); err == nil {
		for _, d := range distorting {
			if f[d.kernel] {
				i.Offloads = append(i.Offloads, d.name)
			}
		}
	}
	if t, err := tool.GetTimestampingInformation(i.Name); err == nil {
		i.Stamps = stampAbility(t)
	}
}

func stampAbility(t ethtool.TimestampingInformation) StampAbility {
	has := func(bits uint32) bool { return t.SoTimestamping&bits == bits }
	const hardwareFilterAll = 1 << unix.HWTSTAMP_FILTER_ALL
	return StampAbility{
		RxSoftware:    has(unix.SOF_TIMESTAMPING_RX_SOFTWARE | unix.SOF_TIMESTAMPING_SOFTWARE),
		TxSoftware:    has(unix.SOF_TIMESTAMPING_TX_SOFTWARE | unix.SOF_TIMESTAMPING_SOFTWARE),
		RxHardware:    has(unix.SOF_TIMESTAMPING_RX_HARDWARE | unix.SOF_TIMESTAMPING_RAW_HARDWARE),
		TxHardware:    has(unix.SOF_TIMESTAMPING_TX_HARDWARE | unix.SOF_TIMESTAMPING_RAW_HARDWARE),
		RxHardwareAll: t.RxFilters&hardwareFilterAll != 0,
		Clock:         int(t.PhcIndex),
	}
}

// defaultRoutes are the interfaces that a default route points to, by index.
func defaultRoutes() map[int]bool {
	found := map[int]bool{}
	routes, _ := netlink.RouteList(nil, netlink.FAMILY_ALL)
	for _, r := range routes {
		if r.Dst != nil && (r.Dst.IP == nil || !r.Dst.IP.IsUnspecified() || !isZero(r.Dst.Mask)) {
			continue
		}
		if r.LinkIndex != 0 {
			found[r.LinkIndex] = true
		}
		for _, hop := range r.MultiPath {
			found[hop.LinkIndex] = true
		}
	}
	return found
}

func isZero(m net.IPMask) bool {
	ones, _ := m.Size()
	return ones == 0
}

// askLinks asks for all interfaces.
func askLinks(sockets map[int]*nl.SocketHandle) ([]*linkState, error) {
	req := nl.NewNetlinkRequest(unix.RTM_GETLINK, unix.NLM_F_DUMP)
	req.Sockets = sockets
	req.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
	msgs, err := req.Execute(unix.NETLINK_ROUTE, unix.RTM_NEWLINK)
	if err != nil {
		return nil, err
	}
	states := make([]*linkState, len(msgs))
	for i, m := range msgs {
		if states[i], err = parseLink(m); err != nil {
			return nil, err
		}
	}
	return states, nil
}
