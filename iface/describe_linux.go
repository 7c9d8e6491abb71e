package iface

import (
	"cmp"
	"fmt"
	"net"
	"slices"

	"eterm/iface/internal/nic"
	"eterm/iface/internal/rtnl"
)

// Info is what the kernel says of one interface.
type Info struct {
	Name         string
	Index        int
	HardwareAddr net.HardwareAddr // empty if the interface has none
	MTU          int              // bytes of layer 3
	// Type is the link type: "ethernet", "loopback", or "type N" with the
	// number of linux/if_arp.h. Open takes the first two.
	Type string
	// Kind is what the interface is where it is no port of hardware: "vlan",
	// "macvlan", "ipvlan", "bond", "bridge", "veth" and so on, by the kernel's
	// name, or "wireless", which is one of hardware.
	Kind string
	// Mode is that of a macvlan or ipvlan, as in ip-link(8).
	Mode string
	// Parent is the interface below a vlan, macvlan or ipvlan; "" if there is none
	// or it is in another namespace.
	Parent string
	// VLAN is the identifier of a vlan.
	VLAN    uint16
	Up      bool // by the administrator
	Carrier bool // the other end is there
	// Speed is in bits per second, 0 where the driver does not know; then
	// Duplex is empty, else "full" or "half".
	Speed  uint64
	Duplex string
	Driver string // empty for those without one
	// Offloads are those switched on that make a capture differ from the
	// wire, by their names in "ethtool -k"; see VLANFilter.
	Offloads   []string
	Timestamps TimestampAbility
	// DefaultRoute says that this machine's other traffic leaves here.
	DefaultRoute bool
}

// VLANFilter is the offload by which a NIC takes only tagged frames of VLANs that
// this host has a device of: others are heard in promiscuous mode alone.
const VLANFilter = nic.VLANFilter

// FiltersVLANs says whether the NIC does so.
func (i Info) FiltersVLANs() bool { return slices.Contains(i.Offloads, VLANFilter) }

// TimestampAbility says what can timestamp frames.
type TimestampAbility struct {
	RxSoftware, TxSoftware bool // the kernel
	RxHardware, TxHardware bool // the NIC
	// RxHardwareAll: the NIC can give every frame one, not only those of PTP.
	RxHardwareAll bool
	// Clock is the NIC's clock /dev/ptpN, or -1.
	Clock int
}

// List describes every interface of the calling thread's namespace, by index.
func List() ([]Info, error) {
	infos, err := describe(rtnl.Query.All)
	if err != nil {
		return nil, fmt.Errorf("list interfaces: %w", err)
	}
	slices.SortFunc(infos, func(a, b Info) int { return cmp.Compare(a.Index, b.Index) })
	return infos, nil
}

// Describe describes one interface of the calling thread's namespace. If there
// is none of this name the error lists those there are.
func Describe(name string) (Info, error) {
	infos, err := describe(func(q rtnl.Query) ([]*rtnl.State, error) {
		s, err := q.Ask(0, name)
		return []*rtnl.State{s}, err
	})
	if err != nil {
		return Info{}, openError(name, err)
	}
	return infos[0], nil
}

// describe describes the interfaces that ask finds.
func describe(ask func(rtnl.Query) ([]*rtnl.State, error)) ([]Info, error) {
	query, err := rtnl.NewQuery()
	if err != nil {
		return nil, err
	}
	defer query.Close()
	states, err := ask(query)
	if err != nil {
		return nil, err
	}
	tool, err := nic.NewTool()
	if err != nil {
		return nil, err
	}
	defer tool.Close()
	routes := rtnl.DefaultRoutes()
	infos := make([]Info, len(states))
	for i, s := range states {
		infos[i] = infoOf(s, tool.Facts(s.Name))
		infos[i].DefaultRoute = routes[s.Index]
		infos[i].Parent = parentOf(query, s)
	}
	return infos, nil
}

// parentOf is the name of the interface below.
func parentOf(query rtnl.Query, s *rtnl.State) string {
	v := s.Virtual
	if v.Parent == 0 || v.Elsewhere || v.Kind == "veth" {
		return ""
	}
	p, err := query.Ask(v.Parent, "")
	if err != nil {
		return ""
	}
	return p.Name
}

func infoOf(s *rtnl.State, f nic.Facts) Info {
	i := Info{
		Name: s.Name, Index: s.Index, HardwareAddr: s.Addr, MTU: s.MTU, Up: s.Up(), Carrier: s.Up() && s.Carrier,
		Driver: f.Driver, Speed: f.Speed, Offloads: f.Offloads, Timestamps: TimestampAbility(f.Timestamps),
		Kind: s.Virtual.Kind, Mode: s.Virtual.Mode, VLAN: s.Virtual.VLAN,
	}
	if i.Kind == "" && s.Ethernet() && rtnl.Wireless(s.Index) {
		i.Kind = "wireless"
	}
	switch {
	case s.Loopback():
		i.Type = "loopback"
	case s.Ethernet():
		i.Type = "ethernet"
	default:
		i.Type = fmt.Sprintf("type %d", s.Kind)
	}
	switch {
	case f.FullDuplex:
		i.Duplex = "full"
	case f.HalfDuplex:
		i.Duplex = "half"
	}
	return i
}
