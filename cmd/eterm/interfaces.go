package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"eterm/cmd/eterm/internal/args"
	"eterm/iface"
)

func interfacesCommand() *cli.Command {
	var asJSON bool
	return &cli.Command{
		Name:      "interfaces",
		Usage:     "list this host's interfaces and what they can do",
		UsageText: "eterm interfaces\neterm interfaces --json | jq 'select(.carrier)'",
		Flags:     []cli.Flag{args.JSONFlag(&asJSON)},
		Action: func(c *cli.Context) error {
			list, err := iface.List()
			if err != nil {
				return err
			}
			if asJSON {
				return printInterfacesJSON(c.App.Writer, list)
			}
			return printInterfaces(c.App.Writer, list)
		},
	}
}

func printInterfaces(w io.Writer, list []iface.Info) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tADDRESS\tMTU\tSTATE\tCARRIER\tSPEED\tDRIVER\tSTAMPS\tOFFLOADS THAT DISTORT")
	for _, i := range list {
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", oneLine(i.Name), or(i.HardwareAddr.String(), "-"), i.MTU,
			state(i), yesNo(i.Carrier), speed(i), or(oneLine(i.Driver), "-"), stamps(i.Stamps), or(strings.Join(i.Offloads, ","), "-"))
	}
	return t.Flush()
}

func state(i iface.Info) string {
	words := []string{"down"}
	if i.Up {
		words[0] = "up"
	}
	if i.Type != "ethernet" {
		words = append(words, i.Type)
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

func stamps(s iface.StampAbility) string {
	var can []string
	for _, a := range []struct {
		has  bool
		name string
	}{{s.RxSoftware, "rx"}, {s.TxSoftware, "tx"}, {s.RxHardware, "hw-rx"}, {s.TxHardware, "hw-tx"}} {
		if a.has {
			can = append(can, a.name)
		}
	}
	return or(strings.Join(can, ","), "-")
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// or is s, or what stands for nothing.
func or(s, nothing string) string {
	if s == "" {
		return nothing
	}
	return s
}

// interfaceJSON is one interface as JSON.
type interfaceJSON struct {
	Type         string   `json:"type"`
	Name         string   `json:"name"`
	Index        int      `json:"index"`
	LinkType     string   `json:"link_type"`
	MAC          string   `json:"mac"`
	MTU          int      `json:"mtu"`
	Up           bool     `json:"up"`
	Carrier      bool     `json:"carrier"`
	SpeedBPS     uint64   `json:"speed_bps"`
	Duplex       string   `json:"duplex"`
	Driver       string   `json:"driver"`
	Offloads     []string `json:"offloads"`
	DefaultRoute bool     `json:"default_route"`
	Stamps       struct {
		RxSoftware bool `json:"rx_software"`
		TxSoftware bool `json:"tx_software"`
		RxHardware bool `json:"rx_hardware"`
		TxHardware bool `json:"tx_hardware"`
		Clock      int  `json:"phc_index"` // -1: none
	} `json:"time_stamps"`
}

func printInterfacesJSON(w io.Writer, list []iface.Info) error {
	out := json.NewEncoder(w)
	for _, i := range list {
		o := interfaceJSON{
			Type: "interface", Name: i.Name, Index: i.Index, LinkType: i.Type, MAC: i.HardwareAddr.String(), MTU: i.MTU,
			Up: i.Up, Carrier: i.Carrier, SpeedBPS: i.Speed, Duplex: i.Duplex, Driver: i.Driver,
			Offloads: append([]string{}, i.Offloads...), DefaultRoute: i.DefaultRoute,
		}
		o.Stamps.RxSoftware, o.Stamps.TxSoftware = i.Stamps.RxSoftware, i.Stamps.TxSoftware
		o.Stamps.RxHardware, o.Stamps.TxHardware = i.Stamps.RxHardware, i.Stamps.TxHardware
		o.Stamps.Clock = i.Stamps.Clock
		if err := out.Encode(o); err != nil {
			return err
		}
	}
	return out.Encode(struct {
		Type       string `json:"type"`
		Interfaces int    `json:"interfaces"`
	}{"summary", len(list)})
}
