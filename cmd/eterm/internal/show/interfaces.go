package show

import (
	"fmt"
	"strings"

	"eterm/iface"
)

// Interface is one interface of this host (interfaces).
type Interface struct {
	Type string `json:"type"` // "interface"
	// its name
	Name string `json:"name"`
	// its number in the kernel
	Index int `json:"index"`
	// "ethernet", "loopback", or another
	LinkType string `json:"link_type"`
	// what it is where it is no port of hardware: "vlan", "macvlan", "bond", "veth" and so on, or "wireless"
	Kind string `json:"kind,omitempty"`
	// mode of a macvlan or ipvlan
	Mode string `json:"mode,omitempty"`
	// interface below a vlan, macvlan or ipvlan
	Parent string `json:"parent,omitempty"`
	// identifier of a vlan
	VLAN uint16 `json:"vlan,omitempty"`
	// what it is, and what cannot be seen there, in words
	Unseen string `json:"unseen,omitempty"`
	// its address
	MAC string `json:"mac"`
	// largest layer-3 packet in bytes
	MTU int `json:"mtu"`
	// whether it is up
	Up bool `json:"up"`
	// whether something is at the other end
	Carrier bool `json:"carrier"`
	// bits a second; 0: unknown
	SpeedBPS uint64 `json:"speed_bps"`
	// "full", "half" or ""
	Duplex string `json:"duplex"`
	// driver's name
	Driver string `json:"driver"`
	// features that are on and make a capture differ from the wire
	Offloads []string `json:"offloads"`
	// whether the default route leads there
	DefaultRoute bool `json:"default_route"`
	// what timestamps it gives
	Timestamps Timestamps `json:"timestamps"`
}

// Timestamps is what timestamps an interface gives.
type Timestamps struct {
	// of received frames, by the kernel
	RxSoftware bool `json:"rx_software"`
	// of sent frames, by the kernel
	TxSoftware bool `json:"tx_software"`
	// of received frames, by the NIC
	RxHardware bool `json:"rx_hardware"`
	// of sent frames, by the NIC
	TxHardware bool `json:"tx_hardware"`
	// number of the NIC's clock; -1: none
	Clock int `json:"phc_index"`
}

// InterfacesSummary is the last object of interfaces.
type InterfacesSummary struct {
	Type string `json:"type"` // "summary"
	// how many there are
	Interfaces int `json:"interfaces"`
}

// Interfaces prints this host's interfaces.
func (o *Output) Interfaces(list []iface.Info, asJSON bool) error {
	if asJSON {
		for _, i := range list {
			if err := o.JSON(interfaceObject(i)); err != nil {
				return err
			}
		}
		return o.JSON(InterfacesSummary{"summary", len(list)})
	}
	t := Table{Heads: []string{"NAME", "ADDRESS", "MTU", "STATE", "CARRIER", "SPEED", "DRIVER", "TIMESTAMPS", "OFFLOADS THAT DISTORT"}}
	for _, i := range list {
		t.Rows = append(t.Rows, []string{i.Name, orDash(i.HardwareAddr.String()), fmt.Sprint(i.MTU), state(i), yesNo(i.Carrier),
			speed(i), orDash(i.Driver), timestamps(i.Timestamps), orDash(strings.Join(i.Offloads, ","))})
	}
	return t.Print(o)
}

func interfaceObject(i iface.Info) Interface {
	return Interface{
		Type: "interface", Name: i.Name, Index: i.Index, LinkType: i.Type, Kind: i.Kind, Mode: i.Mode, Parent: i.Parent, VLAN: i.VLAN, Unseen: Unseen(i), MAC: i.HardwareAddr.String(), MTU: i.MTU,
		Up: i.Up, Carrier: i.Carrier, SpeedBPS: i.Speed, Duplex: i.Duplex, Driver: i.Driver,
		Offloads: append([]string{}, i.Offloads...), DefaultRoute: i.DefaultRoute,
		Timestamps: Timestamps{i.Timestamps.RxSoftware, i.Timestamps.TxSoftware, i.Timestamps.RxHardware, i.Timestamps.TxHardware, i.Timestamps.Clock},
	}
}

func state(i iface.Info) string {
	words := []string{"down"}
	if i.Up {
		words[0] = "up"
	}
	if i.Type != "ethernet" {
		words = append(words, i.Type)
	}
	if i.Kind == "vlan" {
		words = append(words, fmt.Sprintf("vlan %d", i.VLAN))
	} else if i.Kind != "" {
		words = append(words, i.Kind)
	}
	if i.Parent != "" {
		words = append(words, "of "+i.Parent)
	}
	if i.DefaultRoute {
		words = append(words, "default route")
	}
	return strings.Join(words, ", ")
}

func speed(i iface.Info) string {
	if i.Speed == 0 {
		return "-"
	}
	return fmt.Sprintf("%g Mbit/s %s", float64(i.Speed)/1e6, i.Duplex)
}

func timestamps(s iface.TimestampAbility) string {
	var can []string
	for _, a := range []struct {
		has  bool
		name string
	}{{s.RxSoftware, "rx"}, {s.TxSoftware, "tx"}, {s.RxHardware, "hw-rx"}, {s.TxHardware, "hw-tx"}} {
		if a.has {
			can = append(can, a.name)
		}
	}
	return orDash(strings.Join(can, ","))
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// orDash is s, or what stands for nothing in a table.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
