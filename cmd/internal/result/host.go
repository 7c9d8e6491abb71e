package result

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"eterm/iface"
)

// Host is the machine that measured. What could not be read is empty.
type Host struct {
	Name   string `json:"name"`
	Kernel string `json:"kernel"`
	// CPUs is how many processors this program may use, CPU what they are.
	CPUs int    `json:"cpus"`
	CPU  string `json:"cpu"`
	// ClockSource is what the kernel reads time from, such as "tsc".
	ClockSource string `json:"clock_source"`
	// Sandbox is what the program had given up when it measured; empty where
	// it is not known.
	Sandbox string `json:"sandbox"`
}

// ThisHost is this machine.
func ThisHost() Host { return hostAt("/") }

// hostAt reads the files of a machine under root.
func hostAt(root string) Host {
	name, _ := os.Hostname()
	return Host{
		Name: name, CPUs: runtime.NumCPU(), CPU: cpuModel(filepath.Join(root, "proc/cpuinfo")),
		Kernel:      oneWord(filepath.Join(root, "proc/sys/kernel/osrelease")),
		ClockSource: oneWord(filepath.Join(root, "sys/devices/system/clocksource/clocksource0/current_clocksource")),
	}
}

func oneWord(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// cpuModel is the first processor's name. Not every architecture has one.
func cpuModel(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		key, value, ok := strings.Cut(line, ":")
		if k := strings.TrimSpace(key); ok && (k == "model name" || k == "Model" || k == "uarch") {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Port is one interface that took part.
type Port struct {
	// Role is what it was for, such as "send", "receive", "a" or "b".
	Role   string `json:"role"`
	Name   string `json:"name"`
	MAC    string `json:"mac"`
	Driver string `json:"driver"`
	// SpeedBPS is 0 where the driver does not know; then Duplex is empty.
	SpeedBPS uint64 `json:"speed_bps"`
	Duplex   string `json:"duplex"`
	MTU      int    `json:"mtu"`
	// Offloads are those switched on that make a capture differ from the
	// wire, by their names in "ethtool -k".
	Offloads []string `json:"offloads"`
	// Timestamps are who can take them: "rx_software", "tx_software",
	// "rx_hardware", "tx_hardware".
	Timestamps []string `json:"timestamps"`
}

// PortOf is the port of an interface.
func PortOf(role string, i iface.Info) Port {
	p := Port{
		Role: role, Name: i.Name, MAC: i.HardwareAddr.String(), Driver: i.Driver, SpeedBPS: i.Speed, Duplex: i.Duplex,
		MTU: i.MTU, Offloads: append([]string{}, i.Offloads...), Timestamps: []string{},
	}
	for _, s := range []struct {
		can  bool
		name string
	}{{i.Timestamps.RxSoftware, "rx_software"}, {i.Timestamps.TxSoftware, "tx_software"}, {i.Timestamps.RxHardware, "rx_hardware"}, {i.Timestamps.TxHardware, "tx_hardware"}} {
		if s.can {
			p.Timestamps = append(p.Timestamps, s.name)
		}
	}
	return p
}

// AddPort describes an interface by its name and adds it.
func (d *Document) AddPort(role, name string) error {
	i, err := iface.Describe(name)
	if err != nil {
		return fmt.Errorf("describe %s for the document: %w", name, err)
	}
	d.Ports = append(d.Ports, PortOf(role, i))
	return nil
}
